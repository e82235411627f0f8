//! The client as a whole: nothing of the contract is missing, and both ways of calling agree.

use std::sync::mpsc::Receiver;

use hydra_sdk::types::{IntrospectOAuth2TokenBody, OAuth2Client, OauthTokenBody};
use hydra_sdk::{API, Arguments, Body, Client, Error, ErrorExt as _, Hydra, Operation};

use crate::support::serve;

const CONTRACT: &str = include_str!("../../../api.swagger.json");
const CLIENT: &str = include_str!("../../src/generated/client.rs");

/// Every operation of the contract has a function that progenitor made.
#[test]
fn no_operation_is_missing() {
    let contract: serde_json::Value = serde_json::from_str(CONTRACT).unwrap();
    let mut ids = Vec::new();
    for item in contract["paths"].as_object().unwrap().values() {
        ids.extend(
            item.as_object()
                .unwrap()
                .values()
                .filter_map(|o| o["operationId"].as_str()),
        );
    }
    ids.sort_unstable();
    let mut known: Vec<_> = API.operations.iter().map(|o| o.id).collect();
    known.sort_unstable();
    assert_eq!(ids, known);
    for operation in API.operations {
        let function = format!("    pub async fn {}<", operation.name);
        assert!(CLIENT.contains(&function), "{}", operation.id);
        assert!(std::ptr::eq(
            API.operation(operation.name).unwrap(),
            operation
        ));
    }
}

/// A server that answers each request with this and tells what it got.
fn server(answer: &'static str) -> (String, Receiver<String>) {
    serve(move |_| (200, answer.to_owned()))
}

/// The request line, the headers in the order of their names, the body.
fn sorted(request: &str) -> Vec<String> {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
    lines[1..].sort();
    lines.push(body.to_owned());
    lines
}

fn operation(name: &str) -> &'static Operation {
    API.operation(name).unwrap()
}

fn client(url: &str) -> Client {
    Hydra::builder(url)
        .client_credentials("id", "secret")
        .access_token("token")
        .configure(hydra_sdk::Config::no_proxy)
        .build()
        .unwrap()
}

#[tokio::test]
async fn typed_and_untyped_calls_send_the_same() {
    let (url, told) = server("{}");
    let client = client(&url);
    let id = "a b/../ü%";
    let wanted = OAuth2Client {
        client_name: Some("n".to_owned()),
        ..OAuth2Client::default()
    };
    let json = Body::Json(serde_json::to_vec(&wanted).unwrap().into());
    let path = vec![("id".to_owned(), id.to_owned())];

    let _ = client.get_o_auth2_client(id).await;
    let arguments = Arguments {
        path: path.clone(),
        ..Arguments::default()
    };
    client
        .transport()
        .call(operation("get_o_auth2_client"), arguments)
        .await
        .unwrap();

    let _ = client.update_o_auth2_client(id, &wanted).await;
    let arguments = Arguments {
        path,
        body: json,
        ..Arguments::default()
    };
    client
        .transport()
        .call(operation("update_o_auth2_client"), arguments)
        .await
        .unwrap();

    let form = IntrospectOAuth2TokenBody {
        token: "t +&".to_owned(),
        scope: Some("a b".to_owned()),
        ..IntrospectOAuth2TokenBody::default()
    };
    let _ = client.introspect_o_auth2_token(&form).await;
    let fields = [("token", "t +&"), ("scope", "a b")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let arguments = Arguments {
        body: Body::Form(fields.into()),
        ..Arguments::default()
    };
    client
        .transport()
        .call(operation("introspect_o_auth2_token"), arguments)
        .await
        .unwrap();

    for name in ["get", "update", "introspect"] {
        let (typed, untyped) = (told.recv().unwrap(), told.recv().unwrap());
        assert_eq!(sorted(&typed), sorted(&untyped), "{name}");
        assert!(typed.contains("authorization: B"), "{typed}");
    }
}

/// RFC 6749 section 2.3.1.
#[tokio::test]
async fn id_and_secret_are_encoded_before_they_become_basic() {
    let (url, told) = server("{}");
    let hydra = Hydra::builder(&url)
        .client_credentials("my:id", "s3cret/+ü")
        .configure(hydra_sdk::Config::no_proxy)
        .build()
        .unwrap();
    hydra
        .introspect_o_auth2_token(&IntrospectOAuth2TokenBody::default())
        .await
        .unwrap();
    // my%3Aid:s3cret%2F%2B%C3%BC
    let expected = "authorization: Basic bXklM0FpZDpzM2NyZXQlMkYlMkIlQzMlQkM=";
    let request = told.recv().unwrap();
    assert!(request.contains(expected), "{request}");
}

#[tokio::test]
async fn unknown_and_absent_members_are_no_error() {
    let (url, _told) = server(r#"{"id":null,"brand_new":{"a":1},"redirect_uris":null}"#);
    let found = client(&url)
        .get_o_auth2_client("x")
        .await
        .unwrap()
        .into_inner();
    assert_eq!((found.id, found.redirect_uris), (None, None));
    assert_eq!(found.extra["brand_new"]["a"], 1);
}

#[tokio::test]
async fn an_answer_that_is_a_little_off_is_read() {
    let (url, _told) = server(r#"{"access_token":null,"expires_in":"3600","scope":7}"#);
    let token = client(&url).oauth_token(None).await.unwrap().into_inner();
    let json = serde_json::to_value(&token).unwrap();
    assert_eq!(
        (&json["expires_in"], &json["scope"]),
        (&3600.into(), &"7".into())
    );
}

#[tokio::test]
async fn a_piece_of_the_path_cannot_lead_elsewhere() {
    let (url, told) = server("{}");
    for id in ["..", ".", ""] {
        let error = client(&url).delete_o_auth2_client(id).await.unwrap_err();
        assert!(
            matches!(error, Error::InvalidRequest(_)),
            "{id:?}: {}",
            error.message()
        );
    }
    assert!(told.try_recv().is_err());
}

#[test]
fn secrets_are_not_shown() {
    let builder = Hydra::builder("https://x").client_credentials("id", "hunter2");
    let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
    let form = OauthTokenBody::default();
    assert!(form.client_secret.is_none());
}
