//! The hooks, used as code made by progenitor uses them.

use crate::support::{Reply, Server};
use progenitor_client::{Error, OperationInfo, ResponseValue};
use sdk_runtime::{
    Api, BodyKind, CallOptions, Capture, ClientCredentials, Config, Credential, ErrorExt, Failure,
    ListFormat, Location, Operation, Parameter, Requirement, SchemeKind, SecurityScheme,
    TokenError, Transport, typed,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Refusal {
    code: i64,
}

const fn field(name: &'static str, list: Option<ListFormat>) -> Parameter {
    Parameter {
        list,
        ..Parameter::new(name, Location::Form)
    }
}

static API: Api = Api {
    title: "Things",
    version: "1",
    schemes: &[SecurityScheme {
        name: "oauth2",
        kind: SchemeKind::OAuth2 {
            token_url: Some("https://elsewhere.example/token"),
        },
    }],
    operations: &[
        Operation {
            id: "form",
            name: "form",
            method: "POST",
            path: "/form",
            parameters: &[
                field("b", None),
                field("many", Some(ListFormat::Repeated)),
                field("joined", Some(ListFormat::Joined("|"))),
                Parameter::new("Session", Location::Cookie),
            ],
            body: Some(BodyKind::Form),
            body_required: true,
            content_type: Some("application/x-www-form-urlencoded"),
            accept: Some("application/json"),
            security: &[],
        },
        Operation {
            id: "guarded",
            name: "guarded",
            method: "POST",
            path: "/guarded",
            parameters: &[],
            body: Some(BodyKind::Json),
            body_required: false,
            content_type: None,
            accept: None,
            security: &[&[Requirement {
                scheme: "oauth2",
                scopes: &[],
            }]],
        },
        Operation {
            id: "put",
            name: "put",
            method: "PUT",
            path: "/put/{id}",
            parameters: &[],
            body: Some(BodyKind::Json),
            body_required: false,
            content_type: Some("application/vnd.things+json"),
            accept: Some("application/vnd.things+json"),
            security: &[],
        },
    ],
};

fn transport(server: &Server) -> Transport {
    Transport::new(&API, &Config::new(&server.url).no_proxy()).unwrap()
}

/// What a generated function does.
async fn call(
    transport: &Transport,
    operation_id: &'static str,
    path: &str,
    body: &serde_json::Value,
    headers: &[(&str, &str)],
) -> Result<ResponseValue<serde_json::Value>, Error<Failure<Refusal>>> {
    let info = OperationInfo { operation_id };
    let method = transport
        .api()
        .operation(operation_id)
        .map_or("GET", |o| o.method);
    let mut builder = transport
        .http()
        .request(
            method.parse().unwrap(),
            format!("{}{path}", transport.base_url()),
        )
        .header("accept", "application/json")
        .header("api-version", "1")
        .json(body);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let mut request = builder.build()?;
    typed::pre(transport, &mut request, &info).await?;
    let result = typed::exec(transport, request, &info).await;
    typed::post(transport).await?;
    let response = result?;
    match response.status().as_u16() {
        200..=299 => ResponseValue::from_response(response).await,
        400..=599 => Err(Error::ErrorResponse(
            ResponseValue::from_response(response).await?,
        )),
        _ => Err(Error::UnexpectedResponse(response)),
    }
}

#[tokio::test]
async fn a_form_is_made_of_json() {
    let server = Server::start(|_, _| Reply::json(200, "{\"ok\":true}")).await;
    let body = serde_json::json!({
        "unknown": { "deep": 1 }, "joined": ["a", "b"], "many": ["x y", 2], "b": true, "none": null,
    });
    let headers = [
        ("x-cookie-parameter-session", "s1"),
        ("api-version", "mine"),
    ];
    let answer = call(&transport(&server), "form", "/form", &body, &headers)
        .await
        .unwrap();
    assert_eq!(answer["ok"], true);
    let seen = &server.seen()[0];
    assert_eq!(
        seen.body,
        "b=true&many=x+y&many=2&joined=a%7Cb&unknown=%7B%22deep%22%3A1%7D"
    );
    assert_eq!(
        seen.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen.header("cookie"), Some("Session=s1"));
    // Progenitor's own is gone, the caller's is kept.
    let versions: Vec<_> = seen
        .headers
        .iter()
        .filter(|(n, _)| n == "api-version")
        .collect();
    assert_eq!(versions, [&("api-version".to_owned(), "mine".to_owned())]);
}

#[tokio::test]
async fn media_types_and_optional_bodies() {
    let server = Server::start(|_, _| Reply::new(204, "")).await;
    let api = transport(&server);
    let answer = call(&api, "put", "/put/1", &serde_json::json!({}), &[])
        .await
        .unwrap();
    assert!(answer.is_null());
    call(&api, "put", "/put/1", &serde_json::Value::Null, &[])
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/vnd.things+json")
    );
    assert_eq!(
        seen[0].header("accept"),
        Some("application/vnd.things+json")
    );
    assert_eq!((seen[0].body.as_str(), seen[1].body.as_str()), ("{}", ""));
    assert_eq!(seen[1].header("content-type"), None);
}

