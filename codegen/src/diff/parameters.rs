//! Parameters in path, query, headers and cookies.

use super::Rule;
use super::flat::Flat;
use super::shapes::{At, Direction, Shapes, Unit};
use crate::model::{Location, Model, Operation, Parameter, Style};

/// What the pieces of a path are called, in order.
fn pieces(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}

/// Parameters beside the body; a form's fields are compared as properties of the body.
fn outside(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation
        .parameters
        .iter()
        .filter(|p| !matches!(p.location, Location::Body | Location::Form))
}

fn word(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::Form | Location::Body => "body",
    }
}

fn is_same(old: &Parameter, new: &Parameter) -> bool {
    old.location == new.location
        && if old.location == Location::Header {
            old.name.eq_ignore_ascii_case(&new.name)
        } else {
            old.name == new.name
        }
}

/// Compares the parameters of an operation, but for those that make its body.
pub(super) fn parameters<'m>(
    shapes: &mut Shapes<'m>,
    old: &'m Operation,
    new: &'m Operation,
    unit: &mut Unit,
) {
    let mut added: Vec<_> = outside(new).collect();
    let (before, after) = (pieces(&old.path), pieces(&new.path));
    for parameter in outside(old) {
        let place = format!("{} parameter {}", word(parameter.location), parameter.name);
        // A piece of the path is known by its position.
        let position = before
            .iter()
            .position(|name| *name == parameter.name)
            .filter(|_| parameter.location == Location::Path);
        let renamed = position.and_then(|i| after.get(i)).copied();
        let found = added
            .iter()
            .position(|p| match renamed {
                Some(name) => p.location == Location::Path && p.name == name,
                None => is_same(parameter, p),
            })
            .or_else(|| added.iter().position(|p| p.name == parameter.name));
        let Some(counterpart) = found.map(|i| added.remove(i)) else {
            unit.add(Rule::ParameterRemoved, place, "is gone");
            continue;
        };
        if counterpart.location != parameter.location {
            let message = format!("goes to the {}", word(counterpart.location));
            unit.add(Rule::ParameterLocationChanged, place.as_str(), message);
        } else if counterpart.name != parameter.name && parameter.location == Location::Path {
            let message = format!("is called `{}`", counterpart.name);
            unit.add(Rule::ParameterRenamed, place.as_str(), message);
        }
        parameter_pair(shapes, parameter, counterpart, &place, unit);
    }
    for parameter in added {
        let place = format!("{} parameter {}", word(parameter.location), parameter.name);
        if parameter.required {
            unit.add(
                Rule::RequiredParameterAdded,
                place,
                "is new and must be given",
            );
        } else {
            unit.add(Rule::OptionalParameterAdded, place, "is new");
        }
    }
}

fn parameter_pair<'m>(
    shapes: &mut Shapes<'m>,
    old: &'m Parameter,
    new: &'m Parameter,
    place: &str,
    unit: &mut Unit,
) {
    match (old.required, new.required) {
        (false, true) => unit.add(Rule::ParameterBecameRequired, place, "must be given now"),
        (true, false) => unit.add(Rule::ParameterBecameOptional, place, "can be left out now"),
        _ => {}
    }
    let plain = is_plain(shapes.old, old) && is_plain(shapes.new, new);
    if old.location == new.location && !plain && written(old) != written(new) {
        let message = "is written in another way (style, explode or collectionFormat)";
        unit.add(Rule::ParameterStyleChanged, place, message);
    }
    if old.schema.default != new.schema.default {
        let shown = |value: &Option<serde_json::Value>| {
            value
                .as_ref()
                .map_or_else(|| "nothing".to_owned(), |v| format!("`{v}`"))
        };
        let message = format!(
            "left out meant {}, means {}",
            shown(&old.schema.default),
            shown(&new.schema.default)
        );
        unit.add(Rule::ParameterDefaultChanged, place, message);
    }
    let at = At {
        direction: Direction::Request,
        place,
    };
    shapes.compare(&old.schema, &new.schema, &at, unit);
}

/// How a value of several parts becomes text.
fn written(parameter: &Parameter) -> (Style, bool, Option<&str>) {
    let content = parameter.content.as_deref();
    (parameter.style, parameter.explode, content)
}

/// True for a text, a number, a boolean: styles write them all alike.
fn is_plain(model: &Model, parameter: &Parameter) -> bool {
    let base = Flat::of(model, &parameter.schema).base;
    parameter.content.is_none() && base.is_some_and(|b| b != "array" && b != "object")
}
