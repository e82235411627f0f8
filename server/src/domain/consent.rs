//! Consent: a person is asked, by an application of the operator's, whether a client may act for them.
//!
//! A [`ConsentRequest`] holds everything of the authorization request it came from. When the browser
//! returns, that is what counts, whatever the URL then says.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::clock::UnixTime;
use crate::domain::scope::Scopes;

/// A question to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRequest {
    /// Names it: a UUID.
    pub id: String,
    /// What the client asked.
    pub request: AuthorizationRequest,
    /// Whom the `id_token_hint` names, once it was verified.
    pub hinted_subject: Option<String>,
    /// Who is logged in, if the request lets a login of earlier count.
    pub login: Option<Login>,
    /// When it was asked.
    pub created_at: UnixTime,
    /// From when on nobody may answer.
    pub expires_at: UnixTime,
}

/// Somebody logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Who.
    pub subject: String,
    /// When they last proved who they are.
    pub auth_time: UnixTime,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The client may, within limits.
    Accepted(Acceptance),
    /// The client may not.
    Rejected {
        /// Why, for the client to read.
        reason: String,
    },
}

/// What a person allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Who it is, and when they logged in.
    pub login: Login,
    /// What is granted: some of what was asked for.
    pub scopes: Scopes,
    /// What the tokens shall carry beside.
    pub extra: Extra,
    /// For how long the answer is remembered, if at all.
    pub remember: Option<Remember>,
}

/// What the application that asked attaches to tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// To access tokens.
    pub access_token: Option<Map<String, Value>>,
    /// To ID tokens.
    pub id_token: Option<Map<String, Value>>,
}

/// How long an answer is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// Until it is revoked.
    UntilRevoked,
    /// For a time.
    For(Duration),
}

/// An answer that is remembered, so that the person need not be asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedConsent {
    /// Names it: that of the consent request it came from.
    pub id: String,
    /// Whose it is.
    pub subject: String,
    /// For whom.
    pub client_id: String,
    /// What was granted.
    pub scopes: Scopes,
    /// What the tokens shall carry beside.
    pub extra: Extra,
    /// When it was given.
    pub granted_at: UnixTime,
    /// From when on it counts no more; `None` is until it is revoked.
    pub expires_at: Option<UnixTime>,
}

/// Why an answer is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{property}` {problem}")]
pub struct InvalidDecision {
    /// The property of the answer, by its name on the wire.
    pub property: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl InvalidDecision {
    /// `property` cannot be.
    #[must_use]
    pub fn new(property: &'static str, problem: impl Into<String>) -> Self {
        Self {
            property,
            problem: problem.into(),
        }
    }
}

/// Seconds by which the clock of the application that asks may be ahead of ours.
const CLOCK_SKEW: i64 = 60;
/// The longest subject, in characters (OpenID Connect Core section 2: "MUST NOT exceed 255 ASCII
/// characters in length").
const LONGEST_SUBJECT: usize = 255;
/// The most bytes of extra claims, as JSON: a token must fit into a header.
const LARGEST_EXTRA: usize = 16 * 1024;
/// The longest reason for a rejection, in characters.
const LONGEST_REASON: usize = 1000;

impl ConsentRequest {
    /// Whether it is too late at `now`.
    #[must_use]
    pub fn expired(&self, now: UnixTime) -> bool {
        now >= self.expires_at
    }