#[tokio::test]
async fn refusals_keep_everything() {
    let cases = [
        (
            404,
            r#"{"code":7,"message":"no such thing"}"#,
            Some(7),
            "404 Not Found: no such thing",
        ),
        (
            400,
            r#"{"error":"bad","error_description":"why"}"#,
            None,
            "400 Bad Request: bad: why",
        ),
        (
            400,
            r#"{"error":{"message":"inner"}}"#,
            None,
            "400 Bad Request: inner",
        ),
        (500, "<html>\n", None, "500 Internal Server Error: <html>"),
        (500, "", None, "500 Internal Server Error"),
        (409, "\"text\"", None, "409 Conflict: \"text\""),
        (418, "null", None, "418 I'm a teapot: null"),
    ];
    for (status, body, code, message) in cases {
        let server =
            Server::start(move |_, _| Reply::new(status, body).header("x-trace", "t1")).await;
        let api =
            transport(&server).with(CallOptions::new().retry(sdk_runtime::RetryPolicy::never()));
        let error = call(&api, "put", "/put/1", &serde_json::json!({}), &[])
            .await
            .err()
            .unwrap();
        assert_eq!(ErrorExt::status(&error).unwrap().as_u16(), status);
        assert_eq!(error.headers().unwrap()["x-trace"], "t1");
        assert_eq!(error.raw_body(), Some(body));
        assert_eq!(error.message(), message);
        let Error::ErrorResponse(refusal) = error else {
            panic!("{error}")
        };
        assert_eq!(refusal.value().map(|r| r.code), code, "{body}");
    }
}

#[tokio::test]
async fn a_refused_token_is_an_error_of_its_own() {
    const REFUSAL: &str = r#"{"error":"invalid_client","error_description":"who?"}"#;
    let server = Server::start(|seen, _| match seen.target.as_str() {
        "/token" => Reply::json(401, REFUSAL),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let source = ClientCredentials::new("my id", "s3cret");
    let config = Config::new(&server.url).credential("oauth2", Credential::tokens(source));
    let api = Transport::new(&API, &config.no_proxy()).unwrap();
    let error = call(&api, "guarded", "/guarded", &serde_json::json!({}), &[])
        .await
        .err()
        .unwrap();
    let Some(TokenError::Refused {
        status,
        code,
        description,
        ..
    }) = error.token_error()
    else {
        panic!("{error}")
    };
    assert_eq!(*status, 401);
    assert_eq!(code.as_deref(), Some("invalid_client"));
    assert_eq!(description.as_deref(), Some("who?"));
    assert_eq!(ErrorExt::status(&error).unwrap().as_u16(), 401);
    let message = error.message();
    assert!(message.starts_with("no access token: "), "{message}");
    assert!(
        message.ends_with("answered 401 invalid_client: who?"),
        "{message}"
    );
    // The operation's own refusals are none of these.
    let refusing = Server::start(|_, _| Reply::json(401, REFUSAL)).await;
    let error = call(
        &transport(&refusing),
        "put",
        "/put/1",
        &serde_json::json!({}),
        &[],
    )
    .await
    .err()
    .unwrap();
    assert!(error.token_error().is_none());
}

#[tokio::test]
async fn an_answer_can_be_captured() {
    let server = Server::start(|_, _| Reply::json(418, "{\"raw\": 1}").header("x-a", "b")).await;
    let capture = Capture::new();
    let api = transport(&server).with(CallOptions::new().capture(&capture));
    assert!(
        call(&api, "put", "/put/1", &serde_json::json!({}), &[])
            .await
            .is_err()
    );
    let response = capture.take().unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.headers()["x-a"], "b");
    assert_eq!(response.text().await.unwrap(), "{\"raw\": 1}");
    assert!(capture.take().is_none());
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_before_sending() {
    let server = Server::start(|_, _| Reply::json(200, "{}")).await;
    let api = transport(&server);
    let error = call(&api, "put", "/put/..", &serde_json::json!({}), &[])
        .await
        .err()
        .unwrap();
    assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
    let error = call(&api, "nope", "/nope", &serde_json::json!({}), &[])
        .await
        .err()
        .unwrap();
    assert_eq!(error.message(), "the operation `nope` is not in the table");
    let error = call(&api, "form", "/form", &serde_json::json!([]), &[])
        .await
        .err()
        .unwrap();
    assert!(
        error.message().starts_with("the form cannot be sent"),
        "{error}"
    );
    assert!(server.seen().is_empty());
}
