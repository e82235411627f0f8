//! The authorization code flow, against a server that plays along, and against ones that do not.

use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use hydra_sdk::flow::{
    AnswerError, AuthorizationCodeFlow, AuthorizationRequest, FlowError, IdTokenError,
};
use hydra_sdk::{Config, Hydra, RetryPolicy, Secret};
use serde_json::{Value, json};

use crate::signer::{CLIENT, ISSUER, NOW, Signer, claims_with};
use crate::support::serve;

const CALLBACK: &str = "https://photos.example/callback";

/// A server whose answers a test can set.
struct Server {
    url: String,
    requests: Receiver<String>,
    /// What the token endpoint says.
    token: Arc<Mutex<(u16, Value)>>,
    /// What the key set is.
    keys: Arc<Mutex<Value>>,
}

impl Server {
    fn start(signer: &Signer) -> Self {
        let token = Arc::new(Mutex::new((500, Value::Null)));
        let keys = Arc::new(Mutex::new(serde_json::to_value(signer.set()).unwrap()));
        let (tokens, sets) = (Arc::clone(&token), Arc::clone(&keys));
        let (url, requests) = serve(move |request| {
            let path = request.split(' ').nth(1).unwrap();
            let (status, body) = match path {
                "/.well-known/openid-configuration" => (
                    200,
                    json!({
                        "issuer": ISSUER,
                        "authorization_endpoint": format!("{ISSUER}/oauth2/auth"),
                        "authorization_response_iss_parameter_supported": true,
                    }),
                ),
                "/.well-known/jwks.json" => (200, sets.lock().unwrap().clone()),
                "/oauth2/token" => tokens.lock().unwrap().clone(),
                _ => (404, Value::Null),
            };
            (status, body.to_string())
        });
        Self {
            url,
            requests,
            token,
            keys,
        }
    }

    fn flow(&self) -> AuthorizationCodeFlow {
        let client = Hydra::builder(&self.url)
            .retry(RetryPolicy::never())
            .configure(Config::no_proxy)
            .build()
            .unwrap();
        AuthorizationCodeFlow::new(client, CLIENT, CALLBACK)
            .client_secret("s:e c")
            .scopes(["openid", "offline"])
            .clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
    }

    fn answer(&self, status: u16, body: Value) {
        *self.token.lock().unwrap() = (status, body);
    }

    fn answer_with(&self, id_token: Option<String>) {
        self.answer(
            200,
            json!({
                "access_token": "access", "token_type": "bearer", "expires_in": 3599,
                "refresh_token": "refresh", "scope": "openid offline", "id_token": id_token,
            }),
        );
    }

    /// The next request to this path.
    fn asked(&self, path: &str) -> String {
        self.requests
            .iter()
            .find(|request| request.split(' ').nth(1) == Some(path))
            .unwrap()
    }
}

fn callback(request: &AuthorizationRequest) -> String {
    format!(
        "{CALLBACK}?code=c&iss=https%3A%2F%2Fauth.example&state={}",
        request.state()
    )
}

fn id_token(signer: &Signer, request: &AuthorizationRequest) -> Option<String> {
    Some(signer.sign(&claims_with(&json!({"nonce": request.nonce()}))))
}

#[tokio::test]
async fn a_person_signs_in_and_later_tokens_are_renewed() {
    let signer = Signer::new("k");
    let server = Server::start(&signer);
    let flow = server.flow();
    let request = flow.start().await.unwrap();
    assert!(
        request
            .url()
            .starts_with("https://auth.example/oauth2/auth?response_type=code&")
    );

    server.answer_with(id_token(&signer, &request));
    let tokens = flow.finish(&request, &callback(&request)).await.unwrap();
    assert_eq!(tokens.access_token.expose(), "access");
    assert_eq!(tokens.expires_in, Some(Duration::from_secs(3599)));
    assert!(tokens.grants("offline") && !tokens.grants("photos.read"));
    assert_eq!(tokens.id_token.unwrap().subject(), "user:12345:dandean");

    // RFC 6749 section 4.1.3, with the Basic of section 2.3.1, and RFC 7636 section 4.5.
    let sent = server.asked("/oauth2/token");
    assert!(
        sent.contains("authorization: Basic cGhvdG9zOnMlM0FlJTIwYw=="),
        "{sent}"
    );
    let (_, form) = sent.split_once("\r\n\r\n").unwrap();
    let mut form: Vec<_> = form.split('&').map(str::to_owned).collect();
    form.sort();
    assert_eq!(
        form,
        [
            "code=c".to_owned(),
            format!("code_verifier={}", request.code_verifier().expose()),
            "grant_type=authorization_code".to_owned(),
            "redirect_uri=https%3A%2F%2Fphotos.example%2Fcallback".to_owned(),
        ]
    );

    server.answer(
        200,
        json!({"access_token": "next", "token_type": "bearer", "scope": "openid"}),
    );
    let next = flow.refresh(&tokens.refresh_token.unwrap()).await.unwrap();
    assert_eq!(next.access_token.expose(), "next");
    // The server sent no other, so the old one stays in force.
    assert_eq!(next.refresh_token, Some(Secret::new("refresh")));
    assert!(next.id_token.is_none());
    let sent = server.asked("/oauth2/token");
    assert!(
        sent.ends_with("grant_type=refresh_token&refresh_token=refresh"),
        "{sent}"
    );
}

