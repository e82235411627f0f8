//! What comes back: the type of success, and the type of refusal.

use std::fmt::Write as _;

use super::definitions::comment;
use super::types::{Type, Types, bare};
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

/// The refusals of an operation: type, and function that reads it. A definition that they need is
/// added to `out`.
pub(super) fn refusal<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    ident: &str,
    out: &mut String,
) -> (String, String) {
    let has_success = operation.responses.keys().any(|s| s.starts_with('2'));
    let mut shapes: Vec<(Type, Vec<&str>)> = Vec::new();
    for (status, response) in &operation.responses {
        let refusal = status.starts_with(['4', '5']) || (status == "default" && has_success);
        let json = response
            .content
            .iter()
            .find(|(name, _)| is_json(name) || name.contains("*/*"));
        let Some(schema) = json.and_then(|(_, media)| media.schema.as_ref()) else {
            continue;
        };
        if !refusal {
            continue;
        }
        let ty = types.of(schema, &format!("{ident}Refusal"));
        if matches!(ty, Type::Value) {
            continue;
        }
        match shapes.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, statuses)) => statuses.push(status),
            None => shapes.push((ty, vec![status])),
        }
    }
    match shapes.as_slice() {
        [] => ("Value".to_owned(), "direct::refusal_any".to_owned()),
        [(only, _)] => (only.written("types::"), "direct::refusal_json".to_owned()),
        several => {
            let name = types.unused(&format!("{ident}Error"));
            several_refusals(out, &name, operation, several);
            (name.clone(), format!("{name}::read"))
        }
    }
}

fn several_refusals(
    out: &mut String,
    name: &str,
    operation: &Operation,
    shapes: &[(Type, Vec<&str>)],
) {
    let _ = writeln!(
        out,
        "\n/// How `{}` refuses, by status.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{",
        operation.rust
    );
    let mut arms = String::new();
    let mut fallback = None;
    for (ty, statuses) in shapes {
        let variant = statuses
            .first()
            .map_or_else(|| "Default".to_owned(), |s| word(s));
        comment(out, "    ", &format!("Status {}.", statuses.join(", ")));
        let _ = writeln!(out, "    {variant}({}),", ty.written("types::"));
        let made = format!("direct::refusal_json(status, body).map(Self::{variant})");
        let patterns: Vec<String> = statuses.iter().filter_map(|s| pattern(s)).collect();
        if !patterns.is_empty() {
            let _ = writeln!(arms, "            {} => {made},", patterns.join(" | "));
        }
        if patterns.len() < statuses.len() {
            fallback = Some(made);
        }
    }
    let other =
        fallback.unwrap_or_else(|| "direct::refusal_any(status, body).map(Self::Other)".to_owned());
    if other.contains("Self::Other") {
        out.push_str("    /// Another status, which the API's description does not know.\n    Other(Value),\n");
    }
    let arms = singles_first(&arms);
    let _ = writeln!(
        out,
        "}}\n\nimpl {name} {{\n    \
         fn read(status: StatusCode, body: &str) -> Option<Self> {{\n        \
         match status.as_u16() {{\n{arms}\n            _ => {other},\n        }}\n    }}\n}}"
    );
}

/// Arms of single statuses before those of ranges.
fn singles_first(arms: &str) -> String {
    let mut lines: Vec<&str> = arms.lines().collect();
    lines.sort_by_key(|line| line.contains("..="));
    lines.join("\n")
}

/// Statuses as a pattern; `None` for all others.
fn pattern(status: &str) -> Option<String> {
    let digits = status.chars().all(|c| c.is_ascii_digit());
    if digits && status.len() == 3 {
        return Some(status.to_owned());
    }
    let first = status.chars().next().filter(char::is_ascii_digit)?;
    status
        .to_ascii_uppercase()
        .ends_with("XX")
        .then(|| format!("{first}00..={first}99"))
}

/// Name of a variant for a status (RFC 9110 section 15).
fn word(status: &str) -> String {
    let word = match status.to_ascii_uppercase().as_str() {
        "200" => "Ok",
        "201" => "Created",
        "202" => "Accepted",
        "203" => "NonAuthoritative",
        "204" => "NoContent",
        "205" => "ResetContent",
        "206" => "PartialContent",
        "207" => "MultiStatus",
        "400" => "BadRequest",
        "401" => "Unauthorized",
        "402" => "PaymentRequired",
        "403" => "Forbidden",
        "404" => "NotFound",
        "405" => "MethodNotAllowed",
        "406" => "NotAcceptable",
        "408" => "RequestTimeout",
        "409" => "Conflict",
        "410" => "Gone",
        "412" => "PreconditionFailed",
        "413" => "ContentTooLarge",
        "415" => "UnsupportedMediaType",
        "422" => "UnprocessableContent",
        "423" => "Locked",
        "424" => "FailedDependency",
        "428" => "PreconditionRequired",
        "429" => "TooManyRequests",
        "500" => "InternalServerError",
        "501" => "NotImplemented",
        "502" => "BadGateway",
        "503" => "ServiceUnavailable",
        "504" => "GatewayTimeout",
        "2XX" => "Success",
        "4XX" => "ClientError",
        "5XX" => "ServerError",
        "DEFAULT" => "Default",
        other => {
            return format!(
                "Status{}",
                other.replace(|c: char| !c.is_ascii_alphanumeric(), "")
            );
        }
    };
    word.to_owned()
}
