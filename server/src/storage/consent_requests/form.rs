//! The JSON in the columns `request` and `decision`. Members are only ever added, as optional ones: rows
//! outlive releases.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::authorization_request::{AuthorizationRequest, Destination};
use crate::domain::clock::UnixTime;
use crate::domain::consent::{Acceptance, ConsentRequest, Decision, Extra, Login, Remember};
use crate::domain::pkce::CodeChallenge;
use crate::domain::prompt::Prompt;
use crate::domain::response_type::{ResponseMode, ResponseType};
use crate::domain::scope::Scopes;

#[derive(Serialize, Deserialize)]
pub(super) struct RequestForm {
    redirect_uri: String,
    redirect_uri_sent: bool,
    response_type: String,
    response_mode: String,
    scope: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    challenge: Option<ChallengeForm>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    prompt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login_hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hinted_subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<LoginForm>,
}

#[derive(Serialize, Deserialize)]
struct ChallengeForm {
    challenge: String,
    method: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LoginForm {
    subject: String,
    auth_time: i64,
}

/// What a [`RequestForm`] tells.
pub(super) struct Parts {
    pub(super) request: AuthorizationRequest,
    pub(super) hinted_subject: Option<String>,
    pub(super) login: Option<Login>,
}

impl LoginForm {
    fn of(login: &Login) -> Self {
        Self {
            subject: login.subject.clone(),
            auth_time: login.auth_time.0,
        }
    }

    fn into_login(self) -> Login {
        Login {
            subject: self.subject,
            auth_time: UnixTime(self.auth_time),
        }
    }
}

impl RequestForm {
    pub(super) fn of(asked: &ConsentRequest) -> Self {
        let request = &asked.request;
        Self {
            redirect_uri: request.destination.redirect_uri.clone(),
            redirect_uri_sent: request.destination.redirect_uri_sent,
            response_type: request.response_type.to_string(),
            response_mode: request.destination.response_mode.as_str().to_owned(),
            scope: request.scopes.to_string(),
            state: request.destination.state.clone(),
            nonce: request.nonce.clone(),
            challenge: request.challenge.as_ref().map(|challenge| ChallengeForm {
                challenge: challenge.challenge().to_owned(),
                method: challenge.method().as_str().to_owned(),
            }),
            prompt: request.prompt.to_string(),
            max_age: request.max_age,
            login_hint: request.login_hint.clone(),
            hinted_subject: asked.hinted_subject.clone(),
            login: asked.login.as_ref().map(LoginForm::of),
        }
    }

    pub(super) fn into_parts(self, client_id: String) -> Result<Parts, &'static str> {
        let challenge = self
            .challenge
            .map(|form| CodeChallenge::from_stored(form.challenge, &form.method))
            .map(|challenge| challenge.ok_or("the challenge's method is unknown"))
            .transpose()?;
        Ok(Parts {
            request: AuthorizationRequest {
                client_id,
                destination: Destination {
                    redirect_uri: self.redirect_uri,
                    redirect_uri_sent: self.redirect_uri_sent,
                    response_mode: ResponseMode::parse(&self.response_mode)
                        .ok_or("the response mode is unknown")?,
                    state: self.state,
                },
                response_type: ResponseType::parse(&self.response_type)
                    .ok_or("the response type is unknown")?,
                scopes: Scopes::parse(&self.scope).map_err(|_| "the scope is malformed")?,
                nonce: self.nonce,
                challenge,
                prompt: Prompt::parse(&self.prompt).map_err(|_| "the prompt is unknown")?,
                max_age: self.max_age,
                login_hint: self.login_hint,
                // Verified before, and kept as the subject it named.
                id_token_hint: None,
            },
            hinted_subject: self.hinted_subject,
            login: self.login.map(LoginForm::into_login),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DecisionForm {
    Accepted {
        login: LoginForm,
        scope: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        access_token_extra: Option<Map<String, Value>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id_token_extra: Option<Map<String, Value>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remember: Option<RememberForm>,
    },
    Rejected {
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RememberForm {
    UntilRevoked,
    Seconds(u64),
}

impl DecisionForm {
    pub(super) fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Accepted(acceptance) => Self::Accepted {
                login: LoginForm::of(&acceptance.login),
                scope: acceptance.scopes.to_string(),
                access_token_extra: acceptance.extra.access_token.clone(),
                id_token_extra: acceptance.extra.id_token.clone(),
                remember: acceptance.remember.map(|remember| match remember {
                    Remember::UntilRevoked => RememberForm::UntilRevoked,
                    Remember::For(span) => RememberForm::Seconds(span.as_secs()),
                }),
            },
            Decision::Rejected { reason } => Self::Rejected {
                reason: reason.clone(),
            },
        }
    }

    pub(super) fn into_decision(self) -> Result<Decision, String> {
        Ok(match self {
            Self::Accepted {
                login,
                scope,
                access_token_extra,
                id_token_extra,
                remember,
            } => Decision::Accepted(Acceptance {
                login: login.into_login(),
                scopes: Scopes::parse(&scope).map_err(|problem| problem.to_string())?,
                extra: Extra {
                    access_token: access_token_extra,
                    id_token: id_token_extra,
                },
                remember: remember.map(|form| match form {
                    RememberForm::UntilRevoked => Remember::UntilRevoked,
                    RememberForm::Seconds(seconds) => Remember::For(Duration::from_secs(seconds)),
                }),
            }),
            Self::Rejected { reason } => Decision::Rejected { reason },
        })
    }
}
