//! The token endpoint.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use hydra_server::flows::failure_limits::Limits;
use hydra_server::host::Config;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use crate::server::{TestServer, answer, assert_oauth2_error, config};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_client_gets_what_it_asks_for_and_no_more() {
    let server = TestServer::start().await;
    let granted = server
        .token_answer("admin", "admin-password", "hydra.clients openid")
        .await;
    assert_eq!(granted.status, 200);
    assert_eq!(granted.header("cache-control"), "no-store");
    assert_eq!(granted.header("pragma"), "no-cache");
    let mut body = granted.json();
    let token = body["access_token"].take();
    assert_eq!(token.as_str().unwrap().len(), 87);
    assert_eq!(
        body,
        json!({
            "access_token": null,
            "expires_in": 3600,
            "scope": "hydra.clients openid",
            "token_type": "bearer",
        })
    );

    let nothing = server.token_answer("admin", "admin-password", "").await;
    assert_eq!(nothing.json()["scope"], "");
}

#[tokio::test]
async fn credentials_in_the_body_will_do() {
    let server = TestServer::start().await;
    let form = [
        GRANT,
        ("client_id", "admin"),
        ("client_secret", "admin-password"),
    ];
    assert_eq!(
        answer(server.post("/oauth2/token").form(&form))
            .await
            .status,
        200
    );
    // Naming itself a second time does no harm.
    let form = [GRANT, ("client_id", "admin")];
    let both = server
        .post("/oauth2/token")
        .basic_auth("admin", Some("admin-password"))
        .form(&form);
    assert_eq!(answer(both).await.status, 200);
}

#[tokio::test]
async fn a_client_that_is_not_believed_is_401_with_a_challenge() {
    let server = TestServer::start().await;
    for (id, secret) in [
        ("admin", "wrong"),
        ("nobody", "admin-password"),
        ("Admin", "admin-password"),
        ("admin ", "admin-password"),
        ("", ""),
        ("\0", "x"),
        ("日本語", "x"),
    ] {
        let refused = server.token_answer(id, secret, "").await;
        assert_oauth2_error(&refused, 401, "invalid_client");
        assert!(refused.header("www-authenticate").starts_with("Basic "));
    }
    for form in [
        &[GRANT, ("client_id", "admin"), ("client_secret", "wrong")][..],
        &[GRANT, ("client_id", "admin")],
        &[GRANT],
    ] {
        let refused = answer(server.post("/oauth2/token").form(form)).await;
        assert_oauth2_error(&refused, 401, "invalid_client");
    }
}

#[tokio::test]
async fn two_ways_to_authenticate_at_once_are_refused() {
    let server = TestServer::start().await;
    for fields in [
        &[
            GRANT,
            ("client_id", "admin"),
            ("client_secret", "admin-password"),
        ][..],
        &[GRANT, ("client_secret", "admin-password")],
        &[GRANT, ("client_id", "other")],
    ] {
        let both = server
            .post("/oauth2/token")
            .basic_auth("admin", Some("admin-password"))
            .form(fields);
        assert_oauth2_error(&answer(both).await, 400, "invalid_request");
    }
    let query = "/oauth2/token?client_id=admin&client_secret=admin-password";
    let refused = answer(server.post(query).form(&[GRANT])).await;
    assert_oauth2_error(&refused, 400, "invalid_request");
}

