//! The warden: decisions for applications, and the groups that decisions know.

use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Flow;
use crate::server::{Answer, TestServer, answer, assert_generic_error};

const SCOPES: &str = "hydra.policies hydra.warden hydra.warden.groups";

struct Warden {
    server: TestServer,
    token: String,
}

impl Warden {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let token = server.admin_token(SCOPES).await;
        Self { server, token }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.server.request(method, path).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    async fn policy(&self, id: &str, effect: &str, subject: &str, resource: &str) {
        self.conditional(id, effect, subject, resource, json!({}))
            .await;
    }

    async fn conditional(
        &self,
        id: &str,
        effect: &str,
        subject: &str,
        resource: &str,
        conditions: Value,
    ) {
        let policy = json!({
            "id": id, "effect": effect, "subjects": [subject], "resources": [resource],
            "actions": ["get"], "conditions": conditions,
        });
        let created = self.call(Method::POST, "/policies", Some(policy)).await;
        assert_eq!(created.status, 201, "{created:?}");
    }

    async fn group(&self, id: &str, members: &[&str]) {
        let group = json!({"id": id, "members": members});
        let created = self.call(Method::POST, "/warden/groups", Some(group)).await;
        assert_eq!(created.status, 201, "{created:?}");
    }

    /// Whether `subject` may `get` the resource.
    async fn allows(&self, subject: &str, resource: &str, context: Value) -> bool {
        let asked = json!({
            "subject": subject, "action": "get", "resource": resource, "context": context,
        });
        let told = self
            .call(Method::POST, "/warden/allowed", Some(asked))
            .await;
        assert_eq!(told.status, 200, "{told:?}");
        let told = told.json();
        assert_eq!(told.as_object().unwrap().len(), 1);
        told["allowed"].as_bool().unwrap()
    }

    async fn asks_of_token(&self, token: &str, scopes: Value, resource: &str) -> Value {
        let asked = json!({
            "token": token, "scopes": scopes, "action": "get", "resource": resource, "context": {},
        });
        let told = self.call(Method::POST, "/warden/token/allowed", Some(asked));
        let told = told.await;
        assert_eq!(told.status, 200, "{told:?}");
        told.json()
    }
}

#[tokio::test]
async fn the_warden_denies_by_default_and_denial_beats_permission() {
    let it = Warden::start().await;
    assert!(!it.allows("peter", "articles:1", json!({})).await);
    it.policy("allow", "allow", "<peter|mary>", "articles:<[0-9]+>")
        .await;
    assert!(it.allows("peter", "articles:1", json!({})).await);
    assert!(!it.allows("Peter", "articles:1", json!({})).await);
    assert!(!it.allows("peter", "articles:x", json!({})).await);
    it.policy("deny", "deny", "peter", "articles:13").await;
    assert!(!it.allows("peter", "articles:13", json!({})).await);
    assert!(it.allows("mary", "articles:13", json!({})).await);
}

/// Anonymous access is never a matter of a pattern that happens to match nothing.
#[tokio::test]
async fn the_empty_subject_is_allowed_nothing() {
    let it = Warden::start().await;
    it.policy("everybody", "allow", "<.*>", "<.*>").await;
    it.policy("nobody", "allow", "", "<.*>").await;
    assert!(!it.allows("", "articles", json!({})).await);
    assert!(it.allows("anybody", "articles", json!({})).await);
    let told = it.call(Method::POST, "/warden/allowed", Some(json!({})));
    assert_eq!(told.await.json(), json!({"allowed": false}));
}

#[tokio::test]
async fn conditions_look_at_the_context() {
    let it = Warden::start().await;
    let conditions = json!({
        "owner": {"type": "EqualsSubjectCondition"},
        "ip": {"type": "CIDRCondition", "options": {"cidr": "192.168.0.0/16"}},
    });
    it.conditional("inside", "allow", "<.*>", "articles", conditions)
        .await;
    for (context, allowed) in [
        (json!({"owner": "peter", "ip": "192.168.1.1"}), true),
        (json!({"owner": "mary", "ip": "192.168.1.1"}), false),
        (json!({"owner": "peter", "ip": "10.0.0.1"}), false),
        (json!({"owner": "peter", "ip": ["192.168.1.1"]}), false),
        (json!({"owner": "peter"}), false),
        (json!({}), false),
        (Value::Null, false),
    ] {
        assert_eq!(
            it.allows("peter", "articles", context.clone()).await,
            allowed,
            "{context}"
        );
    }
    // The group is the subject of its own question.
    it.group("readers", &["peter"]).await;
    let context = json!({"owner": "readers", "ip": "192.168.1.1"});
    assert!(it.allows("peter", "articles", context).await);
}

