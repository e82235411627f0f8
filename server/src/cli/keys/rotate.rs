//! `hydra keys rotate`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use crate::cli::api::Api;
use crate::cli::failure::Failure;
use crate::cli::ids;
use crate::cli::keys::{ALGORITHMS, kids, make};
use crate::cli::output::Report;

/// The keys that ID tokens are signed with.
const ID_TOKEN_SET: &str = "hydra.openid.id-token";

/// Add a new key to a set, to be used from now on
///
/// The earlier keys stay, so that what was signed with them can still be verified; delete them with
/// `hydra keys delete SET KID` when nothing of it is good any more. For ID tokens that is their lifespan
/// later.
///
/// With --json: an object of `kids`, the names of the new key, and `set`.
#[derive(Debug, Args)]
pub(super) struct Rotate {
    /// Name of the set
    #[arg(default_value = ID_TOKEN_SET, value_parser = ids::parse)]
    set: String,
    /// What the key is for [default: what ID tokens are signed with, in their set]
    #[arg(long, short, value_name = "ALGORITHM", value_parser = PossibleValuesParser::new(ALGORITHMS))]
    alg: Option<String>,
}

impl Rotate {
    pub(super) async fn run(self, api: &Api) -> Result<Report, Failure> {
        let alg = match self.alg {
            Some(alg) => alg,
            None if self.set == ID_TOKEN_SET => signing_algorithm(api).await?,
            None => {
                return Err(Failure::new(format!(
                    "it is not known what the keys of `{}` are for",
                    self.set
                ))
                .hint("name their algorithm with --alg"));
            }
        };
        let kids = kids(&make(api, &self.set, alg, None).await?);
        Ok(Report::new(
            format!("Added key [{}] to set {}.\n", kids.join(" "), self.set),
            json!({ "kids": kids, "set": self.set }),
        ))
    }
}

/// What the server signs ID tokens with, as its discovery document says.
async fn signing_algorithm(api: &Api) -> Result<String, Failure> {
    let attempt = "cannot find out what ID tokens are signed with";
    let document = api.basic().get_well_known().await;
    document
        .map_err(|error| api.failure(attempt, &error))?
        .into_inner()
        .id_token_signing_alg_values_supported
        .into_iter()
        .next()
        .ok_or_else(|| Failure::new(attempt).cause("the discovery document does not say"))
}