/// RFC 6749 section 4.1.3: a client that cannot authenticate says who it is.
#[tokio::test]
async fn a_public_client_sends_its_id_and_no_credentials() {
    let signer = Signer::new("k");
    let server = Server::start(&signer);
    let client = Hydra::builder(&server.url)
        .client_credentials("somebody", "else")
        .configure(Config::no_proxy)
        .build()
        .unwrap();
    let flow = AuthorizationCodeFlow::new(client, CLIENT, CALLBACK);
    let request = flow.start().await.unwrap();
    server.answer(200, json!({"access_token": "a", "token_type": "bearer"}));
    flow.finish(&request, &callback(&request)).await.unwrap();
    let sent = server.asked("/oauth2/token");
    assert!(!sent.contains("authorization: "), "{sent}");
    assert!(sent.contains("client_id=photos"), "{sent}");
}

#[tokio::test]
async fn a_wrong_answer_never_reaches_the_token_endpoint() {
    let signer = Signer::new("k");
    let server = Server::start(&signer);
    let flow = server.flow();
    let request = flow.start().await.unwrap();
    let error = flow.finish(&request, "?code=c&state=x").await.unwrap_err();
    assert!(
        matches!(error, FlowError::Answer(AnswerError::State)),
        "{error}"
    );
    assert!(
        server
            .requests
            .try_iter()
            .all(|asked| !asked.contains("/oauth2/token"))
    );
}

#[tokio::test]
async fn a_refused_code_tells_why() {
    let signer = Signer::new("k");
    let server = Server::start(&signer);
    let flow = server.flow();
    let request = flow.start().await.unwrap();
    server.answer(
        400,
        json!({"error": "invalid_grant", "error_description": "used before"}),
    );
    let error = flow
        .finish(&request, &callback(&request))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("invalid_grant"));
    assert_eq!(
        error.to_string(),
        "oauthToken failed: 400 Bad Request: invalid_grant: used before"
    );
}

#[tokio::test]
async fn with_openid_granted_there_has_to_be_a_good_id_token() {
    let signer = Signer::new("k");
    let server = Server::start(&signer);
    let flow = server.flow();
    let request = flow.start().await.unwrap();

    server.answer_with(None);
    let error = flow
        .finish(&request, &callback(&request))
        .await
        .unwrap_err();
    assert!(
        matches!(error, FlowError::IdToken(IdTokenError::Missing)),
        "{error}"
    );

    let other = flow.start().await.unwrap();
    server.answer_with(id_token(&signer, &other));
    let error = flow
        .finish(&request, &callback(&request))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the ID token is refused: its claim `nonce` is not the one that was sent"
    );
}

#[tokio::test]
async fn a_person_who_declines_openid_still_gets_tokens() {
    let signer = Signer::new("k");
    let server = Server::start(&signer);
    let flow = server.flow();
    let request = flow.start().await.unwrap();
    server.answer(
        200,
        json!({"access_token": "a", "token_type": "bearer", "scope": ""}),
    );
    let tokens = flow.finish(&request, &callback(&request)).await.unwrap();
    assert!(tokens.scopes.is_empty() && tokens.id_token.is_none());
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_when_the_server_has_a_new_one() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let server = Server::start(&old);
    let flow = server.flow();
    let token = |signer: &Signer| signer.sign(&claims_with(&json!({})));
    flow.verify_id_token(&token(&old), Some("n")).await.unwrap();
    flow.verify_id_token(&token(&old), Some("n")).await.unwrap();
    *server.keys.lock().unwrap() = serde_json::to_value(new.set()).unwrap();
    flow.verify_id_token(&token(&new), Some("n")).await.unwrap();
    let error = flow.verify_id_token(&token(&old), None).await.unwrap_err();
    assert!(
        matches!(error, FlowError::IdToken(IdTokenError::UnknownKey(_))),
        "{error}"
    );
    let fetched = server
        .requests
        .try_iter()
        .filter(|r| r.contains("jwks.json"))
        .count();
    assert_eq!(fetched, 3);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_so() {
    let client = Hydra::builder("http://127.0.0.1:1")
        .retry(RetryPolicy::never())
        .configure(Config::no_proxy)
        .build()
        .unwrap();
    let flow = AuthorizationCodeFlow::new(client, CLIENT, CALLBACK);
    let error = flow.start().await.unwrap_err();
    assert!(
        matches!(error, FlowError::Call { status: None, .. }),
        "{error}"
    );
    assert!(
        error.to_string().starts_with("getWellKnown failed: "),
        "{error}"
    );
}
