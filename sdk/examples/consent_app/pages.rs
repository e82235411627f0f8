//! What the browser gets to see: templates, headers, and what to say when something goes wrong.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use hydra_sdk::types::GenericError;
use hydra_sdk::{Error, ErrorExt as _, Failure};
use minijinja::{Environment, Value, context};

use crate::Shared;

const STYLE: &str = include_str!("templates/style.css");

/// The templates. All of them are escaped, because their names end in `.html`.
pub(crate) struct Pages(Environment<'static>);

impl Pages {
    pub(crate) fn new() -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        for (name, source) in [
            ("layout.html", include_str!("templates/layout.html")),
            ("home.html", include_str!("templates/home.html")),
            ("login.html", include_str!("templates/login.html")),
            ("consent.html", include_str!("templates/consent.html")),
            ("failure.html", include_str!("templates/failure.html")),
        ] {
            environment.add_template(name, source)?;
        }
        Ok(Self(environment))
    }

    /// A page, with a cookie to set if there is one.
    pub(crate) fn show(
        &self,
        status: StatusCode,
        name: &str,
        values: Value,
        cookie: Option<String>,
    ) -> Response {
        let rendered = self
            .0
            .get_template(name)
            .and_then(|page| page.render(values));
        let html = match rendered {
            Ok(html) => Html(html),
            Err(error) => {
                report(&format!("the page {name} cannot be made: {error}"));
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        };
        let mut response = (status, protection(name), html).into_response();
        if let Some(cookie) = cookie {
            set_cookie(&mut response, &cookie);
        }
        response
    }

    /// A page that says what went wrong.
    pub(crate) fn failure(&self, problem: &Problem) -> Response {
        let (problem, status, told) = problem.parts();
        self.show(status, "failure.html", context! { problem, told }, None)
    }
}

/// No script, nothing from elsewhere, in no frame; and the address, which names the consent
/// request, goes nowhere else.
fn protection(page: &str) -> [(HeaderName, &'static str); 5] {
    // Browsers hold redirects after a form to `form-action` as well, and from the consent page they
    // lead to the client, whose address is not known here.
    let policy = if page == "consent.html" {
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    } else {
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    };
    [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ]
}

/// Sends the browser on with a GET (RFC 9700 section 4.12: what was posted must not travel along).
pub(crate) fn go(to: &str, cookie: Option<String>) -> Response {
    let headers = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    if let Some(cookie) = cookie {
        set_cookie(&mut response, &cookie);
    }
    response
}

fn set_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

pub(crate) async fn home(State(app): State<Shared>) -> Response {
    app.pages
        .show(StatusCode::OK, "home.html", context! {}, None)
}

pub(crate) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, STYLE).into_response()
}

/// What can go wrong, from a person's point of view. The words are in `templates/failure.html`.
pub(crate) enum Problem {
    /// Somebody came without a consent request.
    NothingToDo,
    /// The server sent the browser with an error in place of a consent request.
    Told(String),
    /// The server does not know the consent request.
    Unknown,
    /// The consent request is too old, or was answered.
    Over,
    /// The form came from somewhere else, or cookies are off.
    NotOurForm,
    /// The server knows the person, and we do not.
    Stranger,
    /// The server does not let us do this.
    NotAllowed,
    /// The server does not answer, or not as it should.
    Silence,
}

impl Problem {
    /// What a failed call means. What exactly it was is for the operator.
    pub(crate) fn of(error: &Error<Failure<GenericError>>) -> Self {
        let problem = match error.status().map(|status| status.as_u16()) {
            Some(404) => Self::Unknown,
            Some(409 | 410) => Self::Over,
            Some(401 | 403) => Self::NotAllowed,
            // A token was refused before the call was made, which only the message tells.
            None if error.message().contains(" answered 4") => Self::NotAllowed,
            _ => Self::Silence,
        };
        if matches!(problem, Self::NotAllowed | Self::Silence) {
            report(&error.message());
        }
        problem
    }

    /// The name by which the template knows it, the status, and what the server said.
    fn parts(&self) -> (&'static str, StatusCode, Option<&str>) {
        match self {
            Self::NothingToDo => ("nothing_to_do", StatusCode::BAD_REQUEST, None),
            Self::Told(said) => ("told", StatusCode::BAD_REQUEST, Some(said)),
            Self::Unknown => ("unknown", StatusCode::NOT_FOUND, None),
            Self::Over => ("over", StatusCode::GONE, None),
            Self::NotOurForm => ("not_our_form", StatusCode::FORBIDDEN, None),
            Self::Stranger => ("stranger", StatusCode::FORBIDDEN, None),
            Self::NotAllowed => ("not_allowed", StatusCode::BAD_GATEWAY, None),
            Self::Silence => ("silence", StatusCode::BAD_GATEWAY, None),
        }
    }
}

/// Tells the operator.
#[expect(clippy::print_stderr, reason = "it is this application's log")]
fn report(what: &str) {
    eprintln!("{what}");
}
