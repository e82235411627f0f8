//! The flags of `hydra host` about scripts of other origins.

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::http::CorsSettings;

#[derive(Debug, Args)]
pub(super) struct CorsArgs {
    /// Origins whose scripts may read answers, such as https://app.example.com,https://*.example.org, or
    /// `*` for all [default: none; there is then no CORS]
    #[arg(
        long,
        env = "CORS_ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    cors_allowed_origins: Vec<String>,
    /// Methods that such scripts may use [default: GET,POST]
    #[arg(
        long,
        env = "CORS_ALLOWED_METHODS",
        value_delimiter = ',',
        value_name = "METHOD"
    )]
    cors_allowed_methods: Vec<String>,
    /// Headers that such scripts may send [default: Authorization,Content-Type]
    #[arg(
        long,
        env = "CORS_ALLOWED_HEADERS",
        value_delimiter = ',',
        value_name = "HEADER"
    )]
    cors_allowed_headers: Vec<String>,
    /// Headers of answers that such scripts may read, beside those that they always may
    #[arg(
        long,
        env = "CORS_EXPOSED_HEADERS",
        value_delimiter = ',',
        value_name = "HEADER"
    )]
    cors_exposed_headers: Vec<String>,
    /// Let browsers send cookies along with such scripts' requests
    #[arg(long, env = "CORS_ALLOWED_CREDENTIALS", value_parser = FalseyValueParser::new())]
    cors_allowed_credentials: bool,
    /// For how many seconds a browser may keep what it was told of this [default: left to the browser]
    #[arg(
        long,
        env = "CORS_MAX_AGE",
        default_value_t = 0,
        hide_default_value = true,
        value_name = "SECONDS"
    )]
    cors_max_age: u64,
}

impl CorsArgs {
    pub(super) fn get(&self) -> CorsSettings {
        // `A, B` is a list of two, and an empty variable is one of none.
        let list = |items: &[String]| {
            let items = items.iter().map(|item| item.trim());
            items
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect()
        };
        CorsSettings {
            origins: list(&self.cors_allowed_origins),
            methods: list(&self.cors_allowed_methods),
            headers: list(&self.cors_allowed_headers),
            exposed: list(&self.cors_exposed_headers),
            credentials: self.cors_allowed_credentials,
            max_age: self.cors_max_age,
        }
    }
}
