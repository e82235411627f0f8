//! What comes back if all is well.

use std::fmt::Write as _;

use super::definitions::comment;
use super::items::Type;
use super::schemas::bare;
use super::statuses::{pattern, singles_first, word};
use super::types::Types;
use crate::model::{Kind, Method, Operation, Response, Schema, is_json};

/// How an answer is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Success {
    Empty,
    Json(Type),
    Text,
    Bytes,
    Events,
    /// One enum for several shapes: its name.
    Several(String),
}

impl Success {
    /// The type that the function gives.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Empty => "()".to_owned(),
            Self::Json(ty) => ty.written("types::"),
            Self::Text => "String".to_owned(),
            Self::Bytes => "ByteStream".to_owned(),
            Self::Events => "direct::Events".to_owned(),
            Self::Several(name) => name.clone(),
        }
    }

    /// The method of the runtime's answer that reads it.
    pub(super) fn read(&self) -> String {
        match self {
            Self::Empty => "empty()".to_owned(),
            Self::Json(_) => "json()".to_owned(),
            Self::Text => "text()".to_owned(),
            Self::Bytes => "bytes()".to_owned(),
            Self::Events => "events()".to_owned(),
            Self::Several(name) => format!("decoded({name}::read)"),
        }
    }
}

/// The success of an operation. A definition that it needs is added to `out`.
pub(super) fn success<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    ident: &str,
    out: &mut String,
) -> Success {
    if operation.method == Method::Head {
        return Success::Empty;
    }
    let mut answers: Vec<(&str, &'m Response)> = operation
        .responses
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(status, response)| (status.as_str(), response))
        .collect();
    if answers.is_empty() {
        answers.extend(
            operation
                .responses
                .get_key_value("default")
                .map(|(status, response)| (status.as_str(), response)),
        );
    }
    if answers.is_empty() {
        let redirects = operation.responses.keys().any(|s| s.starts_with('3'));
        return if redirects {
            Success::Empty
        } else {
            Success::Bytes
        };
    }
    let mut shapes: Vec<(Success, Vec<&str>)> = Vec::new();
    for (status, response) in answers {
        let shape = shape(types, response, &format!("{ident}Response"));
        match shapes.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, statuses)) => statuses.push(status),
            None => shapes.push((shape, vec![status])),
        }
    }
    let streams = |s: &Success| matches!(s, Success::Bytes | Success::Events);
    match shapes.as_slice() {
        [(only, _)] => only.clone(),
        [(Success::Empty, _), (Success::Json(ty), _)]
        | [(Success::Json(ty), _), (Success::Empty, _)] => Success::Json(if *ty == Type::Value {
            Type::Value
        } else {
            ty.clone().optional()
        }),
        several if several.iter().any(|(s, _)| streams(s)) => Success::Bytes,
        several => {
            let name = types.unused(&format!("{ident}Answer"));
            several_successes(out, &name, operation, several);
            Success::Several(name)
        }
    }
}

fn shape<'m>(types: &mut Types<'m>, response: &'m Response, hint: &str) -> Success {
    if response.content.is_empty() {
        return Success::Empty;
    }
    let json = response.content.iter().find(|(name, _)| is_json(name));
    let any = || {
        response
            .content
            .iter()
            .find(|(name, _)| name.contains("*/*"))
    };
    if let Some((name, media)) = json.or_else(any) {
        return match &media.schema {
            Some(schema) if is_bytes(types, schema) => Success::Bytes,
            // What it is only the answer itself tells.
            Some(schema) if name.contains('*') && bare(schema).0.kind == Kind::String => {
                Success::Text
            }
            Some(schema) => Success::Json(types.of(schema, hint)),
            None if name.contains('*') => Success::Bytes,
            None => Success::Json(Type::Value),
        };
    }
    let mut names = response.content.keys().map(|n| n.to_ascii_lowercase());
    let Some(first) = names.next() else {
        return Success::Empty;
    };
    let first = first.split(';').next().unwrap_or_default().trim();
    let bytes = response
        .schema()
        .is_some_and(|schema| is_bytes(types, schema));
    match first {
        "text/event-stream" => Success::Events,
        _ if bytes => Success::Bytes,
        _ if first.starts_with("text/")
            || first.ends_with("/xml")
            || first.ends_with("+xml")
            || first.ends_with("yaml") =>
        {
            Success::Text
        }
        _ => Success::Bytes,
    }
}

/// True for files, and texts that are bytes.
pub(super) fn is_bytes(types: &Types<'_>, schema: &Schema) -> bool {
    let (schema, _) = bare(schema);
    let schema = types.model.resolve(schema).unwrap_or(schema);
    schema.kind == Kind::File
        || (schema.kind == Kind::String && schema.format.as_deref() == Some("binary"))
}

fn several_successes(
    out: &mut String,
    name: &str,
    operation: &Operation,
    shapes: &[(Success, Vec<&str>)],
) {
    let _ = writeln!(
        out,
        "\n/// What `{}` answers, by status.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{",
        operation.rust
    );
    let mut arms = String::new();
    let mut fallback = None;
    for (shape, statuses) in shapes {
        let variant = statuses
            .first()
            .map_or_else(|| "Default".to_owned(), |s| word(s));
        comment(out, "    ", &format!("Status {}.", statuses.join(", ")));
        let (held, made) = match shape {
            Success::Empty => (String::new(), format!("Ok(Self::{variant})")),
            Success::Text => (
                "(String)".to_owned(),
                format!("Ok(Self::{variant}(String::from_utf8_lossy(body).into_owned()))"),
            ),
            other => (
                format!("({})", other.written()),
                format!("direct::from_json(body).map(Self::{variant})"),
            ),
        };
        let _ = writeln!(out, "    {variant}{held},");
        for status in statuses {
            match pattern(status) {
                Some(pattern) => {
                    let _ = writeln!(arms, "            {pattern} => {made},");
                }
                None => fallback = Some(made.clone()),
            }
        }
    }
    let other = fallback.unwrap_or_else(|| "direct::from_json(body).map(Self::Other)".to_owned());
    if other.contains("Self::Other") {
        out.push_str("    /// Another status, which the API's description does not know.\n    Other(Value),\n");
    }
    let arms = singles_first(&arms);
    let _ = writeln!(
        out,
        "}}\n\nimpl {name} {{\n    \
         fn read(status: StatusCode, body: &[u8]) -> Result<Self, serde_json::Error> {{\n        \
         match status.as_u16() {{\n{arms}\n            _ => {other},\n        }}\n    }}\n}}"
    );
}
