//! The transport against a real socket.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{Reply, Seen, Server};
use sdk_runtime::{
    Api, Arguments, Body, BodyKind, CallOptions, ClientCredentials, Config, Credential, ListFormat,
    Location, Operation, Parameter, Part, Requirement, RetryPolicy, SchemeKind, Secret,
    SecurityScheme, TokenError, Transport, TransportError,
};

const fn operation(name: &'static str, method: &'static str, path: &'static str) -> Operation {
    Operation {
        id: name,
        name,
        method,
        path,
        parameters: &[],
        body: None,
        body_required: false,
        content_type: None,
        accept: Some("application/json"),
        security: &[],
    }
}

static LIST: Operation = operation("list", "GET", "/things");
static GET: Operation = Operation {
    security: &[&[Requirement {
        scheme: "oauth2",
        scopes: &["read"],
    }]],
    ..operation("get", "GET", "/things/{id}")
};
static MAKE: Operation = Operation {
    body: Some(BodyKind::Json),
    body_required: true,
    content_type: Some("application/json"),
    ..operation("make", "POST", "/things")
};
static LOOK: Operation = Operation {
    body: Some(BodyKind::Form),
    content_type: Some("application/x-www-form-urlencoded"),
    parameters: &[Parameter {
        list: Some(ListFormat::Repeated),
        ..Parameter::new("tags", Location::Form)
    }],
    security: &[
        &[
            Requirement {
                scheme: "key",
                scopes: &[],
            },
            Requirement {
                scheme: "basic",
                scopes: &[],
            },
        ],
        &[Requirement {
            scheme: "oauth2",
            scopes: &[],
        }],
    ],
    ..operation("look", "POST", "/look")
};
static API: Api = Api {
    title: "Things",
    version: "1",
    schemes: &[
        SecurityScheme {
            name: "basic",
            kind: SchemeKind::Basic,
        },
        SecurityScheme {
            name: "key",
            kind: SchemeKind::HeaderKey("X-Key"),
        },
        SecurityScheme {
            name: "query",
            kind: SchemeKind::QueryKey("key"),
        },
        SecurityScheme {
            name: "oauth2",
            kind: SchemeKind::OAuth2 {
                token_url: Some("https://elsewhere.example/oauth2/token"),
            },
        },
    ],
    operations: &[],
};

fn transport(config: Config) -> Transport {
    Transport::new(&API, &config.no_proxy()).unwrap()
}

fn id(value: &str) -> Arguments {
    Arguments {
        path: vec![("id".to_owned(), value.to_owned())],
        ..Arguments::default()
    }
}

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

/// Retries without waiting.
fn at_once() -> RetryPolicy {
    RetryPolicy {
        first_wait: Duration::ZERO,
        ..RetryPolicy::default()
    }
}

async fn echo() -> Server {
    Server::start(|_, _| Reply::json(200, "{}")).await
}

#[tokio::test]
async fn a_url_is_put_together() {
    let server = echo().await;
    let api = transport(Config::new(format!("{}/api/", server.url)));
    let mut arguments = id("a b/c?d%e#fü{}");
    arguments.query = pairs(&[("z", "1"), ("a", "x y&=ü"), ("z", "2")]);
    arguments.headers = pairs(&[("X-Trace", "t")]);
    arguments.cookies = pairs(&[("c", "1"), ("d", "2")]);
    let answer = api.call(&GET, arguments).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), &answer.body[..]),
        (200, &b"{}"[..])
    );
    let seen = &server.seen()[0];
    assert_eq!(
        seen.target,
        "/api/things/a%20b%2Fc%3Fd%25e%23f%C3%BC%7B%7D?a=x+y%26%3D%C3%BC&z=1&z=2"
    );
    assert_eq!(seen.header("x-trace"), Some("t"));
    assert_eq!(seen.header("cookie"), Some("c=1; d=2"));
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert_eq!(seen.header("authorization"), None);
}

