//! `/consent`: what may the client do?

use std::time::{SystemTime, UNIX_EPOCH};

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use hydra_sdk::types::{ConsentRequestAcceptance, ConsentRequestRejection, OAuth2ConsentRequest};
use minijinja::context;
use serde::Deserialize;

use crate::pages::{Problem, go};
use crate::people::Person;
use crate::session::Login;
use crate::{Shared, login};

/// For how many seconds a remembered decision holds.
const REMEMBERED: i64 = 30 * 24 * 60 * 60;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    consent: String,
    error: Option<String>,
    error_description: Option<String>,
}

/// Shows what the client asks for, to somebody who is known.
pub(crate) async fn ask(
    State(app): State<Shared>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    if let Some(error) = asked.error {
        return app
            .pages
            .failure(&Problem::Told(asked.error_description.unwrap_or(error)));
    }
    match known(&app, &headers, &asked.consent).await {
        Ok((request, person, _)) => page(&app, &headers, &asked.consent, &request, person),
        Err(other) => other,
    }
}

/// Tells the server what the person decided, and sends the browser back to it.
pub(crate) async fn decide(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let all = |name: &str| {
        let fitting = fields.iter().filter(|(field, _)| field == name);
        fitting.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let one = |name: &str| all(name).pop().unwrap_or_default();
    if !app.signer.is_ours(&headers, &one("csrf")) {
        return app.pages.failure(&Problem::NotOurForm);
    }
    let id = one("consent");
    let (request, person, at) = match known(&app, &headers, &id).await {
        Ok(found) => found,
        Err(other) => return other,
    };
    let told = if one("decision") == "allow" {
        let granted = all("allowed_scopes");
        let remember = one("remember") == "1";
        let acceptance = ConsentRequestAcceptance {
            subject: Some(person.subject.to_owned()),
            id_token_extra: Some(person.claims(&granted)),
            grant_scopes: Some(granted),
            auth_time: at,
            remember: Some(remember),
            remember_for: remember.then_some(REMEMBERED),
            ..ConsentRequestAcceptance::default()
        };
        app.hydra
            .accept_o_auth2_consent_request(&id, &acceptance)
            .await
    } else {
        let rejection = ConsentRequestRejection {
            reason: Some("The person declined.".to_owned()),
            ..ConsentRequestRejection::default()
        };
        app.hydra
            .reject_o_auth2_consent_request(&id, &rejection)
            .await
    };
    match (told, request.redirect_url) {
        (Ok(_), Some(back)) => go(&back, Some(app.signer.forget(&id))),
        (Ok(_), None) => app.pages.failure(&Problem::Silence),
        (Err(error), _) => app.pages.failure(&Problem::of(&error)),
    }
}

/// A consent request and who answers it, and when they logged in if they did so here; or else the
/// answer to send in place of going on.
async fn known(
    app: &Shared,
    headers: &HeaderMap,
    id: &str,
) -> Result<(OAuth2ConsentRequest, &'static Person, Option<i64>), Response> {
    if id.is_empty() {
        return Err(app.pages.failure(&Problem::NothingToDo));
    }
    let request = match app.hydra.get_o_auth2_consent_request(id).await {
        Ok(request) => request.into_inner(),
        Err(error) => return Err(app.pages.failure(&Problem::of(&error))),
    };
    let (subject, at) = match who(&request, app.signer.login(headers, id, now())) {
        Some(found) => found,
        None => return Err(go(&login::address(id), None)),
    };
    match Person::with_subject(&subject) {
        Some(person) => Ok((request, person, at)),
        None => Err(app.pages.failure(&Problem::Stranger)),
    }
}

/// Who answers: whoever logged in for this very request, or else whom the server knows to be logged
/// in. The server names nobody whose login is longer ago than the client wants (`max_age`); that
/// the client wants a new login in any case (`prompt`) is looked at here once more.
fn who(request: &OAuth2ConsentRequest, here: Option<Login>) -> Option<(String, Option<i64>)> {
    if let Some(login) = here {
        return Some((login.subject, Some(login.at)));
    }
    let prompt = request.prompt.as_deref().unwrap_or_default();
    let again = prompt
        .split(' ')
        .any(|p| matches!(p, "login" | "select_account"));
    if again {
        return None;
    }
    request.subject.clone().map(|subject| (subject, None))
}

fn page(
    app: &Shared,
    headers: &HeaderMap,
    id: &str,
    request: &OAuth2ConsentRequest,
    person: &Person,
) -> Response {
    let Ok((session, cookie)) = app.signer.session(headers) else {
        return app.pages.failure(&Problem::Silence);
    };
    let values = context! {
        client => client_name(request),
        consent => id,
        csrf => app.signer.csrf(&session),
        name => person.name,
        scopes => request.requested_scopes.clone().unwrap_or_default(),
    };
    app.pages
        .show(StatusCode::OK, "consent.html", values, cookie)
}

/// How to call the client before people.
pub(crate) fn client_name(request: &OAuth2ConsentRequest) -> &str {
    let name = request
        .client_name
        .as_deref()
        .filter(|name| !name.is_empty());
    name.or(request.client_id.as_deref())
        .unwrap_or("an application")
}

/// In seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "an application lives in real time"
)]
pub(crate) fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
