//! Calls that got no answer, and what Python programs are told about them.

use std::error::Error;

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;

use super::sdk::TransportError;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The network; tells the kind, by the words that `rest` knows, and the message.
    Network { kind: &'static str, message: String },
    /// The request cannot be sent as it is.
    Request(String),
    /// A file or a setting is wrong.
    Setting(String),
    /// A signal handler raised something, mostly `KeyboardInterrupt`.
    Python(PyErr),
}

impl Failure {
    pub(crate) fn network(error: &reqwest::Error) -> Self {
        let message = causes(error);
        let kind = if error.is_redirect() {
            "redirect"
        } else if is_tls(error) {
            "tls"
        } else if error.is_timeout() {
            if error.is_connect() {
                "connect_timeout"
            } else {
                "read_timeout"
            }
        } else if error.is_builder() {
            return Self::Request(message);
        } else if message.contains("dns error") {
            "name_resolution"
        } else if error.is_connect() {
            "connect"
        } else {
            "protocol"
        };
        Self::Network { kind, message }
    }

    pub(crate) fn read_timeout() -> Self {
        Self::Network {
            kind: "read_timeout",
            message: "Read timed out.".to_owned(),
        }
    }

    /// True if another attempt makes sense: one that never reached the server always does, another
    /// one if the method may be repeated.
    pub(crate) fn is_passing(&self, idempotent: bool) -> bool {
        match self {
            Self::Network {
                kind: "connect" | "connect_timeout" | "name_resolution" | "tls",
                ..
            } => true,
            Self::Network {
                kind: "read_timeout" | "protocol",
                ..
            } => idempotent,
            _ => false,
        }
    }

    /// The exception: urllib3's for the network, as programs expect; `ValueError` or `OSError` for
    /// what can be mended on this side.
    pub(crate) fn into_python(
        self,
        py: Python<'_>,
        rest: &Bound<'_, PyAny>,
        url: &str,
        repeatable: bool,
    ) -> PyErr {
        match self {
            Self::Network { kind, message } => {
                let made = rest.call_method1(
                    intern!(py, "_network_failure"),
                    (kind, message, url, repeatable),
                );
                match made {
                    Ok(exception) => PyErr::from_value(exception),
                    Err(error) => error,
                }
            }
            Self::Request(message) => PyValueError::new_err(message),
            Self::Setting(message) => PyOSError::new_err(message),
            Self::Python(error) => error,
        }
    }
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Network(error) => Self::network(&error),
            TransportError::Request(message) => Self::Request(message),
            other => Self::Setting(other.to_string()),
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        Self::network(&error)
    }
}

/// The causes of an error, without its own text, which repeats the URL and thereby maybe a secret.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&more);
        }
        cause = error.source();
    }
    if text.is_empty() {
        if error.is_timeout() {
            "timed out".to_owned()
        } else {
            "failed".to_owned()
        }
    } else {
        text
    }
}

fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        // An I/O error shows what causes the error in it, and hides that error itself.
        let mut held: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(inner) = held
            .and_then(|e| e.downcast_ref::<std::io::Error>())
            .and_then(std::io::Error::get_ref)
        {
            if inner.is::<rustls::Error>() {
                return true;
            }
            held = Some(inner);
        }
        cause = error.source();
    }
    false
}
