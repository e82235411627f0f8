//! The server's metadata: each thing it tells is tried, and what it does not tell does not work.

use hydra_server::domain::advertised::Advertised;
use hydra_server::host::Config;
use jsonwebtoken::decode_header;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::browser::{
    Browser, CHALLENGE, CLIENT, Callback, Flow, SECRET, VERIFIER, assert_refused,
    authorization_url, consent_id, yes,
};
use crate::server::{Answer, TestServer, answer, assert_oauth2_error, config};

const DOCUMENTS: [&str; 2] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

async fn metadata(server: &TestServer) -> Value {
    answer(server.get(DOCUMENTS[0])).await.json()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn both_documents_tell_what_works() {
    let server = TestServer::start().await;
    for path in DOCUMENTS {
        let document = answer(server.get(path)).await;
        // OpenID Connect Discovery 1.0 section 4.2, RFC 8414 section 3.2.
        assert_eq!(document.status, 200);
        assert_eq!(document.header("content-type"), "application/json");
        assert_eq!(
            document.json(),
            json!({
                "issuer": "https://localhost:9000",
                "authorization_endpoint": "https://localhost:9000/oauth2/auth",
                "token_endpoint": "https://localhost:9000/oauth2/token",
                "jwks_uri": "https://localhost:9000/.well-known/jwks.json",
                // Hydra 0.10 told of `pairwise` as well, which was never there.
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": [
                    "code", "code id_token", "id_token", "token id_token", "token", "code token",
                    "code token id_token",
                ],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "grant_types_supported": [
                    "authorization_code", "implicit", "refresh_token", "client_credentials",
                ],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": true,
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic", "client_secret_post", "none",
                ],
                "introspection_endpoint": "https://localhost:9000/oauth2/introspect",
                "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "bearer"],
                "revocation_endpoint": "https://localhost:9000/oauth2/revoke",
                "revocation_endpoint_auth_methods_supported": [
                    "client_secret_basic", "client_secret_post", "none",
                ],
                "userinfo_endpoint": "https://localhost:9000/userinfo",
                "end_session_endpoint": "https://localhost:9000/oauth2/sessions/logout",
                "scopes_supported": ["offline", "offline_access", "openid"],
                "claims_supported": ["aud", "auth_time", "exp", "iat", "iss", "sub"],
                "claims_parameter_supported": false,
                "request_parameter_supported": false,
                "request_uri_parameter_supported": false,
            })
        );
    }
}

/// What ZITADEL's GHSA-2wmj-46rj-qm2w was about: issuer and links come from the configuration, whatever a caller
/// says of hosts and proxies.
#[tokio::test]
async fn no_header_of_a_caller_changes_a_url() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let poisoned = |path: &str| {
        server
            .get(path)
            .header("host", "evil.example")
            .header("forwarded", "host=evil.example;proto=http;for=192.0.2.1")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "http")
            .header("x-forwarded-port", "666")
            .header("x-original-url", "/evil.example")
    };
    for path in DOCUMENTS.into_iter().chain(["/openapi.json"]) {
        let plain = answer(server.get(path)).await.json();
        assert_eq!(answer(poisoned(path)).await.json(), plain, "{path}");
    }
    let begun = answer(poisoned(&authorization_url(&[]))).await;
    let id = consent_id(&begun);
    let told = server.consent("GET", &id, "", None).await.json();
    for url in [
        begun.header("location"),
        told["redirectUrl"].as_str().unwrap(),
    ] {
        assert!(url.starts_with("https://localhost:9000/"), "{url}");
    }
    let refused = answer(poisoned("/userinfo")).await;
    assert!(!format!("{refused:?}").contains("evil"), "{refused:?}");
}

#[tokio::test]
async fn the_operator_adds_what_only_the_consent_application_knows() {
    let list = |names: &[&str]| names.iter().copied().map(str::to_owned).collect();
    let server = TestServer::with(Config {
        advertised: Advertised {
            claims: list(&["email", "sub"]),
            scopes: list(&["profile", "openid"]),
            userinfo_endpoint: Some("https://people.example/userinfo".to_owned()),
        },
        plain_challenges: true,
        ..config()
    })
    .await;
    let told = metadata(&server).await;
    assert_eq!(
        texts(&told["claims_supported"]),
        ["aud", "auth_time", "exp", "iat", "iss", "sub", "email"]
    );
    assert_eq!(
        texts(&told["scopes_supported"]),
        ["offline", "offline_access", "openid", "profile"]
    );
    assert_eq!(told["userinfo_endpoint"], "https://people.example/userinfo");
    assert_eq!(
        texts(&told["code_challenge_methods_supported"]),
        ["S256", "plain"]
    );
    server.create_app(json!({})).await;
    let plain = [
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "plain"),
    ];
    Flow::begin(&server, &plain).await;
}

