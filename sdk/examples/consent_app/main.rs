//! The demo login-and-consent application: the part of signing people in that an authorization
//! server leaves to its owner. It asks a person who they are and what they allow, and tells the
//! server.
//!
//! ```sh
//! export HYDRA_URL=https://localhost:4444 HYDRA_CLIENT_ID=consent-app HYDRA_CLIENT_SECRET=…
//! cargo run -p hydra-sdk --example consent_app
//! ```
//!
//! The client needs the grant `client_credentials`, the scope `hydra.consent`, and a policy that
//! lets it `get`, `accept` and `reject` `rn:hydra:oauth2:consent:requests:<.*>`. The server needs
//! `CONSENT_URL=http://localhost:3000/consent`. `make run` sets all of that up.
//!
//! | variable | what it is |
//! | --- | --- |
//! | `HYDRA_URL`, `HYDRA_CLIENT_ID`, `HYDRA_CLIENT_SECRET` | the server, and who this application is to it |
//! | `HYDRA_SKIP_TLS_VERIFY=1` | accept the server's self-signed certificate; `NODE_TLS_REJECT_UNAUTHORIZED=0` means the same |
//! | `PORT`, `HOST` | where to listen; 3000 and 127.0.0.1 unless set. In a container set `HOST=0.0.0.0` |
//! | `COOKIE_SECRET` | signs cookies; set it to the same text in all processes if there are several |
//!
//! How it works, in the order of a login:
//!
//! 1. The server sends the browser to `/consent?consent=<id>`.
//! 2. [`consent`] asks the server what the client wants. If the server does not tell who the person
//!    is, it sends the browser to `/login` first.
//! 3. [`login`] checks the password, and notes in a signed cookie who logged in for this request.
//! 4. [`consent`] shows the scopes, and tells the server what the person ticked, or that they
//!    declined.
//! 5. The browser goes back to the server, by the address that the server gave for it.
//!
//! Everything here runs in a process that keeps nothing: what is known of a login is in cookies
//! that cannot be made up ([`session`]). Only the one person of [`people`] is hard-wired.

mod consent;
mod login;
mod pages;
mod people;
mod session;

use std::env;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use hydra_sdk::{Client, Hydra};

use crate::pages::Pages;
use crate::session::Signer;

/// What handlers share.
struct App {
    hydra: Client,
    pages: Pages,
    signer: Signer,
}

type Shared = Arc<App>;

#[tokio::main]
#[expect(
    clippy::print_stdout,
    reason = "whoever starts it wants to know where it is"
)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = setting("HYDRA_URL")?;
    let app = App {
        hydra: connect(&url)?,
        pages: Pages::new()?,
        signer: Signer::new(env::var("COOKIE_SECRET").ok().as_deref())?,
    };
    let host: IpAddr = env::var("HOST").as_deref().unwrap_or("127.0.0.1").parse()?;
    let port: u16 = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = tokio::net::TcpListener::bind((host, port)).await?;
    println!(
        "The consent app of {url} listens on http://{}",
        listener.local_addr()?
    );
    axum::serve(listener, router(app))
        .with_graceful_shutdown(asked_to_stop())
        .await?;
    Ok(())
}

fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/style.css", get(pages::style))
        .route("/consent", get(consent::ask).post(consent::decide))
        .route("/login", get(login::ask).post(login::check))
        .with_state(Arc::new(app))
}

/// The client of the server. Tokens are fetched when a call needs one, and renewed.
fn connect(url: &str) -> Result<Client, Box<dyn std::error::Error>> {
    let mut builder = Hydra::builder(url)
        .client_credentials(setting("HYDRA_CLIENT_ID")?, setting("HYDRA_CLIENT_SECRET")?)
        .scopes(["hydra.consent"]);
    let is = |name: &str, values: &[&str]| env::var(name).is_ok_and(|v| values.contains(&&*v));
    if is("HYDRA_SKIP_TLS_VERIFY", &["1", "true", "yes"])
        || is("NODE_TLS_REJECT_UNAUTHORIZED", &["0"])
    {
        builder = builder.skip_tls_verify();
    }
    Ok(builder.build()?)
}

fn setting(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set"))
}

/// Ends when somebody presses Ctrl-C, or the process is told to end.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}
