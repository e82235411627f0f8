//! `/keys`, and what the world sees of it.

use hydra_server::crypto::jws::Algorithm;
use hydra_server::host::Config;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{Answer, TestServer, answer, assert_generic_error, config};

const ID_TOKEN: &str = "/keys/hydra.openid.id-token";
const PRIVATE: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "k"];

/// Root, with a token for everything that concerns keys.
struct Root {
    server: TestServer,
    token: String,
}

impl Root {
    async fn start() -> Self {
        Self::with(config()).await
    }

    async fn with(config: Config) -> Self {
        let server = TestServer::with(config).await;
        let token = server
            .admin_token("hydra.keys.get hydra.keys.create hydra.keys.update hydra.keys.delete")
            .await;
        Self { server, token }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.server.request(method, path).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    async fn jwks(&self) -> Vec<Value> {
        let answer = answer(self.server.get("/.well-known/jwks.json")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["keys"].as_array().unwrap().clone()
    }

    /// A key made by the server, to be sent back to it.
    async fn made(&self, alg: &str) -> Value {
        let answer = self.post("/keys/workshop", json!({ "alg": alg })).await;
        answer.json()["keys"][0].clone()
    }
}

fn kids(answer: &Answer) -> Vec<String> {
    let set = answer.json();
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn members(key: &Value) -> Vec<&str> {
    let mut members: Vec<&str> = key
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    members
}

fn with(key: &Value, member: &str, value: impl Into<Value>) -> Value {
    let mut key = key.clone();
    key[member] = value.into();
    key
}

fn without(key: &Value, members: &[&str]) -> Value {
    let mut key = key.clone();
    for member in members {
        key.as_object_mut().unwrap().remove(*member);
    }
    key
}

#[tokio::test]
async fn every_kind_of_key_is_made_in_its_form() {
    let root = Root::start().await;
    let rsa = [
        "alg", "d", "dp", "dq", "e", "kid", "kty", "n", "p", "q", "qi", "use",
    ];
    let rsa_public = ["alg", "e", "kid", "kty", "n", "use"];
    let ec = ["alg", "crv", "d", "kid", "kty", "use", "x", "y"];
    let ec_public = ["alg", "crv", "kid", "kty", "use", "x", "y"];
    for (alg, private, public) in [
        ("RS256", &rsa[..], &rsa_public[..]),
        ("ES256", &ec, &ec_public),
        ("ES512", &ec, &ec_public),
    ] {
        let path = format!("/keys/{alg}");
        let made = root.post(&path, json!({"alg": alg, "kid": "first"})).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(made.header("location"), path);
        assert_eq!(made.header("cache-control"), "no-store");
        assert_eq!(kids(&made), ["private:first", "public:first"]);
        let keys = &made.json()["keys"];
        assert_eq!(members(&keys[0]), private, "{alg}");
        assert_eq!(members(&keys[1]), public, "{alg}");
        assert_eq!(
            (&keys[0]["alg"], &keys[0]["use"]),
            (&json!(alg), &json!("sig"))
        );

        let half = root.get(&format!("{path}/public:first")).await;
        assert_eq!(half.json()["keys"], json!([keys[1]]));
        let half = root.get(&format!("{path}/private%3Afirst")).await;
        assert_eq!(half.json()["keys"], json!([keys[0]]));
    }
    for alg in ["HS256", "HS512"] {
        let path = format!("/keys/{alg}");
        let made = root.post(&path, json!({"alg": alg, "kid": "first"})).await;
        assert_eq!(kids(&made), ["first"]);
        assert_eq!(
            members(&made.json()["keys"][0]),
            ["alg", "k", "kid", "kty", "use"]
        );
        assert_eq!(root.get(&path).await.json(), made.json());
    }
}

/// RFC 7638. Of a symmetric key the thumbprint would tell something.
#[tokio::test]
async fn without_a_name_a_key_is_called_by_its_thumbprint() {
    let root = Root::start().await;
    for body in [
        json!({"alg": "ES256"}),
        json!({"alg": "ES256", "kid": ""}),
        json!({"alg": "ES256", "kid": null}),
    ] {
        let made = kids(&root.post("/keys/set", body).await);
        let name = made[0].strip_prefix("private:").unwrap();
        assert_eq!(name.len(), 43);
        assert_eq!(made[1], format!("public:{name}"));
    }
    let made = root.post("/keys/other", json!({"alg": "HS256"})).await;
    assert_eq!(kids(&made)[0].len(), 36, "a random UUID");
    assert_eq!(kids(&root.get("/keys/set").await).len(), 6);
}

#[tokio::test]
async fn what_cannot_be_made_is_400_and_a_taken_name_409() {
    let root = Root::start().await;
    for (path, body) in [
        ("/keys/set", json!({"alg": "none"})),
        ("/keys/set", json!({"alg": "rs256"})),
        ("/keys/set", json!({"alg": "ES384"})),
        ("/keys/set", json!({"kid": "nameless"})),
        ("/keys/set", json!({"alg": 5})),
        ("/keys/set", json!({"alg": "HS256", "kid": " a"})),
        ("/keys/set", json!({"alg": "HS256", "kid": "a\u{0}"})),
        ("/keys/set", json!({"alg": "HS256", "kid": ".."})),
        ("/keys/set", json!({"alg": "HS256", "kid": "x".repeat(201)})),
        ("/keys/a:b", json!({"alg": "HS256"})),
        ("/keys/a%00", json!({"alg": "HS256"})),
        ("/keys/%20a", json!({"alg": "HS256"})),
    ] {
        assert_generic_error(&root.post(path, body).await, 400);
    }
    let body = json!({"alg": "ES256", "kid": "a"});
    let first = root.post("/keys/set", body.clone()).await;
    assert_eq!(first.status, 201);
    let message = assert_generic_error(&root.post("/keys/set", body).await, 409);
    assert!(message.contains("`private:a`"), "{message}");
    let kept = root.get("/keys/set/private:a").await;
    assert_eq!(kept.json()["keys"][0], first.json()["keys"][0]);
}

#[tokio::test]
async fn put_replaces_the_same_name_and_leaves_the_others() {
    let root = Root::start().await;
    let (a, b) = (root.made("ES256").await, root.made("RS256").await);
    let sent = json!({"keys": [with(&a, "kid", "a"), with(&b, "kid", "b")]});
    let put = root.put("/keys/set", sent.clone()).await;
    assert_eq!((put.status.as_u16(), put.json()), (200, sent));

    let replaced = with(&b, "kid", "a");
    let put = root.put("/keys/set/a", without(&replaced, &["kid"])).await;
    assert_eq!((put.status.as_u16(), put.json()), (200, replaced.clone()));
    assert_eq!(root.get("/keys/set/a").await.json()["keys"][0], replaced);
    let mut names = kids(&root.get("/keys/set").await);
    names.sort_unstable();
    assert_eq!(names, ["a", "b"]);

    // Without a name: the thumbprint, which the public part has as well.
    let nameless = without(&a, &["kid"]);
    let put = root.put("/keys/set", json!({"keys": [nameless]})).await;
    let name = kids(&put).remove(0);
    let public = without(&a, &["kid", "d"]);
    let put = root.put("/keys/other", json!({"keys": [public]})).await;
    assert_eq!(kids(&put), [name]);
    assert_eq!(
        members(&put.json()["keys"][0]),
        ["alg", "crv", "kid", "kty", "use", "x", "y"]
    );
}

/// RFC 7517 section 4, RFC 7518 section 6: nothing is kept that is not a key, and no value is repeated.
#[tokio::test]
async fn what_is_no_key_is_refused_and_nothing_is_kept() {
    let root = Root::start().await;
    let rsa = root.made("RS256").await;
    let other = root.made("RS256").await;
    let ec = root.made("ES512").await;
    let oct = root.made("HS256").await;
    let n = other["n"].as_str().unwrap();
    for (key, word) in [
        (json!({}), "`kty`"),
        (json!({"kty": "rsa"}), "`kty`"),
        (json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), "`n`"),
        (with(&rsa, "n", n), "`d`"),
        (without(&rsa, &["qi"]), "`qi`"),
        (with(&rsa, "e", "Aw"), "`e`"),
        (with(&rsa, "alg", "HS256"), "`alg`"),
        (with(&rsa, "k", "c2VjcmV0"), "`k`"),
        (with(&ec, "crv", "P-256"), "`alg`"),
        (with(&ec, "x", ec["y"].clone()), "`x`"),
        (with(&ec, "d", "AAAA"), "`d`"),
        (with(&oct, "k", "c2VjcmV0"), "`k`"),
        (with(&oct, "k", "not base64!"), "`k`"),
        (json!({"kty": "OKP", "crv": "X25519", "x": "AAAA"}), "`crv`"),
        (with(&ec, "x5c", json!(["not base64!"])), "`x5c`"),
    ] {
        let key = with(&key, "kid", "bad");
        let set = json!({"keys": [with(&rsa, "kid", "good"), key]});
        let message = assert_generic_error(&root.put("/keys/set", set).await, 400);
        assert!(
            message.contains("keys[1]") && message.contains(word),
            "{message}"
        );
        let message = assert_generic_error(&root.put("/keys/set/bad", key.clone()).await, 400);
        assert!(message.contains(word), "{message}");
        for member in PRIVATE {
            if let Some(secret) = key[member].as_str() {
                assert!(!message.contains(secret), "{message}");
            }
        }
    }
    for (body, word) in [
        (json!({}), "`keys`"),
        (json!({"keys": []}), "`keys`"),
        (json!({"keys": null}), "`keys`"),
        (json!({"keys": [1]}), "keys[0]"),
        (json!({"keys": [["sig", "oct", "a"]]}), "keys[0]"),
        (
            json!({"keys": [with(&rsa, "kid", "a"), with(&ec, "kid", "a")]}),
            "keys[1]",
        ),
        (json!({"keys": [without(&oct, &["kid"])]}), "keys[0].kid"),
        (json!({"keys": [with(&rsa, "kid", "..")]}), "keys[0].kid"),
        (json!({"keys": vec![with(&rsa, "kid", "a"); 101]}), "100"),
    ] {
        let message = assert_generic_error(&root.put("/keys/set", body).await, 400);
        assert!(message.contains(word), "{message}");
    }
    let message = assert_generic_error(&root.put("/keys/set/a", rsa).await, 400);
    assert!(message.contains("`kid`"), "{message}");
    assert_generic_error(&root.get("/keys/set").await, 404);
}

#[tokio::test]
async fn a_set_has_room_for_a_hundred_keys() {
    let root = Root::start().await;
    let ec = without(&root.made("ES256").await, &["d"]);
    let keys = |count: usize| -> Value {
        let keys = (0..count).map(|number| with(&ec, "kid", number.to_string()));
        json!({"keys": keys.collect::<Vec<_>>()})
    };
    assert_eq!(root.put("/keys/set", keys(99)).await.status, 200);
    assert_generic_error(&root.post("/keys/set", json!({"alg": "ES256"})).await, 400);
    assert_eq!(root.put("/keys/set", keys(100)).await.status, 200);
    assert_generic_error(
        &root.put("/keys/set/more", with(&ec, "kid", "more")).await,
        400,
    );
    assert_eq!(
        root.put("/keys/set/7", with(&ec, "kid", "7")).await.status,
        200
    );
    assert_generic_error(&root.post("/keys/set", json!({"alg": "HS256"})).await, 400);
}

#[tokio::test]
async fn delete_takes_the_one_key_or_the_whole_set_and_is_204_even_if_there_is_none() {
    let root = Root::start().await;
    root.post("/keys/set", json!({"alg": "ES256", "kid": "a"}))
        .await;
    for _ in 0..2 {
        let deleted = root.delete("/keys/set/private:a").await;
        assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (204, ""));
    }
    assert_generic_error(&root.get("/keys/set/private:a").await, 404);
    assert_eq!(kids(&root.get("/keys/set").await), ["public:a"]);
    for _ in 0..2 {
        assert_eq!(root.delete("/keys/set").await.status, 204);
    }
    assert_generic_error(&root.get("/keys/set").await, 404);
    assert_generic_error(&root.get("/keys/a%00/b%00").await, 404);
}

#[tokio::test]
async fn each_operation_wants_its_own_scope() {
    let server = TestServer::start().await;
    let body = json!({"alg": "HS256", "keys": [], "kid": "a"});
    for (method, path, scope) in [
        (Method::POST, "/keys/set", "hydra.keys.create"),
        (Method::GET, "/keys/set", "hydra.keys.get"),
        (Method::PUT, "/keys/set", "hydra.keys.update"),
        (Method::DELETE, "/keys/set", "hydra.keys.delete"),
        (Method::GET, "/keys/set/a", "hydra.keys.get"),
        (Method::PUT, "/keys/set/a", "hydra.keys.update"),
        (Method::DELETE, "/keys/set/a", "hydra.keys.delete"),
    ] {
        for asked in ["create", "get", "update", "delete"].map(|it| format!("hydra.keys.{it}")) {
            let token = server.admin_token(&asked).await;
            let request = server.request(method.clone(), path).bearer_auth(token);
            let answer = answer(request.json(&body)).await;
            let refused = answer
                .header("www-authenticate")
                .contains("insufficient_scope");
            assert_eq!(refused, asked != scope, "{method} {path} with {asked}");
        }
    }
}

/// Somebody without permission cannot tell what exists from what does not, nor learn any name.
#[tokio::test]
async fn without_permission_nothing_is_told_and_nothing_happens() {
    let root = Root::start().await;
    root.post("/keys/set", json!({"alg": "HS256", "kid": "a"}))
        .await;
    root.server
        .create_client("outsider", "outsider-secret")
        .await;
    let token = root
        .server
        .token(
            "outsider",
            "outsider-secret",
            "hydra.keys.get hydra.keys.create hydra.keys.update hydra.keys.delete",
        )
        .await;
    let body = json!({"alg": "none", "keys": [{"kty": "no"}]});
    for (method, path) in [
        (Method::GET, "/keys/SET"),
        (Method::POST, "/keys/SET"),
        (Method::PUT, "/keys/SET"),
        (Method::DELETE, "/keys/SET"),
        (Method::GET, "/keys/SET/a"),
        (Method::PUT, "/keys/SET/a"),
        (Method::DELETE, "/keys/SET/a"),
    ] {
        let told = async |set: &str| {
            let path = path.replace("SET", set);
            let request = root.server.request(method.clone(), &path);
            let answer = answer(request.bearer_auth(&token).json(&body)).await;
            assert_generic_error(&answer, 403).replace(set, "SET")
        };
        assert_eq!(told("set").await, told("nix").await, "{method} {path}");
    }
    assert_eq!(kids(&root.get("/keys/set").await), ["a"]);
}

/// OpenID Connect Core 1.0 section 10.1.1.
#[tokio::test]
async fn a_new_key_is_published_beside_the_old_one_until_that_is_deleted() {
    let root = Root::start().await;
    let old = root.jwks().await.remove(0);
    let made = root.post(ID_TOKEN, json!({"alg": "RS256"})).await;
    let name = kids(&made)[0].strip_prefix("private:").unwrap().to_owned();
    let published = root.jwks().await;
    assert_eq!(published.len(), 2);
    assert_eq!((&published[0]["kid"], &published[1]), (&json!(name), &old));

    for half in ["private", "public"] {
        let path = format!("{ID_TOKEN}/{half}:{}", old["kid"].as_str().unwrap());
        assert_eq!(root.delete(&path).await.status, 204);
    }
    let published = root.jwks().await;
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["kid"], name);
}

