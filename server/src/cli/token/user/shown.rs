//! The tokens, as terminal, machines and browser get to see them.

use hydra_sdk::flow::Tokens;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::output::Report;
use crate::domain::clock::{Clock as _, SystemClock, UnixTime};

/// The tokens, as text.
pub(super) struct Shown {
    access_token: String,
    refresh_token: Option<String>,
    /// In how many seconds, and when.
    expires: Option<(u64, String)>,
    id_token: Option<String>,
    scope: String,
}

impl Shown {
    /// What the token endpoint gave, at this moment.
    pub(super) fn new(tokens: &Tokens) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            refresh_token: tokens
                .refresh_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
            expires: tokens.expires_in.map(|span| {
                let UnixTime(seconds) = SystemClock.now().after(span);
                (span.as_secs(), moment(seconds))
            }),
            id_token: tokens
                .id_token
                .as_ref()
                .map(|token| token.raw().expose().to_owned()),
            scope: tokens.scopes.join(" "),
        }
    }

    /// Labels and values, in the order in which they are told.
    pub(super) fn values(&self) -> Vec<(&'static str, String)> {
        let expires = self.expires.as_ref().map(|(_, at)| at.clone());
        [
            ("Access Token", Some(self.access_token.clone())),
            ("Refresh Token", self.refresh_token.clone()),
            ("Expires in", expires),
            ("ID Token", self.id_token.clone()),
        ]
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)))
        .collect()
    }

    /// The result of the command.
    pub(super) fn report(self) -> Report {
        let text: String = self
            .values()
            .iter()
            .map(|(label, value)| format!("{label}:\n\t{value}\n"))
            .collect();
        let mut json = Map::new();
        let mut add = |name: &str, value: Option<Value>| {
            json.extend(value.map(|value| (name.to_owned(), value)));
        };
        add("access_token", Some(self.access_token.into()));
        if let Some((seconds, at)) = self.expires {
            add("expires_in", Some(seconds.into()));
            add("expires_at", Some(at.into()));
        }
        add("id_token", self.id_token.map(Value::from));
        add("refresh_token", self.refresh_token.map(Value::from));
        add("scope", Some(self.scope.into()));
        add("token_type", Some("bearer".into()));
        Report::new(text, json.into())
    }
}

/// RFC 3339, or the bare seconds if they are beyond what that can tell.
fn moment(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(moment(1_512_371_155), "2017-12-04T07:05:55Z");
        assert_eq!(moment(i64::MAX), i64::MAX.to_string());
    }
}