#[tokio::test]
async fn groups_permit_and_their_denial_beats_what_a_member_may() {
    let it = Warden::start().await;
    it.policy("own", "allow", "peter", "articles").await;
    it.policy("readers", "allow", "readers", "books").await;
    it.policy("banned", "deny", "banned", "articles").await;
    assert!(!it.allows("peter", "books", json!({})).await);
    it.group("readers", &["peter", "mary"]).await;
    it.group("banned", &[]).await;
    it.group("nested", &["readers"]).await;
    it.policy("nested", "allow", "nested", "maps").await;
    assert!(it.allows("peter", "books", json!({})).await);
    assert!(it.allows("mary", "books", json!({})).await);
    assert!(!it.allows("Mary", "books", json!({})).await);
    assert!(it.allows("peter", "articles", json!({})).await);
    // Groups do not nest.
    assert!(!it.allows("peter", "maps", json!({})).await);

    let members = json!({"members": ["peter"]});
    let path = "/warden/groups/banned/members";
    let added = it.call(Method::POST, path, Some(members.clone())).await;
    assert_eq!(added.status, 204);
    assert!(!it.allows("peter", "articles", json!({})).await);
    let removed = it.call(Method::DELETE, path, Some(members)).await;
    assert_eq!(removed.status, 204);
    assert!(it.allows("peter", "articles", json!({})).await);
    let deleted = it
        .call(Method::DELETE, "/warden/groups/readers", None)
        .await;
    assert_eq!(deleted.status, 204);
    assert!(!it.allows("peter", "books", json!({})).await);
}

#[tokio::test]
async fn groups_open_and_close_the_servers_own_doors() {
    let it = Warden::start().await;
    it.server.create_client("app", "app-secret").await;
    let token = it.server.token("app", "app-secret", "hydra.clients").await;
    let list = async || {
        let request = it.server.get("/clients").bearer_auth(&token);
        answer(request).await.status.as_u16()
    };
    it.policy("p", "allow", "admins", "rn:hydra:clients").await;
    assert_eq!(list().await, 403);
    it.group("admins", &["app"]).await;
    assert_eq!(list().await, 200);
    let deleted = it.call(Method::DELETE, "/warden/groups/admins", None).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(list().await, 403);
}

#[tokio::test]
async fn a_token_is_judged_by_itself_its_scopes_and_its_subject() {
    let it = Warden::start().await;
    it.server.create_client("app", "app-secret").await;
    let token = it.server.token("app", "app-secret", "photos.read").await;
    let refused = json!({"allowed": false});
    assert_eq!(it.asks_of_token(&token, json!([]), "photos").await, refused);
    it.policy("p", "allow", "app", "photos").await;
    let told = it.asks_of_token(&token, json!(["photos.read", ""]), "photos");
    let expected = json!({
        "subject": "app",
        "grantedScopes": ["photos.read"],
        "issuer": "https://localhost:9000",
        "clientId": "app",
        "issuedAt": "2017-12-04T07:05:55Z",
        "expiresAt": "2017-12-04T08:05:55Z",
        "allowed": true,
    });
    assert_eq!(told.await, expected);

    for (token, scopes) in [
        (token.as_str(), json!(["photos.write"])),
        (&token, json!(["photos.read", "photos.write"])),
        (&token, json!(["photos"])),
        (&token, json!(["\" \\"])),
        ("garbage", json!([])),
        ("a.b", json!([])),
        ("", json!([])),
    ] {
        let told = it.asks_of_token(token, scopes.clone(), "photos").await;
        assert_eq!(told, refused, "{token} {scopes}");
    }
    let unscoped = it.server.token("app", "app-secret", "").await;
    let told = it.asks_of_token(&unscoped, json!([]), "photos").await;
    assert_eq!(told["grantedScopes"], json!([]));
    assert_eq!(told["allowed"], true);

    let revoke = it.server.post("/oauth2/revoke");
    let revoke = revoke.basic_auth("app", Some("app-secret"));
    let revoked = answer(revoke.form(&[("token", &unscoped)])).await;
    assert_eq!(revoked.status, 200);
    let told = it.asks_of_token(&unscoped, json!([]), "photos").await;
    assert_eq!(told, refused);
}