#[tokio::test]
async fn a_piece_of_the_path_cannot_lead_elsewhere() {
    let server = echo().await;
    let api = transport(Config::new(&server.url));
    for value in ["..", ".", "", "..\\x", "a\\b", "%2e%2e"] {
        let result = api.call(&GET, id(value)).await;
        if value == "%2e%2e" {
            // Its percent sign is encoded, so it is only a name.
            assert!(result.is_ok());
            assert_eq!(server.seen()[0].target, "/things/%252e%252e");
        } else {
            let error = result.unwrap_err();
            assert!(
                matches!(error, TransportError::Request(_)),
                "{value:?}: {error}"
            );
        }
    }
    let error = api.call(&GET, Arguments::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "`get` needs the path parameter `id`");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused() {
    let server = echo().await;
    let api = transport(Config::new(&server.url));
    let error = api.call(&MAKE, Arguments::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "`make` needs a request body");
    for (name, value) in [("a b", "x"), ("x", "a\r\nb: c"), ("", "x")] {
        let arguments = Arguments {
            headers: pairs(&[(name, value)]),
            ..Arguments::default()
        };
        let error = api.call(&LIST, arguments).await.unwrap_err();
        assert!(
            matches!(error, TransportError::Request(_)),
            "{name:?}: {error}"
        );
        assert!(!error.to_string().contains('\n'));
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn bodies_are_written() {
    let server = echo().await;
    let api = transport(Config::new(&server.url));
    let call = |operation, body| {
        let api = api.clone();
        async move {
            api.call(
                operation,
                Arguments {
                    body,
                    ..Arguments::default()
                },
            )
            .await
            .unwrap()
        }
    };
    call(&MAKE, Body::Json("{\"a\":1}".into())).await;
    call(&LOOK, Body::Form(pairs(&[("tags", "a b"), ("tags", "é&")]))).await;
    let part = Part {
        name: "f".to_owned(),
        file_name: Some("a.txt".to_owned()),
        content_type: Some("text/plain".to_owned()),
        bytes: "hello".into(),
    };
    call(&LOOK, Body::Multipart(vec![part])).await;
    let bytes = Body::Raw {
        bytes: "x".into(),
        content_type: Some("image/png".to_owned()),
    };
    call(&MAKE, bytes).await;
    let seen = server.seen();
    assert_eq!(seen[0].body, "{\"a\":1}");
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[1].body, "tags=a+b&tags=%C3%A9%26");
    assert_eq!(
        seen[1].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert!(
        seen[2]
            .header("content-type")
            .unwrap()
            .starts_with("multipart/form-data; boundary=")
    );
    assert!(
        seen[2]
            .body
            .contains("name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain")
    );
    assert_eq!(seen[3].header("content-type"), Some("image/png"));
}

#[tokio::test]
async fn the_first_alternative_with_credentials_is_taken() {
    let server = echo().await;
    let look = |config: Config| {
        let api = transport(config);
        async move { api.call(&LOOK, Arguments::default()).await.unwrap() }
    };
    let base = || Config::new(&server.url);
    let basic = || Credential::basic("me", "pass:wörd");
    // Half of the first alternative is not enough.
    look(
        base()
            .credential("basic", basic())
            .credential("oauth2", Credential::bearer("t")),
    )
    .await;
    look(
        base()
            .credential("basic", basic())
            .credential("key", Credential::api_key("k")),
    )
    .await;
    look(base().credential("basic", basic())).await;
    let seen = server.seen();
    assert_eq!(seen[0].header("authorization"), Some("Bearer t"));
    assert_eq!(seen[0].header("x-key"), None);
    assert_eq!(
        seen[1].header("authorization"),
        Some("Basic bWU6cGFzczp3w7ZyZA==")
    );
    assert_eq!(seen[1].header("x-key"), Some("k"));
    assert_eq!(seen[2].header("authorization"), None);
}

#[tokio::test]
async fn a_call_has_settings_of_its_own() {
    let server = echo().await;
    let config = Config::new(&server.url)
        .header("authorization", "Custom default")
        .header("x-team", "a")
        .credential("oauth2", Credential::bearer("mine"));
    let api = transport(config);
    let call = |options: CallOptions| {
        let api = api.with(options);
        async move { api.call(&GET, id("1")).await.unwrap() }
    };
    call(CallOptions::new()).await;
    call(CallOptions::new().credential("oauth2", Credential::bearer("yours"))).await;
    call(
        CallOptions::new()
            .header("Authorization", "Other x")
            .header("x-team", "b"),
    )
    .await;
    call(CallOptions::new().anonymous()).await;
    let seen: Vec<_> = server
        .seen()
        .iter()
        .map(|s| {
            (
                s.header("authorization").map(str::to_owned),
                s.header("x-team").map(str::to_owned),
            )
        })
        .collect();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(
        seen,
        [
            (text("Bearer mine"), text("a")),
            (text("Bearer yours"), text("a")),
            (text("Other x"), text("b")),
            (text("Custom default"), text("a")),
        ]
    );
}

#[test]
fn wrong_settings_are_told_at_once() {
    let told = |config: Config| Transport::new(&API, &config).unwrap_err().to_string();
    for (url, part) in [
        ("nonsense", "is no base URL"),
        ("ftp://x", "must be http or https"),
        ("http://x?a=b", "a query"),
        ("", "is no base URL"),
    ] {
        assert!(
            told(Config::new(url)).contains(part),
            "{url}: {}",
            told(Config::new(url))
        );
    }
    let message = told(Config::new("https://me:hunter2@x/"));
    assert!(
        message.contains("credentials") && !message.contains("hunter2"),
        "{message}"
    );
    let config = Config::new("https://x");
    let message = told(config.clone().credential("nope", Credential::bearer("x")));
    assert_eq!(
        message,
        "there is no security scheme `nope`; there are: basic, key, query, oauth2"
    );
    let message = told(config.clone().credential("basic", Credential::bearer("x")));
    assert!(
        message.contains("takes a user name and a password, not a bearer token"),
        "{message}"
    );
    assert!(told(config.clone().root_certificates_pem("junk")).contains("root certificate"));
    assert!(told(config.clone().client_identity_pem("junk")).contains("client certificate"));
    assert!(told(config.proxy("::")).contains("proxy"));
}

#[test]
fn secrets_are_not_shown() {
    let config = Config::new("https://x")
        .credential("basic", Credential::basic("me", "hunter2"))
        .credential(
            "oauth2",
            Credential::tokens(ClientCredentials::new("id", "hunter2")),
        );
    let api = Transport::new(&API, &config).unwrap();
    let source = ClientCredentials::new("id", "hunter2");
    let shown = format!("{config:?} {api:?} {source:?} {:?}", Secret::new("hunter2"));
    assert!(!shown.contains("hunter2"), "{shown}");
}

/// Gives tokens `t0`, `t1`, … at `/oauth2/token`; everything else is answered by `other`.
async fn issuing(
    expires_in: &'static str,
    other: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> Server {
    let issued = AtomicUsize::new(0);
    Server::start(move |seen, _| {
        if seen.target.starts_with("/oauth2/token") {
            let n = issued.fetch_add(1, Ordering::SeqCst);
            let body = format!(
                r#"{{"access_token":"t{n}","token_type":"Bearer","expires_in":{expires_in}}}"#
            );
            Reply::json(200, &body)
        } else {
            other(seen)
        }
    })
    .await
}

fn with_tokens(url: &str) -> Transport {
    let source = ClientCredentials::new("my id", "s3cret/+").scopes(["a", "b"]);
    transport(
        Config::new(url)
            .credential("oauth2", Credential::tokens(source))
            .retry(at_once()),
    )
}

#[tokio::test]
async fn one_token_is_fetched_for_many_calls() {
    let server = issuing("3600", |_| Reply::json(200, "{}")).await;
    let api = with_tokens(&server.url);
    let calls = (0..20).map(|n| {
        let api = api.clone();
        tokio::spawn(async move { api.call(&GET, id(&n.to_string())).await.unwrap().status })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), 200);
    }
    let (tokens, others): (Vec<_>, Vec<_>) = server
        .seen()
        .into_iter()
        .partition(|s| s.target == "/oauth2/token");
    assert_eq!((tokens.len(), others.len()), (1, 20));
    assert_eq!(tokens[0].body, "grant_type=client_credentials&scope=a+b");
    // my%20id:s3cret%2F%2B
    assert_eq!(
        tokens[0].header("authorization"),
        Some("Basic bXklMjBpZDpzM2NyZXQlMkYlMkI=")
    );
    assert!(
        others
            .iter()
            .all(|s| s.header("authorization") == Some("Bearer t0"))
    );
}

#[tokio::test]
async fn an_expired_token_is_replaced() {
    let server = issuing("\"0\"", |_| Reply::json(200, "{}")).await;
    let api = with_tokens(&server.url);
    api.call(&GET, id("1")).await.unwrap();
    api.call(&GET, id("2")).await.unwrap();
    let sent: Vec<_> = server
        .seen()
        .iter()
        .filter_map(|s| s.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(sent[1], "Bearer t0");
    assert_eq!(sent[3], "Bearer t1");
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let server = issuing("3600", |seen| {
        let good = seen.header("authorization") == Some("Bearer t1");
        Reply::json(if good { 200 } else { 401 }, "{}")
    })
    .await;
    let api = with_tokens(&server.url);
    assert_eq!(api.call(&GET, id("1")).await.unwrap().status, 200);
    assert_eq!(api.call(&GET, id("2")).await.unwrap().status, 200);
    let targets: Vec<_> = server.seen().into_iter().map(|s| s.target).collect();
    assert_eq!(
        targets,
        [
            "/oauth2/token",
            "/things/1",
            "/oauth2/token",
            "/things/1",
            "/things/2"
        ]
    );

    let never = issuing("3600", |_| Reply::json(401, "{}")).await;
    let api = with_tokens(&never.url);
    assert_eq!(api.call(&GET, id("1")).await.unwrap().status, 401);
    assert_eq!(never.seen().len(), 4);
}

#[tokio::test]
async fn a_refusal_of_the_token_endpoint_is_told() {
    let cases = [
        (
            401,
            r#"{"error":"invalid_client","error_description":"who?"}"#,
            "answered 401 invalid_client: who?",
        ),
        (500, "<html>boom</html>", "answered 500: <html>boom</html>"),
        (
            200,
            r#"{"access_token":"x","token_type":"mac"}"#,
            "another type than bearer",
        ),
        (200, "secret stuff", "is not the JSON of RFC 6749"),
        (200, r#"{"access_token":""}"#, "an empty token"),
    ];
    for (status, body, part) in cases {
        let server = Server::start(move |_, _| Reply::json(status, body)).await;
        let error = with_tokens(&server.url)
            .call(&GET, id("1"))
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(text.contains(part), "{text}");
        assert!(
            !text.contains("s3cret") && !text.contains("secret stuff"),
            "{text}"
        );
        assert!(
            text.contains(&format!("{}/oauth2/token", server.url)),
            "{text}"
        );
        assert!(matches!(
            error,
            TransportError::Token(TokenError::Refused { .. } | TokenError::Malformed { .. })
        ));
    }
}

#[tokio::test]
async fn a_token_endpoint_below_a_base_path() {
    for (base, expected) in [
        ("/api", "/api/oauth2/token"),
        ("/oauth2", "/oauth2/token"),
        ("", "/oauth2/token"),
    ] {
        let server = Server::start(|_, _| Reply::json(400, "{}")).await;
        let api = with_tokens(&format!("{}{base}", server.url));
        let _ = api.call(&GET, id("1")).await;
        assert_eq!(server.seen()[0].target, expected);
    }
}

#[tokio::test]
async fn idempotent_calls_are_repeated() {
    let server = Server::start(|seen, before| match (seen.method.as_str(), before) {
        ("GET", 0) => Reply::json(503, "{}").header("retry-after", "0"),
        ("GET", 1) => Reply::json(429, "{}"),
        _ => Reply::json(if seen.method == "POST" { 503 } else { 200 }, "{}"),
    })
    .await;
    let api = transport(Config::new(&server.url).retry(at_once()));
    assert_eq!(
        api.call(&LIST, Arguments::default()).await.unwrap().status,
        200
    );
    assert_eq!(server.seen().len(), 3);
    let body = Arguments {
        body: Body::Json("{}".into()),
        ..Arguments::default()
    };
    assert_eq!(api.call(&MAKE, body).await.unwrap().status, 503);
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn retries_end_and_can_be_switched_off() {
    let server = Server::start(|_, _| Reply::json(502, "{}")).await;
    let api = transport(Config::new(&server.url).retry(at_once()));
    assert_eq!(
        api.call(&LIST, Arguments::default()).await.unwrap().status,
        502
    );
    assert_eq!(server.seen().len(), 3);
    let once = api.with(CallOptions::new().retry(RetryPolicy::never()));
    assert_eq!(
        once.call(&LIST, Arguments::default()).await.unwrap().status,
        502
    );
    assert_eq!(server.seen().len(), 4);
    // A wait that is too long is not waited.
    let busy = Server::start(|_, _| Reply::json(503, "{}").header("retry-after", "86400")).await;
    let api = transport(Config::new(&busy.url));
    assert_eq!(
        api.call(&LIST, Arguments::default()).await.unwrap().status,
        503
    );
    assert_eq!(busy.seen().len(), 1);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::start(|_, _| Reply::new(302, "").header("location", "/elsewhere")).await;
    let answer = transport(Config::new(&server.url))
        .call(&LIST, Arguments::default())
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers["location"], "/elsewhere");
}

#[tokio::test]
async fn no_connection_is_an_error_that_says_where() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let api = transport(Config::new(&url).retry(at_once()));
    let error = api.call(&LIST, Arguments::default()).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(error.to_string().contains(&url), "{error}");
    let error = with_tokens(&url).call(&GET, id("1")).await.unwrap_err();
    assert!(
        error.is_connect() && error.to_string().contains("/oauth2/token"),
        "{error}"
    );
}

#[tokio::test]
async fn a_call_can_time_out() {
    // Accepts and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let api = transport(Config::new(&url).retry(RetryPolicy::never()));
    let quick = api.with(CallOptions::new().timeout(Duration::from_millis(50)));
    let error = quick.call(&LIST, Arguments::default()).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}
