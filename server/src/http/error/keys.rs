//! What goes wrong with JSON Web Keys.

use http::StatusCode;

use super::Failure;
use crate::flows::json_web_keys::KeyError;

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let message = error.to_string();
        match error {
            KeyError::Exists(_) => Self::new(StatusCode::CONFLICT, "conflict", message)
                .because("choose another kid, or replace that key with PUT /keys/{set}/{kid}"),
            KeyError::Fault(fault) => fault.into(),
            _ => Self::invalid_request(message),
        }
    }
}
