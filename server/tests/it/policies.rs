//! Access policies, managed, and what they do to the management of everything else.

use hydra_server::domain::secret::Secret;
use hydra_server::host::Config;
use hydra_server::storage::DatabaseUrl;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Answer, TestServer, answer, assert_generic_error, config};

struct Policies {
    server: TestServer,
    token: String,
}

impl Policies {
    async fn start() -> Self {
        Self::of(TestServer::start().await).await
    }

    async fn of(server: TestServer) -> Self {
        let token = server.admin_token("hydra.policies").await;
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
        self.call(Method::POST, "/policies", Some(body)).await
    }

    async fn must_create(&self, body: Value) {
        let created = self.create(body).await;
        assert_eq!(created.status, 201, "{created:?}");
    }
}

fn allow(id: &str, subject: &str, action: &str, resource: &str) -> Value {
    json!({
        "id": id,
        "description": "",
        "subjects": [subject],
        "effect": "allow",
        "resources": [resource],
        "actions": [action],
        "conditions": {},
    })
}

async fn list_clients(server: &TestServer, token: &str) -> u16 {
    let request = server.get("/clients").bearer_auth(token);
    answer(request).await.status.as_u16()
}

#[tokio::test]
async fn a_policy_lives() {
    let it = Policies::start().await;
    let policy = json!({
        "id": "articles/ü",
        "description": "Owners may change their articles from inside.",
        "subjects": ["<.*>", "peter"],
        "effect": "allow",
        "resources": ["articles:<[0-9]+>"],
        "actions": ["update", "<delete|remove>"],
        "conditions": {
            "owner": {"options": {}, "type": "EqualsSubjectCondition"},
            "ip": {"options": {"cidr": "10.0.0.0/8"}, "type": "CIDRCondition"},
            "room": {"options": {"matches": "^[0-9]+$"}, "type": "StringMatchCondition"},
            "tenant": {"options": {"equals": "acme"}, "type": "StringEqualCondition"},
            "pairs": {"options": {}, "type": "StringPairsEqualCondition"},
        },
    });
    let created = it.create(policy.clone()).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.header("location"), "/policies/articles%2F%C3%BC");
    assert_eq!(created.json(), policy);
    let path = created.header("location").to_owned();
    let got = it.call(Method::GET, &path, None).await;
    assert_eq!((got.status.as_u16(), got.json()), (200, policy.clone()));

    // The id in the path may be left out of the body; whatever else is becomes empty.
    let update = json!({"effect": "deny", "subjects": null});
    let updated = it.call(Method::PUT, &path, Some(update)).await;
    let expected = json!({
        "id": "articles/ü", "description": "", "subjects": [], "effect": "deny", "resources": [],
        "actions": [], "conditions": {},
    });
    assert_eq!((updated.status.as_u16(), updated.json()), (200, expected));
    let renamed = it.call(Method::PUT, &path, Some(allow("other", "a", "b", "c")));
    assert!(assert_generic_error(&renamed.await, 400).contains("`id`"));

    // Deleting what is gone is no error.
    for _ in 0..2 {
        let deleted = it.call(Method::DELETE, &path, None).await;
        assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    }
    assert_generic_error(&it.call(Method::GET, &path, None).await, 404);
    let update = it.call(Method::PUT, &path, Some(json!({"effect": "deny"})));
    assert_generic_error(&update.await, 404);

    let unnamed = it.create(json!({"effect": "allow"})).await;
    assert_eq!(unnamed.json()["id"].as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn the_root_client_has_its_power_from_a_policy() {
    let it = Policies::start().await;
    let policy = it
        .call(Method::GET, "/policies/default-admin-policy", None)
        .await
        .json();
    assert_eq!(policy["subjects"], json!(["admin"]));
    assert_eq!(policy["resources"], json!(["rn:hydra:<.*>"]));
    assert_eq!(policy["actions"], json!(["<.*>"]));
    assert_eq!(policy["effect"], "allow");
    let deleted = it.call(Method::DELETE, "/policies/default-admin-policy", None);
    assert_eq!(deleted.await.status, 204);
    let refused = it.call(Method::GET, "/policies", None).await;
    assert_generic_error(&refused, 403);
}

#[tokio::test]
async fn a_policy_of_a_taken_id_is_409_and_nothing_is_merged() {
    let it = Policies::start().await;
    let first = allow("consent-app-policy", "consent-app", "get", "rn:hydra:x");
    it.must_create(first.clone()).await;
    let second = allow("consent-app-policy", "user", "get", "rn:hydra:clients");
    let refused = it.create(second).await;
    assert!(assert_generic_error(&refused, 409).contains("`consent-app-policy`"));
    let reason = refused.json()["error"]["reason"].to_string();
    assert!(reason.contains("choose another id"), "{reason}");
    let stored = it
        .call(Method::GET, "/policies/consent-app-policy", None)
        .await;
    assert_eq!(stored.json(), first);
}

#[tokio::test]
async fn policies_are_listed_in_pages_ordered_by_id() {
    let it = Policies::start().await;
    for id in ["b", "B", "a", "ä"] {
        it.must_create(allow(id, "s", "a", "r")).await;
    }
    let page = async |query: &str| -> Vec<String> {
        let path = format!("/policies{query}");
        let page = it.call(Method::GET, &path, None).await.json();
        let ids = page.as_array().unwrap().iter();
        ids.map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = ["B", "a", "b", "default-admin-policy", "ä"];
    assert_eq!(page("").await, all);
    assert_eq!(page("?limit=2").await, all[..2]);
    assert_eq!(page("?offset=2&limit=2").await, all[2..4]);
    assert_eq!(page("?offset=4").await, all[4..]);
    assert!(page("?offset=9223372036854775807").await.is_empty());
}

/// Page sizes of zero, below zero and beyond measure have taken servers down (rauthy 0.32.1).
#[tokio::test]
async fn a_page_of_no_size_a_negative_or_a_huge_one_is_400() {
    let it = Policies::start().await;
    for query in [
        "limit=0",
        "limit=-1",
        "limit=1001",
        "limit=99999999999999999999",
        "limit=ten",
        "limit=",
        "limit=1.5",
        "limit=1&limit=2",
        "offset=-1",
        "offset=9223372036854775808",
        "offset=one",
    ] {
        let refused = it
            .call(Method::GET, &format!("/policies?{query}"), None)
            .await;
        assert_generic_error(&refused, 400);
    }
}

/// A pattern that cannot be compiled must be found when the policy is made, not when it shall decide.
#[tokio::test]
async fn a_policy_that_makes_no_sense_is_400_and_nothing_is_created() {
    let it = Policies::start().await;
    let with = |property: &str, value: Value| {
        let mut policy = allow("p", "s", "a", "r");
        policy[property] = value;
        policy
    };
    let condition = |kind: &str, options: Value| {
        with(
            "conditions",
            json!({"key": {"type": kind, "options": options}}),
        )
    };
    let cases = [
        (with("effect", json!("maybe")), "`effect`"),
        (with("effect", json!("Allow")), "`effect`"),
        (with("effect", Value::Null), "`effect`"),
        (with("id", json!("x".repeat(256))), "`id`"),
        (with("id", json!(" p")), "`id`"),
        (with("subjects", json!(["a", "<"])), "`subjects[1]`"),
        (with("subjects", json!("a")), "`subjects`"),
        (with("resources", json!(["<[>"])), "`resources[0]`"),
        (with("resources", json!([r"<(a)\1>"])), "`resources[0]`"),
        (with("resources", json!(["<(?=a)>"])), "`resources[0]`"),
        (with("actions", json!(["<(a{100}){100}>"])), "`actions[0]`"),
        (with("actions", json!(["a".repeat(1025)])), "`actions[0]`"),
        (with("actions", json!(vec!["a"; 257])), "`actions`"),
        (with("description", json!("\0")), "`description`"),
        (
            condition("ResourceContainsCondition", json!({})),
            "unknown type",
        ),
        (
            condition("StringMatchCondition", json!({"equals": "a"})),
            "`matches`",
        ),
        (
            condition("StringMatchCondition", json!({"matches": "["})),
            "`matches`",
        ),
        (
            condition("CIDRCondition", json!({"cidr": "here"})),
            "`cidr`",
        ),
        (
            condition("EqualsSubjectCondition", json!([])),
            "`conditions.key.options`",
        ),
        (
            condition("EqualsSubjectCondition", json!({"a": 1})),
            "does not know",
        ),
    ];
    for (body, problem) in cases {
        let refused = it.create(body.clone()).await;
        let message = assert_generic_error(&refused, 400);
        assert!(message.contains(problem), "{body}: {message}");
        let refused = it.call(Method::PUT, "/policies/default-admin-policy", Some(body));
        assert_generic_error(&refused.await, 400);
    }
    assert_generic_error(&it.call(Method::GET, "/policies/p", None).await, 404);
    let root = it.call(Method::GET, "/policies/default-admin-policy", None);
    assert_eq!(root.await.json()["effect"], "allow");
}

#[tokio::test]
async fn the_article_in_short_a_policy_opens_the_list_of_clients() {
    let it = Policies::start().await;
    it.server.create_client("app", "app-secret").await;
    let token = it.server.token("app", "app-secret", "hydra.clients").await;
    assert_eq!(list_clients(&it.server, &token).await, 403);

    // Permission for something else is of no use.
    for (id, subject, action, resource) in [
        ("other subject", "App", "get", "rn:hydra:clients"),
        ("other action", "app", "list", "rn:hydra:clients"),
        ("other resource", "app", "get", "rn:hydra:clients:<.*>"),
    ] {
        it.must_create(allow(id, subject, action, resource)).await;
        assert_eq!(list_clients(&it.server, &token).await, 403, "{id}");
    }
    it.must_create(allow("right", "app", "get", "rn:hydra:clients"))
        .await;
    assert_eq!(list_clients(&it.server, &token).await, 200);
    // The scope is needed all the same.
    let unscoped = it.server.token("app", "app-secret", "hydra.warden").await;
    assert_eq!(list_clients(&it.server, &unscoped).await, 403);

    let mut deny = allow("deny", "<a.*>", "<.*>", "rn:hydra:<.*>");
    deny["effect"] = "deny".into();
    it.must_create(deny).await;
    assert_eq!(list_clients(&it.server, &token).await, 403);
    // Root's name begins with the same letter; nobody is above the policies.
    let refused = it.call(Method::DELETE, "/policies/deny", None).await;
    assert_generic_error(&refused, 403);
}

#[tokio::test]
async fn conditions_see_the_owner_of_a_client() {
    let it = Policies::start().await;
    it.server.create_client("app", "app-secret").await;
    let mut policy = allow("own", "app", "<.*>", "rn:hydra:clients<.*>");
    policy["conditions"] = json!({"owner": {"type": "EqualsSubjectCondition", "options": {}}});
    it.must_create(policy).await;
    let token = it.server.token("app", "app-secret", "hydra.clients").await;
    let create = async |id: &str, owner: &str| {
        let request = it.server.post("/clients").bearer_auth(&token);
        let body = json!({"id": id, "owner": owner, "public": true});
        answer(request.json(&body)).await.status.as_u16()
    };
    assert_eq!(create("mine", "app").await, 201);
    assert_eq!(create("hers", "mary").await, 403);
    let admin = it.server.admin_token("hydra.clients").await;
    let body = json!({"id": "hers", "owner": "mary", "public": true});
    answer(it.server.post("/clients").bearer_auth(&admin).json(&body)).await;
    for (path, status) in [
        ("/clients/mine", 200),
        ("/clients/hers", 403),
        ("/clients/nobody", 403),
    ] {
        let got = answer(it.server.get(path).bearer_auth(&token)).await;
        assert_eq!(got.status, status, "{path}");
        // What is stored counts, not what is sent.
        let body = json!({"owner": "app", "public": true});
        let put = it.server.request(Method::PUT, path).bearer_auth(&token);
        assert_eq!(answer(put.json(&body)).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn the_prefix_of_resource_names_is_the_operators() {
    let config = Config {
        resources: hydra_server::domain::resource::ResourceNames::parse("rn:acme").unwrap(),
        ..config()
    };
    let it = Policies::of(TestServer::with(config).await).await;
    let policy = it.call(Method::GET, "/policies/default-admin-policy", None);
    assert_eq!(policy.await.json()["resources"], json!(["rn:acme:<.*>"]));
    it.server.create_client("app", "app-secret").await;
    let token = it.server.token("app", "app-secret", "hydra.clients").await;
    it.must_create(allow("wrong", "app", "get", "rn:hydra:clients"))
        .await;
    assert_eq!(list_clients(&it.server, &token).await, 403);
    it.must_create(allow("right", "app", "get", "rn:acme:clients"))
        .await;
    assert_eq!(list_clients(&it.server, &token).await, 200);
}

/// A decision must not come from what a server remembers of yesterday's policies: what was committed
/// by one process binds the next decision of every other.
#[tokio::test]
async fn a_change_made_on_one_server_binds_the_next_decision_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config {
        database: DatabaseUrl::Sqlite(folder.path().join("hydra.db")),
        system_secret: Some(Secret::new("a-system-secret-of-some-length")),
        ..config()
    };
    let here = Policies::of(TestServer::seeded(1, config()).await).await;
    let there = TestServer::seeded(2, config()).await;
    here.server.create_client("app", "app-secret").await;
    let token = there.token("app", "app-secret", "hydra.clients").await;
    assert_eq!(list_clients(&there, &token).await, 403);
    for round in 0..3 {
        let policy = allow("p", "app", "get", "rn:hydra:clients");
        here.must_create(policy.clone()).await;
        assert_eq!(list_clients(&there, &token).await, 200, "{round}");
        let mut deny = policy.clone();
        deny["effect"] = "deny".into();
        let updated = here.call(Method::PUT, "/policies/p", Some(deny)).await;
        assert_eq!(updated.status, 200);
        assert_eq!(list_clients(&there, &token).await, 403, "{round}");
        let updated = here.call(Method::PUT, "/policies/p", Some(policy)).await;
        assert_eq!(updated.status, 200);
        assert_eq!(list_clients(&there, &token).await, 200, "{round}");
        let deleted = here.call(Method::DELETE, "/policies/p", None).await;
        assert_eq!(deleted.status, 204);
        assert_eq!(list_clients(&there, &token).await, 403, "{round}");
    }
}

/// The statement that authenticates a client by HTTP Basic reads the revision too.
#[tokio::test]
async fn introspection_by_basic_follows_the_policies_at_once() {
    let it = Policies::start().await;
    it.server.create_client("app", "app-secret").await;
    let introspect = async |secret: &str| {
        let request = it.server.post("/oauth2/introspect");
        let request = request.basic_auth("app", Some(secret));
        answer(request.form(&[("token", &it.token)]))
            .await
            .status
            .as_u16()
    };
    assert_eq!(introspect("app-secret").await, 403);
    it.must_create(allow("p", "app", "introspect", "rn:hydra:oauth2:tokens"))
        .await;
    assert_eq!(introspect("app-secret").await, 200);
    // Hydra 0.10 asked the policies first, and so told who had one: authenticate, then authorize.
    assert_eq!(introspect("wrong-secret").await, 401);
    let deleted = it.call(Method::DELETE, "/policies/p", None).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(introspect("app-secret").await, 403);
    assert_eq!(introspect("wrong-secret").await, 401);
}
