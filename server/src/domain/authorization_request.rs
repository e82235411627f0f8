//! Authorization requests: what a client asks of a person, checked.
//!
//! The order is that of trust. [`Destination::find`] settles where the browser may be sent at all; only
//! then does [`AuthorizationRequest::check`] look at the rest, whose refusals the client is told.

use crate::domain::authorization_error::{ErrorCode, Refusal, Untrusted};
use crate::domain::client::Client;
use crate::domain::entitlement;
use crate::domain::parameters::Parameters;
use crate::domain::pkce::CodeChallenge;
use crate::domain::prompt::Prompt;
use crate::domain::redirect_uri;
use crate::domain::response_type::{ResponseMode, ResponseType};
use crate::domain::scope::Scopes;

/// Where the answer goes, which is settled before anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The client's redirect URI, one that it registered.
    pub redirect_uri: String,
    /// Whether the request named it; the token endpoint then wants to hear it again (RFC 6749 section
    /// 4.1.3).
    pub redirect_uri_sent: bool,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// The client's `state`, to be returned as it came.
    pub state: Option<String>,
}

impl Destination {
    /// Finds out where `client` may be answered.
    ///
    /// # Errors
    /// Nowhere.
    pub fn find(parameters: &Parameters, client: &Client) -> Result<Self, Untrusted> {
        let asked = parameters.get("redirect_uri")?;
        let redirect_uri = match (asked, client.redirect_uris.as_slice()) {
            (Some(asked), _) => entitlement::is_registered(client, asked)
                .then_some(asked)
                .ok_or(Untrusted::RedirectUri)?,
            // RFC 6749 section 3.1.2.3: it may be left out if it is the only one.
            (None, [only]) => only,
            (None, _) => return Err(Untrusted::NoRedirectUri),
        };
        // One that an earlier release let in must not be used either.
        redirect_uri::check(redirect_uri).map_err(|_| Untrusted::RedirectUri)?;
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            redirect_uri_sent: asked.is_some(),
            response_mode: mode_for_refusals(parameters),
            state: parameters.get("state").ok().flatten().map(str::to_owned),
        })
    }

    /// Whether `client` may still be answered there.
    #[must_use]
    pub fn still_registered(&self, client: &Client) -> bool {
        entitlement::is_registered(client, &self.redirect_uri)
    }
}

/// How a refusal travels: as the answer would have, as far as that can be told.
fn mode_for_refusals(parameters: &Parameters) -> ResponseMode {
    let asked = |name| parameters.get(name).ok().flatten();
    let default = asked("response_type")
        .and_then(ResponseType::parse)
        .map_or(ResponseMode::Query, ResponseType::default_mode);
    match asked("response_mode").and_then(ResponseMode::parse) {
        Some(mode) if mode != ResponseMode::Query => mode,
        _ => default,
    }
}

/// A request that has passed every check that needs no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes.
    pub destination: Destination,
    /// What is asked for.
    pub response_type: ResponseType,
    /// The scopes asked for; the client may ask for each.
    pub scopes: Scopes,
    /// The client's `nonce`, for the ID token.
    pub nonce: Option<String>,
    /// The code challenge (RFC 7636).
    pub challenge: Option<CodeChallenge>,
    /// How much the person wants to be, or must not be, asked.
    pub prompt: Prompt,
    /// How many seconds ago the person may have logged in at most.
    pub max_age: Option<i64>,
    /// Whom the client thinks the person to be.
    pub login_hint: Option<String>,
    /// An ID token of the person whom the client means; not yet verified.
    pub id_token_hint: Option<String>,
}

