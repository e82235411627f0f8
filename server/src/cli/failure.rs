//! What goes wrong, as a person should read it: what was attempted, why it failed, what to do.

use std::error::Error;

use serde_json::{Map, Value, json};

/// A failed command, or the failed part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    status: Option<u16>,
}

impl Failure {
    /// A failure that `message` tells whole: lower case, no full stop.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            status: None,
        }
    }

    /// A failure that an error, with its causes, tells whole.
    pub(crate) fn of(error: &dyn Error) -> Self {
        Self::new(chain(error))
    }

    /// `attempt` failed because of `error`, whose chain of causes is told too.
    pub(crate) fn because(attempt: impl Into<String>, error: &dyn Error) -> Self {
        Self::new(attempt).cause(&chain(error))
    }

    /// Adds why it failed.
    pub(crate) fn cause(mut self, cause: &str) -> Self {
        self.message.push_str(": ");
        self.message.push_str(cause);
        self
    }

    /// Puts it into a larger attempt.
    pub(crate) fn about(mut self, attempt: &str) -> Self {
        self.message = format!("{attempt}: {}", self.message);
        self
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the HTTP status of the server's answer.
    pub(crate) const fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// What was attempted and why it failed.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, if that is known.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// `{"error": {"message", "hint"?, "status"?}}`
    pub(crate) fn json(&self) -> Value {
        let mut error = Map::new();
        if let Some(hint) = &self.hint {
            error.insert("hint".to_owned(), json!(hint));
        }
        error.insert("message".to_owned(), json!(self.message));
        if let Some(status) = self.status {
            error.insert("status".to_owned(), json!(status));
        }
        json!({ "error": error })
    }
}

/// An error and its causes in one line. Libraries often repeat a cause in their own message; it is
/// then told once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// `text` with control characters other than newline and tab written as JSON does, `\u001b`, so that it
/// cannot move the cursor, recolour the screen or rewrite what was printed before. JSON stays JSON.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' && c != '\t' {
            printable.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            printable.push(c);
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Outer {
        text: &'static str,
        source: io::Error,
    }

    #[test]
    fn causes_are_told_once() {
        let error = |text| Outer {
            text,
            source: io::Error::other("connection refused"),
        };
        assert_eq!(
            chain(&error("cannot connect")),
            "cannot connect: connection refused"
        );
        assert_eq!(
            chain(&error("connection refused (os error 111)")),
            "connection refused (os error 111)"
        );
    }

    #[test]
    fn escape_sequences_are_made_visible() {
        assert_eq!(
            printable("it said \u{1b}[2J\u{9b}31m\r\n\tso"),
            "it said \\u001b[2J\\u009b31m\\u000d\n\tso"
        );
    }

    #[test]
    fn machines_get_the_status() {
        let failure = Failure::new("no").cause("why").status(404).hint("look");
        assert_eq!(
            failure.json(),
            json!({"error": {"hint": "look", "message": "no: why", "status": 404}})
        );
    }
}
