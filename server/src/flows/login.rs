//! Who is logged in, in which browser.

use serde_json::{Map, Value};

use crate::domain::consent::Login;
use crate::domain::secret::Secret;
use crate::flows::{Fault, Services};
use crate::storage::LoginSession;

/// The session whose cookie this is, if it still counts.
///
/// # Errors
/// It could not be found out.
pub async fn current(
    services: &Services,
    cookie: Option<&str>,
) -> Result<Option<LoginSession>, Fault> {
    // What this server did not make ends here, before the database is asked.
    let Some(signature) = cookie.and_then(|it| services.browser.login_sessions.signature_of(it))
    else {
        return Ok(None);
    };
    let session = services.storage.login_session(signature).await?;
    let now = services.clock.now();
    Ok(session.filter(|session| now < session.expires_at))
}

/// A session that begins now, under a name that nobody knew before: whoever planted a cookie does not
/// share in it.
///
/// # Errors
/// There is no randomness to be had.
pub fn new_session(services: &Services, login: &Login) -> Result<(Secret, LoginSession), Fault> {
    let minted = services
        .browser
        .login_sessions
        .mint(services.rng.as_ref())?;
    let now = services.clock.now();
    let session = LoginSession {
        signature: minted.signature,
        login: login.clone(),
        created_at: now,
        expires_at: now.after(services.lifespans.login_session),
    };
    Ok((minted.token, session))
}

/// Whether a token with these claims was issued to the client (RFC 7519 section 4.1.3: `aud` is one
/// string or several).
#[must_use]
pub fn is_audience(claims: &Map<String, Value>, client_id: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id,
        Some(Value::Array(audiences)) => audiences.iter().any(|it| it == client_id),
        _ => false,
    }
}
