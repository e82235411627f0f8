//! What a person granted, listed and taken back.

use serde_json::json;

use crate::browser::{Flow, assert_refused};
use crate::login::{logged_in, silently};
use crate::server::{Answer, TestServer, answer};

/// The answer to the question what somebody granted.
pub(crate) async fn consents(server: &TestServer, query: &str) -> Answer {
    let token = server.admin_token("hydra.consent").await;
    let path = format!("/oauth2/consent/sessions{query}");
    answer(server.get(&path).bearer_auth(token)).await
}

#[tokio::test]
async fn consent_can_be_listed_and_taken_back() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    server.create_app(json!({"id": "other"})).await;
    let mut dan = logged_in(&server, "openid offline").await;
    let parameters = [("response_type", "token"), ("client_id", "other")];
    let mut flow = Flow::begin(&server, &parameters).await;
    flow.accept(json!({"subject": "dan"})).await;
    let token = flow.finish().await.get("access_token").to_owned();
    assert_eq!(server.introspect(&token).await["active"], true);

    let all = consents(&server, "?subject=dan").await.json();
    assert_eq!(
        all[0],
        json!({
            "subject": "dan", "clientId": "app", "grantedScopes": ["openid", "offline"],
            "grantedAt": "2017-12-04T07:05:55Z", "remembered": true,
        })
    );
    let listed = |all: &serde_json::Value| -> Vec<String> {
        let mut found: Vec<String> = all
            .as_array()
            .unwrap()
            .iter()
            .map(|it| format!("{} {}", it["clientId"].as_str().unwrap(), it["remembered"]))
            .collect();
        found.sort();
        found
    };
    assert_eq!(listed(&all), ["app false", "app true", "other false"]);
    let one = consents(&server, "?subject=dan&client=other").await.json();
    assert_eq!(listed(&one), ["other false"]);
    assert_eq!(consents(&server, "?subject=nobody").await.json(), json!([]));
    for query in ["", "?subject=", "?subject=a&subject=b", "?subject=%ff"] {
        assert_eq!(consents(&server, query).await.status, 400, "{query}");
    }

    let admin = server.admin_token("hydra.consent").await;
    let revoke = async |query: &str| {
        let path = format!("/oauth2/consent/sessions{query}");
        let request = server.request(reqwest::Method::DELETE, &path);
        answer(request.bearer_auth(&admin)).await.status
    };
    assert_eq!(revoke("?subject=dan&client=other").await, 204);
    assert_eq!(server.introspect(&token).await["active"], false);
    let left = consents(&server, "?subject=dan").await.json();
    assert_eq!(listed(&left), ["app false", "app true"]);
    assert_eq!(revoke("?subject=dan").await, 204);
    assert_eq!(consents(&server, "?subject=dan").await.json(), json!([]));
    // Logged in still, and to be asked again.
    let refused = silently(&server, &mut dan, &[("scope", "openid")]).await;
    assert_refused(&refused, "consent_required");
    assert_eq!(revoke("").await, 400);
}
