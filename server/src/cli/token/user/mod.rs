//! `hydra token user`: a person signs in, in a browser, and this command gets the tokens.
//!
//! It plays the part of an OAuth 2.0 client, a native app in the words of RFC 8252: the browser goes to the
//! authorization endpoint and comes back to an address of this machine, where [`answers`] waits for it.
//! The protocol itself (PKCE, `state`, `nonce`, `iss`, the ID token's signature) is
//! [`hydra_sdk::flow`]'s.

mod answers;
mod browser;
mod page;
mod redirect;
mod shown;

use clap::Args;
use hydra_sdk::flow::{AuthorizationCodeFlow, AuthorizationRequest, FlowError};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use self::answers::Answers;
use self::redirect::{Listening, Redirect};
use self::shown::Shown;
use crate::cli::Global;
use crate::cli::api;
use crate::cli::connection::{self, ApiArguments, DEFAULT_CLUSTER_URL};
use crate::cli::failure::{Failure, chain};
use crate::cli::lists::{self, List};
use crate::cli::network;
use crate::cli::output::{Printer, Report};
use crate::cli::secret;
use crate::domain::secret::Secret;

/// Where `token user` looks for the secret of the client in --id. Not `CLIENT_SECRET`: that is the secret
/// of the client that the command line acts as.
const SECRET_VARIABLE: &str = "TOKEN_CLIENT_SECRET";

/// The path that `--token-url` ends in.
const TOKEN_PATH: &str = "/oauth2/token";

/// Get tokens for a person, who signs in with a browser
///
/// Sends a browser through the authorization code flow (RFC 6749 section 4.1, with PKCE) and waits at the
/// address in --redirect, which has to be on this machine, for it to come back. The client must be
/// registered with that redirect URI, the grant authorization_code and the response type code. Without a
/// secret it is taken for a public client. An ID token is verified before it is shown.
///
/// Prints the tokens; what to do meanwhile stands on standard error. With --json: an object of
/// `access_token`, `expires_at` (RFC 3339), `expires_in` (seconds), `id_token`, `refresh_token`, `scope`
/// and `token_type`; and on standard error one of `authorization_url`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    hydra clients create --id my-app -g authorization_code,refresh_token -r code \\\n    \
      -a openid,offline -c http://localhost:4445/callback\n  \
    hydra token user --id my-app --secret - --scopes openid,offline")]
pub(super) struct User {
    /// The scopes to ask for
    #[arg(long, value_name = "SCOPE,…", value_parser = lists::parse, default_value = "hydra,offline,openid")]
    scopes: Vec<List>,
    /// The client to get tokens for [default: the client of the configuration]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// That client's secret; `-` reads it from standard input
    ///
    /// [env: TOKEN_CLIENT_SECRET] [default: that of the configuration, if --id is not given]
    #[arg(long, value_name = "SECRET", value_parser = secret::parse, allow_hyphen_values = true)]
    secret: Option<Secret>,
    /// Where the browser comes back to; with port 0 on 127.0.0.1 or [::1] the system chooses one
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://localhost:4445/callback"
    )]
    redirect: String,
    /// The authorization endpoint, as the browser reaches it [default: what the server says]
    #[arg(long, value_name = "URL")]
    auth_url: Option<String>,
    /// The token endpoint, as this command reaches it [default: that of the server of the configuration]
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// Do not open a browser, only tell the address
    #[arg(long)]
    no_open: bool,
}

impl User {
    pub(super) fn run(
        self,
        arguments: &ApiArguments,
        global: &Global,
        printer: &Printer,
    ) -> Result<Report, Failure> {
        let redirect = Redirect::parse(&self.redirect)?;
        let configured = connection::configured(global)?;
        let server = match &self.token_url {
            Some(url) => server_of(url)?,
            None => configured
                .cluster_url
                .unwrap_or_else(|| DEFAULT_CLUSTER_URL.to_owned()),
        };
        let given = secret::given(self.secret, SECRET_VARIABLE, printer)?;
        let (id, secret) = match (self.id, configured.client_id) {
            (Some(id), _) => (id, given),
            (None, Some(id)) => (id, given.or(configured.client_secret)),
            (None, None) => {
                return Err(
                    Failure::new("it is not known which client to get tokens for")
                        .hint("name it with --id, or run `hydra connect`"),
                );
            }
        };
        let client = connection::client(&server, arguments, global)?;
        let scopes = lists::join(self.scopes);
        api::run(async {
            // First of all, before anybody signs in for nothing.
            let listening = redirect.listen().await?;
            let mut flow = AuthorizationCodeFlow::new(client, id, &listening.uri).scopes(scopes);
            if let Some(secret) = secret {
                flow = flow.client_secret(secret.expose());
            }
            if let Some(url) = self.auth_url {
                flow = flow.authorization_url(url);
            }
            let attempt = Attempt {
                flow,
                server,
                open: !self.no_open,
            };
            attempt.run(listening, printer).await
        })
    }
}