    /// When the person who accepts logged in, as far as can be told. The application may say; if it does
    /// not, it either relied on the login it was told of, or logged the person in just now.
    ///
    /// # Errors
    /// It says what cannot be, or the client wants a later login.
    pub fn login_of(
        &self,
        subject: String,
        auth_time: Option<UnixTime>,
        now: UnixTime,
    ) -> Result<Login, InvalidDecision> {
        check_subject(&subject)?;
        let invalid = |problem: &str| InvalidDecision::new("authTime", problem);
        let known = self
            .login
            .as_ref()
            .filter(|known| known.subject == subject)
            .map(|known| known.auth_time);
        let time = auth_time.or(known).unwrap_or(now);
        if time.seconds_since(now) > CLOCK_SKEW {
            return Err(invalid("lies in the future"));
        }
        if time.0 < 0 {
            return Err(invalid("must be seconds since 1 January 1970 UTC"));
        }
        // OpenID Connect Core section 3.1.2.1: `prompt=login` and `max_age` want the person there.
        if self.request.prompt.wants_login() && self.created_at.seconds_since(time) > CLOCK_SKEW {
            return Err(invalid(
                "is before the request, and the client wants the person to log in again",
            ));
        }
        if let Some(max_age) = self.request.max_age
            && self.created_at.seconds_since(time) > max_age.saturating_add(CLOCK_SKEW)
        {
            return Err(invalid(
                "is longer ago than the client's `max_age` allows; log the person in again",
            ));
        }
        Ok(Login {
            subject,
            auth_time: UnixTime(time.0.min(now.0)),
        })
    }

    /// The granted scopes, which must be among those asked for.
    ///
    /// # Errors
    /// One is not.
    pub fn granted(&self, scopes: &[String]) -> Result<Scopes, InvalidDecision> {
        let invalid = |problem: String| InvalidDecision::new("grantScopes", problem);
        // One by one: a space in an entry would make two of it.
        let mut granted = String::new();
        for scope in scopes {
            let asked = !scope.contains(' ') && self.request.scopes.contain(scope);
            if !asked {
                return Err(invalid(
                    "holds a scope that was not asked for; grant some of `requestedScopes`".into(),
                ));
            }
            granted.push_str(scope);
            granted.push(' ');
        }
        Scopes::parse(&granted).map_err(|problem| invalid(problem.to_string()))
    }
}

fn check_subject(subject: &str) -> Result<(), InvalidDecision> {
    let invalid = |problem: String| Err(InvalidDecision::new("subject", problem));
    if subject.is_empty() {
        return invalid("is missing: say who accepts".to_owned());
    }
    if subject.len() > LONGEST_SUBJECT
        || subject.trim() != subject
        || !subject.bytes().all(|byte| matches!(byte, b' '..=b'~'))
    {
        return invalid(format!(
            "must be at most {LONGEST_SUBJECT} printable characters of ASCII, without spaces at the \
             ends"
        ));
    }
    Ok(())
}

impl Extra {
    /// Checks that they fit.
    ///
    /// # Errors
    /// They do not.
    pub fn check(&self) -> Result<(), InvalidDecision> {
        for (property, extra) in [
            ("accessTokenExtra", &self.access_token),
            ("idTokenExtra", &self.id_token),
        ] {
            let Some(extra) = extra else { continue };
            let size = serde_json::to_string(extra).map_or(usize::MAX, |json| json.len());
            if size > LARGEST_EXTRA {
                return Err(InvalidDecision::new(
                    property,
                    format!("is {size} bytes of JSON; {LARGEST_EXTRA} are allowed"),
                ));
            }
        }
        Ok(())
    }
}

/// Checks the reason for a rejection.
///
/// # Errors
/// It is too long, or no text.
pub fn check_reason(reason: &str) -> Result<(), InvalidDecision> {
    if reason.chars().count() > LONGEST_REASON || reason.contains('\0') {
        return Err(InvalidDecision::new(
            "reason",
            format!("must be at most {LONGEST_REASON} characters, none of them NUL"),
        ));
    }
    Ok(())
}

impl RememberedConsent {
    /// Whether it spares the person the question at `now`.
    #[must_use]
    pub fn answers(&self, request: &AuthorizationRequest, now: UnixTime) -> bool {
        self.client_id == request.client_id
            && self.expires_at.is_none_or(|end| now < end)
            && request
                .scopes
                .iter()
                .all(|scope| self.scopes.contain(scope))
    }
}

#[cfg(test)]
mod tests;
