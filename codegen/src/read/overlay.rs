//! OpenAPI Overlay 1.0 and 1.1: changes to a document that is somebody else's.
//!
//! An overlay is a list of actions. Each selects places by a JSONPath (RFC 9535) and removes them,
//! merges something into them, or copies another place there. Actions work one after the other, on
//! the document as the one before left it, and before any reference is followed.

use std::path::Path;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::ReadError;
use super::tree;
use crate::model::{Note, Severity};

/// Applies the overlay in a file to a document; notes tell of actions that had nothing to do.
///
/// # Errors
/// If the file cannot be read, or is no overlay.
pub(super) fn apply(path: &Path, document: &mut Value) -> Result<Vec<Note>, ReadError> {
    let origin = path.display().to_string();
    let text = super::files::open(path)
        .map_err(|message| ReadError::syntax(&origin, "", None, message))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let overlay = tree::parse(text, &origin)?.value;
    apply_value(&overlay, document, &origin).map_err(|e| e.quoting(text))
}

fn apply_value(
    overlay: &Value,
    document: &mut Value,
    origin: &str,
) -> Result<Vec<Note>, ReadError> {
    let wrong = |pointer: &str, message: String| ReadError::at(origin, pointer.to_owned(), message);
    let version = overlay.get("overlay").and_then(Value::as_str);
    match version {
        Some(version) if version.starts_with("1.") => {}
        Some(version) => {
            let message = format!("version {version} of Overlay is not known; 1.0 and 1.1 are");
            return Err(wrong("/overlay", message));
        }
        None => {
            let message = "this is no overlay: there is no `overlay: 1.0.0` at the top";
            return Err(wrong("", message.to_owned()));
        }
    }
    let Some(actions) = overlay.get("actions").and_then(Value::as_array) else {
        return Err(wrong(
            "/actions",
            "a list of actions is expected".to_owned(),
        ));
    };
    let mut notes = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        let place = format!("/actions/{index}");
        let path = |key: &str| {
            let Some(text) = action.get(key).and_then(Value::as_str) else {
                return Err(wrong(&place, format!("`{key}` must be a JSONPath")));
            };
            JsonPath::parse(text)
                .map_err(|e| wrong(&format!("{place}/{key}"), format!("`{text}`: {e}")))
        };
        let change = Change::of(action, document, &path)
            .and_then(|change| change.map_err(|message| wrong(&place, message)))?;
        let target = path("target")?;
        let selected: Vec<String> = target
            .query_located(document)
            .iter()
            .map(|node| node.location().to_json_pointer())
            .collect();
        if selected.is_empty() {
            notes.push(Note {
                severity: Severity::Warning,
                pointer: format!("{origin}#{place}/target"),
                message: format!("`{target}` selects nothing in the document"),
            });
        }
        match change {
            Change::Remove => remove(document, &selected),
            Change::Merge(update) => {
                for pointer in selected {
                    if let Some(here) = document.pointer_mut(&pointer) {
                        merge(here, &update);
                    }
                }
            }
        }
    }
    Ok(notes)
}

enum Change {
    Remove,
    Merge(Value),
}

impl Change {
    /// What an action does; the inner error is about the action as a whole.
    fn of(
        action: &Value,
        document: &Value,
        path: &dyn Fn(&str) -> Result<JsonPath, ReadError>,
    ) -> Result<Result<Self, String>, ReadError> {
        // "If the value is true, the update and copy fields are ignored."
        if action.get("remove") == Some(&Value::Bool(true)) {
            return Ok(Ok(Self::Remove));
        }
        if action.get("copy").is_some() {
            let source = path("copy")?;
            let found = source.query(document).all();
            return Ok(match found.as_slice() {
                [one] => Ok(Self::Merge((*one).clone())),
                all => Err(format!(
                    "`{source}` selects {} places to copy from; it must be one",
                    all.len()
                )),
            });
        }
        Ok(match action.get("update") {
            Some(update) => Ok(Self::Merge(update.clone())),
            None => Err("there is neither `update` nor `remove` nor `copy`".to_owned()),
        })
    }
}

