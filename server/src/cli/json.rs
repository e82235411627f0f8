//! JSON for people: indented by tabs, keys in alphabetical order, nothing that says nothing.

use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value};

/// `value` with its keys in alphabetical order, all the way down.
#[must_use]
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map
                .into_iter()
                .map(|(key, value)| (key, sorted(value)))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(Map::from_iter(entries))
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// `value` as text for a terminal, without a newline at the end. Empty strings, lists, objects and
/// nulls are left out of objects; `false` and `0` say something and stay.
#[must_use]
pub(crate) fn pretty(value: Value) -> String {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, PrettyFormatter::with_indent(b"\t"));
    // Writing a value to memory cannot fail: its keys are strings, and memory takes every byte.
    let written = serde::Serialize::serialize(&without_empty(sorted(value)), &mut serializer);
    debug_assert!(written.is_ok());
    String::from_utf8_lossy(&out).into_owned()
}

fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| (key, without_empty(value)))
                .filter(|(_, value)| !is_empty(value))
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(without_empty).collect()),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_and_empty_values_left_out() {
        let value = json!({
            "scope": "", "active": false, "sub": "admin", "ext": {"b": null, "a": {}}, "list": [{"z": 1, "a": ""}], "exp": 0,
        });
        assert_eq!(
            pretty(value),
            "{\n\t\"active\": false,\n\t\"exp\": 0,\n\t\"list\": [\n\t\t{\n\t\t\t\"z\": 1\n\t\t}\n\t],\n\t\"sub\": \"admin\"\n}"
        );
        assert_eq!(pretty(json!([])), "[]");
    }
}
