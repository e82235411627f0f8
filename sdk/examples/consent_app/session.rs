//! What the browser keeps for us, signed so that nobody can make it up.

use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// For how many seconds somebody who gave their password may take to decide. A consent request
/// does not last longer either.
const DECISION: i64 = 600;

/// Signs cookies.
pub(crate) struct Signer(Key);

/// Who logged in for a consent request, and when.
pub(crate) struct Login {
    pub(crate) subject: String,
    /// In seconds since 1970.
    pub(crate) at: i64,
}

impl Signer {
    /// With this secret, or with a random one if there is none: then cookies end with the process.
    pub(crate) fn new(secret: Option<&str>) -> Result<Self, &'static str> {
        let key = match secret {
            Some(secret) => Key::new(HMAC_SHA256, secret.as_bytes()),
            None => Key::generate(HMAC_SHA256, &aws_lc_rs::rand::SystemRandom::new())
                .map_err(|_| "there are no random numbers")?,
        };
        Ok(Self(key))
    }

    /// The browser's session: a random text. With it a `Set-Cookie` header if it is a new one.
    pub(crate) fn session(
        &self,
        headers: &HeaderMap,
    ) -> Result<(String, Option<String>), &'static str> {
        if let Some(known) = self.open(headers, "session") {
            return Ok((known, None));
        }
        let mut bytes = [0; 16];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| "there are no random numbers")?;
        let new = URL_SAFE_NO_PAD.encode(bytes);
        let cookie = format!("{}; {ATTRIBUTES}", self.seal("session", &new));
        Ok((new, Some(cookie)))
    }

    /// What a form of this session has to bring along, so that no other site can send it.
    pub(crate) fn csrf(&self, session: &str) -> String {
        self.mac("csrf", session)
    }

    /// Whether a form came from a page that this browser got from us.
    pub(crate) fn is_ours(&self, headers: &HeaderMap, csrf: &str) -> bool {
        self.open(headers, "session")
            .is_some_and(|session| self.verify("csrf", &session, csrf))
    }

    /// A `Set-Cookie` header that notes who logged in for a consent request. Each request has a
    /// cookie of its own, so that several can go on in one browser.
    pub(crate) fn note(&self, consent: &str, login: &Login) -> String {
        let value = format!("{}:{}", login.at, login.subject);
        let pair = self.seal(&login_name(consent), &value);
        format!("{pair}; Max-Age={DECISION}; {ATTRIBUTES}")
    }

    /// Who logged in for a consent request, if anybody did.
    pub(crate) fn login(&self, headers: &HeaderMap, consent: &str, now: i64) -> Option<Login> {
        let value = self.open(headers, &login_name(consent))?;
        let (at, subject) = value.split_once(':')?;
        let at = at.parse().ok()?;
        (at <= now && now - at <= DECISION).then(|| Login {
            subject: subject.to_owned(),
            at,
        })
    }

    /// A `Set-Cookie` header that forgets the login of a consent request.
    pub(crate) fn forget(&self, consent: &str) -> String {
        format!("{}=; Max-Age=0; {ATTRIBUTES}", login_name(consent))
    }

    /// `name=value.signature`. The signature covers the name: one cookie does not do for another.
    fn seal(&self, name: &str, value: &str) -> String {
        let encoded = URL_SAFE_NO_PAD.encode(value);
        format!("{name}={encoded}.{}", self.mac(name, value))
    }

    fn open(&self, headers: &HeaderMap, name: &str) -> Option<String> {
        let sealed = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))?;
        let (encoded, signature) = sealed.split_once('.')?;
        let value = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
        self.verify(name, &value, signature).then_some(value)
    }

    fn mac(&self, purpose: &str, value: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, message(purpose, value).as_bytes()))
    }

    fn verify(&self, purpose: &str, value: &str, signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
            return false;
        };
        hmac::verify(&self.0, message(purpose, value).as_bytes(), &signature).is_ok()
    }
}

/// Not for scripts, and not for forms on other sites. Behind HTTPS add `Secure`.
const ATTRIBUTES: &str = "Path=/; HttpOnly; SameSite=Lax";

fn message(purpose: &str, value: &str) -> String {
    format!("{purpose}\n{value}")
}

/// The id comes from a URL, so it is encoded into what a cookie's name may hold.
fn login_name(consent: &str) -> String {
    format!("login-{}", URL_SAFE_NO_PAD.encode(consent))
}
