//! A command line that was not understood, told to machines.
//!
//! clap writes for people, in paragraphs: what is wrong, a tip or two, the usage. There is no other way to
//! its words than to take these apart.

use clap::Error;
use clap::error::ErrorKind;
use serde_json::{Map, Value, json};

/// `{"error": {"hint"?, "message", "usage"?}}`, the shape of every failure.
pub(crate) fn json(error: &Error) -> Value {
    let text = error.render().to_string();
    let mut told = Map::new();
    let mut hints = Vec::new();
    for paragraph in text.split("\n\n").map(one_line) {
        if let Some(message) = paragraph.strip_prefix("error: ") {
            told.insert("message".to_owned(), json!(message));
        } else if let Some(hint) = paragraph.strip_prefix("tip: ") {
            hints.push(hint.to_owned());
        } else if let Some(usage) = paragraph.strip_prefix("Usage: ") {
            told.insert("usage".to_owned(), json!(usage));
        }
    }
    if !hints.is_empty() {
        told.insert("hint".to_owned(), json!(hints.join("; ")));
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // What clap shows then is the help.
        told.insert("message".to_owned(), json!("a command is missing"));
    }
    told.entry("message")
        .or_insert_with(|| json!(one_line(&text)));
    told.sort_keys();
    json!({ "error": told })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn machines_learn_what_people_learn() {
        for (line, expected) in [
            (
                "hydra clients get --json",
                json!({
                    "message": "the following required arguments were not provided: <ID>",
                    "usage": "hydra clients get --json <ID>",
                }),
            ),
            (
                "hydra version --skip-tls-verfy",
                json!({
                    "hint": "a similar argument exists: '--skip-tls-verify'",
                    "message": "unexpected argument '--skip-tls-verfy' found",
                    "usage": "hydra version --skip-tls-verify",
                }),
            ),
            (
                "hydra clients",
                json!({
                    "message": "a command is missing",
                    "usage": "hydra clients [OPTIONS] <COMMAND>",
                }),
            ),
            (
                "hydra host --port x --json",
                json!({
                    "message": "invalid value 'x' for '--port <PORT>': invalid digit found in string",
                }),
            ),
        ] {
            let error = Cli::try_parse_from(line.split(' ')).unwrap_err();
            assert_eq!(json(&error), json!({ "error": expected }), "{line}");
        }
    }
}
