//! `--dry`: the request that a command would make, as the command line of curl.

use clap::Args;
use hydra_sdk::API;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::cli::GLOBAL_HEADING;
use crate::cli::failure::Failure;
use crate::cli::output::Report;

/// What stands for itself in a path: RFC 3986 section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The flag of the commands that can hold back.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct DryArguments {
    /// Change nothing, but print the request that would, as a command line of curl
    #[arg(long = "dry", global = true, help_heading = GLOBAL_HEADING)]
    pub(crate) dry: bool,
}

/// Requests that are not made.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    text: String,
    json: Vec<Value>,
}

impl Requests {
    /// Adds the request of the operation called `operation` at the server at `url`, its path's parameter being
    /// `id`.
    ///
    /// # Errors
    /// There is no such operation.
    pub(crate) fn add(
        &mut self,
        url: &str,
        operation: &str,
        id: Option<&str>,
        body: Option<&Value>,
    ) -> Result<(), Failure> {
        let known = API
            .operation(operation)
            .ok_or_else(|| Failure::new(format!("the server has no operation `{operation}`")))?;
        let id = id.map(|id| utf8_percent_encode(id, SEGMENT).to_string());
        let path = match (known.path.split_once("{id}"), id) {
            (Some((before, after)), Some(id)) => format!("{before}{id}{after}"),
            _ => known.path.to_owned(),
        };
        let url = format!("{}{path}", url.trim_end_matches('/'));
        let method = known.method;
        self.text.push_str(&format!(
            "curl --request {method} --header \"Authorization: Bearer $(hydra token client --scopes 'hydra.*')\""
        ));
        if let Some(body) = body {
            let body = quoted(&body.to_string());
            self.text.push_str(&format!(
                " --header 'Content-Type: application/json' --data {body}"
            ));
        }
        self.text.push_str(&format!(" {}\n", quoted(&url)));
        self.json
            .push(json!({ "body": body, "method": method, "url": url }));
        Ok(())
    }

    /// What the command says in place of having done it.
    pub(crate) fn report(self) -> Report {
        Report::new(self.text, json!({ "requests": self.json }))
    }
}

/// A word for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_line_for_the_shell() {
        let mut requests = Requests::default();
        let body = json!({ "id": "it's" });
        requests
            .add(
                "https://a/",
                "update_o_auth2_client",
                Some("it's/1"),
                Some(&body),
            )
            .unwrap();
        assert_eq!(
            requests.text,
            "curl --request PUT --header \"Authorization: Bearer $(hydra token client --scopes 'hydra.*')\" \
             --header 'Content-Type: application/json' --data '{\"id\":\"it'\\''s\"}' \
             'https://a/clients/it%27s%2F1'\n"
        );
        assert!(requests.add("https://a", "no_such", None, None).is_err());
    }
}
