//! `hydra clients create`.

use clap::Args;
use hydra_sdk::types;

use crate::cli::api::{self, Api};
use crate::cli::clients;
use crate::cli::failure::Failure;
use crate::cli::lists::{self, List};
use crate::cli::output::{Printer, Report};
use crate::cli::secret;
use crate::crypto::random::SystemRng;
use crate::domain::random;
use crate::domain::secret::Secret;

/// Where `clients create` looks for the new client's secret. Not `CLIENT_SECRET`: that is the secret
/// of the client that creates.
const SECRET_VARIABLE: &str = "NEW_CLIENT_SECRET";

/// Length of a secret that is made up here: 156 bits.
const SECRET_LENGTH: usize = 26;

/// Create an OAuth 2.0 client
///
/// Prints the new client's id and secret. The server keeps only a hash of the secret: note it now.
///
/// Lists are separated by commas, and the flags can be repeated; a value with a comma goes into double
/// quotes inside the argument.
///
/// With --json: the client as an object, its secret in `client_secret`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    hydra clients create --id my-app --grant-types client_credentials --allowed-scopes photos.read\n  \
    hydra clients create --name \"My App\" -g authorization_code,refresh_token -a openid,offline \\\n    \
      -c https://my-app.example.org/callback")]
pub(super) struct Create {
    /// The client's id
    ///
    /// [default: made up by the server]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The client's secret, at least 6 characters; `-` reads it from standard input
    ///
    /// [env: NEW_CLIENT_SECRET] [default: made up]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse, allow_hyphen_values = true)]
    secret: Option<Secret>,
    /// The name shown to people who are asked for consent
    #[arg(
        long,
        short,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    name: String,
    /// Where browsers may be sent back to
    #[arg(long, short, value_name = "URL,…", value_parser = lists::parse)]
    callbacks: Vec<List>,
    /// Where browsers may be sent after people log out
    #[arg(long, value_name = "URL,…", value_parser = lists::parse)]
    post_logout_callbacks: Vec<List>,
    /// How the client may get tokens
    #[arg(long, short, value_name = "GRANT,…", value_parser = lists::parse, default_value = "authorization_code")]
    grant_types: Vec<List>,
    /// What the client may ask of the authorization endpoint
    #[arg(long, short, value_name = "TYPE,…", value_parser = lists::parse, default_value = "code")]
    response_types: Vec<List>,
    /// The scopes the client may ask for
    #[arg(long, short, value_name = "SCOPE,…", value_parser = lists::parse)]
    allowed_scopes: Vec<List>,
    /// The client cannot keep a secret, as in a browser or on a phone; it gets none
    #[arg(long, conflicts_with = "secret")]
    is_public: bool,
}

impl Create {
    pub(super) fn run(self, api: &Api, printer: &Printer) -> Result<Report, Failure> {
        let secret = match secret::given(self.secret, SECRET_VARIABLE, printer)? {
            _ if self.is_public => None,
            Some(secret) => Some(secret),
            None => Some(made_up()?),
        };
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let client = types::OAuth2Client {
            id: self.id.and_then(some),
            client_name: some(self.name),
            client_secret: secret.as_ref().map(|secret| secret.expose().to_owned()),
            redirect_uris: Some(lists::join(self.callbacks)),
            post_logout_redirect_uris: Some(lists::join(self.post_logout_callbacks)),
            grant_types: Some(lists::join(self.grant_types)),
            response_types: Some(lists::join(self.response_types)),
            scope: Some(lists::join(self.allowed_scopes).join(" ")),
            public: Some(self.is_public),
            ..Default::default()
        };
        let created =
            api::run(async { clients::create(api, &api.management().await?, &client).await })?;
        let mut text = format!("OAuth2 client id: {}\n", created.id());
        if let Some(secret) = &created.secret {
            text.push_str(&format!("OAuth2 client secret: {}\n", secret.expose()));
        }
        Ok(Report::new(text, created.json))
    }
}

fn made_up() -> Result<Secret, Failure> {
    random::secret(&SystemRng, SECRET_LENGTH)
        .map(Secret::new)
        .map_err(|error| Failure::because("cannot make up a secret", &error))
}