/// Merges into a place: members of objects one by one, items of lists at the end, anything else in
/// its stead.
fn merge(here: &mut Value, update: &Value) {
    match (here, update) {
        (Value::Object(here), Value::Object(update)) => {
            for (key, value) in update {
                match here.get_mut(key) {
                    Some(inner) => merge(inner, value),
                    None => {
                        here.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(here), Value::Array(update)) => here.extend(update.iter().cloned()),
        (Value::Array(here), update) => here.push(update.clone()),
        (here, update) => *here = update.clone(),
    }
}

/// Removes places. The last items of a list go first, so that the others stay where they are; what
/// lay in a place that is gone is gone with it.
fn remove(document: &mut Value, selected: &[String]) {
    let mut indices: Vec<(String, usize)> = Vec::new();
    for pointer in selected {
        let Some((parent, token)) = pointer.rsplit_once('/') else {
            *document = Value::Null;
            continue;
        };
        match document.pointer_mut(parent) {
            Some(Value::Object(map)) => {
                let key = token.replace("~1", "/").replace("~0", "~");
                map.shift_remove(&key);
            }
            Some(Value::Array(_)) => {
                if let Ok(index) = token.parse() {
                    indices.push((parent.to_owned(), index));
                }
            }
            _ => {}
        }
    }
    // Deeper lists first: removing from an outer one would move them.
    indices.sort_by(|a, b| {
        let depth = |parent: &str| parent.matches('/').count();
        depth(&b.0)
            .cmp(&depth(&a.0))
            .then_with(|| a.0.cmp(&b.0))
            .then_with(|| b.1.cmp(&a.1))
    });
    indices.dedup();
    for (parent, index) in indices {
        if let Some(Value::Array(list)) = document.pointer_mut(&parent)
            && index < list.len()
        {
            list.remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::shown;

    fn applied(document: Value, actions: Value) -> (Value, Vec<Note>) {
        let overlay = json!({ "overlay": "1.1.0", "info": {}, "actions": actions });
        let mut document = document;
        let notes = apply_value(&overlay, &mut document, "fix.yaml").unwrap();
        (document, notes)
    }

    #[test]
    fn objects_merge_lists_grow_and_values_change() {
        let (document, notes) = applied(
            json!({ "a": { "x": 1, "l": [1], "o": { "p": 1 } } }),
            json!([{ "target": "$.a", "update": { "x": 2, "l": [2], "o": { "q": 2 }, "n": null } }]),
        );
        assert_eq!(
            document,
            json!({ "a": { "x": 2, "l": [1, 2], "o": { "p": 1, "q": 2 }, "n": null } })
        );
        assert_eq!(notes, []);
    }

    #[test]
    fn filters_select_items_and_all_of_them_are_removed() {
        let (document, _) = applied(
            json!({ "l": [{ "in": "body" }, { "in": "query" }, { "in": "body" }], "m": { "a/b": 1 } }),
            json!([
                { "target": "$.l[?@.in == 'body']", "remove": true },
                { "target": "$.m['a/b']", "remove": true },
            ]),
        );
        assert_eq!(document, json!({ "l": [{ "in": "query" }], "m": {} }));
    }

    #[test]
    fn items_of_nested_lists_are_removed_where_they_were() {
        let (document, _) = applied(
            json!([[1, 2, 3], [4, 5], 6]),
            json!([{ "target": "$..[0]", "remove": true }]),
        );
        assert_eq!(document, json!([[5], 6]));
    }

    #[test]
    fn a_place_is_copied_to_another() {
        let (document, _) = applied(
            json!({ "a": { "x": 1 }, "b": { "y": 2 } }),
            json!([{ "target": "$.b", "copy": "$.a" }]),
        );
        assert_eq!(
            document,
            json!({ "a": { "x": 1 }, "b": { "y": 2, "x": 1 } })
        );
    }

    #[test]
    fn actions_with_nothing_to_do_are_noted() {
        let (_, notes) = applied(
            json!({}),
            json!([{ "target": "$.paths['/old']", "remove": true }]),
        );
        let pointers: Vec<_> = notes.iter().map(|n| shown(&n.pointer)).collect();
        assert_eq!(pointers, ["fix.yaml#/actions/0/target"]);
    }

    #[test]
    fn what_is_no_overlay_is_refused_where_it_is_wrong() {
        for (overlay, expected) in [
            (json!({}), "fix.yaml: #: this is no overlay"),
            (json!({ "overlay": "2.0" }), "#/overlay: version 2.0"),
            (json!({ "overlay": "1.0.0" }), "#/actions: a list"),
            (
                json!({ "overlay": "1.0.0", "actions": [{ "update": {} }] }),
                "#/actions/0: `target` must be a JSONPath",
            ),
            (
                json!({ "overlay": "1.0.0", "actions": [{ "target": "paths", "update": {} }] }),
                "#/actions/0/target: `paths`",
            ),
            (
                json!({ "overlay": "1.0.0", "actions": [{ "target": "$" }] }),
                "#/actions/0: there is neither",
            ),
            (
                json!({ "overlay": "1.1.0", "actions": [{ "target": "$", "copy": "$.no" }] }),
                "selects 0 places",
            ),
        ] {
            let error = apply_value(&overlay, &mut json!({}), "fix.yaml").unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
