//! OAuth 2.0 clients: what one is, and what one may look like.

use url::Url;

use crate::domain::redirect_uri::{self, InvalidRedirectUri};
use crate::domain::scope::Scopes;

/// The longest id or owner that every database can take for a key, in characters.
pub const LONGEST_KEY: usize = 255;
/// The longest of the other texts, in bytes. A row must stay far below what a database can hold.
const LONGEST_TEXT: usize = 16 * 1024;
/// The most entries in a list.
const LONGEST_LIST: usize = 256;
/// The shortest client secret, in characters.
pub const SHORTEST_SECRET: usize = 6;
/// The longest client secret, in bytes: enough for a JWT, too short to keep the hash busy.
const LONGEST_SECRET: usize = 4 * 1024;

/// The grant types this server knows.
pub mod grant_type {
    /// RFC 6749 section 4.4.
    pub const CLIENT_CREDENTIALS: &str = "client_credentials";
    /// RFC 6749 section 4.1; what a client without a list may use.
    pub const AUTHORIZATION_CODE: &str = "authorization_code";
    /// RFC 6749 section 4.2: tokens straight from the authorization endpoint.
    pub const IMPLICIT: &str = "implicit";
    /// RFC 6749 section 6.
    pub const REFRESH_TOKEN: &str = "refresh_token";
}

/// An OAuth 2.0 client, without its secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// Names the client.
    pub id: String,
    /// The name people see.
    pub name: String,
    /// Where the browser may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Where the browser may be sent after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// The grants it may use; empty means `authorization_code`.
    pub grant_types: Vec<String>,
    /// What it may ask of the authorization endpoint; empty means `code`.
    pub response_types: Vec<String>,
    /// Patterns of the scopes it may ask for, separated by spaces.
    pub scope: String,
    /// Who owns it; policies see this.
    pub owner: String,
    /// Privacy policy.
    pub policy_uri: String,
    /// Terms of service.
    pub tos_uri: String,
    /// Home page.
    pub client_uri: String,
    /// Logo.
    pub logo_uri: String,
    /// How to reach those responsible.
    pub contacts: Vec<String>,
    /// Whether it has no secret to authenticate with.
    pub public: bool,
}

/// A property of a client that cannot be, by its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{property}` {problem}")]
pub struct InvalidClient {
    /// The property.
    pub property: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl InvalidClient {
    fn new(property: &'static str, problem: impl Into<String>) -> Self {
        Self {
            property,
            problem: problem.into(),
        }
    }
}

/// Whether `text` could be the id of something: what cannot is known to be absent without asking the
/// database, which might take exception to it (PostgreSQL refuses NUL) or blur it (MySQL ignores
/// trailing spaces).
#[must_use]
pub fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= LONGEST_KEY
        && !text.chars().any(char::is_control)
        && text.trim() == text
        // A dot segment is resolved away by whoever builds a URL from it: the client could be made
        // and never reached.
        && text != "."
        && text != ".."
}

impl Client {
    /// Whether the client may use the grant.
    #[must_use]
    pub fn may_use_grant(&self, grant: &str) -> bool {
        if self.grant_types.is_empty() {
            return grant == grant_type::AUTHORIZATION_CODE;
        }
        self.grant_types.iter().any(|allowed| allowed == grant)
    }

    /// The patterns of the scopes the client may ask for.
    #[must_use]
    pub fn allowed_scopes(&self) -> Scopes {
        // Checked when the client was stored; a row made by other means allows nothing.
        Scopes::parse(&self.scope).unwrap_or_default()
    }

