//! The pages a person sees: plain HTML that works without scripts and without anything from elsewhere.
//!
//! Every value is escaped by the template engine. What a page may load or run is said by its content
//! security policy, which knows the style sheet and the one script by their hashes; so even a value that
//! slipped through could do nothing.

mod policy;

use std::sync::LazyLock;

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use minijinja::{Environment, Value, context};

use self::policy::{Form, SCRIPT, STYLE};
use crate::http::App;
use crate::http::error::{Failure, Generic};

/// RFC 9700 section 4.2.4: the URLs of a flow hold secrets and must not travel on as `Referer`.
const REFERRER_POLICY: HeaderName = HeaderName::from_static("referrer-policy");

/// The pages that are no part of the contract: no program has a use for them.
pub(crate) fn router() -> Router<App> {
    Router::new().route(
        "/oauth2/consent-fallback",
        get(async || {
            tracing::warn!("a person was sent to ask for consent, and CONSENT_URL is not set");
            consent_fallback()
        }),
    )
}

/// The templates, by name. Those that end in `.html` are escaped.
static TEMPLATES: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, source) in [
        ("layout.html", include_str!("templates/layout.html")),
        ("failure.html", include_str!("templates/failure.html")),
        ("form_post.html", include_str!("templates/form_post.html")),
        (
            "consent_fallback.html",
            include_str!("templates/consent_fallback.html"),
        ),
        ("logout.html", include_str!("templates/logout.html")),
        ("logged_out.html", include_str!("templates/logged_out.html")),
        ("signed_in.html", include_str!("templates/signed_in.html")),
    ] {
        environment.add_template(name, source)?;
    }
    environment.add_global("style", STYLE);
    environment.add_global("script", SCRIPT);
    Ok(environment)
});

fn render(name: &str, values: Value) -> Result<String, String> {
    let environment = TEMPLATES.as_ref().map_err(ToString::to_string)?;
    environment
        .get_template(name)
        .and_then(|template| template.render(values))
        .map_err(|error| error.to_string())
}

/// A page, or an apology if it cannot be made.
fn page(status: StatusCode, name: &str, values: Value, form: Form) -> Response {
    match render(name, values) {
        Ok(html) => {
            let mut response = (status, Html(html)).into_response();
            protect(&mut response, &form.policy());
            response
        }
        Err(problem) => {
            tracing::error!(page = name, problem, "a page could not be made");
            Generic::from(Failure::panicked()).into_response()
        }
    }
}

fn protect(response: &mut Response, policy: &str) {
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    insert_browser_headers(headers);
}

/// The headers that every answer to a browser carries, pages and redirects alike.
pub(crate) fn insert_browser_headers(headers: &mut http::HeaderMap) {
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // RFC 9700 section 4.16: nobody may put a page into a frame and borrow a click.
        (X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(policy::NOTHING));
}

/// A page that says what went wrong.
pub(crate) fn failure(
    status: StatusCode,
    code: &str,
    message: &str,
    hint: Option<&str>,
    request: &str,
) -> Response {
    let heading = if status.is_server_error() {
        "Something went wrong here"
    } else {
        "This cannot go on"
    };
    let values =
        context! { heading, message => pieces(message), hint => hint.map(pieces), code, request };
    page(status, "failure.html", values, Form::None)
}

/// What programs read, as people do: a sentence, of which every second piece was between backquotes and
/// shows as code.
fn pieces(text: &str) -> Vec<String> {
    sentence(text).split('`').map(str::to_owned).collect()
}

/// A text with a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let stop = if text.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{}{}{stop}", first.to_uppercase(), characters.as_str())
}

/// A page that posts `fields` to `action` by itself, or by a button where scripts are off.
pub(crate) fn form_post(action: &str, fields: &[(&'static str, String)]) -> Response {
    let values = context! { action, fields => pairs(fields) };
    page(StatusCode::OK, "form_post.html", values, Form::ByItself)
}

/// The page in place of the application that nobody set up.
pub(crate) fn consent_fallback() -> Response {
    page(
        StatusCode::OK,
        "consent_fallback.html",
        context! {},
        Form::None,
    )
}

/// The question whether to log out; the button posts `fields` to `action`, from where the browser may go
/// on to `target`.
pub(crate) fn logout(
    client: Option<&str>,
    action: &str,
    fields: &[(&'static str, String)],
    target: Option<&str>,
) -> Response {
    let values = context! { client, action, fields => pairs(fields) };
    let form = Form::ToUs {
        then: target.map(str::to_owned),
    };
    page(StatusCode::OK, "logout.html", values, form)
}

/// The end of a login.
pub(crate) fn logged_out() -> Response {
    page(StatusCode::OK, "logged_out.html", context! {}, Form::None)
}

/// What the command line that signs a person in shows in the end; `values` stay hidden until they are asked
/// for, since there may be onlookers.
#[cfg(feature = "cli")]
pub(crate) fn signed_in(
    status: StatusCode,
    heading: &str,
    message: &str,
    values: &[(&'static str, String)],
) -> Response {
    let values = context! { heading, message => sentence(message), values => pairs(values) };
    page(status, "signed_in.html", values, Form::None)
}

fn pairs(fields: &[(&'static str, String)]) -> Vec<Vec<String>> {
    fields
        .iter()
        .map(|(name, value)| vec![(*name).to_owned(), value.clone()])
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    const TRICK: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

    async fn html(response: Response) -> String {
        assert!(
            response.headers()[CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .starts_with("default-src 'none'")
        );
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn every_value_is_escaped() {
        let fields = [("state", TRICK.to_owned())];
        for page in [
            failure(StatusCode::BAD_REQUEST, TRICK, TRICK, Some(TRICK), TRICK),
            form_post(TRICK, &fields),
            logout(Some(TRICK), TRICK, &fields, Some(TRICK)),
            signed_in(StatusCode::OK, TRICK, TRICK, &fields),
        ] {
            let html = html(page).await;
            assert!(!html.contains("<script>alert"), "{html}");
            assert!(!html.contains("<img"), "{html}");
            assert!(html.contains("&lt;script&gt;"), "{html}");
            // No way out of an attribute either.
            assert!(!html.contains("\"'>"), "{html}");
        }
    }

    #[tokio::test]
    async fn pages_load_nothing_from_elsewhere() {
        for page in [
            failure(StatusCode::BAD_REQUEST, "a", "b", None, "c"),
            form_post("https://app/cb", &[]),
            consent_fallback(),
            logout(None, "/x", &[], None),
            logged_out(),
        ] {
            let html = html(page).await;
            for loading in ["src=", "<link", "url(", "@import", "http://"] {
                assert!(!html.contains(loading), "{loading}: {html}");
            }
            assert!(html.contains("<h1>") && html.contains("lang=\"en\""));
        }
    }

    #[test]
    fn messages_become_sentences() {
        assert_eq!(sentence("it is so"), "It is so.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence(""), "");
        assert_eq!(pieces("`a` is"), ["", "a", " is."]);
    }
}