#[tokio::test]
async fn a_request_that_is_none_is_refused() {
    let server = TestServer::start().await;
    let post = || {
        server
            .post("/oauth2/token")
            .basic_auth("admin", Some("admin-password"))
    };
    let form = "application/x-www-form-urlencoded";
    for (content_type, body) in [
        (form, ""),
        (form, "grant_type="),
        (
            form,
            "grant_type=client_credentials&grant_type=client_credentials",
        ),
        (form, "grant_type=client_credentials&scope=a&scope=b"),
        (form, "grant_type=%ff"),
        ("application/json", r#"{"grant_type":"client_credentials"}"#),
        ("text/plain", "grant_type=client_credentials"),
    ] {
        let refused = answer(post().header(CONTENT_TYPE, content_type).body(body)).await;
        assert_oauth2_error(&refused, 400, "invalid_request");
    }
    let refused = answer(post().body("grant_type=client_credentials")).await;
    assert_oauth2_error(&refused, 400, "invalid_request");
    let with_charset = post()
        .header(
            CONTENT_TYPE,
            "application/x-www-form-urlencoded; charset=UTF-8",
        )
        .body("grant_type=client_credentials");
    assert_eq!(answer(with_charset).await.status, 200);
    for header in ["Basic", "Basic !!!", "Basic YWRtaW4=", "Basic /w=="] {
        let refused = answer(
            server
                .post("/oauth2/token")
                .header(AUTHORIZATION, header)
                .form(&[GRANT]),
        )
        .await;
        assert!(
            matches!(refused.status.as_u16(), 400 | 401),
            "{header}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn grants_and_scopes_have_their_own_refusals() {
    let server = TestServer::start().await;
    for grant in [
        "password",
        "implicit",
        "Authorization_Code",
        "CLIENT_CREDENTIALS",
    ] {
        let request = server
            .post("/oauth2/token")
            .basic_auth("admin", Some("admin-password"))
            .form(&[("grant_type", grant)]);
        assert_oauth2_error(&answer(request).await, 400, "unsupported_grant_type");
    }
    for scope in ["billing", "hydra.clients billing", "a\"b", "ä"] {
        let refused = server.token_answer("admin", "admin-password", scope).await;
        assert_oauth2_error(&refused, 400, "invalid_scope");
    }

    let admin = server.admin_token("hydra.clients").await;
    let create = |body| {
        answer(
            server
                .post("/clients")
                .bearer_auth(&admin)
                .json(&body)
                .try_clone()
                .unwrap(),
        )
    };
    create(json!({"id": "codes", "client_secret": "codes-secret"})).await;
    let refused = server.token_answer("codes", "codes-secret", "").await;
    assert_oauth2_error(&refused, 400, "unauthorized_client");
    create(json!({"id": "spa", "public": true, "grant_types": ["client_credentials"]})).await;
    let form = [GRANT, ("client_id", "spa")];
    let refused = answer(server.post("/oauth2/token").form(&form)).await;
    assert_oauth2_error(&refused, 400, "unauthorized_client");
}

#[tokio::test]
async fn special_characters_in_credentials_work_encoded() {
    let server = TestServer::start().await;
    server.create_client("a:b c", "p%+ü:&=").await;
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let granted = server
        .token_answer(&encode("a:b c"), &encode("p%+ü:&="), "")
        .await;
    assert_eq!(granted.status, 200, "{granted:?}");
    let form = [GRANT, ("client_id", "a:b c"), ("client_secret", "p%+ü:&=")];
    assert_eq!(
        answer(server.post("/oauth2/token").form(&form))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn large_requests_are_refused_not_read() {
    let server = TestServer::start().await;
    let long = "x".repeat(2 * 1024 * 1024);
    let refused = server.token_answer("admin", "admin-password", &long).await;
    assert_oauth2_error(&refused, 413, "invalid_request");
    let long = "x".repeat(1000 * 1000);
    let refused = server.token_answer("admin", "admin-password", &long).await;
    assert_oauth2_error(&refused, 400, "invalid_scope");
}

/// RFC 6749 section 3.2: "The client MUST use the HTTP "POST" method"; RFC 7662 section 2.1 and RFC 7009 section
/// 2.1 say the same.
#[tokio::test]
async fn nothing_is_given_to_who_merely_gets() {
    let server = TestServer::start().await;
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        let request = server
            .get(path)
            .query(&[GRANT])
            .basic_auth("admin", Some("admin-password"));
        let refused = answer(request).await;
        assert_eq!(refused.status, 405, "{refused:?}");
        assert_eq!(refused.header("allow"), "POST");
    }
}

/// RFC 6749 section 4.4.3: "A refresh token SHOULD NOT be included."
#[tokio::test]
async fn a_client_in_its_own_name_gets_neither_refresh_nor_id_token() {
    let server = TestServer::start().await;
    let scope = "openid offline";
    let given = server.token_answer("admin", "admin-password", scope).await;
    let body = given.json();
    assert_eq!(body["scope"], scope);
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
}

/// RFC 6749 section 10.10: what is told over HTTP as well never repeats, by one server or another, and has 256
/// random bits.
#[tokio::test]
async fn no_two_tokens_are_alike_on_the_wire() {
    let servers = [
        TestServer::start().await,
        TestServer::seeded(2, config()).await,
    ];
    let mut seen = HashSet::new();
    for server in &servers {
        for _ in 0..200 {
            let token = server.admin_token("hydra.clients").await;
            let (key, signature) = token.split_once('.').unwrap();
            // 43 characters of base64url are 256 bits.
            assert_eq!((key.len(), signature.len()), (43, 43));
            assert!(seen.insert(key.to_owned()) && seen.insert(signature.to_owned()));
        }
    }
    assert_eq!(seen.len(), 800);
}

/// Whether a client exists must not show in the time of the answer. The hash takes longer than everything else
/// about an answer, and medians of many turns are compared with room to spare: without a hash one side would
/// take a tenth.
#[tokio::test]
async fn an_unknown_client_takes_as_long_as_a_wrong_secret() {
    let server = TestServer::with(Config {
        bcrypt_cost: 9,
        failure_limits: Limits {
            client: 0,
            address: 0,
        },
        ..config()
    })
    .await;
    let mut times: [Vec<Duration>; 2] = Default::default();
    for _ in 0..15 {
        for (id, times) in ["admin", "nobody"].into_iter().zip(&mut times) {
            let begun = Instant::now();
            let refused = server.token_answer(id, "a-wrong-secret", "").await;
            times.push(begun.elapsed());
            assert_oauth2_error(&refused, 401, "invalid_client");
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.33..3.0).contains(&ratio), "{known:?} and {unknown:?}");
}
