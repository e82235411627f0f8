//! Sending the browser on.

use axum::response::{IntoResponse as _, Response};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use crate::domain::response_type::ResponseMode;
use crate::flows::authorization::Answered;
use crate::http::App;
use crate::http::cookies::{self, Name};
use crate::http::error::{Failure, Page};
use crate::http::pages;

/// A redirect after which the browser uses GET, so that nothing that was posted is posted on (RFC 9700
/// section 4.12).
pub(crate) fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (StatusCode::FOUND, [(LOCATION, location)]).into_response(),
        // Redirect URIs were checked when they were registered; one that cannot be a header is a row made
        // by other means.
        Err(_) => Page::from(Failure::panicked()).into_response(),
    }
}

/// Back to the client.
pub(super) fn to_client(app: &App, answered: &Answered) -> Response {
    let answer = &answered.response;
    let mut response = match answer.mode() {
        ResponseMode::Query | ResponseMode::Fragment => redirect(&answer.location()),
        ResponseMode::FormPost => pages::form_post(&answer.target(), answer.parameters()),
    };
    if let Some(cookie) = &answered.login_cookie {
        cookies::set(
            app,
            response.headers_mut(),
            Name::Login,
            cookie.expose(),
            Some(app.lifespans.login_session),
        );
    }
    response
}

/// To the application that asks for consent.
pub(super) fn to_consent_application(
    app: &App,
    url: &str,
    consent_id: &str,
    cookie: &str,
) -> Response {
    let mut response = redirect(url);
    let lifespan = Some(app.lifespans.consent_request);
    cookies::set(
        app,
        response.headers_mut(),
        Name::Consent(consent_id),
        cookie,
        lifespan,
    );
    response
}
