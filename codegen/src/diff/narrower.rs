//! Which of two types, or of two sets of bounds, allows less.

use serde_json::Number;

use super::flat::Flat;
use crate::model::Limits;

/// How what is new relates to what was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    /// Allows only part of what was allowed.
    Narrower,
    /// Allows more.
    Wider,
    /// Allows something else.
    Other,
}

impl Relation {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Same, relation) | (relation, Self::Same) => relation,
            (a, b) if a == b => a,
            _ => Self::Other,
        }
    }
}

/// Types and formats.
pub(super) fn types(old: &Flat<'_>, new: &Flat<'_>) -> Relation {
    let base = match (old.base, new.base) {
        (a, b) if a == b => Relation::Same,
        (None, _) | (Some("number"), Some("integer")) => Relation::Narrower,
        (_, None) | (Some("integer"), Some("number")) => Relation::Wider,
        _ => return Relation::Other,
    };
    base.and(formats(old, new))
}

fn formats(old: &Flat<'_>, new: &Flat<'_>) -> Relation {
    // Bytes of a file and base64 are no special case of text: a client has another type for them.
    let bytes = |format: Option<&str>| matches!(format, Some("binary" | "byte"));
    // That a form hides a text as it is typed says nothing about the text.
    let [old, new] = [old, new].map(|flat| flat.format.filter(|f| *f != "password"));
    match (old, new) {
        (a, b) if a == b => Relation::Same,
        (a, b) if bytes(a) || bytes(b) => Relation::Other,
        (Some("int64"), Some("int32"))
        | (Some("double"), Some("float"))
        | (Some("date-time"), Some("date")) => Relation::Narrower,
        (Some("int32"), Some("int64")) | (Some("float"), Some("double")) => Relation::Wider,
        // Numbers that are whole anyway.
        (Some("int32" | "int64"), Some("double")) => Relation::Wider,
        (None, Some(_)) => Relation::Narrower,
        (Some(_), None) => Relation::Wider,
        _ => Relation::Other,
    }
}

/// A bound that changed.
pub(super) struct Bound {
    pub(super) relation: Relation,
    pub(super) message: String,
}

/// All bounds that changed.
pub(super) fn limits(old: &[&Limits], new: &[&Limits]) -> Vec<Bound> {
    let old = merged(old);
    let new = merged(new);
    let mut found = Vec::new();
    let mut bound = |word: &str, old: Option<f64>, new: Option<f64>, upper: bool| {
        let relation = match (old, new) {
            (a, b) if a == b => return,
            (None, _) => Relation::Narrower,
            (_, None) => Relation::Wider,
            (Some(a), Some(b)) if (b < a) == upper => Relation::Narrower,
            _ => Relation::Wider,
        };
        let shown = |value: Option<f64>| value.map_or_else(|| "none".to_owned(), |v| v.to_string());
        let message = format!("`{word}` was {}, is {}", shown(old), shown(new));
        found.push(Bound { relation, message });
    };
    bound(
        "minimum",
        number(old.minimum.as_ref()),
        number(new.minimum.as_ref()),
        false,
    );
    bound(
        "maximum",
        number(old.maximum.as_ref()),
        number(new.maximum.as_ref()),
        true,
    );
    let counts = [
        ("minLength", old.min_length, new.min_length, false),
        ("maxLength", old.max_length, new.max_length, true),
        ("minItems", old.min_items, new.min_items, false),
        ("maxItems", old.max_items, new.max_items, true),
        (
            "minProperties",
            old.min_properties,
            new.min_properties,
            false,
        ),
        (
            "maxProperties",
            old.max_properties,
            new.max_properties,
            true,
        ),
    ];
    for (word, old, new, upper) in counts {
        // A least of 0 says nothing.
        let count = |value: Option<u64>| value.filter(|n| upper || *n > 0).map(as_float);
        bound(word, count(old), count(new), upper);
    }
    let flags = [
        (
            "exclusiveMinimum",
            old.exclusive_minimum,
            new.exclusive_minimum,
        ),
        (
            "exclusiveMaximum",
            old.exclusive_maximum,
            new.exclusive_maximum,
        ),
        ("uniqueItems", old.unique_items, new.unique_items),
    ];
    for (word, old, new) in flags {
        if old != new {
            let relation = if new {
                Relation::Narrower
            } else {
                Relation::Wider
            };
            let message = format!("`{word}` was {old}, is {new}");
            found.push(Bound { relation, message });
        }
    }
    let texts = [
        ("pattern", old.pattern, new.pattern),
        (
            "multipleOf",
            old.multiple_of.map(|n| n.to_string()),
            new.multiple_of.map(|n| n.to_string()),
        ),
    ];
    for (word, old, new) in texts {
        let relation = match (&old, &new) {
            (a, b) if a == b => continue,
            (None, _) => Relation::Narrower,
            (_, None) => Relation::Wider,
            _ => Relation::Other,
        };
        let shown = |text: &Option<String>| {
            text.as_ref()
                .map_or_else(|| "none".to_owned(), |t| format!("`{t}`"))
        };
        let message = format!("`{word}` was {}, is {}", shown(&old), shown(&new));
        found.push(Bound { relation, message });
    }
    found
}

fn number(value: Option<&Number>) -> Option<f64> {
    value.and_then(Number::as_f64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "only compared, and only lengths beyond 2^53 would lose anything"
)]
fn as_float(count: u64) -> f64 {
    count as f64
}

/// The bounds of all parts together; where several parts bound the same, the last counts.
fn merged(parts: &[&Limits]) -> Limits {
    let mut all = Limits::default();
    for part in parts {
        all = Limits {
            minimum: part.minimum.clone().or(all.minimum),
            maximum: part.maximum.clone().or(all.maximum),
            exclusive_minimum: part.exclusive_minimum || all.exclusive_minimum,
            exclusive_maximum: part.exclusive_maximum || all.exclusive_maximum,
            multiple_of: part.multiple_of.clone().or(all.multiple_of),
            min_length: part.min_length.or(all.min_length),
            max_length: part.max_length.or(all.max_length),
            pattern: part.pattern.clone().or(all.pattern),
            min_items: part.min_items.or(all.min_items),
            max_items: part.max_items.or(all.max_items),
            unique_items: part.unique_items || all.unique_items,
            min_properties: part.min_properties.or(all.min_properties),
            max_properties: part.max_properties.or(all.max_properties),
        };
    }
    all
}
