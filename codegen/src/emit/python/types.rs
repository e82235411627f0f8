//! Types of values: as type strings for the codec, and as annotations for type checkers.

use crate::model::{Additional, Kind, Model, Schema};

/// The type string of a schema, as `swagger_types` has it.
pub(super) fn type_string(model: &Model, schema: &Schema) -> String {
    if let Some(only) = alias(schema) {
        return type_string(model, only);
    }
    match &schema.kind {
        Kind::Ref { name } => class(model, name),
        Kind::Boolean => "bool".to_owned(),
        Kind::Integer => "int".to_owned(),
        Kind::Number => "float".to_owned(),
        Kind::String => match schema.format.as_deref() {
            Some("date") => "date",
            Some("date-time") => "datetime",
            _ => "str",
        }
        .to_owned(),
        Kind::File => "file".to_owned(),
        Kind::Array { items } => format!("list[{}]", type_string(model, items)),
        Kind::Object {
            additional: Additional::Schema { schema },
            properties,
            ..
        } if properties.is_empty() => {
            format!("dict(str, {})", type_string(model, schema))
        }
        Kind::Object { .. } | Kind::Any | Kind::Null => "object".to_owned(),
    }
}

/// The annotation of a schema, as stubs have it. `_m` is the package's `models`, `_dt` is
/// `datetime`, `_b` is `builtins`: properties may be called like a type.
pub(super) fn annotation(model: &Model, schema: &Schema) -> String {
    annotate(model, schema, 0)
}

/// The annotation of an argument: a model may be given as a dict.
pub(super) fn argument(model: &Model, schema: &Schema) -> String {
    let of = model.resolve(schema).unwrap_or(schema);
    match &of.kind {
        Kind::File => return "_File".to_owned(),
        Kind::Array { items } if items.kind == Kind::File => {
            return "_b.list[_File] | _File".to_owned();
        }
        _ => {}
    }
    let annotation = annotation(model, schema);
    if annotation.starts_with("_m.") {
        format!("{annotation} | _b.dict[_b.str, _t.Any]")
    } else {
        annotation
    }
}

fn annotate(model: &Model, schema: &Schema, depth: usize) -> String {
    if let Some(only) = alias(schema) {
        return annotate(model, only, depth);
    }
    let text = match &schema.kind {
        // Definitions without properties travel as what they are made of.
        Kind::Ref { name } => match model.schemas.get(name) {
            Some(named) if has_properties(model, &named.schema) => {
                return format!("_m.{}", named.python_class);
            }
            // Definitions may go round in circles.
            Some(named) if depth < 8 => return annotate(model, &named.schema, depth + 1),
            _ => "_t.Any",
        },
        Kind::Boolean => "_b.bool",
        Kind::Integer => "_b.int",
        Kind::Number => "_b.float",
        Kind::String => match schema.format.as_deref() {
            Some("date") => "_dt.date",
            Some("date-time") => "_dt.datetime",
            _ => "_b.str",
        },
        Kind::File => "_b.str",
        Kind::Array { items } => return format!("_b.list[{}]", annotate(model, items, depth)),
        Kind::Object {
            additional: Additional::Schema { schema },
            properties,
            ..
        } if properties.is_empty() => {
            return format!("_b.dict[_b.str, {}]", annotate(model, schema, depth));
        }
        Kind::Object {
            additional: Additional::Anything,
            properties,
            ..
        } if properties.is_empty() => "_b.dict[_b.str, _t.Any]",
        Kind::Object { .. } | Kind::Any | Kind::Null => "_t.Any",
    };
    text.to_owned()
}

/// True for a definition whose class has properties.
pub(super) fn has_properties(model: &Model, schema: &Schema) -> bool {
    schema.properties().is_some()
        || schema
            .all_of
            .iter()
            .any(|part| match part.reference_name() {
                Some(name) => model
                    .schemas
                    .get(name)
                    .is_some_and(|n| n.schema.properties().is_some()),
                None => part.properties().is_some(),
            })
}

fn class(model: &Model, name: &str) -> String {
    model
        .schemas
        .get(name)
        .map_or_else(|| "object".to_owned(), |named| named.python_class.clone())
}

/// The schema that this one is another spelling of: one with something beside it that says nothing
/// about the type, or one that may also be null.
fn alias(schema: &Schema) -> Option<&Schema> {
    if schema.kind != Kind::Any {
        return None;
    }
    let says = |part: &&Schema| {
        !matches!(part.kind, Kind::Any | Kind::Null)
            || part.is_composed()
            || !part.enumeration.is_empty()
    };
    let parts = [&schema.all_of, &schema.one_of, &schema.any_of];
    let mut telling = parts.into_iter().flatten().filter(says);
    match (telling.next(), telling.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}
