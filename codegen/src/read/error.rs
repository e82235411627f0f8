//! What can be wrong with a document.

use std::fmt;

/// Why a document could not be read: what is wrong and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    origin: String,
    place: Place,
    message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Line and column of the text, from 1, as far as the parser tells.
    Text(Option<(u64, u64)>),
    /// JSON pointer (RFC 6901).
    Pointer(String),
}

impl ReadError {
    pub(super) fn syntax(origin: &str, at: Option<(u64, u64)>, message: impl Into<String>) -> Self {
        Self {
            origin: origin.to_owned(),
            place: Place::Text(at),
            message: message.into(),
        }
    }

    pub(super) fn at(origin: &str, pointer: &str, message: impl Into<String>) -> Self {
        Self {
            origin: origin.to_owned(),
            place: Place::Pointer(pointer.to_owned()),
            message: message.into(),
        }
    }

    /// JSON pointer to what is wrong; `None` if the text could not even be parsed.
    pub fn pointer(&self) -> Option<&str> {
        match &self.place {
            Place::Pointer(pointer) => Some(pointer),
            Place::Text(_) => None,
        }
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Text(Some((line, column))) => {
                write!(f, "{}:{line}:{column}: {}", self.origin, self.message)
            }
            Place::Text(None) => write!(f, "{}: {}", self.origin, self.message),
            Place::Pointer(pointer) => write!(f, "{}: #{pointer}: {}", self.origin, self.message),
        }
    }
}

impl std::error::Error for ReadError {}
