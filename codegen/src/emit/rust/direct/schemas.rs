//! What a schema is at heart.

use super::super::docs;
use crate::model::{Kind, Schema};

/// What to say about a type.
pub(super) fn doc(schema: &Schema) -> String {
    let mut text = match (&schema.description, &schema.title) {
        (Some(text), _) | (None, Some(text)) => docs::clean(text),
        (None, None) => String::new(),
    };
    let (of, _) = bare(schema);
    let numbers = matches!(of.kind, Kind::Integer | Kind::Number) && !of.enumeration.is_empty();
    if numbers {
        let values: Vec<_> = of.enumeration.iter().map(|v| format!("`{v}`")).collect();
        text = format!("{text}\n\nOne of {}.", values.join(", "))
            .trim()
            .to_owned();
    }
    match of.format.as_deref() {
        Some(format @ ("date-time" | "date" | "time" | "duration" | "uuid" | "byte"))
            if of.kind == Kind::String =>
        {
            let what = match format {
                "byte" => "base64",
                other => other,
            };
            format!("{text}\n\nFormat: {what}.").trim().to_owned()
        }
        _ => text,
    }
}

/// A schema without what only makes room for `null` or a description, and whether it may be
/// `null`.
pub(super) fn bare(schema: &Schema) -> (&Schema, bool) {
    let mut here = schema;
    let mut nullable = false;
    loop {
        nullable |= here.nullable;
        if here.kind != Kind::Any || !here.enumeration.is_empty() || here.discriminator.is_some() {
            return (here, nullable);
        }
        let all: Vec<&Schema> = here.one_of.iter().chain(&here.any_of).collect();
        let some: Vec<&Schema> = all
            .iter()
            .copied()
            .filter(|s| s.kind != Kind::Null)
            .collect();
        let next = match (here.all_of.as_slice(), some.as_slice()) {
            ([only], []) if all.is_empty() => only,
            ([], [only]) => only,
            _ => return (here, nullable),
        };
        nullable |= some.len() < all.len();
        here = next;
    }
}

/// The alternatives of a schema, without `null`.
pub(super) fn variants(schema: &Schema) -> Vec<&Schema> {
    let all = schema.one_of.iter().chain(&schema.any_of);
    all.filter(|s| s.kind != Kind::Null).collect()
}

/// The texts that a schema lists, if it lists texts.
pub(super) fn texts(schema: &Schema) -> Option<Vec<String>> {
    if schema.is_composed() || !matches!(schema.kind, Kind::String | Kind::Any) {
        return None;
    }
    let mut found: Vec<String> = Vec::new();
    for value in schema.enumeration.iter().filter(|v| !v.is_null()) {
        let text = value.as_str()?;
        if !found.iter().any(|t| t == text) {
            found.push(text.to_owned());
        }
    }
    (!found.is_empty()).then_some(found)
}

pub(super) fn needs_item(schema: &Schema) -> bool {
    schema.properties().is_some()
        || !schema.all_of.is_empty()
        || !schema.one_of.is_empty()
        || !schema.any_of.is_empty()
        || texts(schema).is_some()
}

/// A word for what a value is in JSON.
pub(super) fn class_word(schema: &Schema) -> &'static str {
    match &schema.kind {
        Kind::Boolean => "Boolean",
        Kind::Integer => "Integer",
        Kind::Number => "Number",
        Kind::String | Kind::File => "Text",
        Kind::Array { .. } => "List",
        Kind::Object { .. } => "Object",
        _ => "Variant",
    }
}
