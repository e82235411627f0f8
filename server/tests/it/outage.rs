//! When the database is gone, every operation says so, and none says more.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use hydra_server::crypto::jws::Algorithm;
use hydra_server::crypto::password::PasswordHasher;
use hydra_server::crypto::random::SystemRng;
use hydra_server::crypto::system_secret::SystemSecret;
use hydra_server::crypto::token::TokenSigner;
use hydra_server::domain::advertised::Advertised;
use hydra_server::domain::clock::ManualClock;
use hydra_server::domain::resource::ResourceNames;
use hydra_server::domain::secret::Secret;
use hydra_server::flows::browser::BrowserKeys;
use hydra_server::flows::failure_limits::{FailureLimits, Limits};
use hydra_server::flows::metrics::Metrics;
use hydra_server::flows::policies::Policies;
use hydra_server::flows::signing_keys::SigningKeys;
use hydra_server::flows::{Lifespans, Services};
use hydra_server::http::{TransportPolicy, service};
use hydra_server::storage::{DatabaseUrl, Storage};
use serde_json::Value;
use tower::ServiceExt as _;

use crate::server::NOW;

#[tokio::test]
async fn an_operation_without_a_database_is_503_and_never_a_success() {
    let secret = SystemSecret::new(&Secret::new("a-system-secret-of-some-length")).unwrap();
    let services = Arc::new(Services {
        issuer: "https://localhost:9000".into(),
        resources: ResourceNames::default(),
        consent_url: "https://consent.example/".parse().unwrap(),
        plain_challenges: false,
        policies: Policies::default(),
        advertised: Advertised::default(),
        lifespans: Lifespans::default(),
        storage: Storage::open(&DatabaseUrl::Memory).await.unwrap(),
        clock: Arc::new(ManualClock::new(NOW)),
        rng: Arc::new(SystemRng),
        passwords: PasswordHasher::new(4, &SystemRng).unwrap(),
        access_tokens: TokenSigner::new(&secret, "access token"),
        refresh_tokens: TokenSigner::new(&secret, "refresh token"),
        codes: TokenSigner::new(&secret, "authorization code"),
        signing_keys: SigningKeys::new(&secret, Algorithm::default()).unwrap(),
        browser: BrowserKeys::new(&secret),
        failures: FailureLimits::new(Limits::default()),
        metrics: Metrics::default(),
        started_at: NOW,
    });
    services.storage.close().await;
    let minted = |signer: &TokenSigner| signer.mint(&SystemRng).unwrap().token.expose().to_owned();
    let token = minted(&services.access_tokens);
    let refresh = minted(&services.refresh_tokens);
    let code = minted(&services.codes);
    let service = service(services, TransportPolicy::Any);

    let bearer = format!("Bearer {token}");
    let basic = "Basic YWRtaW46YWRtaW4tcGFzc3dvcmQ=";
    let form = format!("grant_type=client_credentials&token={token}");
    let redeem = format!("grant_type=authorization_code&code={code}");
    let renew = format!("grant_type=refresh_token&refresh_token={refresh}&token={refresh}");
    for (method, path, authorization, body) in [
        ("GET", "/.well-known/jwks.json", "", ""),
        ("GET", "/health/ready", "", ""),
        ("GET", "/health/metrics", bearer.as_str(), ""),
        ("GET", "/metrics", &bearer, ""),
        ("GET", "/clients", bearer.as_str(), ""),
        ("POST", "/clients", &bearer, "{}"),
        ("GET", "/clients/a", &bearer, ""),
        ("PUT", "/clients/a", &bearer, "{}"),
        ("DELETE", "/clients/a", &bearer, ""),
        ("POST", "/oauth2/token", basic, &form),
        ("POST", "/oauth2/introspect", basic, &form),
        ("POST", "/oauth2/introspect", &bearer, &form),
        ("POST", "/oauth2/revoke", basic, &form),
        ("POST", "/oauth2/token", basic, &redeem),
        ("POST", "/oauth2/token", basic, &renew),
        ("POST", "/oauth2/revoke", basic, &renew),
        ("POST", "/oauth2/flush", &bearer, ""),
        ("GET", "/userinfo", &bearer, ""),
        ("POST", "/userinfo", &bearer, ""),
        ("GET", "/oauth2/auth?client_id=a", "", ""),
        ("POST", "/oauth2/auth", "", "client_id=a"),
        ("GET", "/oauth2/auth?consent=a", "", ""),
        ("GET", "/oauth2/sessions/logout?client_id=a", "", ""),
        ("GET", "/oauth2/consent/requests/a", &bearer, ""),
        ("PATCH", "/oauth2/consent/requests/a/accept", &bearer, "{}"),
        ("PATCH", "/oauth2/consent/requests/a/reject", &bearer, "{}"),
        ("GET", "/oauth2/consent/sessions?subject=a", &bearer, ""),
        ("DELETE", "/oauth2/consent/sessions?subject=a", &bearer, ""),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", authorization)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 503, "{method} {path}");
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let message = body["error"]["message"]
            .as_str()
            .or(body["error_description"].as_str());
        assert_eq!(
            message,
            Some("the database cannot be reached; try again later")
        );
    }
}
