//! JSON bodies, refused in our own words and with the property at fault.

use axum::extract::{FromRequest, OptionalFromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::http::error::{Failure, Generic};
use crate::http::extract::body;

/// A JSON body. The header `Content-Type` is not looked at; Hydra never did, and clients rely on it.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Generic;

    async fn from_request(request: Request, state: &S) -> Result<Self, Generic> {
        Ok(Self(parse(&body::read(request, state).await?)?))
    }
}

/// A body may be left out, or be `null`, which is how some clients leave one out.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = Generic;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Generic> {
        let body = body::read(request, state).await?;
        if body.trim_ascii().is_empty() {
            return Ok(None);
        }
        Ok(parse::<Option<T>>(&body)?.map(Self))
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // serde would take an array for an object whose members come in order.
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => {
            return Err(Failure::invalid_request(
                "the body is empty; a JSON object is expected",
            ));
        }
        Some(b'[') => {
            return Err(Failure::invalid_request(
                "the body is an array; a JSON object is expected",
            ));
        }
        Some(_) => {}
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        Failure::invalid_request(match error.classify() {
            Category::Data if path != "." => format!("`{path}` is wrong: {}", unquoted(&error)),
            Category::Data => format!("the body is wrong: {}", unquoted(&error)),
            _ => format!("the body is not JSON: {error}"),
        })
    })?;
    json.end()
        .map_err(|error| Failure::invalid_request(format!("the body is not JSON: {error}")))?;
    Ok(value)
}

/// What was expected, without the value that stands there instead: that may be a secret, or long.
fn unquoted(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by the deserialiser")]
    struct Sample {
        names: Option<Vec<String>>,
    }

    fn message(body: &str) -> String {
        format!("{:?}", parse::<Sample>(body.as_bytes()).unwrap_err())
    }

    #[test]
    fn the_property_at_fault_is_named() {
        assert!(message("5").contains("the body is wrong"));
        assert!(message(r#"{"names":["a",1]}"#).contains("`names[1]` is wrong"));
        assert!(message("[]").contains("the body is an array"));
        assert!(
            message(r#"{"names":5}"#).contains("`names` is wrong: expected a sequence at line 1")
        );
    }

    #[test]
    fn no_value_is_repeated() {
        for body in [
            r#"{"names":["hush",31337]}"#,
            r#"{"names":"hush"}"#,
            r#""hush""#,
        ] {
            let message = message(body);
            assert!(
                !message.contains("hush") && !message.contains("31337"),
                "{message}"
            );
        }
    }

    #[test]
    fn what_is_not_json_is_called_that() {
        for body in ["{", "{}{}", "nonsense", r#"{"names":}"#] {
            assert!(message(body).contains("not JSON"), "{body}");
        }
        assert!(message(" ").contains("empty"));
        let deep = "[".repeat(100_000);
        assert!(message(&format!(r#"{{"unknown":{deep}"#)).contains("not JSON"));
    }
}
