//! What is inside of a schema: type, values, bounds, items, properties.

use indexmap::IndexMap;

use super::Rule;
use super::flat::{Flat, Member};
use super::narrower::{self, Relation};
use super::shapes::{At, Direction, Shapes, Unit};
use crate::model::{Additional, Model, Schema};

impl<'m> Shapes<'m> {
    /// Everything but whether it can be null, which belongs to the place of use.
    pub(super) fn flat(
        &mut self,
        old: &'m Schema,
        new: &'m Schema,
        was: &Flat<'m>,
        is: &Flat<'m>,
        at: &At<'_>,
        unit: &mut Unit,
    ) {
        if !was.choices.is_empty() || !is.choices.is_empty() {
            self.choices(old, new, was, is, at, unit);
            if was.base != is.base {
                return;
            }
        } else if let Some(rule) = at.direction.by(
            narrower::types(was, is),
            [Rule::RequestTypeChanged, Rule::RequestTypeWidened],
            [Rule::ResponseTypeNarrowed, Rule::ResponseTypeChanged],
        ) {
            let message = format!("was {}, is {}", was.type_name(), is.type_name());
            unit.add(rule, at.place, message);
            // What is inside of another type has nothing to do with what was.
            if was.base != is.base {
                return;
            }
        }
        enumeration(was, is, at, unit);
        for bound in narrower::limits(&was.limits, &is.limits) {
            if let Some(rule) = at.direction.by(
                bound.relation,
                [Rule::RequestLimitTightened, Rule::RequestLimitLoosened],
                [Rule::ResponseLimitTightened, Rule::ResponseLimitLoosened],
            ) {
                unit.add(rule, at.place, bound.message);
            }
        }
        if let (Some(old), Some(new)) = (was.items, is.items) {
            self.compare(old, new, &at.inside(&format!("{}[]", at.place)), unit);
        }
        self.properties(was, is, at, unit);
        self.additional(was, is, at, unit);
    }

    fn properties(&mut self, was: &Flat<'m>, is: &Flat<'m>, at: &At<'_>, unit: &mut Unit) {
        let place = |name: &str| {
            if at.place.is_empty() {
                name.to_owned()
            } else {
                format!("{}.{name}", at.place)
            }
        };
        let before = visible(self.old, was, at.direction);
        let after = visible(self.new, is, at.direction);
        for (name, old) in &before {
            let place = place(name);
            let Some(new) = after.get(name) else {
                let rule = at
                    .direction
                    .pick(Rule::RequestPropertyRemoved, Rule::ResponsePropertyRemoved);
                unit.add(rule, place, "is gone");
                continue;
            };
            match (old.required, new.required, at.direction) {
                (false, true, Direction::Request) => unit.add(
                    Rule::RequestPropertyBecameRequired,
                    place.as_str(),
                    "must be given now",
                ),
                (true, false, Direction::Request) => unit.add(
                    Rule::RequestPropertyBecameOptional,
                    place.as_str(),
                    "can be left out now",
                ),
                (false, true, Direction::Response) => unit.add(
                    Rule::ResponsePropertyBecameRequired,
                    place.as_str(),
                    "is always there now",
                ),
                (true, false, Direction::Response) => unit.add(
                    Rule::ResponsePropertyBecameOptional,
                    place.as_str(),
                    "may be missing now",
                ),
                _ => {}
            }
            self.compare(old.schema, new.schema, &at.inside(&place), unit);
        }
        for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
            let (rule, message) = match (at.direction, new.required) {
                (Direction::Request, true) => (
                    Rule::RequiredRequestPropertyAdded,
                    "is new and must be given",
                ),
                (Direction::Request, false) => (Rule::RequestPropertyAdded, "is new"),
                (Direction::Response, _) => (Rule::ResponsePropertyAdded, "is new"),
            };
            unit.add(rule, place(name), message);
        }
    }

    fn additional(&mut self, was: &Flat<'m>, is: &Flat<'m>, at: &At<'_>, unit: &mut Unit) {
        let place = format!("{}.*", at.place);
        let schema = |additional: Option<&'m Additional>| match additional {
            Some(Additional::Schema { schema }) => Some(schema.as_ref()),
            _ => None,
        };
        let nothing = |flat: &Flat<'_>| flat.additional == Some(&Additional::Nothing);
        match (nothing(was), nothing(is), at.direction) {
            (true, true, _)
            | (true, false, Direction::Response)
            | (false, true, Direction::Response) => return,
            (false, true, Direction::Request) => {
                unit.add(
                    Rule::RequestUnknownForbidden,
                    at.place,
                    "takes only what is described",
                );
                return;
            }
            (true, false, Direction::Request) => {
                unit.add(
                    Rule::RequestUnknownAllowed,
                    at.place,
                    "takes more than is described",
                );
                return;
            }
            (false, false, _) => {}
        }
        let (relation, message) = match (schema(was.additional), schema(is.additional)) {
            (Some(old), Some(new)) => return self.compare(old, new, &at.inside(&place), unit),
            (None, None) => return,
            (None, Some(_)) => (Relation::Narrower, "was any value, has a shape"),
            (Some(_), None) => (Relation::Wider, "had a shape, is any value"),
        };
        if let Some(rule) = at.direction.by(
            relation,
            [Rule::RequestTypeChanged, Rule::RequestTypeWidened],
            [Rule::ResponseTypeNarrowed, Rule::ResponseTypeChanged],
        ) {
            unit.add(rule, place, message);
        }
    }
}

/// The properties that travel this way.
fn visible<'m>(
    model: &'m Model,
    flat: &Flat<'m>,
    direction: Direction,
) -> IndexMap<&'m str, Member<'m>> {
    flat.properties
        .iter()
        .filter(|(_, member)| {
            let target = model.resolve(member.schema).unwrap_or(member.schema);
            match direction {
                Direction::Request => !member.schema.read_only && !target.read_only,
                Direction::Response => !member.schema.write_only && !target.write_only,
            }
        })
        .map(|(name, member)| (*name, *member))
        .collect()
}

fn enumeration(was: &Flat<'_>, is: &Flat<'_>, at: &At<'_>, unit: &mut Unit) {
    let removed = at.direction.pick(
        Rule::RequestEnumValueRemoved,
        Rule::ResponseEnumValueRemoved,
    );
    let added = at
        .direction
        .pick(Rule::RequestEnumValueAdded, Rule::ResponseEnumValueAdded);
    let list = |values: &[&serde_json::Value]| {
        let words: Vec<_> = values.iter().map(|v| format!("`{v}`")).collect();
        words.join(", ")
    };
    match (was.enumeration.is_empty(), is.enumeration.is_empty()) {
        (true, true) => {}
        (true, false) => {
            unit.add(
                removed,
                at.place,
                format!("was any value, is one of {}", list(&is.enumeration)),
            );
        }
        (false, true) => unit.add(added, at.place, "was one of a list, is any value"),
        (false, false) => {
            for (rule, word, from, other) in [
                (removed, "without", &was.enumeration, &is.enumeration),
                (added, "with", &is.enumeration, &was.enumeration),
            ] {
                let gone: Vec<_> = from
                    .iter()
                    .copied()
                    .filter(|v| !other.contains(v))
                    .collect();
                if !gone.is_empty() {
                    unit.add(rule, at.place, format!("{word} {}", list(&gone)));
                }
            }
        }
    }
}
