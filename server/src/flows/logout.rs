//! Logging out because a client asks (OpenID Connect RP-Initiated Logout 1.0).
//!
//! Two things must not happen: that a link on any page ends somebody's login, and that the way out leads
//! wherever such a link says. So a login ends at once only for who can show an ID token of the person;
//! everybody else's browser is asked. And the browser goes on only to a URI that the client registered.

use crate::domain::authorization_response::with_state;
use crate::domain::client::Client;
use crate::domain::parameters::{Parameters, UnclearParameter};
use crate::flows::{Fault, Services, login, signing_keys};
use crate::storage::{LoginSession, StorageError};

/// The parameter by which our own page says that the person wants it.
pub const CSRF: &str = "logout_csrf";
/// The parameters that our own page sends along.
const CARRIED: [&str; 4] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
];

/// What happens next.
#[derive(Debug)]
pub enum Leaving {
    /// The person is asked.
    Ask {
        /// The name of the client that wants it, if that is known.
        client_name: Option<String>,
        /// What the page sends back.
        fields: Vec<(&'static str, String)>,
        /// Where the browser then goes.
        target: Option<String>,
    },
    /// Nobody is logged in here any more.
    Done {
        /// Where the browser goes, if not to a page of ours.
        target: Option<String>,
    },
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    /// The hint is none of ours.
    #[error("`id_token_hint` is not an ID token that this server issued")]
    Hint,
    /// The hint is another client's.
    #[error("`client_id` is not the client that `id_token_hint` was issued to")]
    Client,
    /// The browser would go where nobody said it may.
    #[error(
        "`post_logout_redirect_uri` is not one that the application registered, character by character, \
         or the request does not say which application that is"
    )]
    RedirectUri,
    /// A parameter cannot be told.
    #[error(transparent)]
    Unclear(#[from] UnclearParameter),
    /// The page was not ours, or not for this browser.
    #[error("the answer does not come from the page that asked in this browser")]
    ForeignPage,
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StorageError> for LogoutError {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}

/// Logs out, or asks first. `login_cookie` is what the browser keeps of its login.
///
/// # Errors
/// The request cannot be what a client sent, and nothing was done.
pub async fn leave(
    services: &Services,
    parameters: &Parameters,
    login_cookie: Option<&str>,
) -> Result<Leaving, LogoutError> {
    let (hinted_subject, client_id) = hint(services, parameters).await?;
    let client = match client_id {
        Some(id) => services.storage.client(&id).await?.map(|it| it.client),
        None => None,
    };
    let target = target(parameters, client.as_ref())?;
    let Some(session) = login::current(services, login_cookie).await? else {
        return Ok(Leaving::Done { target });
    };
    if !is_wanted(services, parameters, login_cookie, hinted_subject, &session)? {
        return ask(services, parameters, client, login_cookie, target);
    }
    services
        .storage
        .end_login_session(&session.signature)
        .await?;
    Ok(Leaving::Done { target })
}

/// Whom the hint names, and which client asks.
async fn hint(
    services: &Services,
    parameters: &Parameters,
) -> Result<(Option<String>, Option<String>), LogoutError> {
    let client_id = parameters.get("client_id")?.map(str::to_owned);
    let Some(hint) = parameters.get("id_token_hint")? else {
        return Ok((None, client_id));
    };
    // Section 2: an expired token still says who was meant.
    let claims = signing_keys::verify_own(services, hint, true)
        .await?
        .ok_or(LogoutError::Hint)?;
    if client_id
        .as_ref()
        .is_some_and(|id| !login::is_audience(&claims, id))
    {
        return Err(LogoutError::Client);
    }
    let text = |name| claims.get(name)?.as_str().map(str::to_owned);
    Ok((text("sub"), client_id.or_else(|| text("aud"))))
}

/// Where the browser goes in the end. Section 3: the URI must be one that the client registered.
fn target(parameters: &Parameters, client: Option<&Client>) -> Result<Option<String>, LogoutError> {
    let Some(asked) = parameters.get("post_logout_redirect_uri")? else {
        return Ok(None);
    };
    let registered = client.is_some_and(|client| {
        client
            .post_logout_redirect_uris
            .iter()
            .any(|registered| registered == asked)
    });
    if !registered {
        return Err(LogoutError::RedirectUri);
    }
    Ok(Some(with_state(asked, parameters.get("state")?)))
}

/// Whether it is the person whose login this is that wants it to end.
fn is_wanted(
    services: &Services,
    parameters: &Parameters,
    login_cookie: Option<&str>,
    hinted_subject: Option<String>,
    session: &LoginSession,
) -> Result<bool, LogoutError> {
    match parameters.get(CSRF)? {
        Some(value) => {
            let ours =
                login_cookie.is_some_and(|cookie| services.browser.is_logout_csrf(cookie, value));
            if ours {
                Ok(true)
            } else {
                Err(LogoutError::ForeignPage)
            }
        }
        None => Ok(hinted_subject.is_some_and(|subject| subject == session.login.subject)),
    }
}

fn ask(
    services: &Services,
    parameters: &Parameters,
    client: Option<Client>,
    login_cookie: Option<&str>,
    target: Option<String>,
) -> Result<Leaving, LogoutError> {
    let mut fields = Vec::new();
    for name in CARRIED {
        if let Some(value) = parameters.get(name)? {
            fields.push((name, value.to_owned()));
        }
    }
    let csrf = services
        .browser
        .logout_csrf(login_cookie.unwrap_or_default());
    fields.push((CSRF, csrf));
    Ok(Leaving::Ask {
        client_name: client
            .map(|client| client.name)
            .filter(|name| !name.is_empty()),
        fields,
        target,
    })
}
