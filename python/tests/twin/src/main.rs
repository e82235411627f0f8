//! Makes one call of each operation against the server whose URL is given, with the same arguments
//! as `test_wire.py`, and prints the names of all operations. What the server answers is of no
//! interest.

use hydra_sdk::types::{
    IntrospectOAuth2TokenBody, OAuth2Client, OauthTokenBody, RevokeOAuth2TokenBody,
};
use hydra_sdk::{API, Client, Config, Credential, OAUTH2};

const ID: &str = "a b/c?d#ä%";

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "it is what the test reads")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("usage: hydra-sdk-twin URL")?;
    let config = Config::new(url).credential(OAUTH2, Credential::bearer("token"));
    let hydra = Client::new(&config)?;
    let body = OAuth2Client {
        client_name: text("Ä \"q\""),
        redirect_uris: Some(vec!["https://a/cb?x=1&y=ä".to_owned()]),
        contacts: Some(Vec::new()),
        public: Some(false),
        scope: text("openid offline"),
        ..OAuth2Client::default()
    };
    let _ = hydra.create_o_auth2_client(&body).await;
    let _ = hydra.delete_o_auth2_client(ID).await;
    let _ = hydra.get_instance_status().await;
    let _ = hydra.get_o_auth2_client(ID).await;
    let _ = hydra.get_well_known().await;
    let introspection = IntrospectOAuth2TokenBody {
        token: "t +&=ä".to_owned(),
        scope: text("a b"),
        ..IntrospectOAuth2TokenBody::default()
    };
    let _ = hydra.introspect_o_auth2_token(&introspection).await;
    let _ = hydra.list_o_auth2_clients().await;
    let grant = OauthTokenBody {
        grant_type: text("client_credentials"),
        scope: text("a b"),
        ..OauthTokenBody::default()
    };
    let _ = hydra.oauth_token(Some(&grant)).await;
    let revocation = RevokeOAuth2TokenBody {
        token: "t +&=ä".to_owned(),
        ..RevokeOAuth2TokenBody::default()
    };
    let _ = hydra.revoke_o_auth2_token(&revocation).await;
    let _ = hydra.update_o_auth2_client("x", &body).await;
    let _ = hydra.well_known().await;
    let names: Vec<_> = API.operations.iter().map(|o| o.name).collect();
    println!("{}", serde_json::to_string(&names)?);
    Ok(())
}
