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
mod tests {
    use super::*;
    use crate::domain::authorization_request::Destination;
    use crate::domain::prompt::Prompt;
    use crate::domain::response_type::{ResponseMode, ResponseType};

    const NOW: UnixTime = UnixTime(1_512_371_155);

    fn asked(prompt: &str, max_age: Option<i64>) -> ConsentRequest {
        ConsentRequest {
            id: "id".to_owned(),
            request: AuthorizationRequest {
                client_id: "app".to_owned(),
                destination: Destination {
                    redirect_uri: "https://app.example/".to_owned(),
                    redirect_uri_sent: true,
                    response_mode: ResponseMode::Query,
                    state: None,
                },
                response_type: ResponseType::parse("code").unwrap(),
                scopes: Scopes::parse("openid photos.*").unwrap(),
                nonce: None,
                challenge: None,
                prompt: Prompt::parse(prompt).unwrap(),
                max_age,
                login_hint: None,
                id_token_hint: None,
            },
            hinted_subject: None,
            login: Some(Login {
                subject: "dan".to_owned(),
                auth_time: UnixTime(NOW.0 - 500),
            }),
            created_at: NOW,
            expires_at: UnixTime(NOW.0 + 600),
        }
    }

    /// Seconds from the request to the login, as told to the client; `None` if it is not believed.
    fn login(asked: &ConsentRequest, subject: &str, auth_time: Option<i64>) -> Option<i64> {
        let auth_time = auth_time.map(|seconds| UnixTime(NOW.0 + seconds));
        asked
            .login_of(subject.to_owned(), auth_time, UnixTime(NOW.0 + 10))
            .ok()
            .map(|login| login.auth_time.0 - NOW.0)
    }

    #[test]
    fn the_time_of_a_login_is_what_the_application_says_or_what_is_known() {
        let asked = asked("", None);
        assert_eq!(login(&asked, "dan", Some(-1000)), Some(-1000));
        assert_eq!(login(&asked, "dan", None), Some(-500));
        // Nobody knew of that one, so it happened just now.
        assert_eq!(login(&asked, "eve", None), Some(10));
        // A clock that is a little ahead tells no time that is yet to come.
        assert_eq!(login(&asked, "dan", Some(40)), Some(10));
        assert_eq!(login(&asked, "dan", Some(100)), None);
        assert_eq!(login(&asked, "dan", Some(-NOW.0 - 1)), None);
    }

    // OpenID Connect Core section 3.1.2.1.
    #[test]
    fn an_old_login_does_not_pass_for_a_new_one() {
        assert_eq!(login(&asked("login", None), "dan", Some(-61)), None);
        assert_eq!(login(&asked("login", None), "dan", Some(5)), Some(5));
        assert_eq!(
            login(&asked("select_account", None), "dan", Some(-61)),
            None
        );
        assert_eq!(login(&asked("consent", None), "dan", Some(-61)), Some(-61));
        assert_eq!(login(&asked("", Some(100)), "dan", Some(-161)), None);
        assert_eq!(login(&asked("", Some(100)), "dan", Some(-99)), Some(-99));
    }

    #[test]
    fn granted_is_some_of_what_was_asked_for_word_by_word() {
        let granted = |scopes: &[&str]| {
            let scopes: Vec<String> = scopes.iter().map(|&it| it.to_owned()).collect();
            asked("", None)
                .granted(&scopes)
                .ok()
                .map(|it| it.to_string())
        };
        assert_eq!(granted(&[]).as_deref(), Some(""));
        assert_eq!(granted(&["openid", "openid"]).as_deref(), Some("openid"));
        assert_eq!(granted(&["photos.*"]).as_deref(), Some("photos.*"));
        // A pattern that was asked for is a word like any other.
        for refused in ["photos.read", "offline", "", "openid photos.*"] {
            assert_eq!(granted(&[refused]), None, "{refused:?}");
        }
    }
}
