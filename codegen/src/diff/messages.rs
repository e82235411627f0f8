//! Bodies: what is sent, and what is answered.

use indexmap::IndexMap;

use super::Rule;
use super::shapes::{At, Direction, Shapes, Unit};
use crate::model::{Body, Header, Media, Operation, Response};

/// Compares what an operation is sent.
pub(super) fn body<'m>(
    shapes: &mut Shapes<'m>,
    old: Option<&'m Body>,
    new: Option<&'m Body>,
    unit: &mut Unit,
) {
    const PLACE: &str = "request body";
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(_), None) => return unit.add(Rule::RequestBodyRemoved, PLACE, "is gone"),
        (None, Some(new)) if new.required => {
            return unit.add(
                Rule::RequestBodyBecameRequired,
                PLACE,
                "is new and must be given",
            );
        }
        (None, Some(_)) => return unit.add(Rule::RequestBodyAdded, PLACE, "is new"),
        (Some(old), Some(new)) => (old, new),
    };
    match (old.required, new.required) {
        (false, true) => unit.add(Rule::RequestBodyBecameRequired, PLACE, "must be given now"),
        (true, false) => unit.add(
            Rule::RequestBodyBecameOptional,
            PLACE,
            "can be left out now",
        ),
        _ => {}
    }
    content(
        shapes,
        &old.content,
        &new.content,
        Direction::Request,
        PLACE,
        unit,
    );
}

/// Media types and what each carries. A shape that several of them share is compared once.
fn content<'m>(
    shapes: &mut Shapes<'m>,
    old: &'m IndexMap<String, Media>,
    new: &'m IndexMap<String, Media>,
    direction: Direction,
    place: &str,
    unit: &mut Unit,
) {
    let removed = direction.pick(
        Rule::RequestMediaTypeRemoved,
        Rule::ResponseMediaTypeRemoved,
    );
    let added = direction.pick(Rule::RequestMediaTypeAdded, Rule::ResponseMediaTypeAdded);
    let mut done: Vec<(&Media, &Media)> = Vec::new();
    for (name, old) in old {
        let Some((_, new)) = new.iter().find(|(other, _)| is_same_type(name, other)) else {
            unit.add(
                removed,
                place,
                format!("does not come as `{name}` any more"),
            );
            continue;
        };
        let (Some(was), Some(is)) = (&old.schema, &new.schema) else {
            continue;
        };
        if !done.contains(&(old, new)) {
            shapes.compare(was, is, &At { direction, place }, unit);
            done.push((old, new));
        }
    }
    for name in new.keys() {
        if !old.keys().any(|other| is_same_type(name, other)) {
            unit.add(added, place, format!("comes as `{name}` too"));
        }
    }
}

/// Media types without what is written for people: case, and blanks before parameters.
fn is_same_type(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.replace(' ', "").to_ascii_lowercase();
    plain(a) == plain(b)
}

/// Compares what an operation answers.
pub(super) fn responses<'m>(
    shapes: &mut Shapes<'m>,
    old: &'m Operation,
    new: &'m Operation,
    unit: &mut Unit,
) {
    let is_success = |status: &str| status.starts_with('2');
    for (status, was) in &old.responses {
        let place = format!("response {status}");
        // An answer may be described by its range, or as any other.
        let range = format!("{}XX", status.get(..1).unwrap_or_default());
        let wider = [status.as_str(), &range, "default"];
        let Some(is) = wider.iter().find_map(|key| new.responses.get(*key)) else {
            if is_success(status) {
                let now: Vec<_> = new
                    .responses
                    .keys()
                    .filter(|s| is_success(s))
                    .map(String::as_str)
                    .collect();
                let message = match &now[..] {
                    [] => "is not described any more".to_owned(),
                    now => format!(
                        "is not described any more; successes are {}",
                        now.join(", ")
                    ),
                };
                unit.add(Rule::SuccessStatusRemoved, place, message);
            } else {
                unit.add(Rule::ErrorStatusRemoved, place, "is not described any more");
            }
            continue;
        };
        response_pair(shapes, was, is, is_success(status), &place, unit);
    }
    for status in new.responses.keys() {
        if old.responses.contains_key(status) {
            continue;
        }
        let place = format!("response {status}");
        if is_success(status) {
            unit.add(Rule::SuccessStatusAdded, place, "is new");
        } else {
            unit.add(Rule::ErrorStatusAdded, place, "is new");
        }
    }
}

fn response_pair<'m>(
    shapes: &mut Shapes<'m>,
    old: &'m Response,
    new: &'m Response,
    success: bool,
    place: &str,
    unit: &mut Unit,
) {
    let (removed, added) = if success {
        (Rule::ResponseBodyRemoved, Rule::ResponseBodyAdded)
    } else {
        (Rule::ErrorTypeChanged, Rule::ErrorTypeChanged)
    };
    match (old.content.is_empty(), new.content.is_empty()) {
        (true, true) => {}
        (false, true) => unit.add(removed, place, "has no body any more"),
        (true, false) => unit.add(added, place, "has a body now"),
        (false, false) => {
            content(
                shapes,
                &old.content,
                &new.content,
                Direction::Response,
                place,
                unit,
            );
        }
    }
    let find = |headers: &'m IndexMap<String, Header>, name: &str| {
        let found = headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, header)| header)
    };
    for (name, was) in &old.headers {
        let place = format!("{place} header {name}");
        match find(&new.headers, name) {
            None => unit.add(Rule::ResponseHeaderRemoved, place, "is gone"),
            Some(is) => {
                let at = At {
                    direction: Direction::Response,
                    place: &place,
                };
                shapes.compare(&was.schema, &is.schema, &at, unit);
            }
        }
    }
    for name in new
        .headers
        .keys()
        .filter(|name| find(&old.headers, name).is_none())
    {
        unit.add(
            Rule::ResponseHeaderAdded,
            format!("{place} header {name}"),
            "is new",
        );
    }
}
