//! The life of a client and of a token: created, used, revoked, deleted.
//!
//! ```sh
//! export HYDRA_URL=https://localhost:4444 HYDRA_CLIENT_ID=… HYDRA_CLIENT_SECRET=…
//! cargo run -p hydra-sdk --example quickstart
//! ```
//!
//! `HYDRA_SKIP_TLS_VERIFY=1` accepts a self-signed certificate.

use std::env;

use hydra_sdk::types::{
    IntrospectOAuth2TokenBody, OAuth2Client, OauthTokenBody, RevokeOAuth2TokenBody,
};
use hydra_sdk::{Client, Hydra, HydraBuilder};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example has to show something")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Calls that need an access token fetch one first, and keep it for the next call.
    let hydra = server()?
        .client_credentials(setting("HYDRA_CLIENT_ID")?, setting("HYDRA_CLIENT_SECRET")?)
        .scopes(["hydra.clients"])
        .build()?;

    let photos = hydra
        .create_o_auth2_client(&OAuth2Client {
            client_name: Some("Photos".to_owned()),
            grant_types: Some(vec!["client_credentials".to_owned()]),
            scope: Some("photos.read".to_owned()),
            ..OAuth2Client::default()
        })
        .await?;
    let id = photos.id.clone().ok_or("the server names every client")?;
    let secret = photos
        .client_secret
        .clone()
        .ok_or("a new client has a secret")?;
    println!("created client {id}");

    let app = server()?.client_credentials(&id, secret).build()?;
    let wanted = OauthTokenBody {
        grant_type: Some("client_credentials".to_owned()),
        scope: Some("photos.read".to_owned()),
        ..OauthTokenBody::default()
    };
    let token = app.oauth_token(Some(&wanted)).await?.access_token.clone();
    println!("its token is active: {}", is_active(&hydra, &token).await?);

    let unwanted = RevokeOAuth2TokenBody {
        token: token.clone(),
        ..RevokeOAuth2TokenBody::default()
    };
    app.revoke_o_auth2_token(&unwanted).await?;
    println!("after its revocation: {}", is_active(&hydra, &token).await?);

    hydra.delete_o_auth2_client(&id).await?;
    println!("deleted client {id}");
    Ok(())
}

async fn is_active(hydra: &Client, token: &str) -> Result<bool, Box<dyn std::error::Error>> {
    let question = IntrospectOAuth2TokenBody {
        token: token.to_owned(),
        ..IntrospectOAuth2TokenBody::default()
    };
    Ok(hydra.introspect_o_auth2_token(&question).await?.active)
}

fn server() -> Result<HydraBuilder, String> {
    let builder = Hydra::builder(setting("HYDRA_URL")?);
    Ok(match env::var_os("HYDRA_SKIP_TLS_VERIFY") {
        Some(_) => builder.skip_tls_verify(),
        None => builder,
    })
}

fn setting(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set"))
}
