//! What a call is given, once it has left Python: the bridge to the Rust SDK's typed client.

use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use bytes::Bytes;
use progenitor_client::Error as ClientError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::sdk::{TokenError, Transport, TransportError};

/// Arguments of a call, as texts and JSON.
#[derive(Debug, Default)]
pub struct Given {
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) content: Content,
}

/// What goes into the request's body.
#[derive(Debug, Default)]
pub(crate) enum Content {
    #[default]
    None,
    Json(Bytes),
    Form(Vec<(String, String)>),
    Raw(Bytes),
}

/// How a typed call ended, its answer being in the capture of its transport.
pub type Sent<'a> = Pin<Box<dyn Future<Output = Result<(), TransportError>> + Send + 'a>>;

/// Makes the call of a name through the typed client.
///
/// `None` if the typed client has no such call, or if its types cannot carry the arguments without
/// changing them.
pub type Dispatch = for<'a> fn(Transport, &str, &'a Given) -> Option<Sent<'a>>;

impl Given {
    /// True if the query holds these names only and the body is of the kind that is meant: then
    /// nothing that was given gets lost in a typed call.
    pub fn is_within(&self, query: &[&str], form: &[&str], json: bool) -> bool {
        let known = |pairs: &[(String, String)], names: &[&str]| {
            pairs.iter().all(|(name, _)| names.contains(&name.as_str()))
        };
        known(&self.query, query)
            && match &self.content {
                Content::None => true,
                Content::Json(_) => json,
                Content::Form(fields) => !json && known(fields, form),
                Content::Raw(_) => false,
            }
    }

    /// A piece of the path.
    pub fn path<T: FromStr + ToString>(&self, name: &str) -> Option<T> {
        exact(single(&self.path, name)?)
    }

    /// A parameter of the query that must be there.
    pub fn query<T: FromStr + ToString>(&self, name: &str) -> Option<T> {
        exact(single(&self.query, name)?)
    }

    /// A parameter of the query that may be missing. The outer `None`: it does not fit the type.
    pub fn query_if_any<T: FromStr + ToString>(&self, name: &str) -> Option<Option<T>> {
        if self.query.iter().any(|(n, _)| n == name) {
            self.query(name).map(Some)
        } else {
            Some(None)
        }
    }

    /// The body, if the type carries it unchanged: written again, it is the same JSON.
    pub fn json<T: DeserializeOwned + Serialize>(&self) -> Option<T> {
        let text: &[u8] = match &self.content {
            Content::Json(text) => text,
            Content::None => b"null",
            _ => return None,
        };
        unchanged(text)
    }

    /// A body that may be missing. The outer `None`: the type does not carry it unchanged.
    pub fn json_if_any<T: DeserializeOwned + Serialize>(&self) -> Option<Option<T>> {
        match &self.content {
            Content::None => Some(None),
            _ => self.json().map(Some),
        }
    }

    /// A form that may be missing. The outer `None`: the type does not carry it unchanged.
    pub fn form_if_any<T: DeserializeOwned + Serialize>(&self) -> Option<Option<T>> {
        match &self.content {
            Content::None => Some(None),
            _ => self.form().map(Some),
        }
    }

    /// The fields of the form, if the type carries them unchanged.
    pub fn form<T: DeserializeOwned + Serialize>(&self) -> Option<T> {
        let fields: &[(String, String)] = match &self.content {
            Content::Form(fields) => fields,
            Content::None => &[],
            _ => return None,
        };
        let mut object = serde_json::Map::new();
        for (name, value) in fields {
            if object.insert(name.clone(), value.clone().into()).is_some() {
                return None;
            }
        }
        unchanged(&serde_json::to_vec(&object).ok()?)
    }
}

fn single<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(n, _)| n == name);
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}

/// The value of a text that is also the text of the value.
fn exact<T: FromStr + ToString>(text: &str) -> Option<T> {
    let value: T = text.parse().ok()?;
    (value.to_string() == text).then_some(value)
}

fn unchanged<T: DeserializeOwned + Serialize>(text: &[u8]) -> Option<T> {
    let typed: T = serde_json::from_slice(text).ok()?;
    let given: serde_json::Value = serde_json::from_slice(text).ok()?;
    (serde_json::to_value(&typed).ok()? == given).then_some(typed)
}

/// What is left to say of a typed call: its answer was captured, or there was none.
///
/// # Errors
/// Why there was no answer.
pub fn outcome<T, E>(result: Result<T, ClientError<E>>) -> Result<(), TransportError> {
    match result {
        Err(
            ClientError::CommunicationError(error)
            | ClientError::InvalidUpgrade(error)
            | ClientError::ResponseBodyError(error),
        ) => Err(TransportError::Network(error)),
        Err(ClientError::InvalidRequest(message)) => Err(TransportError::Request(message)),
        Err(ClientError::UnexpectedResponse(response)) => {
            match response.extensions().get::<TokenError>() {
                Some(refused) => Err(TransportError::Token(refused.clone())),
                None => Ok(()),
            }
        }
        // Also how a captured call ends; then the message is not looked at.
        Err(ClientError::Custom(message)) => Err(TransportError::Config(message)),
        _ => Ok(()),
    }
}
