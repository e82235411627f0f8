//! Values that a schema gives: those it allows, and the one that stands for an absent one.

use serde_json::Value;

use super::node::Node;
use crate::model::{Kind, Schema};

/// The values that a schema lists.
pub(super) fn enumeration(node: &Node<'_>) -> Vec<Value> {
    // `const: null` is a value too, so look at the raw member.
    if let Some(value) = node.value().get("const") {
        return vec![value.clone()];
    }
    let Some(list) = node.get("enum") else {
        return Vec::new();
    };
    match list.value() {
        Value::Array(values) => values.clone(),
        _ => {
            list.warn(format!("{}; it is ignored", list.wrong("a list")));
            Vec::new()
        }
    }
}

/// Makes the values fit the schema's type, or takes them out.
///
/// A client that believed a wrong default would send it; one that believed a wrong list of values
/// would refuse the right ones.
pub(super) fn fit(node: &Node<'_>, schema: &mut Schema) {
    if !schema.enumeration.is_empty() && is_plain(&schema.kind) {
        fit_enumeration(node, schema);
    }
    let Some(default) = schema.default.take() else {
        return;
    };
    // Of a choice any part may have it.
    if matches!(schema.kind, Kind::Any | Kind::Ref { .. }) || schema.is_composed() {
        schema.default = Some(default);
        return;
    }
    let message = match fitted(&schema.kind, &default) {
        None => format!("the default `{default}` is not of the type; it is ignored"),
        Some(value) if schema.enumeration.is_empty() || schema.enumeration.contains(&value) => {
            if value != default {
                let message = format!("the default `{default}` was taken for `{value}`");
                warn(node, "default", message);
            }
            schema.default = Some(value);
            return;
        }
        Some(value) => {
            format!("the default `{value}` is none of the allowed values; it is ignored")
        }
    };
    warn(node, "default", message);
}

fn fit_enumeration(node: &Node<'_>, schema: &mut Schema) {
    let word = if schema.constant { "const" } else { "enum" };
    let mut fitting: Vec<Value> = Vec::with_capacity(schema.enumeration.len());
    for value in std::mem::take(&mut schema.enumeration) {
        if value.is_null() {
            if schema.nullable {
                fitting.push(value);
            } else {
                schema.nullable = true;
                warn(node, word, "`null` is listed, so it is allowed".to_owned());
            }
            continue;
        }
        match fitted(&schema.kind, &value) {
            Some(fitted) => {
                if fitted != value {
                    warn(node, word, format!("`{value}` was taken for `{fitted}`"));
                }
                fitting.push(fitted);
            }
            None => warn(
                node,
                word,
                format!("`{value}` is not of the type; it is ignored"),
            ),
        }
    }
    let mut seen = std::collections::HashSet::new();
    fitting.retain(|value| seen.insert(value.to_string()));
    schema.constant &= !fitting.is_empty();
    schema.enumeration = fitting;
}

fn warn(node: &Node<'_>, key: &str, message: String) {
    match node.get(key) {
        Some(place) => place.warn(message),
        None => node.warn(message),
    }
}

fn is_plain(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Boolean | Kind::Integer | Kind::Number | Kind::String
    )
}

/// The value, or what it says in the words of this type.
fn fitted(kind: &Kind, value: &Value) -> Option<Value> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text.trim()).ok();
    match (kind, value) {
        (Kind::String | Kind::File, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Array { .. }, Value::Array(_))
        | (Kind::Object { .. }, Value::Object(_))
        | (Kind::Any | Kind::Ref { .. }, _)
        // Whatever it is: nothing is the value.
        | (_, Value::Null) => Some(value.clone()),
        (Kind::Integer, Value::Number(number)) => {
            let whole = number.is_i64()
                || number.is_u64()
                || number.as_f64().is_some_and(|f| f.fract() == 0.0);
            whole.then(|| value.clone())
        }
        // YAML writers forget quotes.
        (Kind::String, Value::Number(number)) => Some(number.to_string().into()),
        (Kind::String, Value::Bool(flag)) => Some(flag.to_string().into()),
        // JSON writers set too many.
        (Kind::Integer | Kind::Number | Kind::Boolean, Value::String(text)) => {
            parsed(text).filter(|value| !value.is_string()).and_then(|value| fitted(kind, &value))
        }
        _ => None,
    }
}
