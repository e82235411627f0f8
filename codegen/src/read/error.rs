//! What can be wrong with a document.

use std::fmt;

use super::place::{locate, quote};
use crate::model::shown;

/// Why a document could not be read: what is wrong and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    origin: String,
    /// Line and column of the text, from 1, as far as they are known.
    at: Option<(u64, u64)>,
    /// JSON pointer (RFC 6901), if there is a tree to point into.
    pointer: Option<String>,
    message: String,
    /// The line, with a mark below.
    quoted: Option<String>,
}

impl ReadError {
    /// An error before there is a tree.
    pub(super) fn syntax(
        origin: &str,
        text: &str,
        at: Option<(u64, u64)>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            origin: origin.to_owned(),
            at,
            pointer: None,
            message: message.into(),
            quoted: at.and_then(|at| quote(text, at)),
        }
    }

    /// An error at a place of the tree.
    pub(super) fn at(origin: &str, pointer: String, message: impl Into<String>) -> Self {
        Self {
            origin: origin.to_owned(),
            at: None,
            pointer: Some(pointer),
            message: message.into(),
            quoted: None,
        }
    }

    /// The same, with the line of the text that the pointer leads to.
    pub(super) fn quoting(mut self, text: &str) -> Self {
        if let (None, Some(pointer)) = (self.at, &self.pointer) {
            let pointer = pointer.rsplit_once('#').map_or(&**pointer, |(_, p)| p);
            let tokens: Vec<String> = pointer
                .split('/')
                .skip(1)
                .map(|t| t.replace("~1", "/").replace("~0", "~"))
                .collect();
            self.at = locate(text, &tokens);
            self.quoted = self.at.and_then(|at| quote(text, at));
        }
        self
    }

    /// JSON pointer to what is wrong; `None` if the text could not even be parsed.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// Line and column in the text, from 1, if they are known.
    pub fn line(&self) -> Option<(u64, u64)> {
        self.at
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        f.write_str(": ")?;
        if let Some(pointer) = &self.pointer {
            // The other file is the origin already.
            let within = pointer.rsplit_once('#').map_or(&**pointer, |(_, p)| p);
            write!(f, "{}: ", shown(within))?;
        }
        f.write_str(&self.message)?;
        match &self.quoted {
            Some(quoted) => write!(f, "\n{quoted}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ReadError {}
