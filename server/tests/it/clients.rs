//! Clients, managed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Answer, TestServer, answer, assert_generic_error};

struct Clients {
    server: TestServer,
    token: String,
}

impl Clients {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let token = server.admin_token("hydra.clients").await;
        Self { server, token }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.server.request(method, path).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    async fn create(&self, body: Value) -> Answer {
        self.call(Method::POST, "/clients", Some(body)).await
    }
}

fn full(id: &str) -> Value {
    json!({
        "id": id,
        "client_name": "Some Consumer",
        "redirect_uris": ["http://localhost:9010/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["token", "code", "id_token"],
        "scope": "openid offline hydra.clients",
        "owner": "alice",
        "policy_uri": "https://example.com/policy",
        "tos_uri": "https://example.com/tos",
        "client_uri": "https://example.com",
        "logo_uri": "https://example.com/logo.png",
        "contacts": ["alice@example.com"],
        "post_logout_redirect_uris": ["https://example.com/bye"],
        "public": false,
    })
}

#[tokio::test]
async fn a_client_lives() {
    let it = Clients::start().await;
    let mut sent = full("some consumer/ü");
    sent["client_secret"] = "consumer-secret".into();
    let created = it.create(sent.clone()).await;
    assert_eq!(created.status, 201);
    assert_eq!(
        created.header("location"),
        "/clients/some%20consumer%2F%C3%BC"
    );
    assert_eq!(created.json(), sent);

    let path = created.header("location").to_owned();
    let got = it.call(Method::GET, &path, None).await;
    assert_eq!(
        (got.status.as_u16(), got.json()),
        (200, full("some consumer/ü"))
    );

    let listed = it.call(Method::GET, "/clients", None).await.json();
    let ids: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["admin", "some consumer/ü"]);
    assert!(
        listed
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it.get("client_secret").is_none())
    );

    // The id in the path counts; what is left out becomes empty; the secret stays.
    let update = json!({"id": "ignored", "grant_types": ["client_credentials"], "contacts": null});
    let updated = it.call(Method::PUT, &path, Some(update)).await;
    assert_eq!(updated.status, 200);
    assert_eq!(updated.header("location"), path);
    assert_eq!(
        updated.json(),
        json!({
            "id": "some consumer/ü", "client_name": "", "redirect_uris": [],
            "post_logout_redirect_uris": [], "grant_types": ["client_credentials"], "response_types": [], "scope": "", "owner": "",
            "policy_uri": "", "tos_uri": "", "client_uri": "", "logo_uri": "", "contacts": [],
            "public": false,
        })
    );
    let encoded = "some+consumer%2F%C3%BC";
    let token = it.server.token(encoded, "consumer-secret", "").await;

    let rotate = json!({"client_secret": "other-secret", "grant_types": ["client_credentials"]});
    let rotated = it.call(Method::PUT, &path, Some(rotate)).await;
    assert_eq!(rotated.json()["client_secret"], "other-secret");
    assert_eq!(
        it.server
            .token_answer(encoded, "consumer-secret", "")
            .await
            .status,
        401
    );
    it.server.token(encoded, "other-secret", "").await;

    let deleted = it.call(Method::DELETE, &path, None).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    assert_eq!(it.server.introspect(&token).await, json!({"active": false}));
    for method in [Method::GET, Method::DELETE] {
        assert_generic_error(&it.call(method, &path, None).await, 404);
    }
    assert_generic_error(&it.call(Method::PUT, &path, Some(json!({}))).await, 404);
    assert_eq!(
        it.server
            .token_answer(encoded, "other-secret", "")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn secrets_are_made_up_except_for_public_clients() {
    let it = Clients::start().await;
    let made = it
        .create(json!({"grant_types": ["client_credentials"]}))
        .await
        .json();
    assert_eq!(made["id"].as_str().unwrap().len(), 36);
    let secret = made["client_secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32);
    it.server
        .token(made["id"].as_str().unwrap(), secret, "")
        .await;

    let public = it.create(json!({"id": "spa", "public": true})).await;
    assert_eq!(public.status, 201);
    assert!(public.json().get("client_secret").is_none());
    let refused = it
        .create(json!({"id": "spb", "public": true, "client_secret": "a-secret"}))
        .await;
    assert!(assert_generic_error(&refused, 400).contains("client_secret"));

    // A public client that is to be one no more needs a secret.
    let refused = it.call(Method::PUT, "/clients/spa", Some(json!({}))).await;
    assert!(assert_generic_error(&refused, 400).contains("client_secret"));
    let secret = json!({"client_secret": "a-secret"});
    assert_eq!(
        it.call(Method::PUT, "/clients/spa", Some(secret))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_taken_id_is_409_and_stays_as_it_is() {
    let it = Clients::start().await;
    let refused = it
        .create(json!({"id": "admin", "client_secret": "stolen-secret"}))
        .await;
    assert!(assert_generic_error(&refused, 409).contains("`admin`"));
    assert!(
        refused.json()["error"]["reason"]
            .as_str()
            .unwrap()
            .contains("PUT")
    );
    it.server.admin_token("hydra.clients").await;
}

#[tokio::test]
async fn what_cannot_be_is_400_and_nothing_is_created() {
    let it = Clients::start().await;
    let cases = [
        (json!({"client_secret": "12345"}), "client_secret"),
        (json!({"id": "x".repeat(256)}), "id"),
        (json!({"id": "a\nb"}), "id"),
        (json!({"scope": "a\"b"}), "scope"),
        (
            json!({"redirect_uris": ["https://example.com/#x"]}),
            "redirect_uris",
        ),
        (
            json!({"redirect_uris": ["javascript:alert(1)"]}),
            "redirect_uris",
        ),
        (json!({"logo_uri": "javascript:alert(1)"}), "logo_uri"),
        (json!({"client_uri": "data:text/html,x"}), "client_uri"),
        (
            json!({"redirect_uris": "https://example.com"}),
            "redirect_uris",
        ),
        (json!({"contacts": ["a", 1]}), "contacts[1]"),
        (json!({"public": "yes"}), "public"),
        (json!({"id": 5}), "id"),
    ];
    for (body, property) in cases {
        let refused = it.create(body.clone()).await;
        let message = assert_generic_error(&refused, 400);
        assert!(
            message.contains(&format!("`{property}`")),
            "{body}: {message}"
        );
    }
    for body in ["", "{", "nonsense", "[]", "\"text\"", "{}{}"] {
        let request = it.server.post("/clients").bearer_auth(&it.token).body(body);
        assert_generic_error(&answer(request).await, 400);
    }
    let large = it
        .create(json!({"client_name": "x".repeat(2 * 1024 * 1024)}))
        .await;
    assert_generic_error(&large, 413);
    assert_eq!(
        it.call(Method::GET, "/clients", None)
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn null_and_unknown_properties_are_taken() {
    let it = Clients::start().await;
    let mut body = full("nulls");
    for value in body.as_object_mut().unwrap().values_mut() {
        *value = Value::Null;
    }
    body["id"] = "nulls".into();
    body["unheard_of"] = json!({"a": [1]});
    // Whatever the Content-Type says, as ever.
    let request = it
        .server
        .post("/clients")
        .bearer_auth(&it.token)
        .body(body.to_string());
    assert_eq!(answer(request).await.status, 201);
}

#[tokio::test]
async fn ids_that_cannot_be_are_404_not_500() {
    let it = Clients::start().await;
    for path in [
        "/clients/%00",
        "/clients/admin%20",
        "/clients/%20admin",
        "/clients/ADMIN",
        "/clients/a%09b",
    ] {
        assert_generic_error(&it.call(Method::GET, path, None).await, 404);
        assert_generic_error(&it.call(Method::DELETE, path, None).await, 404);
    }
    assert_generic_error(&it.call(Method::GET, "/clients/%ff", None).await, 400);
    // Not even root may: `.` in its policy's patterns does not match a newline.
    let newline = it.call(Method::GET, "/clients/a%0Ab", None).await;
    assert_generic_error(&newline, 403);
    let long = format!("/clients/{}", "x".repeat(4000));
    assert_generic_error(&it.call(Method::GET, &long, None).await, 404);
}

#[tokio::test]
async fn every_operation_wants_token_scope_and_permission() {
    let it = Clients::start().await;
    it.server.create_client("app", "app-secret").await;
    let unscoped = it.server.admin_token("hydra").await;
    let forbidden = it.server.token("app", "app-secret", "hydra.clients").await;
    let operations = [
        (Method::GET, "/clients"),
        (Method::POST, "/clients"),
        (Method::GET, "/clients/admin"),
        (Method::PUT, "/clients/admin"),
        (Method::DELETE, "/clients/admin"),
        // Somebody without permission cannot tell these from those.
        (Method::GET, "/clients/nobody"),
        (Method::PUT, "/clients/nobody"),
        (Method::DELETE, "/clients/nobody"),
    ];
    for (method, path) in operations {
        let request = || it.server.request(method.clone(), path).json(&json!({}));
        let bare = answer(request()).await;
        assert_generic_error(&bare, 401);
        assert_eq!(bare.header("www-authenticate"), r#"Bearer realm="hydra""#);

        for wrong in ["garbage", "a.b"] {
            let refused = answer(request().bearer_auth(wrong)).await;
            assert_generic_error(&refused, 401);
            assert!(refused.header("www-authenticate").contains("invalid_token"));
        }
        let in_query = it
            .server
            .request(method.clone(), &format!("{path}?access_token={}", it.token));
        assert_generic_error(&answer(in_query.json(&json!({}))).await, 401);
        let basic = request().basic_auth("admin", Some("admin-password"));
        assert_generic_error(&answer(basic).await, 401);
        let twice = request().bearer_auth(&it.token).bearer_auth(&it.token);
        assert_generic_error(&answer(twice).await, 400);

        let refused = answer(request().bearer_auth(&unscoped)).await;
        assert_generic_error(&refused, 403);
        assert!(
            refused
                .header("www-authenticate")
                .contains("insufficient_scope")
        );

        let refused = answer(request().bearer_auth(&forbidden)).await;
        assert_generic_error(&refused, 403);
    }
    it.server.pass(3600);
    assert_generic_error(&it.call(Method::GET, "/clients", None).await, 401);
}

#[tokio::test]
async fn a_deleted_root_client_may_nothing_and_its_name_gives_no_power() {
    let it = Clients::start().await;
    it.server.create_client("heir", "heir-secret").await;
    assert_eq!(
        it.call(Method::DELETE, "/clients/admin", None).await.status,
        204
    );
    assert_generic_error(&it.call(Method::GET, "/clients", None).await, 401);
}