/// One person's way to the tokens.
struct Attempt {
    flow: AuthorizationCodeFlow,
    server: String,
    open: bool,
}

impl Attempt {
    async fn run(self, listening: Listening, printer: &Printer) -> Result<Report, Failure> {
        let started = self.flow.start().await;
        let request = started.map_err(|error| self.failure(&error))?;
        let mut answers = Answers::serve(listening.listeners, &listening.path);
        // Before anybody is told how to stop.
        let mut interrupt = signal(SignalKind::interrupt())
            .map_err(|error| Failure::because("cannot listen for Ctrl-C", &error))?;
        self.invite(&request, printer);
        let outcome = tokio::select! {
            outcome = self.wait(&request, &mut answers, printer) => outcome,
            _ = interrupt.recv() => Err(Failure::new("stopped before anybody had signed in")),
        };
        answers.stop().await;
        outcome
    }

    /// Says where to sign in, and opens a browser there.
    fn invite(&self, request: &AuthorizationRequest, printer: &Printer) {
        let url = request.url();
        let how = if self.open {
            "If your browser does not open by itself, go to:"
        } else {
            "Go to this address with your browser:"
        };
        printer.tell(
            &format!(
                "Waiting for the browser to come back to {}\nPress Ctrl-C to stop.\n{how}\n\n\t{url}\n\n",
                request.redirect_uri()
            ),
            &json!({ "authorization_url": url }),
        );
        if self.open {
            browser::open(url.to_owned());
        }
    }

    /// Takes answers until one brings the tokens. What is no answer to this request, or says that the
    /// person declined, is told, and the next one may do better.
    async fn wait(
        &self,
        request: &AuthorizationRequest,
        answers: &mut Answers,
        printer: &Printer,
    ) -> Result<Report, Failure> {
        while let Some(answer) = answers.next().await {
            match self
                .flow
                .finish(request, &format!("?{}", answer.query))
                .await
            {
                Ok(tokens) => {
                    let shown = Shown::new(&tokens);
                    answer.show(page::done(&shown.values()));
                    return Ok(shown.report());
                }
                Err(error @ (FlowError::Answer(_) | FlowError::Refused { .. })) => {
                    let failure = Failure::of(&error);
                    printer.warn(&format!("{}; still waiting", failure.message()));
                    answer.show(page::refused(&failure));
                }
                Err(error) => {
                    let failure = self.failure(&error);
                    answer.show(page::failed(&failure));
                    return Err(failure);
                }
            }
        }
        Err(Failure::new("the page for the browser is gone"))
    }

    /// What a person should know of an attempt that came to nothing.
    fn failure(&self, error: &FlowError) -> Failure {
        let failure = Failure::new(format!("cannot get tokens from {}", self.server));
        let FlowError::Call {
            status,
            code,
            message,
            network,
            ..
        } = error
        else {
            return failure.cause(&chain(error));
        };
        if let Some(error) = network {
            let failure = failure.cause(&network::cause(error));
            return match network::advice(error, &self.server) {
                Some(advice) => failure.hint(advice),
                None => failure,
            };
        }
        let failure = match status {
            Some(status) => failure.cause(message).status(*status),
            None => failure.cause(message),
        };
        match code.as_deref() {
            Some("invalid_client") => failure.hint("check --id and the secret"),
            Some("unauthorized_client") => {
                failure.hint("the client must be allowed the grant authorization_code")
            }
            _ => failure,
        }
    }
}

/// The server whose token endpoint is at `url`.
fn server_of(url: &str) -> Result<String, Failure> {
    url.strip_suffix(TOKEN_PATH)
        .map(str::to_owned)
        .ok_or_else(|| {
            Failure::new(format!("`{url}` is not the URL of a token endpoint"))
                .cause(&format!("it has to end in {TOKEN_PATH}"))
                .hint(format!("write it like {DEFAULT_CLUSTER_URL}{TOKEN_PATH}"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_what_stands_before_the_token_endpoint() {
        for (url, server) in [
            (
                "https://localhost:9000/oauth2/token",
                "https://localhost:9000",
            ),
            (
                "https://example.org/hydra/oauth2/token",
                "https://example.org/hydra",
            ),
        ] {
            assert_eq!(server_of(url).unwrap(), server);
        }
        for url in [
            "https://localhost:9000",
            "https://localhost/token",
            "oauth2/token",
        ] {
            assert!(server_of(url).is_err(), "{url}");
        }
    }
}
