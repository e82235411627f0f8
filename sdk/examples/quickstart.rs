//! Creates a client, reads it back, deletes it.
//!
//! ```sh
//! export HYDRA_URL=https://localhost:4444 HYDRA_CLIENT_ID=… HYDRA_CLIENT_SECRET=…
//! cargo run -p hydra-sdk --example quickstart
//! ```

use std::env;

use hydra_sdk::{ErrorExt, Hydra, types::OAuth2Client};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let setting = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let mut builder = Hydra::builder(setting("HYDRA_URL")?)
        .client_credentials(setting("HYDRA_CLIENT_ID")?, setting("HYDRA_CLIENT_SECRET")?)
        .scopes(["hydra.clients"]);
    if env::var_os("HYDRA_SKIP_TLS_VERIFY").is_some() {
        builder = builder.skip_tls_verify();
    }
    let hydra = builder.build()?;

    let wanted = OAuth2Client {
        client_name: Some("Quickstart".to_owned()),
        grant_types: Some(vec!["client_credentials".to_owned()]),
        ..OAuth2Client::default()
    };
    let made = hydra
        .create_o_auth2_client(&wanted)
        .await
        .map_err(|e| e.message())?;
    let id = made.id.clone().unwrap_or_default();
    show(&format!("created {id}"));

    let found = hydra
        .get_o_auth2_client(&id)
        .await
        .map_err(|e| e.message())?;
    show(&format!("read back: {:?}", found.client_name));

    hydra
        .delete_o_auth2_client(&id)
        .await
        .map_err(|e| e.message())?;
    match hydra.get_o_auth2_client(&id).await {
        Err(e) if e.status().is_some_and(|s| s == 404) => show("deleted"),
        Err(e) => return Err(e.message().into()),
        Ok(_) => return Err("it is still there".into()),
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example has to show something")]
fn show(line: &str) {
    println!("{line}");
}
