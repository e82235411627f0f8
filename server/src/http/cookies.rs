//! The cookies this server sets.
//!
//! All of them are for this server alone: no script reads them (`HttpOnly`), other sites' forms do not
//! bring them along (`SameSite=Lax`), and with an https issuer they travel over TLS only and carry the prefix
//! `__Host-`, under which no neighbouring domain can plant one.

use std::fmt::Write as _;
use std::time::Duration;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};

use crate::flows::Services;

/// A cookie by its name, without the prefix.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Name<'a> {
    /// Who is logged in.
    Login,
    /// The browser began this consent request. Each has a cookie of its own, so that several flows can go
    /// on in one browser.
    Consent(&'a str),
}

impl Name<'_> {
    fn text(self, secure: bool) -> String {
        let prefix = if secure { "__Host-" } else { "" };
        match self {
            Self::Login => format!("{prefix}hydra_login"),
            Self::Consent(id) => format!("{prefix}hydra_consent_{id}"),
        }
    }
}

fn secure(services: &Services) -> bool {
    services.issuer.starts_with("https:")
}

/// The value of a cookie that the browser sent.
pub(crate) fn get<'a>(
    services: &Services,
    headers: &'a HeaderMap,
    name: Name<'_>,
) -> Option<&'a str> {
    let wanted = name.text(secure(services));
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// Lets the browser keep `value`, until it is closed if no `max_age` is given.
pub(crate) fn set(
    services: &Services,
    headers: &mut HeaderMap,
    name: Name<'_>,
    value: &str,
    max_age: Option<Duration>,
) {
    let secure = secure(services);
    let mut cookie = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax",
        name.text(secure)
    );
    if secure {
        cookie.push_str("; Secure");
    }
    if let Some(max_age) = max_age {
        // Writing to a string does not fail.
        let _ = write!(cookie, "; Max-Age={}", max_age.as_secs());
    }
    // Names and values are our own, or ids that were checked: they fit into a header.
    if let Ok(mut value) = HeaderValue::from_str(&cookie) {
        value.set_sensitive(true);
        headers.append(SET_COOKIE, value);
    }
}

/// Lets the browser forget a cookie.
pub(crate) fn forget(services: &Services, headers: &mut HeaderMap, name: Name<'_>) {
    set(services, headers, name, "", Some(Duration::ZERO));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cookie_is_for_this_server_alone() {
        let (mut services, _) = crate::flows::tests::services().await;
        let mut headers = HeaderMap::new();
        let minute = Some(Duration::from_secs(60));
        set(&services, &mut headers, Name::Consent("1-2"), "x", minute);
        assert_eq!(
            headers[SET_COOKIE],
            "__Host-hydra_consent_1-2=x; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60"
        );
        services.issuer = "http://localhost:4444".to_owned();
        let mut headers = HeaderMap::new();
        set(&services, &mut headers, Name::Login, "x", None);
        assert_eq!(
            headers[SET_COOKIE],
            "hydra_login=x; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[tokio::test]
    async fn the_right_cookie_is_found_among_others() {
        let (services, _) = crate::flows::tests::services().await;
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            HeaderValue::from_static("hydra_login=planted; a=b; __Host-hydra_login=mine"),
        );
        headers.append(COOKIE, HeaderValue::from_static("__Host-hydra_consent_2=c"));
        assert_eq!(get(&services, &headers, Name::Login), Some("mine"));
        assert_eq!(get(&services, &headers, Name::Consent("2")), Some("c"));
        assert_eq!(get(&services, &headers, Name::Consent("1")), None);
    }
}
