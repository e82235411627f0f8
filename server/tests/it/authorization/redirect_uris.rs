//! Where a browser may be sent, which is settled before anything else.

use serde_json::json;

use super::requests::open;
use crate::browser::{CALLBACK, Flow, assert_page, authorization_url, consent_id, yes};
use crate::server::{TestServer, answer, assert_oauth2_error};

// RFC 6749 sections 3.1.2.4 and 4.1.2.1, RFC 9700 section 4.11.2: no open redirector, with `prompt=none`
// neither. Host and forwarding headers change nothing.
#[tokio::test]
async fn an_unknown_client_or_redirect_uri_gets_a_page_and_no_redirect() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    for parameters in [
        [("client_id", ""), ("prompt", "")],
        [("client_id", "nobody"), ("prompt", "")],
        [("client_id", "a\0b"), ("prompt", "")],
        [("redirect_uri", "https://evil.example/"), ("prompt", "")],
        [
            ("redirect_uri", "https://evil.example/"),
            ("prompt", "none"),
        ],
        [
            ("redirect_uri", "https://app.example/callback/"),
            ("prompt", "none"),
        ],
        [
            ("redirect_uri", "https://app.example/callback?x=1"),
            ("prompt", "none"),
        ],
        [
            ("redirect_uri", "https://app.example/CALLBACK"),
            ("prompt", "none"),
        ],
        [
            ("redirect_uri", "http://127.0.0.1/callback"),
            ("prompt", "none"),
        ],
        [("redirect_uri", "javascript:alert(1)"), ("prompt", "none")],
        [("redirect_uri", "//evil.example"), ("prompt", "none")],
    ] {
        assert_page(&open(&server, &parameters).await, 400);
        let url = authorization_url(&parameters);
        let request = server
            .get(&url)
            .header("accept", "text/html")
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example");
        assert_page(&answer(request).await, 400);
        // A program gets the same as an error object.
        assert_oauth2_error(&answer(server.get(&url)).await, 400, "invalid_request");
    }
}

// RFC 6749 section 3.1.2.3.
#[tokio::test]
async fn the_redirect_uri_may_be_left_out_only_if_there_is_one() {
    let server = TestServer::start().await;
    server.create_app(json!({})).await;
    consent_id(&open(&server, &[("redirect_uri", "")]).await);
    for (id, uris) in [
        ("none", json!([])),
        ("two", json!([CALLBACK, "https://app.example/other"])),
    ] {
        server
            .create_app(json!({"id": id, "redirect_uris": uris}))
            .await;
        let refused = open(&server, &[("client_id", id), ("redirect_uri", "")]).await;
        assert_page(&refused, 400);
    }
}

// RFC 8252 sections 7.3 and 8.4: an application on a desktop listens on whichever port is free.
#[tokio::test]
async fn a_loopback_address_may_have_any_port_and_nothing_else_may_differ() {
    let server = TestServer::start().await;
    let uris = [
        "http://127.0.0.1/cb",
        "http://[::1]/cb",
        "http://localhost:8000/cb",
        "com.example.app:/cb",
    ];
    server.create_app(json!({"redirect_uris": uris})).await;
    for uri in [
        "http://127.0.0.1:51004/cb",
        "http://[::1]:61023/cb",
        "http://localhost:8000/cb",
        "com.example.app:/cb",
    ] {
        let mut flow = Flow::begin(&server, &[("redirect_uri", uri)]).await;
        flow.accept(yes("")).await;
        let callback = flow.finish().await;
        assert!(callback.location.starts_with(uri), "{callback:?}");
    }
    for uri in [
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/cb?bar=foo",
        "http://localhost:8001/cb",
        "http://localhost/cb",
        "com.example.other:/cb",
    ] {
        assert_page(&open(&server, &[("redirect_uri", uri)]).await, 400);
    }
}

// RFC 6749 section 3.1.2, RFC 9700 sections 2.6 and 4.1.3, RFC 8252 section 7.1.
#[tokio::test]
async fn redirect_uris_that_could_leak_a_code_are_not_registered() {
    let server = TestServer::start().await;
    let admin = server.admin_token("hydra.clients").await;
    for uri in [
        "https://app.example/cb#fragment",
        "http://app.example/cb",
        "javascript:alert(1)",
        "myapp:/cb",
    ] {
        for property in ["redirect_uris", "post_logout_redirect_uris"] {
            let body = json!({"id": "x", property: [uri]});
            let refused = answer(server.post("/clients").bearer_auth(&admin).json(&body)).await;
            assert_eq!(refused.status, 400, "{uri}");
            assert!(refused.text.contains(property), "{refused:?}");
        }
    }
    // A wildcard is a character like any other.
    server
        .create_app(json!({"redirect_uris": ["https://app.example/*"]}))
        .await;
    let refused = open(&server, &[("redirect_uri", "https://app.example/callback")]).await;
    assert_page(&refused, 400);
}
