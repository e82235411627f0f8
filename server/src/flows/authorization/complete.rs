//! The second leg: a browser comes back from the application that asked the person.

use super::answer::{self, Granted, Prepared};
use super::{Answered, AuthorizationError};
use crate::domain::authorization_error::{ErrorCode, Refusal, Untrusted};
use crate::domain::authorization_response::AuthorizationResponse;
use crate::domain::consent::{Acceptance, Decision, Remember, RememberedConsent};
use crate::domain::secret::Secret;
use crate::flows::{Services, login};
use crate::storage::StoredConsentRequest;

/// What the browser brings back.
#[derive(Debug, Clone, Copy)]
pub struct Returning<'a> {
    /// The consent request.
    pub consent_id: &'a str,
    /// The value that only the URL given to the application holds.
    pub consent_csrf: Option<&'a str>,
    /// The cookie that the browser got when it began.
    pub consent_cookie: Option<&'a str>,
    /// What it keeps of an earlier login.
    pub login_cookie: Option<&'a str>,
}

/// Completes. The stored question counts, whatever else the URL says.
///
/// # Errors
/// The client cannot be told, so the person must be.
pub async fn complete(
    services: &Services,
    returning: Returning<'_>,
) -> Result<Answered, AuthorizationError> {
    let id = returning.consent_id;
    let stored = services
        .storage
        .consent_request(id)
        .await?
        .ok_or(AuthorizationError::UnknownConsentRequest)?;
    if stored.used {
        return Err(AuthorizationError::UsedConsentRequest);
    }
    let keys = &services.browser;
    let came_by_the_application = returning
        .consent_csrf
        .is_some_and(|value| keys.is_consent_csrf(id, value));
    let began_here = returning
        .consent_cookie
        .is_some_and(|value| keys.is_consent_cookie(id, value));
    let now = services.clock.now();
    if !(came_by_the_application && began_here) {
        // Somebody else's question is being tried, so it is good for nobody any more.
        services.storage.end_consent_request(id, now).await?;
        return Err(AuthorizationError::ForeignBrowser);
    }
    let destination = &stored.consent_request.request.destination;
    if !destination.still_registered(&stored.client) {
        services.storage.end_consent_request(id, now).await?;
        return Err(Untrusted::RedirectUri.into());
    }
    match decide(services, &stored, returning.login_cookie).await? {
        Ok(answered) => Ok(answered),
        Err(refusal) => {
            if !services.storage.end_consent_request(id, now).await? {
                return Err(AuthorizationError::UsedConsentRequest);
            }
            let response = AuthorizationResponse::refusal(destination, &services.issuer, &refusal);
            Ok(Answered {
                response,
                login_cookie: None,
            })
        }
    }
}

async fn decide(
    services: &Services,
    stored: &StoredConsentRequest,
    login_cookie: Option<&str>,
) -> Result<Result<Answered, Refusal>, AuthorizationError> {
    let asked = &stored.consent_request;
    let denied = |reason: &str| Ok(Err(Refusal::new(ErrorCode::AccessDenied, reason)));
    if asked.expired(services.clock.now()) {
        return denied("the consent request expired before the person came back");
    }
    let acceptance = match &stored.decision {
        Some(Decision::Accepted(acceptance)) => acceptance,
        Some(Decision::Rejected { reason }) if reason.is_empty() => {
            return denied("the person, or the application that asked, denied the request");
        }
        Some(Decision::Rejected { reason }) => return denied(reason),
        None => return denied("nobody decided about the consent request"),
    };
    // OpenID Connect Core section 3.1.2.1, `id_token_hint`.
    if asked
        .hinted_subject
        .as_ref()
        .is_some_and(|hinted| *hinted != acceptance.login.subject)
    {
        return Ok(Err(Refusal::new(
            ErrorCode::LoginRequired,
            "somebody else logged in than the one id_token_hint names",
        )));
    }
    // What was taken from the client meanwhile must not be given to it any more.
    if let Err(refusal) = asked.request.still_allowed(&stored.client) {
        return Ok(Err(refusal));
    }
    let granted = Granted {
        login: &acceptance.login,
        scopes: &acceptance.scopes,
        extra: &acceptance.extra,
    };
    let mut prepared = match answer::prepare(services, &asked.request, &granted).await? {
        Ok(prepared) => prepared,
        Err(refusal) => return Ok(Err(refusal)),
    };
    prepared.authorization.consent_request = Some(asked.id.clone());
    let login_cookie = remember(services, stored, acceptance, login_cookie, &mut prepared).await?;
    prepared
        .give(services, &asked.request, &granted, login_cookie)
        .await
        .map(Ok)
}

/// Adds what is to be remembered to what will be written, and gives the cookie of a login that begins.
async fn remember(
    services: &Services,
    stored: &StoredConsentRequest,
    acceptance: &Acceptance,
    login_cookie: Option<&str>,
    prepared: &mut Prepared,
) -> Result<Option<Secret>, AuthorizationError> {
    let current = login::current(services, login_cookie).await?;
    let somebody_else = current
        .as_ref()
        .is_some_and(|session| session.login.subject != acceptance.login.subject);
    if acceptance.remember.is_some() || somebody_else {
        // The login of earlier is over: a browser has one, and it never keeps its name.
        prepared.authorization.replaced_session = current.map(|session| session.signature);
    }
    let Some(remember) = acceptance.remember else {
        return Ok(None);
    };
    let (cookie, session) = login::new_session(services, &acceptance.login)?;
    prepared.authorization.session = Some(session);
    // RFC 8252 section 8.6: whoever claims to be a public client cannot prove it, so its people are asked
    // each time.
    if !stored.client.public {
        let now = services.clock.now();
        prepared.authorization.remembered = Some(RememberedConsent {
            id: stored.consent_request.id.clone(),
            subject: acceptance.login.subject.clone(),
            client_id: stored.consent_request.request.client_id.clone(),
            scopes: acceptance.scopes.clone(),
            extra: acceptance.extra.clone(),
            granted_at: now,
            expires_at: match remember {
                Remember::UntilRevoked => None,
                Remember::For(span) => Some(now.after(span)),
            },
        });
    }
    Ok(Some(cookie))
}
