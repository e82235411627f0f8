//! Conversions lose nothing in silence.

use hydra_codegen::diff::{Severity, Subject, diff};
use hydra_codegen::emit::document::{Version, convert};
use hydra_codegen::model::Model;
use hydra_codegen::read::read;
use serde_json::Value;

use crate::models;

/// The model without what only says how the document was written: where things stand in it, and in
/// which of several ways the address, the defaults and the names of inline schemas were given.
fn meaning(model: &Model) -> Value {
    let mut value = serde_json::to_value(model).unwrap();
    if let Some(top) = value.as_object_mut() {
        for word in [
            "address", "servers", "consumes", "produces", "notes", "groups",
        ] {
            top.remove(word);
        }
    }
    for operation in value["operations"].as_array_mut().into_iter().flatten() {
        if let Some(operation) = operation.as_object_mut() {
            for word in ["pointer", "consumes", "produces", "schemes"] {
                operation.remove(word);
            }
        }
    }
    same_words(&mut value);
    value
}

/// One of two ways to say the same, everywhere: a file is a text of bytes, and how a body is written is
/// told by its media type.
fn same_words(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("hoisted");
            if map.get("type").is_some_and(|t| t == "file") {
                map.insert("type".to_owned(), "string".into());
                map.insert("format".to_owned(), "binary".into());
            }
            if map.get("location").is_some_and(|l| l == "body") {
                map.remove("shape");
            }
            map.values_mut().for_each(same_words);
            // All of one is the one.
            if map.get("type").is_some_and(|t| t == "any")
                && let Some(Value::Array(parts)) = map.get("all_of")
                && let [Value::Object(only)] = &parts[..]
            {
                let only = only.clone();
                map.remove("all_of");
                map.extend(only);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(same_words),
        _ => {}
    }
}

#[test]
fn what_is_not_reported_comes_back_as_it_was() {
    let mut lost = String::new();
    for (name, model) in models() {
        for (word, version) in Version::ALL {
            let converted = convert(&model, version);
            let text = converted.document.to_string();
            let again =
                read(&text, "converted").unwrap_or_else(|e| panic!("{name} to {word}: {e}"));
            if converted.report.is_empty() && meaning(&model) != meaning(&again) {
                let text = |m| serde_json::to_string_pretty(&meaning(m)).unwrap();
                let (before, after) = (text(&model), text(&again));
                let found = similar::TextDiff::from_lines(&before, &after)
                    .unified_diff()
                    .to_string();
                lost.push_str(&format!("{name} to {word}:\n{found}\n"));
            }
        }
    }
    assert!(lost.is_empty(), "{lost}");
}

/// Whatever a caller would notice is among what was reported: at the operation, or at the schema.
#[test]
fn what_a_caller_would_notice_is_reported() {
    for (name, model) in models() {
        for (word, version) in Version::ALL {
            let converted = convert(&model, version);
            let again = read(&converted.document.to_string(), "converted").unwrap();
            let reported = |pointer: &str| {
                let inside = |at: &str| at == pointer || at.starts_with(&format!("{pointer}/"));
                converted.report.iter().any(|p| inside(&p.pointer))
            };
            for change in diff(&model, &again).changes {
                let told = match &change.subject {
                    _ if change.severity == Severity::Compatible => true,
                    Subject::Document => {
                        reported("/securityDefinitions") || reported("/components/securitySchemes")
                    }
                    Subject::Operation { .. } => reported(&change.pointer),
                    Subject::Schema { name, operations } => {
                        reported(&format!("/definitions/{name}"))
                            || operations
                                .iter()
                                .filter_map(|id| again.operation(id))
                                .any(|operation| reported(&operation.pointer))
                    }
                };
                assert!(
                    told,
                    "{name} to {word}: {change:#?}\n{:#?}",
                    converted.report
                );
            }
        }
    }
}
