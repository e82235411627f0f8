//! Which redirect URIs a client may register.

use url::Url;

/// Why a redirect URI cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// Not an absolute URI.
    #[error("is not an absolute URI")]
    NotAbsolute,
    /// RFC 6749 section 3.1.2: no fragment.
    #[error("has a fragment, which RFC 6749 section 3.1.2 forbids")]
    Fragment,
    /// A scheme that runs what it is handed.
    #[error("has the scheme `{0}`, which a browser may execute")]
    Scheme(String),
    /// A user name or password in an http URI hides which host is meant.
    #[error("has a user name or password")]
    UserInfo,
    /// White space or control characters, which parsers of URIs drop or mend differently.
    #[error("has white space, a backslash or a control character")]
    Characters,
}

/// Checks a redirect URI that a client wants to register.
///
/// # Errors
/// The URI could send a code to the wrong place, or cannot be compared reliably.
pub fn check(text: &str) -> Result<(), InvalidRedirectUri> {
    // URL parsers strip tabs and newlines and read `\` as `/`; the stored text is what is compared.
    if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return Err(InvalidRedirectUri::Characters);
    }
    let uri = Url::parse(text).map_err(|_| InvalidRedirectUri::NotAbsolute)?;
    // RFC 6749 section 3.1.2: "The endpoint URI MUST NOT include a fragment component."
    if text.contains('#') {
        return Err(InvalidRedirectUri::Fragment);
    }
    if matches!(
        uri.scheme(),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" | "view-source"
    ) {
        return Err(InvalidRedirectUri::Scheme(uri.scheme().to_owned()));
    }
    if matches!(uri.scheme(), "http" | "https") {
        // `http:foo` and `http:///foo` are mended by the parser; ask for what was written.
        let authority = text
            .split_once("://")
            .map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or(""));
        if authority.is_empty() {
            return Err(InvalidRedirectUri::NotAbsolute);
        }
        if authority.contains('@') {
            return Err(InvalidRedirectUri::UserInfo);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_ones_pass() {
        for uri in [
            "https://example.com/callback",
            "https://example.com/callback?tenant=1",
            "http://localhost:9010/callback",
            "http://127.0.0.1/callback",
            "http://[::1]:8080/",
            "com.example.app:/callback",
        ] {
            assert_eq!(check(uri), Ok(()), "{uri}");
        }
    }

    #[test]
    fn bad_ones_do_not() {
        for uri in [
            "",
            "/callback",
            "example.com/callback",
            "http:callback",
            "https:///callback",
            "https://example.com/callback#fragment",
            "https://example.com/#",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,x",
            "http://localhost:80@evil.com/",
            "https://example.com\\@evil.com/",
            "https://example.com/a b",
            " https://example.com/",
        ] {
            assert!(check(uri).is_err(), "{uri:?}");
        }
    }
}
