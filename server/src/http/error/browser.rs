//! What goes wrong where people are: at the authorization endpoint, at consent and at logout.

use http::StatusCode;

use super::Failure;
use crate::domain::authorization_error::Untrusted;
use crate::flows::authorization::AuthorizationError;
use crate::flows::consent::ConsentError;
use crate::flows::logout::LogoutError;

impl From<Untrusted> for Failure {
    fn from(error: Untrusted) -> Self {
        let message = error.to_string();
        Self::invalid_request(message).because(match error {
            Untrusted::NoClient | Untrusted::Malformed | Untrusted::Unclear(_) => {
                "the link is incomplete or damaged; go back to the application and try again"
            }
            Untrusted::UnknownClient | Untrusted::NoRedirectUri | Untrusted::RedirectUri => {
                "this is for those to mend who set up the application; you were not sent there, since \
                 the link may be a trick"
            }
        })
    }
}

impl From<AuthorizationError> for Failure {
    fn from(error: AuthorizationError) -> Self {
        match error {
            AuthorizationError::Untrusted(error) => error.into(),
            AuthorizationError::Fault(fault) => fault.into(),
            error @ (AuthorizationError::UnknownConsentRequest
            | AuthorizationError::UsedConsentRequest
            | AuthorizationError::ForeignBrowser) => Self::invalid_request(error.to_string())
                .because("go back to the application that you came from and begin again"),
        }
    }
}

impl From<ConsentError> for Failure {
    fn from(error: ConsentError) -> Self {
        let message = error.to_string();
        match error {
            ConsentError::Unknown(_) => Self::not_found(message),
            ConsentError::TooLate => Self::new(StatusCode::GONE, "gone", message)
                .because("let the person begin again at the client"),
            ConsentError::Invalid(_) => Self::invalid_request(message),
            ConsentError::Fault(fault) => fault.into(),
        }
    }
}

impl From<LogoutError> for Failure {
    fn from(error: LogoutError) -> Self {
        match error {
            LogoutError::Fault(fault) => fault.into(),
            error => Self::invalid_request(error.to_string())
                .because("you are still logged in, and were sent nowhere"),
        }
    }
}