    /// Checks every property.
    ///
    /// # Errors
    /// The first property that cannot be.
    pub fn check(&self) -> Result<(), InvalidClient> {
        if !is_id(&self.id) {
            return Err(InvalidClient::new(
                "id",
                format!(
                    "must be 1 to {LONGEST_KEY} characters, without control characters or spaces at \
                     the ends, and neither `.` nor `..`"
                ),
            ));
        }
        if !(self.owner.is_empty() || is_id(&self.owner)) {
            return Err(InvalidClient::new(
                "owner",
                format!(
                    "must be at most {LONGEST_KEY} characters, without control characters or spaces \
                     at the ends"
                ),
            ));
        }
        text("client_name", &self.name)?;
        text("scope", &self.scope)?;
        Scopes::parse(&self.scope)
            .map_err(|problem| InvalidClient::new("scope", problem.to_string()))?;
        for (property, list) in [
            ("redirect_uris", &self.redirect_uris),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
            ("grant_types", &self.grant_types),
            ("response_types", &self.response_types),
            ("contacts", &self.contacts),
        ] {
            if list.len() > LONGEST_LIST {
                return Err(InvalidClient::new(
                    property,
                    format!("has {} entries; {LONGEST_LIST} are allowed", list.len()),
                ));
            }
            list.iter().try_for_each(|entry| text(property, entry))?;
        }
        for (property, uris) in [
            ("redirect_uris", &self.redirect_uris),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris),
        ] {
            for uri in uris {
                redirect_uri::check(uri).map_err(|problem: InvalidRedirectUri| {
                    InvalidClient::new(property, format!("holds `{uri}`, which {problem}"))
                })?;
            }
        }
        // These become links on pages, so `javascript:` in them would run there.
        for (property, uri) in [
            ("policy_uri", &self.policy_uri),
            ("tos_uri", &self.tos_uri),
            ("client_uri", &self.client_uri),
            ("logo_uri", &self.logo_uri),
        ] {
            text(property, uri)?;
            let web = Url::parse(uri)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
            if !uri.is_empty() && !web {
                return Err(InvalidClient::new(
                    property,
                    "must be an http or https URL, or be left out",
                ));
            }
        }
        Ok(())
    }
}

/// Checks the length of a text, and that no database chokes on it.
fn text(property: &'static str, value: &str) -> Result<(), InvalidClient> {
    if value.len() > LONGEST_TEXT {
        return Err(InvalidClient::new(
            property,
            format!("is {} bytes long; {LONGEST_TEXT} are allowed", value.len()),
        ));
    }
    if value.contains('\0') {
        return Err(InvalidClient::new(property, "holds a NUL character"));
    }
    Ok(())
}

/// Checks a secret that a client shall have.
///
/// # Errors
/// It is too short or too long.
pub fn check_secret(secret: &str) -> Result<(), InvalidClient> {
    if secret.chars().count() < SHORTEST_SECRET {
        return Err(InvalidClient::new(
            "client_secret",
            format!("must be at least {SHORTEST_SECRET} characters long"),
        ));
    }
    if secret.len() > LONGEST_SECRET {
        return Err(InvalidClient::new(
            "client_secret",
            format!("must be at most {LONGEST_SECRET} bytes long"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> Client {
        Client {
            id: "some-consumer".into(),
            ..Client::default()
        }
    }

    #[test]
    fn a_bare_client_is_fine_and_may_only_use_codes() {
        assert_eq!(client().check(), Ok(()));
        assert!(client().may_use_grant("authorization_code"));
        assert!(!client().may_use_grant("client_credentials"));
    }

    #[test]
    fn ids_that_cannot_be() {
        for id in ["", " a", "a ", "a\nb", "a\0", ".", "..", &"x".repeat(256)] {
            let client = Client {
                id: id.into(),
                ..client()
            };
            assert_eq!(client.check().unwrap_err().property, "id", "{id:?}");
        }
        for id in ["a", "a b", "Ünïcode", "o'brien", "a/b", &"ü".repeat(255)] {
            assert!(is_id(id), "{id:?}");
        }
    }

    #[test]
    fn the_property_at_fault_is_named() {
        let uri = "javascript:alert(1)".to_owned();
        let cases = [
            (
                "scope",
                Client {
                    scope: "a\"b".into(),
                    ..client()
                },
            ),
            (
                "redirect_uris",
                Client {
                    redirect_uris: vec!["/relative".into()],
                    ..client()
                },
            ),
            (
                "policy_uri",
                Client {
                    policy_uri: uri.clone(),
                    ..client()
                },
            ),
            (
                "tos_uri",
                Client {
                    tos_uri: uri.clone(),
                    ..client()
                },
            ),
            (
                "client_uri",
                Client {
                    client_uri: uri.clone(),
                    ..client()
                },
            ),
            (
                "logo_uri",
                Client {
                    logo_uri: uri,
                    ..client()
                },
            ),
            (
                "owner",
                Client {
                    owner: "x".repeat(256),
                    ..client()
                },
            ),
            (
                "client_name",
                Client {
                    name: "\0".into(),
                    ..client()
                },
            ),
            (
                "contacts",
                Client {
                    contacts: vec![String::new(); 257],
                    ..client()
                },
            ),
        ];
        for (property, client) in cases {
            assert_eq!(client.check().unwrap_err().property, property);
        }
    }

    #[test]
    fn secrets_have_bounds() {
        assert!(check_secret("12345").is_err());
        assert_eq!(check_secret("123456"), Ok(()));
        assert!(check_secret(&"x".repeat(5000)).is_err());
    }
}
