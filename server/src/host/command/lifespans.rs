//! The flags of `hydra host` that say how long things are good.

use std::time::Duration;

use clap::Args;

use crate::flows::Lifespans;
use crate::host::duration;

#[derive(Debug, Args)]
pub(super) struct LifespanArgs {
    /// How long an access token is good, such as 1h30m
    #[arg(long, env = "ACCESS_TOKEN_LIFESPAN", default_value = "1h", value_parser = lifespan, value_name = "DURATION")]
    access_token_lifespan: Duration,
    /// How long an authorization code is good
    #[arg(long, env = "AUTH_CODE_LIFESPAN", default_value = "10m", value_parser = lifespan, value_name = "DURATION")]
    auth_code_lifespan: Duration,
    /// How long an ID token is good
    #[arg(long, env = "ID_TOKEN_LIFESPAN", default_value = "1h", value_parser = lifespan, value_name = "DURATION")]
    id_token_lifespan: Duration,
    /// How long a refresh token is good unless it is used; each use begins anew. 0 means for ever
    #[arg(long, env = "REFRESH_TOKEN_LIFESPAN", default_value = "720h", value_parser = duration::parse, value_name = "DURATION")]
    refresh_token_lifespan: Duration,
    /// For how long after its first use a refresh token may be used again, such as 10s, since a client
    /// that got no answer will try again; after that, using it revokes all that came from it
    #[arg(long, env = "REFRESH_TOKEN_GRACE", default_value = "0s", value_parser = duration::parse, value_name = "DURATION")]
    refresh_token_grace: Duration,
    /// How long a person may take to log in and consent
    #[arg(long, env = "CHALLENGE_TOKEN_LIFESPAN", default_value = "10m", value_parser = lifespan, value_name = "DURATION")]
    challenge_token_lifespan: Duration,
    /// How long a browser stays logged in, if the person wants to be remembered
    #[arg(long, env = "LOGIN_SESSION_LIFESPAN", default_value = "24h", value_parser = lifespan, value_name = "DURATION")]
    login_session_lifespan: Duration,
}

impl LifespanArgs {
    pub(super) fn get(&self) -> Lifespans {
        Lifespans {
            access_token: self.access_token_lifespan,
            code: self.auth_code_lifespan,
            id_token: self.id_token_lifespan,
            refresh_token: Some(self.refresh_token_lifespan).filter(|it| !it.is_zero()),
            refresh_token_grace: self.refresh_token_grace,
            consent_request: self.challenge_token_lifespan,
            login_session: self.login_session_lifespan,
        }
    }
}

/// A lifespan must not be so short that nothing can be done with it.
fn lifespan(text: &str) -> Result<Duration, String> {
    let lifespan = duration::parse(text)?;
    if lifespan < Duration::from_secs(1) {
        return Err("it must be at least 1s".to_owned());
    }
    Ok(lifespan)
}