#[tokio::test]
async fn nothing_secret_is_ever_published() {
    let root = Root::start().await;
    // The first key is there before others are added.
    assert_eq!(root.jwks().await.len(), 1);
    for alg in ["RS256", "ES256", "ES512", "HS256", "HS512"] {
        assert_eq!(root.post(ID_TOKEN, json!({ "alg": alg })).await.status, 201);
    }
    let imported = with(&root.made("RS256").await, "kid", "imported");
    assert_eq!(
        root.put(ID_TOKEN, json!({"keys": [imported]})).await.status,
        200
    );
    let published = root.jwks().await;
    assert_eq!(published.len(), 5, "no symmetric key");
    for key in published {
        assert_ne!(key["kty"], "oct");
        for member in PRIVATE {
            assert!(key.get(member).is_none(), "{key}");
        }
    }
}

#[tokio::test]
async fn es256_by_setting_and_discovery_tells_it() {
    let root = Root::with(Config {
        id_token_algorithm: Algorithm::Es256,
        ..config()
    })
    .await;
    let told = answer(root.server.get("/.well-known/openid-configuration")).await;
    assert_eq!(
        told.json()["id_token_signing_alg_values_supported"],
        json!(["ES256"])
    );
    let key = root.jwks().await.remove(0);
    assert_eq!(members(&key), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(
        (&key["alg"], &key["crv"]),
        (&json!("ES256"), &json!("P-256"))
    );
}

/// Whether strangers may read the public keys is a setting; no policy can match nobody.
#[tokio::test]
async fn the_public_keys_can_be_closed_to_strangers() {
    let root = Root::with(Config {
        jwks_anonymous: false,
        ..config()
    })
    .await;
    let path = "/.well-known/jwks.json";
    assert_generic_error(&answer(root.server.get(path)).await, 401);
    assert_eq!(root.get(path).await.status, 200);
    root.server.create_client("reader", "reader-secret").await;
    let token = root
        .server
        .token("reader", "reader-secret", "hydra.keys.get")
        .await;
    let read = async || {
        answer(root.server.get(path).bearer_auth(&token))
            .await
            .status
    };
    assert_eq!(read().await, 403);
    let everything = "<.*>";
    for (id, subject, resource) in [
        ("nobody", "", everything),
        (
            "reader",
            "reader",
            "rn:hydra:keys:hydra.openid.id-token:public",
        ),
    ] {
        let policy = json!({
            "id": id, "effect": "allow", "subjects": [subject], "actions": ["get"],
            "resources": [resource],
        });
        let admin = root.server.admin_token("hydra.policies").await;
        // One that is for nobody may be refused, and would change nothing.
        answer(
            root.server
                .post("/policies")
                .bearer_auth(admin)
                .json(&policy),
        )
        .await;
        assert_generic_error(&answer(root.server.get(path)).await, 401);
    }
    assert_eq!(read().await, 200);
}

/// The policies that Hydra's documentation suggested: everybody the public halves, nobody the private ones.
#[tokio::test]
async fn policies_tell_the_halves_of_a_pair_apart() {
    let root = Root::start().await;
    for set in ["set", "other"] {
        let path = format!("/keys/{set}");
        root.post(&path, json!({"alg": "ES256", "kid": "a"})).await;
    }
    root.server.create_client("reader", "reader-secret").await;
    let token = root
        .server
        .token("reader", "reader-secret", "hydra.keys.get")
        .await;
    let admin = root.server.admin_token("hydra.policies").await;
    let policy = json!({
        "id": "public-halves", "effect": "allow", "subjects": ["reader"], "actions": ["get"],
        "resources": ["rn:hydra:keys:set:public:<.*>"],
    });
    let created = answer(
        root.server
            .post("/policies")
            .bearer_auth(admin)
            .json(&policy),
    )
    .await;
    assert_eq!(created.status, 201, "{created:?}");
    for (path, status) in [
        ("/keys/set/public:a", 200),
        ("/keys/set/private:a", 403),
        // Every key of a set must be allowed.
        ("/keys/set", 403),
        ("/keys/other/public:a", 403),
        ("/keys/set/public:none", 404),
        ("/keys/set/private:none", 403),
    ] {
        let read = answer(root.server.get(path).bearer_auth(&token)).await;
        assert_eq!(read.status, status, "{path}: {read:?}");
        assert!(!read.text.contains("\"d\""), "{read:?}");
    }
}