/// Who asks about a person's token learns what the consent application said of it.
#[tokio::test]
async fn a_persons_token_comes_with_what_the_consent_application_said() {
    let it = Warden::start().await;
    it.server.create_app(json!({})).await;
    it.policy("p", "allow", "dan", "photos").await;
    let extra = json!({"role": "editor", "teams": [{"id": 7}], "nothing": null});
    let parameters = [("response_type", "token"), ("scope", "photos.read")];
    let mut flow = Flow::begin(&it.server, &parameters).await;
    flow.accept(json!({
        "subject": "dan", "grantScopes": ["photos.read"],
        "accessTokenExtra": extra, "idTokenExtra": {"email": "dan@acme.com"},
    }))
    .await;
    let callback = flow.finish().await;
    let token = callback.get("access_token");
    let told = it.asks_of_token(token, json!(["photos.read"]), "photos");
    let expected = json!({
        "subject": "dan",
        "grantedScopes": ["photos.read"],
        "issuer": "https://localhost:9000",
        "clientId": "app",
        "issuedAt": "2017-12-04T07:05:55Z",
        "expiresAt": "2017-12-04T08:05:55Z",
        "accessTokenExtra": extra,
        "allowed": true,
    });
    assert_eq!(told.await, expected);
    // Whoever may not is told nothing of it.
    let told = it.asks_of_token(token, json!([]), "videos").await;
    assert_eq!(told, json!({"allowed": false}));
}

#[tokio::test]
async fn an_expired_token_is_allowed_nothing() {
    let mut it = Warden::start().await;
    it.server.create_client("app", "app-secret").await;
    it.policy("p", "allow", "app", "photos").await;
    let token = it.server.token("app", "app-secret", "").await;
    let told = it.asks_of_token(&token, json!([]), "photos").await;
    assert_eq!(told["allowed"], true);
    it.server.pass(3600);
    it.token = it.server.admin_token(SCOPES).await;
    let told = it.asks_of_token(&token, json!([]), "photos").await;
    assert_eq!(told, json!({"allowed": false}));
}

/// CVE-2021-32701: an answer that was given for one set of scopes must not serve for another.
#[tokio::test]
async fn an_answer_for_one_scope_is_never_given_for_another() {
    let it = Warden::start().await;
    it.server.create_client("app", "app-secret").await;
    it.policy("p", "allow", "app", "photos").await;
    let token = it.server.token("app", "app-secret", "photos.read").await;
    for _ in 0..2 {
        for (scope, allowed) in [("photos.read", true), ("photos.write", false)] {
            let told = it.asks_of_token(&token, json!([scope]), "photos").await;
            assert_eq!(told["allowed"], allowed, "{scope}");
        }
    }
}

#[tokio::test]
async fn texts_have_a_bound_and_types() {
    let it = Warden::start().await;
    let long = "x".repeat(4097);
    for body in [
        json!({"subject": long}),
        json!({"resource": long}),
        json!({"action": long}),
        json!({"context": {"key": long}}),
        json!({"context": []}),
        json!({"subject": 5}),
    ] {
        let refused = it.call(Method::POST, "/warden/allowed", Some(body)).await;
        assert_generic_error(&refused, 400);
    }
    let body = json!({"token": "a", "scopes": "photos"});
    let refused = it.call(Method::POST, "/warden/token/allowed", Some(body));
    assert!(assert_generic_error(&refused.await, 400).contains("`scopes`"));
}

