//! Makes the calls of the corpus in Rust. Reads `{document: [URL of each call]}`, writes
//! `{document: [outcome of each call]}`.

#![allow(deprecated, unused_imports)]

// mods

use std::collections::BTreeMap;
use std::io::Read as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use documents::runtime::ErrorExt;
use documents::runtime::direct::Events;
use futures::{FutureExt as _, StreamExt as _};
use progenitor_client::{ByteStream, ResponseValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const MOMENT: Duration = Duration::from_millis(1);

/// An argument, from JSON.
fn given<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|e| panic!("{json}: {e}"))
}

async fn value<T: Serialize, E>(result: Result<ResponseValue<T>, E>) -> Value
where
    E: ErrorExt,
{
    match result {
        Ok(answer) => {
            let headers: BTreeMap<_, _> =
                answer.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap_or_default().to_owned())).collect();
            json!({ "headers": headers, "value": answer.into_inner() })
        }
        Err(error) => failure(&error),
    }
}

async fn bytes<E: ErrorExt>(result: Result<ResponseValue<ByteStream>, E>) -> Value {
    match result {
        Ok(answer) => {
            let mut stream = answer.into_inner().into_inner();
            let mut all = Vec::new();
            while let Some(chunk) = stream.next().await {
                all.extend_from_slice(&chunk.unwrap());
            }
            json!({ "value": text(all) })
        }
        Err(error) => failure(&error),
    }
}

async fn events<E: ErrorExt>(result: Result<ResponseValue<Events>, E>) -> Value {
    match result {
        Ok(answer) => {
            let mut events = answer.into_inner();
            let mut all = Vec::new();
            while let Some(event) = events.next().await.unwrap() {
                all.push(json!(event.data));
            }
            json!({ "value": all })
        }
        Err(error) => failure(&error),
    }
}

fn text(bytes: Vec<u8>) -> Value {
    use base64::Engine as _;
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(e) => json!({ "$base64": base64::engine::general_purpose::STANDARD.encode(e.as_bytes()) }),
    }
}

fn failure<E: ErrorExt>(error: &E) -> Value {
    json!({ "error": {
        "status": error.status().map(|s| s.as_u16()),
        "body": error.raw_body(),
        "message": error.message(),
    } })
}

/// The outcome of a call, whatever it does.
async fn caught(call: impl Future<Output = Value>) -> Value {
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(outcome) => outcome,
        Err(panic) => json!({ "error": { "message": panic.downcast_ref::<String>() } }),
    }
}

async fn run(document: &str, urls: Vec<String>) -> Vec<Value> {
    let mut outcomes = Vec::new();
    match document {
        // runs
        other => panic!("no document is called {other}"),
    }
    outcomes
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    let documents: BTreeMap<String, Vec<String>> = serde_json::from_str(&input).unwrap();
    let mut all = serde_json::Map::new();
    for (document, urls) in documents {
        let outcomes = run(&document, urls).await;
        all.insert(document, outcomes.into());
    }
    println!("{}", Value::from(all));
}
