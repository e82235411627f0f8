//! JSON bodies, refused in our own words and with the property at fault.

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::http::error::{Failure, Generic};

/// A JSON body. The header `Content-Type` is not looked at; Hydra never did, and clients rely on it.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Generic;

    async fn from_request(request: Request, state: &S) -> Result<Self, Generic> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(refuse_body)?;
        Ok(Self(parse(&body)?))
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
            Category::Data if path != "." => format!("`{path}` is wrong: {error}"),
            Category::Data => format!("the body is wrong: {error}"),
            _ => format!("the body is not JSON: {error}"),
        })
    })?;
    json.end()
        .map_err(|error| Failure::invalid_request(format!("the body is not JSON: {error}")))?;
    Ok(value)
}

/// Why a body did not arrive.
pub(super) fn refuse_body(rejection: BytesRejection) -> Failure {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Failure::body_too_large()
        }
        _ => Failure::invalid_request("the body broke off"),
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
