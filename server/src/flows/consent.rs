//! The application that asks for consent learns what to ask, and says what the person answered.

use std::time::Duration;

use crate::domain::clock::UnixTime;
use crate::domain::consent::{
    Acceptance, Decision, Extra, InvalidDecision, Remember, check_reason,
};
use crate::flows::{Fault, Services};
use crate::storage::{StorageError, StoredConsentRequest};

/// Why a consent request is not told or answered.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// There is none of that id.
    #[error("there is no consent request with the id `{0}`")]
    Unknown(String),
    /// It has expired, or the browser has come back.
    #[error("the consent request has expired, or was used already")]
    TooLate,
    /// The answer cannot be.
    #[error(transparent)]
    Invalid(#[from] InvalidDecision),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StorageError> for ConsentError {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}

/// What an application says of a person who accepts.
#[derive(Debug, Default)]
pub struct Answer {
    /// Who.
    pub subject: String,
    /// What is granted.
    pub scopes: Vec<String>,
    /// What the tokens shall carry beside.
    pub extra: Extra,
    /// When the person logged in, if the application says.
    pub auth_time: Option<UnixTime>,
    /// Whether the answer, and the login, shall be remembered.
    pub remember: bool,
    /// For how long; zero means until it is revoked.
    pub remember_for: Duration,
}

/// The consent request, while it can be answered.
///
/// # Errors
/// There is none, or it is too late.
pub async fn pending(services: &Services, id: &str) -> Result<StoredConsentRequest, ConsentError> {
    let stored = services
        .storage
        .consent_request(id)
        .await?
        .ok_or_else(|| ConsentError::Unknown(id.to_owned()))?;
    if stored.used || stored.consent_request.expired(services.clock.now()) {
        return Err(ConsentError::TooLate);
    }
    Ok(stored)
}

/// Takes down that a person accepts. It may be said again, differently, until the browser comes back.
///
/// # Errors
/// There is no such request, it is too late, or the answer cannot be.
pub async fn accept(services: &Services, id: &str, answer: Answer) -> Result<(), ConsentError> {
    let stored = pending(services, id).await?;
    let asked = &stored.consent_request;
    let now = services.clock.now();
    let login = asked.login_of(answer.subject, answer.auth_time, now)?;
    let scopes = asked.granted(&answer.scopes)?;
    answer.extra.check()?;
    // RFC 9700 section 4.15: a token that speaks for a person must not be taken for one that speaks for a
    // client.
    if services.storage.client(&login.subject).await?.is_some() {
        return Err(InvalidDecision::new(
            "subject",
            "is the id of a client, and tokens could not tell the two apart",
        )
        .into());
    }
    let remember = answer.remember.then(|| {
        if answer.remember_for.is_zero() {
            Remember::UntilRevoked
        } else {
            Remember::For(answer.remember_for)
        }
    });
    let decision = Decision::Accepted(Acceptance {
        login,
        scopes,
        extra: answer.extra,
        remember,
    });
    decide(services, id, &decision).await
}

/// Takes down that a person, or the application itself, says no.
///
/// # Errors
/// There is no such request, it is too late, or the reason cannot be.
pub async fn reject(services: &Services, id: &str, reason: String) -> Result<(), ConsentError> {
    pending(services, id).await?;
    check_reason(&reason)?;
    decide(services, id, &Decision::Rejected { reason }).await
}

async fn decide(services: &Services, id: &str, decision: &Decision) -> Result<(), ConsentError> {
    let now = services.clock.now();
    if services
        .storage
        .decide_consent_request(id, decision, now)
        .await?
    {
        Ok(())
    } else {
        Err(ConsentError::TooLate)
    }
}
