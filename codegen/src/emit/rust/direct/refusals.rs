//! What comes back if the server refuses.

use std::fmt::Write as _;

use super::definitions::comment;
use super::items::Type;
use super::statuses::{pattern, singles_first, word};
use super::types::Types;
use crate::model::{Operation, is_json};

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
