//! ID tokens: who signed in, believed only after every check of OpenID Connect Core 1.0 section
//! 3.1.3.7.

use std::fmt;

use aws_lc_rs::digest::{self, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::IdTokenError;
use super::random::same;
use super::signature::{Parts, check};
use crate::Secret;
use crate::types::JsonWebKeySet;

/// How far the clocks of server and client may be apart, in seconds, unless told otherwise.
const LEEWAY: u64 = 60;

/// A verified ID token.
#[derive(Clone, PartialEq)]
pub struct IdToken {
    raw: String,
    claims: Map<String, Value>,
}

impl IdToken {
    /// Who signed in: a name that never changes and belongs to nobody else at this server.
    pub fn subject(&self) -> &str {
        self.text("sub").unwrap_or_default()
    }

    /// The server that says so.
    pub fn issuer(&self) -> &str {
        self.text("iss").unwrap_or_default()
    }

    /// When the token is over, in seconds since 1970.
    pub fn expires_at(&self) -> u64 {
        seconds(&self.claims, "exp").unwrap_or_default()
    }

    /// When the person last gave their password, in seconds since 1970, if the server tells.
    pub fn auth_time(&self) -> Option<u64> {
        seconds(&self.claims, "auth_time")
    }

    /// A claim as text: `name`, `email`, …
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// Everything that the token says.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The token as it came, such as for the `id_token_hint` of a logout.
    pub fn raw(&self) -> Secret {
        Secret::new(&self.raw)
    }
}

/// The subject; what else the token says is the person's own business.
impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdToken")
            .field("iss", &self.issuer())
            .field("sub", &self.subject())
            .finish_non_exhaustive()
    }
}

/// What an ID token has to say to be believed. Needs no network.
#[derive(Debug, Clone)]
#[must_use]
pub struct IdTokenVerifier {
    issuer: String,
    client_id: String,
    nonce: Option<String>,
    access_token: Option<Secret>,
    max_age: Option<u64>,
    leeway: u64,
}

impl IdTokenVerifier {
    /// For tokens that `issuer` made for the client of this id.
    pub fn new(issuer: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            nonce: None,
            access_token: None,
            max_age: None,
            leeway: LEEWAY,
        }
    }

    /// The nonce that was sent. Always give it if one was.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// The access token that came with it, to compare with `at_hash` if the token has one.
    pub fn access_token(mut self, token: impl Into<Secret>) -> Self {
        self.access_token = Some(token.into());
        self
    }

    /// The `max_age` that was sent: how many seconds ago the person may have signed in.
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// How far the clocks of server and client may be apart, in seconds. Default: 60.
    pub fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = seconds;
        self
    }

    /// Verifies a token with the server's keys. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// The first reason not to believe it.
    pub fn verify(
        &self,
        token: &str,
        keys: &JsonWebKeySet,
        now: u64,
    ) -> Result<IdToken, IdTokenError> {
        let parts = Parts::of(token)?;
        let algorithm = check(&parts, keys)?;
        let claims = parts.claims()?;
        self.check_parties(&claims)?;
        self.check_times(&claims, now)?;
        if let Some(nonce) = &self.nonce {
            let found = required_text(&claims, "nonce")?;
            ensure(same(found, nonce), "nonce", "is not the one that was sent")?;
        }
        if let (Some(token), Some(hash)) = (&self.access_token, claims.get("at_hash")) {
            let fits = hash.as_str() == Some(&half_hash(algorithm, token.expose()));
            ensure(fits, "at_hash", "belongs to another access token")?;
        }
        Ok(IdToken {
            raw: token.to_owned(),
            claims,
        })
    }

    fn check_parties(&self, claims: &Map<String, Value>) -> Result<(), IdTokenError> {
        let issuer = required_text(claims, "iss")?;
        ensure(issuer == self.issuer, "iss", || {
            format!("is `{}`, not `{}`", issuer.escape_debug(), self.issuer)
        })?;
        required_text(claims, "sub")?;
        let audience: Vec<_> = match claims.get("aud") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let meant = audience.contains(&self.client_id.as_str());
        ensure(meant, "aud", || {
            format!("does not name `{}`", self.client_id)
        })?;
        // The party that it was issued to: must be named if there are several, and be us if named.
        match claims.get("azp").and_then(Value::as_str) {
            Some(party) => ensure(party == self.client_id, "azp", "names another client"),
            None => ensure(
                audience.len() == 1,
                "azp",
                "is missing, with several in `aud`",
            ),
        }
    }

    fn check_times(&self, claims: &Map<String, Value>, now: u64) -> Result<(), IdTokenError> {
        let over = required_seconds(claims, "exp")?;
        let late = over.saturating_add(self.leeway);
        ensure(now < late, "exp", "is in the past")?;
        for claim in ["iat", "nbf"] {
            let begin = match seconds(claims, claim) {
                None if claim == "nbf" && !claims.contains_key(claim) => continue,
                _ => required_seconds(claims, claim)?,
            };
            let early = now.saturating_add(self.leeway);
            ensure(begin <= early, claim, "is in the future")?;
        }
        if let Some(limit) = self.max_age {
            let last = required_seconds(claims, "auth_time")?;
            let latest = last.saturating_add(limit).saturating_add(self.leeway);
            ensure(
                now <= latest,
                "auth_time",
                "is longer ago than was asked for",
            )?;
        }
        Ok(())
    }
}

/// OpenID Connect Core 1.0 section 3.1.3.6: the left half of the hash that the algorithm uses.
fn half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = match algorithm {
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256 => &digest::SHA256,
        Algorithm::RS384 | Algorithm::PS384 | Algorithm::ES384 => &digest::SHA384,
        _ => &digest::SHA512,
    };
    let whole = digest(hash, text.as_bytes());
    let whole = whole.as_ref();
    URL_SAFE_NO_PAD.encode(whole.get(..whole.len() / 2).unwrap_or(whole))
}

/// A problem in words, only put together if there is one.
trait Problem {
    fn words(self) -> String;
}

impl Problem for &str {
    fn words(self) -> String {
        self.to_owned()
    }
}

impl<F: FnOnce() -> String> Problem for F {
    fn words(self) -> String {
        self()
    }
}

fn ensure(right: bool, claim: &'static str, problem: impl Problem) -> Result<(), IdTokenError> {
    if right {
        Ok(())
    } else {
        Err(IdTokenError::Claim {
            claim,
            problem: problem.words(),
        })
    }
}

fn required_text<'a>(
    claims: &'a Map<String, Value>,
    claim: &'static str,
) -> Result<&'a str, IdTokenError> {
    let text = claims
        .get(claim)
        .and_then(Value::as_str)
        .unwrap_or_default();
    ensure(!text.is_empty(), claim, "is missing")?;
    Ok(text)
}

fn required_seconds(claims: &Map<String, Value>, claim: &'static str) -> Result<u64, IdTokenError> {
    seconds(claims, claim).ok_or_else(|| IdTokenError::Claim {
        claim,
        problem: "is missing or no time".to_owned(),
    })
}

/// A time (RFC 7519 section 2: NumericDate, which may have a fraction).
fn seconds(claims: &Map<String, Value>, claim: &str) -> Option<u64> {
    let value = claims.get(claim)?;
    value.as_u64().or_else(|| {
        let fraction = value.as_f64().filter(|time| *time >= 0.0)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is not negative, and a float's cast saturates"
        )]
        Some(fraction as u64)
    })
}
