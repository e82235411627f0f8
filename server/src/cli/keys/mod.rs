//! `hydra keys`: sets of JSON Web Keys that the server keeps, sealed, for itself and others.

mod import;
mod rotate;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use hydra_sdk::types;
use serde_json::json;

use crate::cli::Global;
use crate::cli::api::{self, Api};
use crate::cli::connection::ApiArguments;
use crate::cli::failure::Failure;
use crate::cli::ids;
use crate::cli::output::Report;

/// What keys can be made for (RFC 7518 section 3.1).
const ALGORITHMS: [&str; 5] = ["RS256", "ES256", "ES512", "HS256", "HS512"];

/// Manage JSON Web Keys
///
/// The set `hydra.openid.id-token` holds the keys that the server signs ID tokens with.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(flatten)]
    api: ApiArguments,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Create(Create),
    Get(Get),
    Delete(Delete),
    Import(import::Import),
    Rotate(rotate::Rotate),
}

/// Make a key and add it to a set
///
/// A set that does not exist comes into being. Prints the new key as JSON, its secret part included. A key
/// for RS256, ES256 or ES512 is a pair, `private:KID` and `public:KID`.
#[derive(Debug, Args)]
struct Create {
    /// Name of the set
    #[arg(value_parser = ids::parse)]
    set: String,
    /// What to call the key [default: made up by the server]
    #[arg(value_parser = ids::parse)]
    kid: Option<String>,
    /// What the key is for
    #[arg(long, short, value_name = "ALGORITHM", value_parser = PossibleValuesParser::new(ALGORITHMS))]
    alg: String,
}

/// Show the keys of a set, or one of them
///
/// Prints them as a JSON Web Key Set, their secret parts included.
#[derive(Debug, Args)]
struct Get {
    /// Name of the set
    #[arg(value_parser = ids::parse)]
    set: String,
    /// Which key [default: all]
    #[arg(value_parser = ids::parse)]
    kid: Option<String>,
}

/// Delete a set, or one of its keys
///
/// Nothing that was signed with a deleted key can be verified any more. With --json: an object of `kid`, if
/// one was named, and `set`.
#[derive(Debug, Args)]
struct Delete {
    /// Name of the set
    #[arg(value_parser = ids::parse)]
    set: String,
    /// Which key [default: all]
    #[arg(value_parser = ids::parse)]
    kid: Option<String>,
}

impl Keys {
    pub(crate) fn run(self, global: &Global) -> Result<Report, Failure> {
        let api = Api::new(&self.api, global)?;
        match self.verb {
            Verb::Create(create) => api::run(create.run(&api)),
            Verb::Get(get) => api::run(get.run(&api)),
            Verb::Delete(delete) => api::run(delete.run(&api)),
            Verb::Import(import) => api::run(import.run(&api)),
            Verb::Rotate(rotate) => api::run(rotate.run(&api)),
        }
    }
}

impl Create {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let made = make(api, &self.set, self.alg, self.kid).await?;
        Ok(Report::json(api::value(&made)?))
    }
}

/// Adds a new key to `set`.
async fn make(
    api: &Api,
    set: &str,
    alg: String,
    kid: Option<String>,
) -> Result<types::JsonWebKeySet, Failure> {
    let request = types::JsonWebKeySetGeneratorRequest {
        alg,
        kid,
        ..Default::default()
    };
    let made = api
        .management()
        .await?
        .create_json_web_key_set(set, &request)
        .await
        .map_err(|error| api.failure(&format!("cannot add a key to the set `{set}`"), &error))?;
    Ok(made.into_inner())
}

impl Get {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let (attempt, set) = (attempt("show", &self.set, self.kid.as_ref()), &self.set);
        let sdk = api.management().await?;
        let keys = match &self.kid {
            Some(kid) => sdk.get_json_web_key(set, kid).await,
            None => sdk.get_json_web_key_set(set).await,
        };
        let keys = keys.map_err(|error| api.failure(&attempt, &error))?;
        Ok(Report::json(api::value(&keys.into_inner())?))
    }
}

impl Delete {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let (attempt, set) = (attempt("delete", &self.set, self.kid.as_ref()), &self.set);
        let sdk = api.management().await?;
        let deleted = match &self.kid {
            Some(kid) => sdk.delete_json_web_key(set, kid).await,
            None => sdk.delete_json_web_key_set(set).await,
        };
        deleted.map_err(|error| api.failure(&attempt, &error))?;
        Ok(match &self.kid {
            Some(kid) => Report::new(
                format!("Key {kid} of set {set} deleted.\n"),
                json!({ "kid": kid, "set": set }),
            ),
            None => Report::new(format!("Key set {set} deleted.\n"), json!({ "set": set })),
        })
    }
}

fn attempt(verb: &str, set: &str, kid: Option<&String>) -> String {
    match kid {
        Some(kid) => format!("cannot {verb} the key `{kid}` of the set `{set}`"),
        None => format!("cannot {verb} the key set `{set}`"),
    }
}

/// The names of keys, for a person.
fn kids(set: &types::JsonWebKeySet) -> Vec<String> {
    let keys = set.keys.iter().flatten();
    keys.filter_map(|key| key.kid.clone()).collect()
}