/// RFC 8414 section 3.1, OpenID Connect Discovery 1.0 section 4: where the path of an issuer goes. And the
/// `issuer` in the document is the one that the URL was made from (section 3.3, section 4.3).
#[tokio::test]
async fn an_issuer_with_a_path_is_found_where_either_specification_looks() {
    let server = TestServer::with(Config {
        issuer: Some("https://example.com/tenant/one/".to_owned()),
        ..config()
    })
    .await;
    for path in [
        "/.well-known/oauth-authorization-server/tenant/one",
        "/.well-known/openid-configuration/tenant/one",
        "/tenant/one/.well-known/openid-configuration",
        "/tenant/one/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ] {
        let document = answer(server.get(path)).await;
        assert_eq!(document.status, 200, "{path}");
        let told = document.json();
        assert_eq!(told["issuer"], "https://example.com/tenant/one");
        assert_eq!(
            told["token_endpoint"],
            "https://example.com/tenant/one/oauth2/token"
        );
    }
    every_endpoint_answers(&server).await;
}

#[tokio::test]
async fn every_endpoint_told_of_answers() {
    every_endpoint_answers(&TestServer::start().await).await;
}

async fn every_endpoint_answers(server: &TestServer) {
    let told = metadata(server).await;
    let mut endpoints = 0;
    for (name, url) in told.as_object().unwrap() {
        if !(name.ends_with("_endpoint") || name == "jwks_uri") {
            continue;
        }
        endpoints += 1;
        let path = Url::parse(url.as_str().unwrap()).unwrap().path().to_owned();
        let (method, statuses): (Method, &[u16]) = match name.as_str() {
            "jwks_uri" | "end_session_endpoint" => (Method::GET, &[200]),
            // A page that says what is missing, and a request for credentials.
            "authorization_endpoint" => (Method::GET, &[400]),
            "userinfo_endpoint" => (Method::GET, &[401]),
            _ => (Method::POST, &[401]),
        };
        let mut request = server.request(method.clone(), &path);
        if method == Method::POST {
            request = request.form(&[("grant_type", "client_credentials"), ("token", "x")]);
        }
        let status = answer(request).await.status.as_u16();
        assert!(statuses.contains(&status), "{name}: {status}");
    }
    assert_eq!(endpoints, 7);
}

/// Redeems a code that was asked for with [`CHALLENGE`].
async fn redeem(server: &TestServer, code: &str) -> Answer {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", crate::browser::CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let request = server.post("/oauth2/token");
    answer(request.basic_auth(CLIENT, Some(SECRET)).form(&form)).await
}

#[tokio::test]
async fn every_response_type_and_mode_told_of_works_and_no_other() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let told = metadata(&server).await;
    for response_type in texts(&told["response_types_supported"]) {
        let mut parameters = vec![
            ("response_type", response_type),
            ("scope", "openid"),
            ("nonce", "some-nonce"),
        ];
        if response_type.contains("code") {
            parameters.extend([
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ]);
        }
        let mut flow = Flow::begin(&server, &parameters).await;
        flow.accept(yes("openid")).await;
        let callback = flow.finish().await;
        for (word, parameter) in [
            ("code", "code"),
            ("token", "access_token"),
            ("id_token", "id_token"),
        ] {
            let asked = response_type.split(' ').any(|one| one == word);
            assert_eq!(
                !callback.get(parameter).is_empty(),
                asked,
                "{response_type}: {callback:?}"
            );
        }
        assert_eq!(callback.get("iss"), "https://localhost:9000");
        // A code is as good whatever came along with it.
        if !callback.get("code").is_empty() {
            let given = redeem(&server, callback.get("code")).await;
            assert_eq!(given.status, 200, "{given:?}");
            assert!(given.json()["id_token"].is_string());
        }
    }
    for other in ["none", "code code", "device", "code_id_token"] {
        let url = authorization_url(&[("response_type", other)]);
        let refused = Browser::default().open(&server, &url).await;
        assert_refused(&refused, "unsupported_response_type");
    }

    for mode in texts(&told["response_modes_supported"]) {
        let parameters = [("response_mode", mode), ("scope", "openid")];
        let mut flow = Flow::begin(&server, &parameters).await;
        flow.accept(yes("openid")).await;
        let back = flow.come_back().await;
        match mode {
            "query" => assert!(Callback::of(&back).location.contains("?code="), "{back:?}"),
            "fragment" => assert!(Callback::of(&back).location.contains("#code="), "{back:?}"),
            _ => assert_eq!(
                (mode, back.status),
                ("form_post", StatusCode::OK),
                "{back:?}"
            ),
        }
    }
}

/// What is not supported is said so by the errors that OpenID Connect Core 1.0 section 3.1.2.6 has for it.
#[tokio::test]
async fn what_is_told_as_unsupported_is_refused_as_such() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let told = metadata(&server).await;
    for (flag, parameter, error) in [
        (
            "request_parameter_supported",
            "request",
            "request_not_supported",
        ),
        (
            "request_uri_parameter_supported",
            "request_uri",
            "request_uri_not_supported",
        ),
    ] {
        assert_eq!(told[flag], false);
        let url = authorization_url(&[(parameter, "https://app.example/request")]);
        assert_refused(&Browser::default().open(&server, &url).await, error);
    }
    let plain = authorization_url(&[
        ("code_challenge", VERIFIER),
        ("code_challenge_method", "plain"),
    ]);
    assert_refused(
        &Browser::default().open(&server, &plain).await,
        "invalid_request",
    );
}

