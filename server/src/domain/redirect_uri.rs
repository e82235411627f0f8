//! Which redirect URIs a client may register, and which it may then ask for.
//!
//! Both compare and check the text as it was written. A URL parser mends what it reads, each in its own
//! way, and every mended difference has been a way to steal codes from some server.

use url::{Host, Url};

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
    /// RFC 9700 section 2.6: a code must not travel in clear, except within one machine.
    #[error("is plain http to another machine; only localhost and loopback addresses may be plain")]
    PlainHttp,
    /// RFC 8252 section 7.1: a private-use scheme is a domain name turned around.
    #[error(
        "has the scheme `{0}`, which lacks a dot; use a domain name turned around, such as com.example.app"
    )]
    SchemeWithoutDot(String),
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
        if uri.scheme() == "http" && !is_this_machine(&uri) {
            return Err(InvalidRedirectUri::PlainHttp);
        }
    } else if !uri.scheme().contains('.') {
        return Err(InvalidRedirectUri::SchemeWithoutDot(
            uri.scheme().to_owned(),
        ));
    }
    Ok(())
}

/// Whether what is sent there never leaves the machine of the browser.
fn is_this_machine(uri: &Url) -> bool {
    match uri.host() {
        // RFC 6761 section 6.3: names below `localhost` are loopback as well.
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether `asked` is the registered URI: the same text (RFC 9700 section 4.1.3), or the same but for
/// the port if it is an IP address of the loopback interface, where an application on a desktop takes
/// whichever port is free (RFC 8252 section 7.3). `localhost` gets no such freedom (section 8.3).
#[must_use]
pub fn matches(registered: &str, asked: &str) -> bool {
    registered == asked
        || on_loopback(registered).is_some_and(|registered| on_loopback(asked) == Some(registered))
}

/// Host and rest of an http URI on a loopback address, without the port between them.
fn on_loopback(uri: &str) -> Option<(&'static str, &str)> {
    const HOSTS: [&str; 2] = ["127.0.0.1", "[::1]"];
    let uri = uri.strip_prefix("http://")?;
    let (host, rest) = HOSTS
        .into_iter()
        .find_map(|host| Some((host, uri.strip_prefix(host)?)))?;
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(rest) => {
            let port = rest.split(['/', '?']).next().unwrap_or_default();
            let is_port = port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0);
            rest.strip_prefix(port).filter(|_| is_port)?
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
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
            "http://127.8.8.8/",
            "http://app.localhost:3000/",
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
            "http://example.com/callback",
            "http://localhost.example.com/",
            "http://notlocalhost/",
            "http://192.168.0.1/",
            "http://[::2]/",
            "myapp:/callback",
            "urn:ietf:wg:oauth:2.0:oob",
        ] {
            assert!(check(uri).is_err(), "{uri:?}");
        }
    }

    // RFC 9700 section 4.1.3, and what it took other servers to learn it.
    #[test]
    fn nothing_but_the_registered_text_matches() {
        let table: &[(&str, &[&str])] = &[
            (
                "https://allowed.com/callback",
                &[
                    // CVE-2020-15234: case, and a query that was not registered
                    "https://allowed.com/CALLBACK",
                    "https://ALLOWED.com/callback",
                    "HTTPS://allowed.com/callback",
                    "https://allowed.com/callback?bar=foo",
                    "https://allowed.com/callback?",
                    // CVE-2023-6291: the host as a prefix or behind user information
                    "https://allowed.com.evil.com/callback",
                    "https://allowed.com@evil.com/callback",
                    "https://evil.com/https://allowed.com/callback",
                    // CVE-2024-1132, CVE-2022-3782, CVE-2026-3872: ways out of the path
                    "https://allowed.com/callback/..%2F..%2Fevil",
                    "https://allowed.com/callback/../evil",
                    "https://allowed.com/callback%252F..%252Fevil",
                    "https://allowed.com/callback/..;/evil",
                    "https://allowed.com/x/../callback",
                    "https://allowed.com/./callback",
                    "https://allowed.com/%63allback",
                    // CVE-2024-8883: a port that is a password
                    "https://allowed.com:443@evil.com/callback",
                    "https://allowed.com:443/callback",
                    // CVE-2024-52289: a dot is a dot
                    "https://allowedxcom/callback",
                    // CVE-2019-14857, CVE-2022-23527: slashes and white space that parsers drop
                    "https:///allowed.com/callback",
                    "https:/allowed.com/callback",
                    "https:allowed.com/callback",
                    "https://\tallowed.com/callback",
                    "https://allowed.com\\callback",
                    " https://allowed.com/callback",
                    "https://allowed.com/callback ",
                    "https://allowed.com/callback\n",
                    "https://allowed.com//callback",
                    "https://allowed.com/callback/",
                    "https://allowed.com/callback#fragment",
                    "https://allowed.com/callback#",
                    "https://allowed.com/*",
                    // look-alikes, and names that mean the same
                    "https://аllowed.com/callback",
                    "https://xn--llowed-4ve.com/callback",
                    "https://allowed.com./callback",
                    "//allowed.com/callback",
                    "javascript://allowed.com/callback",
                    "data:text/html,https://allowed.com/callback",
                    // CVE-2020-15233: not even to this machine
                    "http://127.0.0.1/callback",
                    "http://localhost/callback",
                    "http://allowed.com/callback",
                    "",
                ],
            ),
            // CVE-2026-7504: a wildcard is a character like any other.
            ("https://allowed.com/*", &["https://allowed.com/callback"]),
            (
                "http://localhost:9010/callback",
                &[
                    // RFC 8252 section 8.3: no free ports for a name
                    "http://localhost/callback",
                    "http://localhost:9011/callback",
                    "http://localhost:80@evil.com/callback",
                    "http://127.0.0.1:9010/callback",
                ],
            ),
            (
                "http://127.0.0.1/callback",
                &[
                    // CVE-2020-15233: only the port may vary
                    "http://127.0.0.1/callback?bar=foo",
                    "http://127.0.0.1:8080/callback?bar=foo",
                    "http://127.0.0.1:8080/CALLBACK",
                    "http://127.0.0.1:8080/other",
                    "http://127.0.0.1:8080",
                    "https://127.0.0.1:8080/callback",
                    "HTTP://127.0.0.1:8080/callback",
                    "http://127.0.0.1:/callback",
                    "http://127.0.0.1:0/callback",
                    "http://127.0.0.1:65536/callback",
                    "http://127.0.0.1:+80/callback",
                    "http://127.0.0.1:80:80/callback",
                    "http://127.0.0.1:80@evil.com/callback",
                    "http://127.0.0.1@evil.com/callback",
                    "http://127.0.0.1.evil.com/callback",
                    "http://127.0.0.12:8080/callback",
                    "http://127.1:8080/callback",
                    "http://2130706433:8080/callback",
                    "http://127.0.0.1:8080\\@evil.com/callback",
                    "http://[::1]:8080/callback",
                    "http://localhost:8080/callback",
                ],
            ),
            (
                "http://[::1]/callback",
                &[
                    "http://[::1%25eth0]:8080/callback",
                    "http://[0:0:0:0:0:0:0:1]:8080/callback",
                    "http://[::1]evil.com/callback",
                    "http://::1:8080/callback",
                ],
            ),
            (
                "com.example.app:/callback",
                &[
                    "com.example.app:/callback/x",
                    "com.example.app://callback",
                    "com.example.app2:/callback",
                ],
            ),
        ];
        for (registered, tricks) in table {
            assert!(matches(registered, registered));
            for trick in *tricks {
                assert!(!matches(registered, trick), "{registered}: {trick:?}");
            }
        }
    }

    /// What differs by one character, put in, taken out or changed, is another redirect URI, except where that
    /// is the port of a loopback address.
    #[test]
    fn whatever_differs_by_one_character_does_not_match() {
        let characters = "/\\?#@:.;%*&=+ \t\n\0aA0é\u{202e}\u{ff0f}[]-_~";
        for registered in [
            "https://allowed.com/callback?a=b",
            "http://localhost:9010/callback",
            "com.example.app:/callback",
            "http://127.0.0.1:8080/callback",
        ] {
            for (at, c) in registered.char_indices() {
                let (before, rest) = registered.split_at(at);
                let after = &rest[c.len_utf8()..];
                let mut others = vec![format!("{before}{after}")];
                for with in characters.chars() {
                    others.push(format!("{before}{with}{rest}"));
                    others.push(format!("{before}{with}{after}"));
                }
                for other in others {
                    let same = other == registered || differ_in_the_port(registered, &other);
                    assert_eq!(matches(registered, &other), same, "{registered}: {other:?}");
                }
            }
        }
    }

    fn differ_in_the_port(registered: &str, other: &str) -> bool {
        let port = |uri: &str| -> Option<u16> {
            let port = uri.strip_prefix("http://127.0.0.1:")?;
            let port = port.strip_suffix("/callback")?;
            let digits = port.bytes().all(|b| b.is_ascii_digit());
            port.parse().ok().filter(|port| digits && *port > 0)
        };
        port(registered).is_some() && port(other).is_some()
    }

    // RFC 8252 section 7.3
    #[test]
    fn a_loopback_address_may_have_any_port() {
        for (registered, asked) in [
            ("http://127.0.0.1/callback", "http://127.0.0.1:1/callback"),
            (
                "http://127.0.0.1:80/cb?a=b",
                "http://127.0.0.1:65535/cb?a=b",
            ),
            ("http://127.0.0.1:80/callback", "http://127.0.0.1/callback"),
            ("http://127.0.0.1", "http://127.0.0.1:8080"),
            ("http://[::1]/callback", "http://[::1]:49152/callback"),
        ] {
            assert!(matches(registered, asked), "{registered} {asked}");
        }
    }
}
