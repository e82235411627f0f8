//! `/login`: who is it?

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use minijinja::context;
use serde::Deserialize;
use url::form_urlencoded;

use crate::Shared;
use crate::consent::{client_name, now};
use crate::pages::{Problem, go};
use crate::people::Person;
use crate::session::Login;

/// The address to log in at for a consent request.
pub(crate) fn address(consent: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("consent", consent)
        .finish();
    format!("/login?{query}")
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    consent: String,
}

/// Shows the form.
pub(crate) async fn ask(
    State(app): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    form(&app, &headers, &asked.consent, None).await
}

#[derive(Deserialize)]
pub(crate) struct Given {
    #[serde(default)]
    consent: String,
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

/// Checks the password, and goes on to the question of what is allowed.
pub(crate) async fn check(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Response {
    if !app.signer.is_ours(&headers, &given.csrf) {
        return app.pages.failure(&Problem::NotOurForm);
    }
    let Some(person) = Person::with_password(&given.email, &given.password) else {
        return form(&app, &headers, &given.consent, Some(&given.email)).await;
    };
    let login = Login {
        subject: person.subject.to_owned(),
        at: now(),
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("consent", &given.consent)
        .finish();
    let cookie = app.signer.note(&given.consent, &login);
    go(&format!("/consent?{query}"), Some(cookie))
}

/// The form; `wrong` is the address that was tried with a wrong password.
async fn form(app: &Shared, headers: &HeaderMap, consent: &str, wrong: Option<&str>) -> Response {
    if consent.is_empty() {
        return app.pages.failure(&Problem::NothingToDo);
    }
    let request = match app.hydra.get_o_auth2_consent_request(consent).await {
        Ok(request) => request.into_inner(),
        Err(error) => return app.pages.failure(&Problem::of(&error)),
    };
    let Ok((session, cookie)) = app.signer.session(headers) else {
        return app.pages.failure(&Problem::Silence);
    };
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let values = context! {
        client => client_name(&request),
        consent,
        csrf => app.signer.csrf(&session),
        email => wrong.or(request.login_hint.as_deref()).unwrap_or_default(),
        wrong => wrong.is_some(),
    };
    app.pages.show(status, "login.html", values, cookie)
}
