//! What the server calls itself and others, read from the configuration.

use std::net::IpAddr;

use url::Url;

use super::config::Config;
use super::error::StartError;

/// The issuer without a trailing slash (OpenID Connect Discovery 1.0 section 3: https, neither query
/// nor fragment).
pub(super) fn issuer(config: &Config, port: u16) -> Result<String, StartError> {
    let plain = config.force_http;
    let Some(text) = &config.issuer else {
        let scheme = if plain { "http" } else { "https" };
        return Ok(format!("{scheme}://localhost:{port}"));
    };
    let text = text.strip_suffix('/').unwrap_or(text);
    let url = Url::parse(text).map_err(|_| StartError::Issuer("it is not a URL"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(StartError::Issuer("it is not an https URL"));
    }
    if url.scheme() == "http" && !plain {
        return Err(StartError::Issuer(
            "it must be an https URL unless --dangerous-force-http is given",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(StartError::Issuer(
            "it must have neither query nor fragment",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(StartError::Issuer(
            "it must not hold a user name or password",
        ));
    }
    Ok(text.to_owned())
}

/// The application that asks for consent. A path is one of this server's, wherever the issuer says it is.
pub(super) fn consent_url(text: &str, issuer: &str) -> Result<Url, StartError> {
    let whole = if text.starts_with('/') {
        format!("{issuer}{text}")
    } else {
        text.to_owned()
    };
    Url::parse(&whole)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or(StartError::ConsentUrl)
}

/// Every name by which a client may mean this server.
pub(super) fn certificate_names(issuer: &str, host: Option<&str>) -> Vec<String> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    let machine = gethostname::gethostname().into_string().ok();
    let issuer = Url::parse(issuer).ok();
    let of_issuer = issuer
        .as_ref()
        .and_then(Url::host_str)
        .map(|host| host.trim_matches(['[', ']']).to_owned());
    for name in [machine, of_issuer, host.map(str::to_owned)]
        .into_iter()
        .flatten()
    {
        let unspecified = name.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
        if !name.is_empty() && !unspecified && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_issuer(issuer: Option<&str>, force_http: bool) -> Result<String, StartError> {
        let config = Config {
            issuer: issuer.map(str::to_owned),
            force_http,
            ..Config::default()
        };
        super::issuer(&config, 4444)
    }

    #[test]
    fn the_issuer_loses_one_slash_and_nothing_else() {
        for (given, kept) in [
            ("https://localhost:9000/", "https://localhost:9000"),
            ("https://id.example.com", "https://id.example.com"),
            ("https://example.com/tenant/", "https://example.com/tenant"),
        ] {
            assert_eq!(with_issuer(Some(given), false).unwrap(), kept);
        }
        assert_eq!(with_issuer(None, false).unwrap(), "https://localhost:4444");
        assert_eq!(with_issuer(None, true).unwrap(), "http://localhost:4444");
    }

    #[test]
    fn an_issuer_that_cannot_be_is_refused() {
        for issuer in [
            "",
            "localhost",
            "ftp://example.com",
            "http://example.com",
            "https://example.com/?a",
            "https://example.com/#a",
            "https://user:password@example.com",
        ] {
            assert!(with_issuer(Some(issuer), false).is_err(), "{issuer}");
        }
        assert!(with_issuer(Some("http://example.com"), true).is_ok());
    }
}
