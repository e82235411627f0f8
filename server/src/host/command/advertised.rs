//! The flags of `hydra host` that add to what discovery tells.

use clap::Args;
use url::Url;

use super::{CommandError, setting};
use crate::domain::advertised::Advertised;
use crate::domain::scope::Scopes;

#[derive(Debug, Args)]
pub(super) struct AdvertisedArgs {
    /// Claims that discovery lists beside the server's own, such as name,email: those that the application
    /// that asks for consent gives
    #[arg(
        long,
        env = "OIDC_DISCOVERY_CLAIMS_SUPPORTED",
        value_delimiter = ',',
        value_name = "NAMES"
    )]
    oidc_discovery_claims_supported: Vec<String>,
    /// Scopes that discovery lists beside the server's own, such as profile,email
    #[arg(
        long,
        env = "OIDC_DISCOVERY_SCOPES_SUPPORTED",
        value_delimiter = ',',
        value_name = "NAMES"
    )]
    oidc_discovery_scopes_supported: Vec<String>,
    /// Userinfo endpoint that discovery tells in place of the server's own
    #[arg(long, env = "OIDC_DISCOVERY_USERINFO_ENDPOINT", value_name = "URL")]
    oidc_discovery_userinfo_endpoint: Option<String>,
}

impl AdvertisedArgs {
    pub(super) fn get(&self) -> Result<Advertised, CommandError> {
        let scopes = names(&self.oidc_discovery_scopes_supported);
        Scopes::parse(&scopes.join(" "))
            .map_err(|problem| setting("OIDC_DISCOVERY_SCOPES_SUPPORTED", problem.to_string()))?;
        let userinfo_endpoint = self
            .oidc_discovery_userinfo_endpoint
            .clone()
            .filter(|url| !url.is_empty());
        let is_web = |url: &String| {
            Url::parse(url)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        };
        if userinfo_endpoint.as_ref().is_some_and(|url| !is_web(url)) {
            return Err(setting(
                "OIDC_DISCOVERY_USERINFO_ENDPOINT",
                "it is not an http or https URL",
            ));
        }
        Ok(Advertised {
            claims: names(&self.oidc_discovery_claims_supported),
            scopes,
            userinfo_endpoint,
        })
    }
}

/// The names in a list; spaces around them, and empty ones, do not count.
fn names(list: &[String]) -> Vec<String> {
    list.iter()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}
