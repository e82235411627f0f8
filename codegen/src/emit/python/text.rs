//! Texts in Python sources.

use serde_json::Value;

use super::super::{EmitError, Problem};
use crate::model::names::python_is_reserved;

/// Import name for a package name: dashes become underscores.
///
/// # Errors
/// If Python cannot import a package of that name.
pub(super) fn importable(package: &str) -> Result<String, EmitError> {
    let name = package.replace('-', "_");
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if plain && !python_is_reserved(&name) {
        return Ok(name);
    }
    Err(EmitError {
        problems: vec![Problem {
            pointer: String::new(),
            message: format!(
                "`{package}` is no name for a Python package; use letters, digits and `_`, \
                 beginning with a letter"
            ),
        }],
    })
}

/// Name of the distribution: underscores become dashes.
pub(super) fn distribution(package: &str) -> String {
    package.replace('_', "-")
}

/// A Python string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_bidi(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that make a source look different from what it is.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// A Python literal for a JSON value.
pub(super) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => list(items.iter().map(literal)),
        Value::Object(members) => format!(
            "{{{}}}",
            members
                .iter()
                .map(|(k, v)| format!("{}: {}", quoted(k), literal(v)))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

/// A Python list of literals.
pub(super) fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

/// A docstring, indented by `indent` spaces; its last line ends with a line break.
pub(super) fn docstring(indent: usize, paragraphs: &[String]) -> String {
    let pad = " ".repeat(indent);
    let text = paragraphs
        .iter()
        .map(|p| p.trim())
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    let mut lines = Vec::new();
    for line in text.lines() {
        let line: String = line
            .trim_end()
            .chars()
            .filter(|c| !c.is_control() && !is_bidi(*c))
            .collect();
        // A quote at the end would run into those that end the docstring.
        lines.push(line.replace('\\', "\\\\").replace('"', "\\\""));
    }
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{pad}\"\"\"{line}\"\"\"\n"),
        [first, rest @ ..] => {
            let mut out = format!("{pad}\"\"\"{first}\n");
            for line in rest {
                if !line.is_empty() {
                    out.push_str(&pad);
                    out.push_str(line);
                }
                out.push('\n');
            }
            out.push_str(&format!("{pad}\"\"\"\n"));
            out
        }
    }
}

/// A pattern of a document: the regular expression, its flags for Python's `re`, and how messages
/// show it.
pub(super) struct Pattern {
    pub(super) expression: String,
    pub(super) flags: String,
    pub(super) shown: String,
}

impl Pattern {
    /// Patterns are plain, or in slashes with flags behind.
    pub(super) fn new(pattern: &str) -> Self {
        let delimited = pattern
            .strip_prefix('/')
            .and_then(|rest| rest.rsplit_once('/'))
            .filter(|(_, flags)| flags.chars().all(|c| "ilmsux".contains(c)));
        let (expression, letters) = delimited.unwrap_or((pattern, ""));
        let names = letters.chars().map(|c| match c {
            'i' => "re.IGNORECASE",
            'l' => "re.LOCALE",
            'm' => "re.MULTILINE",
            's' => "re.DOTALL",
            'u' => "re.UNICODE",
            _ => "re.VERBOSE",
        });
        let flags = names.collect::<Vec<_>>().join(" | ");
        Self {
            expression: expression.to_owned(),
            flags: if flags.is_empty() {
                "0".to_owned()
            } else {
                flags
            },
            shown: if delimited.is_some() {
                pattern.to_owned()
            } else {
                format!("/{pattern}/")
            },
        }
    }
}