#[tokio::test]
async fn every_grant_told_of_works_and_no_other() {
    let server = TestServer::start().await;
    server
        .create_app(json!({"grant_types": [
            "authorization_code", "implicit", "refresh_token", "client_credentials", "password",
        ]}))
        .await;
    let code = server
        .code(
            "openid offline",
            &[
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ],
        )
        .await;
    let given = redeem(&server, &code).await;
    assert_eq!(given.status, 200, "{given:?}");
    let refresh = given.json()["refresh_token"].as_str().unwrap().to_owned();
    let ask = |form: &[(&str, &str)]| {
        let request = server.post("/oauth2/token");
        answer(request.basic_auth(CLIENT, Some(SECRET)).form(form))
    };
    let told = metadata(&server).await;
    for grant in texts(&told["grant_types_supported"]) {
        match grant {
            // Redeemed above.
            "authorization_code" => {}
            "refresh_token" => {
                let form = [("grant_type", grant), ("refresh_token", refresh.as_str())];
                assert_eq!(ask(&form).await.status, 200);
            }
            "client_credentials" => {
                assert_eq!(ask(&[("grant_type", grant)]).await.status, 200);
            }
            // RFC 8414 section 2 counts it as a grant; it lives at the authorization endpoint.
            "implicit" => {
                let mut flow =
                    Flow::begin(&server, &[("response_type", "token"), ("scope", "profile")]).await;
                flow.accept(yes("profile")).await;
                let token = flow.finish().await;
                let told = server.introspect(token.get("access_token")).await;
                assert_eq!(told["active"], true);
            }
            other => panic!("{other} is told of and was not tried"),
        }
    }
    for other in [
        "implicit",
        "password",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ] {
        let form = [
            ("grant_type", other),
            ("username", "dan"),
            ("password", "secret"),
        ];
        assert_oauth2_error(&ask(&form).await, 400, "unsupported_grant_type");
    }
}

#[tokio::test]
async fn every_way_to_authenticate_told_of_works_and_no_other() {
    let server = TestServer::start().await;
    server
        .create_app(json!({"grant_types": ["refresh_token"]}))
        .await;
    server
        .create_public_app(json!({"id": "spa", "grant_types": ["refresh_token"]}))
        .await;
    let told = metadata(&server).await;
    for (endpoint, list) in [
        ("/oauth2/token", "token_endpoint_auth_methods_supported"),
        (
            "/oauth2/revoke",
            "revocation_endpoint_auth_methods_supported",
        ),
    ] {
        // Whoever is believed is told that the token is no good, or that it is revoked now.
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("token", "x"),
        ];
        for way in texts(&told[list]) {
            let mut form = fields.to_vec();
            let mut request = server.post(endpoint);
            match way {
                "client_secret_basic" => request = request.basic_auth(CLIENT, Some(SECRET)),
                "client_secret_post" => {
                    form.extend([("client_id", CLIENT), ("client_secret", SECRET)]);
                }
                "none" => form.push(("client_id", "spa")),
                other => panic!("{other} is told of and was not tried"),
            }
            let status = answer(request.form(&form)).await.status;
            assert!(
                status == 200 || status == 400,
                "{endpoint}, {way}: {status}"
            );
        }
        let assertion = [
            ("client_id", CLIENT),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", "a.b.c"),
        ];
        let form: Vec<_> = fields.into_iter().chain(assertion).collect();
        let refused = answer(server.post(endpoint).form(&form)).await;
        assert_oauth2_error(&refused, 401, "invalid_client");
    }
    let token = server.admin_token("hydra.introspect").await;
    for way in texts(&told["introspection_endpoint_auth_methods_supported"]) {
        let request = server.post("/oauth2/introspect").form(&[("token", "x")]);
        let request = match way {
            "client_secret_basic" => request.basic_auth("admin", Some("admin-password")),
            "bearer" => request.bearer_auth(&token),
            other => panic!("{other} is told of and was not tried"),
        };
        assert_eq!(answer(request).await.status, 200, "{way}");
    }
}

#[tokio::test]
async fn id_tokens_are_signed_as_told_and_say_the_claims_told_of() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    let code = server
        .code(
            "openid",
            &[
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ],
        )
        .await;
    let given = redeem(&server, &code).await.json();
    let token = given["id_token"].as_str().unwrap();
    let told = metadata(&server).await;
    let algorithm = format!("{:?}", decode_header(token).unwrap().alg);
    assert_eq!(
        texts(&told["id_token_signing_alg_values_supported"]),
        [algorithm]
    );
    let claims: Value = {
        use base64::Engine as _;
        let payload = token.split('.').nth(1).unwrap();
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        serde_json::from_slice(&engine.decode(payload).unwrap()).unwrap()
    };
    for claim in texts(&told["claims_supported"]) {
        assert!(claims.get(claim).is_some(), "{claim}: {claims}");
    }
}
