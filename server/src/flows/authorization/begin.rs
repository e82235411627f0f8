//! The first leg: a browser arrives with a client's question.

use url::Url;

use super::{Answered, AuthorizationError, answer};
use crate::domain::authorization_error::{ErrorCode, Refusal, Untrusted};
use crate::domain::authorization_request::{AuthorizationRequest, Destination};
use crate::domain::authorization_response::AuthorizationResponse;
use crate::domain::client::Client;
use crate::domain::consent::{ConsentRequest, Login, RememberedConsent};
use crate::domain::parameters::Parameters;
use crate::domain::random;
use crate::flows::{Fault, Services, login, signing_keys};

/// Where the browser goes next.
#[derive(Debug)]
pub enum Beginning {
    /// To the application that asks the person.
    Ask {
        /// Its URL.
        url: String,
        /// The consent request.
        consent_id: String,
        /// What the browser must keep to come back.
        cookie: String,
    },
    /// Straight back to the client.
    Answer(Answered),
}

/// Begins. `login_cookie` is what the browser keeps of an earlier login.
///
/// # Errors
/// The client cannot be told, so the person must be.
pub async fn begin(
    services: &Services,
    parameters: &Parameters,
    login_cookie: Option<&str>,
) -> Result<Beginning, AuthorizationError> {
    let client_id = parameters
        .get("client_id")
        .map_err(Untrusted::from)?
        .ok_or(Untrusted::NoClient)?;
    let client = services
        .storage
        .client(client_id)
        .await?
        .ok_or(Untrusted::UnknownClient)?
        .client;
    let destination = Destination::find(parameters, &client)?;
    match consider(
        services,
        parameters,
        &client,
        destination.clone(),
        login_cookie,
    )
    .await?
    {
        Ok(beginning) => Ok(beginning),
        Err(refusal) => Ok(Beginning::Answer(Answered {
            response: AuthorizationResponse::refusal(&destination, &services.issuer, &refusal),
            login_cookie: None,
        })),
    }
}

/// What can be refused by telling the client.
async fn consider(
    services: &Services,
    parameters: &Parameters,
    client: &Client,
    destination: Destination,
    login_cookie: Option<&str>,
) -> Result<Result<Beginning, Refusal>, AuthorizationError> {
    let checked =
        AuthorizationRequest::check(parameters, client, destination, services.plain_challenges);
    let request = match checked {
        Ok(request) => request,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let hinted_subject = match hinted_subject(services, &request).await? {
        Ok(subject) => subject,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let login = login::current(services, login_cookie)
        .await?
        .map(|session| session.login)
        .filter(|login| counts(login, &request, hinted_subject.as_deref(), services));
    let remembered = match &login {
        Some(login) => remembered(services, client, &request, login).await?,
        None => None,
    };
    if let (Some(login), Some(consent)) = (&login, remembered) {
        let granted = answer::Granted {
            login,
            scopes: &consent.scopes,
            extra: &consent.extra,
        };
        let prepared = match answer::prepare(services, &request, &granted).await? {
            Ok(prepared) => prepared,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let answered = prepared.give(services, &request, &granted, None).await?;
        return Ok(Ok(Beginning::Answer(answered)));
    }
    // OpenID Connect Core section 3.1.2.6.
    if request.prompt.none {
        let (code, description) = match login {
            None => (
                ErrorCode::LoginRequired,
                "nobody whom the request accepts is logged in, and nobody may be asked",
            ),
            Some(_) => (
                ErrorCode::ConsentRequired,
                "the person has not consented to this, or may not be spared the question",
            ),
        };
        return Ok(Err(Refusal::new(code, description)));
    }
    ask(services, request, hinted_subject, login).await.map(Ok)
}

/// Whom the `id_token_hint` names. An expired one still says who was meant.
async fn hinted_subject(
    services: &Services,
    request: &AuthorizationRequest,
) -> Result<Result<Option<String>, Refusal>, Fault> {
    let Some(hint) = &request.id_token_hint else {
        return Ok(Ok(None));
    };
    let claims = signing_keys::verify_own(services, hint, true).await?;
    Ok(claims
        .as_ref()
        .filter(|claims| login::is_audience(claims, &request.client_id))
        .and_then(|claims| claims.get("sub")?.as_str())
        .map(|subject| Some(subject.to_owned()))
        .ok_or_else(|| {
            Refusal::new(
                ErrorCode::InvalidRequest,
                "id_token_hint is not an ID token that this server issued to this client",
            )
        }))
}

/// Whether the request lets an earlier login count.
fn counts(
    login: &Login,
    request: &AuthorizationRequest,
    hinted_subject: Option<&str>,
    services: &Services,
) -> bool {
    let age = services.clock.now().seconds_since(login.auth_time);
    !request.prompt.wants_login()
        // A `max_age` of 0 is another way to say `prompt=login`.
        && request.max_age.is_none_or(|max_age| max_age > 0 && age <= max_age)
        && hinted_subject.is_none_or(|subject| subject == login.subject)
}

/// An answer of earlier that covers the request. A public client gets none: whoever claims to be it cannot
/// prove it (RFC 8252 section 8.6).
async fn remembered(
    services: &Services,
    client: &Client,
    request: &AuthorizationRequest,
    login: &Login,
) -> Result<Option<RememberedConsent>, Fault> {
    if client.public || request.prompt.consent {
        return Ok(None);
    }
    let now = services.clock.now();
    let consents = services
        .storage
        .remembered_consents(&login.subject, Some(&client.id))
        .await?;
    Ok(consents
        .into_iter()
        .find(|consent| consent.answers(request, now))
        .map(|consent| RememberedConsent {
            // Granted is what is asked for, not all that was ever allowed.
            scopes: request.scopes.clone(),
            ..consent
        }))
}

async fn ask(
    services: &Services,
    request: AuthorizationRequest,
    hinted_subject: Option<String>,
    login: Option<Login>,
) -> Result<Beginning, AuthorizationError> {
    let now = services.clock.now();
    let asked = ConsentRequest {
        id: random::uuid(services.rng.as_ref())
            .map_err(Fault::from)?
            .to_string(),
        request,
        hinted_subject,
        login,
        created_at: now,
        expires_at: now.after(services.lifespans.consent_request),
    };
    if !services.storage.add_consent_request(&asked).await? {
        return Err(Untrusted::UnknownClient.into());
    }
    Ok(Beginning::Ask {
        url: consent_url(&services.consent_url, &asked.id),
        cookie: services.browser.consent_cookie(&asked.id),
        consent_id: asked.id,
    })
}

/// The application's URL with the consent request in its query; what is there already is kept.
fn consent_url(base: &Url, consent_id: &str) -> String {
    let mut url = base.clone();
    url.query_pairs_mut().append_pair("consent", consent_id);
    url.to_string()
}