#[tokio::test]
async fn whoever_may_not_ask_is_told_so() {
    let it = Warden::start().await;
    it.server.create_client("app", "app-secret").await;
    let token = it.server.token("app", "app-secret", "hydra.warden").await;
    let ask = async |path: &str| {
        let request = it.server.post(path).bearer_auth(&token).json(&json!({}));
        answer(request).await.status.as_u16()
    };
    let paths = ["/warden/allowed", "/warden/token/allowed"];
    for path in paths {
        assert_eq!(ask(path).await, 403);
    }
    for (id, resource) in [("one", "allowed"), ("two", "token:allowed")] {
        let policy = json!({
            "id": id, "effect": "allow", "subjects": ["app"], "actions": ["decide"],
            "resources": [format!("rn:hydra:warden:{resource}")],
        });
        it.call(Method::POST, "/policies", Some(policy)).await;
    }
    for path in paths {
        assert_eq!(ask(path).await, 200);
    }
}

#[tokio::test]
async fn a_group_lives() {
    let it = Warden::start().await;
    let body = json!({"id": "a/ü", "members": ["peter", "mary", "peter"]});
    let created = it.call(Method::POST, "/warden/groups", Some(body)).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("location"), "/warden/groups/a%2F%C3%BC");
    let group = json!({"id": "a/ü", "members": ["mary", "peter"]});
    assert_eq!(created.json(), group);
    let path = created.header("location").to_owned();
    assert_eq!(it.call(Method::GET, &path, None).await.json(), group);

    let again = json!({"id": "a/ü", "members": ["paul"]});
    let refused = it.call(Method::POST, "/warden/groups", Some(again)).await;
    assert!(assert_generic_error(&refused, 409).contains("`a/ü`"));

    let members = format!("{path}/members");
    let some = json!({"members": ["paul", "mary"]});
    let added = it.call(Method::POST, &members, Some(some.clone())).await;
    assert_eq!((added.status.as_u16(), added.text.as_str()), (204, ""));
    it.group("b", &["paul"]).await;
    let found = it
        .call(Method::GET, "/warden/groups?member=paul", None)
        .await;
    let both = json!([
        {"id": "a/ü", "members": ["mary", "paul", "peter"]},
        {"id": "b", "members": ["paul"]},
    ]);
    assert_eq!(found.json(), both);
    let found = it.call(Method::GET, "/warden/groups?member=nobody", None);
    assert_eq!(found.await.json(), json!([]));
    let found = it.call(Method::GET, "/warden/groups?member=", None).await;
    assert_eq!(found.json(), json!([]));
    let refused = it.call(Method::GET, "/warden/groups", None).await;
    assert!(assert_generic_error(&refused, 400).contains("`member`"));

    let removed = it.call(Method::DELETE, &members, Some(some)).await;
    assert_eq!((removed.status.as_u16(), removed.text.as_str()), (204, ""));
    let left = it.call(Method::GET, &path, None).await.json();
    assert_eq!(left["members"], json!(["peter"]));

    for _ in 0..2 {
        let deleted = it.call(Method::DELETE, &path, None).await;
        assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    }
    assert_generic_error(&it.call(Method::GET, &path, None).await, 404);
    for method in [Method::POST, Method::DELETE] {
        let refused = it.call(method, &members, Some(json!({"members": ["x"]})));
        assert_generic_error(&refused.await, 404);
    }
    let unnamed = it.call(Method::POST, "/warden/groups", Some(json!({})));
    assert_eq!(unnamed.await.json()["id"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn a_group_that_cannot_be_is_400() {
    let it = Warden::start().await;
    for (body, property) in [
        (json!({"id": " g"}), "`id`"),
        (json!({"id": "x".repeat(256)}), "`id`"),
        (json!({"members": ["a", ""]}), "`members[1]`"),
        (json!({"members": ["a\u{0}"]}), "`members[0]`"),
        (json!({"members": "a"}), "`members`"),
        (json!({"members": vec!["a"; 1001]}), "`members`"),
    ] {
        let refused = it.call(Method::POST, "/warden/groups", Some(body.clone()));
        let message = assert_generic_error(&refused.await, 400);
        assert!(message.contains(property), "{body}: {message}");
    }
}

/// Hydra's documents called the scope of groups by another name than its code did.
#[tokio::test]
async fn either_name_of_the_scope_opens_groups() {
    let it = Warden::start().await;
    for (scope, status) in [
        ("hydra.groups", 200),
        ("hydra.warden.groups", 200),
        ("hydra.warden", 403),
    ] {
        let token = it.server.admin_token(scope).await;
        let request = it.server.get("/warden/groups?member=a").bearer_auth(token);
        assert_eq!(answer(request).await.status, status, "{scope}");
    }
}
