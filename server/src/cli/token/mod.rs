//! `hydra token`: access tokens, from getting one to taking it back.

mod flush;
mod user;

use clap::{Args, Subcommand};
use hydra_sdk::types;
use serde_json::json;

pub(crate) use self::flush::{Flush, ShortFlush};
use crate::cli::Global;
use crate::cli::api::{self, Api};
use crate::cli::connection::ApiArguments;
use crate::cli::failure::Failure;
use crate::cli::lists::{self, List};
use crate::cli::output::{Printer, Report};
use crate::cli::secret;

/// Get, check and revoke access tokens
#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(flatten)]
    api: ApiArguments,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Client(Client),
    User(user::User),
    Validate(Validate),
    Revoke(Revoke),
    Flush(Flush),
}

/// Get an access token for the client of the configuration
///
/// Prints the token and nothing else. With --json: an object of `access_token`, `expires_in` (seconds),
/// `scope` and `token_type`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    token=$(hydra token client --scopes hydra.clients)\n  \
    curl -H \"Authorization: Bearer $token\" https://localhost:4444/clients")]
struct Client {
    /// The scopes to ask for
    #[arg(long, value_name = "SCOPE,…", value_parser = lists::parse, default_value = "hydra")]
    scopes: Vec<List>,
}

/// Ask the server whether a token is good
///
/// Prints what the server knows of the token as JSON. A token that is not good is no failure: `active`
/// is then false, and there is nothing else to know. With --json: with what is empty.
#[derive(Debug, Args)]
struct Validate {
    /// The token; `-` reads it from standard input
    // One token in 64 begins with a hyphen.
    #[arg(allow_hyphen_values = true)]
    token: String,
    /// Scopes that the token must have to count as good
    #[arg(long, value_name = "SCOPE,…", value_parser = lists::parse)]
    scopes: Vec<List>,
}

/// Take back an access or refresh token
///
/// It stops working at once. A token that is unknown, or another client's, is no failure (RFC 7009
/// section 2.2). With --json: an object of `revoked`, the token.
#[derive(Debug, Args)]
struct Revoke {
    /// The token; `-` reads it from standard input
    // One token in 64 begins with a hyphen.
    #[arg(allow_hyphen_values = true)]
    token: String,
}

impl Token {
    pub(crate) fn run(self, global: &Global, printer: &Printer) -> Result<Report, Failure> {
        let api = || Api::new(&self.api, global);
        match self.verb {
            Verb::User(user) => user.run(&self.api, global, printer),
            Verb::Client(client) => api::run(client.run(&api()?)),
            Verb::Validate(validate) => api::run(validate.run(&api()?)),
            Verb::Flush(flush) => api::run(flush.run(&api()?)),
            Verb::Revoke(revoke) => api::run(revoke.run(&api()?)),
        }
    }
}

impl Client {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let token = api.token(&lists::join(self.scopes).join(" ")).await?;
        let text = format!("{}\n", token.access_token);
        Ok(Report::new(text, api::value(&token)?))
    }
}

impl Validate {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let request = types::IntrospectOAuth2TokenBody {
            token: read(self.token)?,
            scope: Some(lists::join(self.scopes).join(" ")).filter(|scope| !scope.is_empty()),
            ..Default::default()
        };
        let answer = api
            .management()
            .await?
            .introspect_o_auth2_token(&request)
            .await
            .map_err(|error| api.failure("cannot validate the token", &error))?;
        Ok(Report::json(api::value(&answer.into_inner())?))
    }
}

impl Revoke {
    async fn run(self, api: &Api) -> Result<Report, Failure> {
        let token = read(self.token)?;
        let request = types::RevokeOAuth2TokenBody {
            token: token.clone(),
            ..Default::default()
        };
        api.basic()
            .revoke_o_auth2_token(&request)
            .await
            .map_err(|error| api.failure("cannot revoke the token", &error))?;
        Ok(Report::new(
            format!("Revoked token {token}\n"),
            json!({ "revoked": token }),
        ))
    }
}

/// The token of the command line, or the one on standard input if that is `-`.
fn read(argument: String) -> Result<String, Failure> {
    if argument == "-" {
        secret::line()
    } else {
        Ok(argument)
    }
}