impl AuthorizationRequest {
    /// Checks everything but where the answer goes.
    ///
    /// # Errors
    /// The client may not ask this, or not in this way.
    pub fn check(
        parameters: &Parameters,
        client: &Client,
        destination: Destination,
        plain_challenges: bool,
    ) -> Result<Self, Refusal> {
        if parameters.repeat() {
            return Err(invalid("a parameter is there more than once"));
        }
        // OpenID Connect Core sections 6 and 7.2.1. What they hold is neither read nor fetched.
        for (name, code) in [
            ("request", ErrorCode::RequestNotSupported),
            ("request_uri", ErrorCode::RequestUriNotSupported),
            ("registration", ErrorCode::RegistrationNotSupported),
        ] {
            if parameters.get(name)?.is_some() {
                let description = format!("the parameter `{name}` is not supported");
                return Err(Refusal::new(code, description));
            }
        }
        // Only for its bounds; the destination has it.
        parameters.get("state")?;
        let response_type = response_type(parameters, client)?;
        let response_mode = response_mode(parameters, response_type)?;
        let scopes = scopes(parameters, client)?;
        let openid = scopes.contain("openid");
        if response_type.id_token && !openid {
            return Err(invalid(
                "an ID token is asked for, so the scope `openid` must be asked for as well",
            ));
        }
        let nonce = parameters.get("nonce")?;
        // OpenID Connect Core sections 3.2.2.1 and 3.3.2.11.
        if response_type.id_token && nonce.is_none() {
            return Err(invalid(
                "an ID token is asked for by response_type, so `nonce` must be sent",
            ));
        }
        let challenge = challenge(parameters, client, response_type, plain_challenges)?;
        Ok(Self {
            client_id: client.id.clone(),
            response_type,
            scopes,
            nonce: nonce.map(str::to_owned),
            challenge,
            prompt: Prompt::parse(parameters.get("prompt")?.unwrap_or_default())?,
            max_age: max_age(parameters)?,
            login_hint: parameters.get("login_hint")?.map(str::to_owned),
            id_token_hint: parameters.get("id_token_hint")?.map(str::to_owned),
            destination: Destination {
                response_mode,
                ..destination
            },
        })
    }

    /// Checks what depends on the client again, which may have changed while the person was asked.
    ///
    /// # Errors
    /// The client may not ask this any more.
    pub fn still_allowed(&self, client: &Client) -> Result<(), Refusal> {
        entitlement::check_response_type(client, self.response_type)?;
        entitlement::check_scopes(client, &self.scopes)?;
        if self.challenge.is_none() {
            entitlement::check_no_challenge(client, self.response_type)?;
        }
        Ok(())
    }
}

fn invalid(description: &str) -> Refusal {
    Refusal::new(ErrorCode::InvalidRequest, description)
}

fn response_type(parameters: &Parameters, client: &Client) -> Result<ResponseType, Refusal> {
    let asked = parameters
        .get("response_type")?
        .ok_or_else(|| invalid("the parameter `response_type` is missing"))?;
    let response_type = ResponseType::parse(asked).ok_or_else(|| {
        Refusal::new(
            ErrorCode::UnsupportedResponseType,
            "response_type may hold `code`, `token` and `id_token`, each once",
        )
    })?;
    entitlement::check_response_type(client, response_type)?;
    Ok(response_type)
}

fn response_mode(
    parameters: &Parameters,
    response_type: ResponseType,
) -> Result<ResponseMode, Refusal> {
    let Some(asked) = parameters.get("response_mode")? else {
        return Ok(response_type.default_mode());
    };
    match ResponseMode::parse(asked) {
        None => Err(invalid(
            "response_mode must be `query`, `fragment` or `form_post`",
        )),
        // Multiple Response Types section 3: tokens never stand in a query.
        Some(ResponseMode::Query) if response_type.hands_tokens_to_the_browser() => Err(invalid(
            "response_mode `query` is not allowed for a response type that hands out tokens",
        )),
        Some(mode) => Ok(mode),
    }
}

fn scopes(parameters: &Parameters, client: &Client) -> Result<Scopes, Refusal> {
    let scopes = Scopes::parse(parameters.get("scope")?.unwrap_or_default())
        .map_err(|problem| Refusal::new(ErrorCode::InvalidScope, problem.to_string()))?;
    entitlement::check_scopes(client, &scopes)?;
    Ok(scopes)
}

fn challenge(
    parameters: &Parameters,
    client: &Client,
    response_type: ResponseType,
    plain_allowed: bool,
) -> Result<Option<CodeChallenge>, Refusal> {
    let challenge = parameters.get("code_challenge")?;
    let method = parameters.get("code_challenge_method")?;
    if challenge.is_none() && method.is_some() {
        return Err(invalid(
            "code_challenge_method is there without code_challenge",
        ));
    }
    let Some(challenge) = challenge else {
        entitlement::check_no_challenge(client, response_type)?;
        return Ok(None);
    };
    if !response_type.code {
        return Err(invalid("code_challenge is there, but no code is asked for"));
    }
    CodeChallenge::parse(challenge, method, plain_allowed)
        .map(Some)
        .map_err(|problem| invalid(&problem.to_string()))
}

fn max_age(parameters: &Parameters) -> Result<Option<i64>, Refusal> {
    let Some(text) = parameters.get("max_age")? else {
        return Ok(None);
    };
    text.parse::<u32>()
        .map(|seconds| Some(i64::from(seconds)))
        .map_err(|_| invalid("max_age must be a number of seconds"))
}
