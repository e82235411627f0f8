//! Errors that keep everything the server said.

use std::fmt;

use http::StatusCode;
use http::header::HeaderMap;
use progenitor_client::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::TokenError;

/// The body of a refusal: as it came, and decoded if it is what the document promises.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure<T> {
    raw: String,
    value: Option<T>,
}

impl<T> Failure<T> {
    /// A body, and what it was decoded to.
    pub fn new(raw: String, value: Option<T>) -> Self {
        Self { raw, value }
    }

    /// The body as it came. Bytes that are not UTF-8 are replaced.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The body as the document describes it; `None` if it is something else.
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The body as the document describes it; `None` if it is something else.
    pub fn into_value(self) -> Option<T> {
        self.value
    }

    /// What a person should read: the message in the body, wherever it keeps it; the body's
    /// beginning if it is something else.
    pub fn message(&self) -> String {
        let json: serde_json::Value = serde_json::from_str(&self.raw).unwrap_or_default();
        if let Some(message) = told(&json) {
            return message;
        }
        let start: String = self.raw.trim().chars().take(300).collect();
        start
    }
}

/// The message in a JSON error, by the names that the usual conventions have for it (RFC 6749
/// section 5.2, RFC 9457, and `error` as text or object).
fn told(json: &serde_json::Value) -> Option<String> {
    let text = |key: &str| {
        json.get(key)
            .and_then(serde_json::Value::as_str)
            .filter(|t| !t.is_empty())
    };
    let head = text("error")
        .or_else(|| text("title"))
        .or_else(|| text("code"));
    let detail = ["error_description", "message", "detail", "description"]
        .iter()
        .find_map(|k| text(k));
    match (head, detail) {
        (Some(head), Some(detail)) if head != detail => Some(format!("{head}: {detail}")),
        (_, Some(detail)) => Some(detail.to_owned()),
        (Some(head), None) => Some(head.to_owned()),
        (None, None) => json.get("error").filter(|e| e.is_object()).and_then(told),
    }
}

impl<T> fmt::Debug for Failure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Failure<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Box::<RawValue>::deserialize(deserializer)?;
        let raw = if given.get().starts_with('"') {
            serde_json::from_str(given.get()).map_err(serde::de::Error::custom)?
        } else {
            given.get().to_owned()
        };
        let value = serde_json::from_str(&raw).ok();
        Ok(Self { raw, value })
    }
}

/// What every error of a generated function can be asked.
pub trait ErrorExt {
    /// The token endpoint's refusal, if the call came to nothing because there was no access token for it.
    /// [`status`](Self::status) is then the token endpoint's.
    fn token_error(&self) -> Option<&TokenError>;
    /// Status of the answer, if there was one.
    fn status(&self) -> Option<StatusCode>;
    /// Headers of the answer, if there was one.
    fn headers(&self) -> Option<&HeaderMap>;
    /// Body of the answer, if there was one and it was read.
    fn raw_body(&self) -> Option<&str>;
    /// One line for people: status and message of the answer, or what went wrong instead.
    fn message(&self) -> String;
}

impl<T> ErrorExt for Error<Failure<T>> {
    fn token_error(&self) -> Option<&TokenError> {
        match self {
            Error::UnexpectedResponse(response) => response.extensions().get(),
            _ => None,
        }
    }

    fn status(&self) -> Option<StatusCode> {
        Error::status(self)
    }

    fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Error::ErrorResponse(value) => Some(value.headers()),
            Error::UnexpectedResponse(response) => Some(response.headers()),
            _ => None,
        }
    }

    fn raw_body(&self) -> Option<&str> {
        match self {
            Error::ErrorResponse(value) => Some(value.raw()),
            Error::InvalidResponsePayload(body, _) => std::str::from_utf8(body).ok(),
            _ => None,
        }
    }

    fn message(&self) -> String {
        if let Some(error) = self.token_error() {
            return error.to_string();
        }
        match self {
            Error::ErrorResponse(value) => match value.message() {
                message if message.is_empty() => value.status().to_string(),
                message => format!("{}: {message}", value.status()),
            },
            Error::UnexpectedResponse(response) => {
                format!(
                    "{}: the server's answer is none that its description knows",
                    response.status()
                )
            }
            Error::CommunicationError(e)
            | Error::InvalidUpgrade(e)
            | Error::ResponseBodyError(e) => super::error::chain(e),
            Error::InvalidResponsePayload(_, e) => {
                format!("the server's answer does not fit its description: {e}")
            }
            Error::InvalidRequest(message) | Error::Custom(message) => message.clone(),
        }
    }
}
