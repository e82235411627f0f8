//! What a client gets: a code, tokens, or both.

use super::{Answered, AuthorizationError};
use crate::domain::authorization_error::{ErrorCode, Refusal, Untrusted};
use crate::domain::authorization_request::AuthorizationRequest;
use crate::domain::authorization_response::AuthorizationResponse;
use crate::domain::client::grant_type;
use crate::domain::consent::{Extra, Login};
use crate::domain::grant::{CodeBinding, Grant};
use crate::domain::id_token::Hashes;
use crate::domain::random;
use crate::domain::scope::Scopes;
use crate::domain::secret::Secret;
use crate::flows::{Fault, Services, issuing, minting};
use crate::storage::{Authorization, Written};

/// What a person granted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Granted<'a> {
    pub(super) login: &'a Login,
    pub(super) scopes: &'a Scopes,
    pub(super) extra: &'a Extra,
}

/// An answer that is made and not yet given out: what it leaves behind must be written first.
pub(super) struct Prepared {
    pub(super) response: AuthorizationResponse,
    pub(super) authorization: Authorization,
}

impl Prepared {
    /// Writes what the answer leaves behind, and gives it out. `login_cookie` is that of a login which
    /// begins with it.
    ///
    /// # Errors
    /// The consent request was answered already, or the client does not exist any more.
    pub(super) async fn give(
        self,
        services: &Services,
        request: &AuthorizationRequest,
        granted: &Granted<'_>,
        login_cookie: Option<Secret>,
    ) -> Result<Answered, AuthorizationError> {
        let now = services.clock.now();
        match services.storage.authorize(&self.authorization, now).await? {
            Written::Written => {}
            Written::AlreadyUsed => return Err(AuthorizationError::UsedConsentRequest),
            Written::ClientGone => return Err(Untrusted::UnknownClient.into()),
        }
        if request.response_type.hands_tokens_to_the_browser() {
            let client_id = &request.client_id;
            issuing::tell(services, client_id, grant_type::IMPLICIT, granted.scopes);
        }
        Ok(Answered {
            response: self.response,
            login_cookie,
        })
    }
}

/// Makes the answer to what a person granted.
///
/// # Errors
/// It cannot be made; the inner error is for the client.
pub(super) async fn prepare(
    services: &Services,
    request: &AuthorizationRequest,
    granted: &Granted<'_>,
) -> Result<Result<Prepared, Refusal>, Fault> {
    let asked = request.response_type;
    // A person may leave `openid` out; then there is nobody to tell the client of.
    if asked.id_token && !granted.scopes.contain("openid") {
        return Ok(Err(Refusal::new(
            ErrorCode::AccessDenied,
            "the scope `openid` was not granted, so there is no ID token",
        )));
    }
    let grant = Grant {
        id: random::uuid(services.rng.as_ref())?.to_string(),
        client_id: request.client_id.clone(),
        subject: granted.login.subject.clone(),
        scopes: granted.scopes.clone(),
        nonce: request.nonce.clone(),
        auth_time: Some(granted.login.auth_time),
        access_token_extra: granted.extra.access_token.clone(),
        id_token_extra: granted.extra.id_token.clone(),
        created_at: services.clock.now(),
    };
    let mut parameters = Vec::new();
    let mut authorization = Authorization::default();
    let code = if asked.code {
        let binding = CodeBinding {
            redirect_uri: request
                .destination
                .redirect_uri_sent
                .then(|| request.destination.redirect_uri.clone()),
            challenge: request.challenge.clone(),
        };
        Some(minting::new_code(services, &binding)?)
    } else {
        None
    };
    if let Some(code) = &code {
        parameters.push(("code", code.value.expose().to_owned()));
    }
    let mut access_token = None;
    if asked.token {
        let (token, stored) = minting::access_token(services, &grant)?;
        let seconds = stored.expires_at.seconds_since(stored.issued_at);
        parameters.push(("access_token", token.expose().to_owned()));
        parameters.push(("token_type", "bearer".to_owned()));
        parameters.push(("expires_in", seconds.to_string()));
        authorization.access_token = Some(stored);
        access_token = Some(token);
    }
    if asked.code || asked.token {
        // RFC 6749 section 4.2.2; Hydra tells it with a code as well.
        parameters.push(("scope", grant.scopes.to_string()));
    }
    if asked.id_token {
        // OpenID Connect Core sections 3.2.2.10 and 3.3.2.11: what comes along belongs together.
        let hashes = Hashes {
            access_token: access_token.as_ref(),
            code: code.as_ref().map(|code| &code.value),
        };
        let id_token = minting::id_token(services, &grant, hashes).await?;
        parameters.push(("id_token", id_token.expose().to_owned()));
    }
    if asked.code || asked.token {
        authorization.grant = Some((grant, code.map(|code| code.code)));
    }
    Ok(Ok(Prepared {
        response: AuthorizationResponse::new(&request.destination, &services.issuer, parameters),
        authorization,
    }))
}
