//! Objects with all that they are put together from.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::model::{Additional, Kind, Model, Schema};

/// An object with the members of all parts of its `allOf`, and of its alternatives as far as it
/// has some beside members of its own.
pub(super) struct Whole<'m> {
    pub(super) properties: IndexMap<&'m str, Member<'m>>,
    pub(super) additional: &'m Additional,
    also_required: Vec<&'m str>,
}

/// A member of an object.
pub(super) struct Member<'m> {
    /// `None` for any JSON, if parts do not agree.
    pub(super) schema: Option<&'m Schema>,
    pub(super) required: bool,
    pub(super) read_only: bool,
}

/// Puts an object together. It has no members if the schema is something else.
pub(super) fn gather<'m>(model: &'m Model, schema: &'m Schema) -> Whole<'m> {
    let mut whole = Whole {
        properties: IndexMap::new(),
        additional: &Additional::Unstated,
        also_required: Vec::new(),
    };
    add(model, schema, false, &mut HashSet::new(), &mut whole);
    for name in std::mem::take(&mut whole.also_required) {
        if let Some(member) = whole.properties.get_mut(name) {
            member.required |= !member.read_only;
        }
    }
    whole
}

/// `optional`: the part is one of several alternatives.
fn add<'m>(
    model: &'m Model,
    schema: &'m Schema,
    optional: bool,
    seen: &mut HashSet<&'m str>,
    whole: &mut Whole<'m>,
) {
    let mut here = schema;
    while let Kind::Ref { name } = &here.kind {
        // The same part again adds nothing, be it a part of itself.
        if !seen.insert(name) {
            return;
        }
        match model.schemas.get(name) {
            Some(entry) => here = &entry.schema,
            None => return,
        }
    }
    for part in &here.all_of {
        add(model, part, optional, seen, whole);
    }
    for alternative in here.one_of.iter().chain(&here.any_of) {
        add(model, alternative, true, seen, whole);
    }
    if let Kind::Object {
        properties,
        additional,
        also_required,
    } = &here.kind
    {
        for (name, property) in properties {
            let read_only = property.schema.read_only;
            let required = property.required && !read_only && !optional;
            let known = whole.properties.get(name.as_str());
            let agrees = known.is_none_or(|k| k.schema == Some(&property.schema));
            let member = Member {
                schema: (agrees || !optional).then_some(&property.schema),
                required: required || known.is_some_and(|k| k.required),
                read_only,
            };
            whole.properties.insert(name, member);
        }
        if !optional {
            whole
                .also_required
                .extend(also_required.iter().map(String::as_str));
            if *additional != Additional::Unstated {
                whole.additional = additional;
            }
        }
    }
}
