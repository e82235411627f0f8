//! Last step of reading: checks that need the whole document, and names.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::ReadError;
use super::node::Node;
use crate::model::names::{
    Unique, python_class, python_group, python_method, python_module, python_parameter,
    rust_function,
};
use crate::model::{
    Group, GroupMember, Kind, Location, Model, NamedSchema, Schema, Severity, inline,
};

/// A named schema whose names are not made yet.
pub(super) fn named(schema: Schema) -> NamedSchema {
    NamedSchema {
        python_class: String::new(),
        python_module: String::new(),
        hoisted: false,
        schema,
    }
}

/// Checks references, moves inline schemas to names of their own, makes the names of targets.
pub(super) fn finish(model: &mut Model, root: &Node<'_>) -> Result<(), ReadError> {
    check_references(model, root)?;
    circles(model, root);
    mappings(model, root);
    inline::hoist(model);
    name_schemas(model);
    name_operations(model, root);
    group(model);
    Ok(())
}

/// Every reference leads somewhere, and not round in a circle of mere references.
///
/// A reference to a schema that does not exist was refused when it was followed; what is left are
/// names that mean each other (`A: {$ref: B}`, `B: {$ref: A}`).
fn check_references(model: &Model, root: &Node<'_>) -> Result<(), ReadError> {
    for (name, entry) in &model.schemas {
        if matches!(entry.schema.kind, Kind::Ref { .. }) && model.resolve(&entry.schema).is_none() {
            return Err(root.error(format!(
                "the schema `{name}` is a reference that leads back to itself"
            )));
        }
    }
    Ok(())
}

/// Takes apart what is put together from itself: a value that fits `A` fits `A` anyway.
///
/// Only circles of `allOf` alone: a base that lists its kinds, which list their base, is no circle
/// to a value, since it ends at whichever kind the value is.
fn circles(model: &mut Model, root: &Node<'_>) {
    let parts: HashMap<String, Vec<String>> = model
        .schemas
        .iter()
        .map(|(name, entry)| {
            let parts = entry.schema.all_of.iter();
            let names = parts.filter_map(Schema::reference_name).map(str::to_owned);
            (name.clone(), names.collect())
        })
        .collect();
    let reaches = |from: &str, to: &str| {
        let mut seen = HashSet::new();
        let mut open = vec![from];
        while let Some(name) = open.pop() {
            if name == to {
                return true;
            }
            if seen.insert(name) {
                open.extend(parts.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        false
    };
    let nothing = Vec::new();
    for (name, entry) in &mut model.schemas {
        if parts.get(name).unwrap_or(&nothing).is_empty() {
            continue;
        }
        let before = entry.schema.all_of.len();
        entry.schema.all_of.retain(|part| {
            part.reference_name()
                .is_none_or(|target| !reaches(target, name))
        });
        if entry.schema.all_of.len() < before {
            root.warn(format!(
                "the schema `{name}` is put together from itself; that part of it is ignored"
            ));
        }
    }
}

/// Takes out values of discriminators that lead to no schema.
fn mappings(model: &mut Model, root: &Node<'_>) {
    let known: HashSet<String> = model.schemas.keys().cloned().collect();
    let mut lost = Vec::new();
    for entry in model.schemas.values_mut() {
        let mut open = vec![&mut entry.schema];
        while let Some(schema) = open.pop() {
            schema.discriminator_mapping.retain(|value, name| {
                let leads = known.contains(name);
                if !leads {
                    lost.push(format!(
                        "the discriminator's value `{value}` leads to `{name}`, which does not exist"
                    ));
                }
                leads
            });
            open.extend(schema.children_mut());
        }
    }
    for message in lost {
        root.warn(message);
    }
}

fn name_schemas(model: &mut Model) {
    let mut classes = Unique::default();
    let mut modules = Unique::default();
    for (name, entry) in &mut model.schemas {
        entry.python_class = classes.numbered(&python_class(name), 2);
        entry.python_module = modules.numbered(&python_module(&entry.python_class), 2);
    }
}

fn name_operations(model: &mut Model, root: &Node<'_>) {
    let mut functions = Unique::default();
    let mut ids = HashSet::new();
    let incoming = model
        .webhooks
        .iter_mut()
        .map(|webhook| &mut webhook.operation);
    for operation in model.operations.iter_mut().chain(incoming) {
        operation.rust = functions.numbered(&rust_function(&operation.id), 2);
        if !operation.id_made && !ids.insert(operation.id.clone()) {
            root.document().note(
                Severity::Warning,
                operation.pointer.clone(),
                format!(
                    "the operationId `{}` is taken; the function is called `{}`",
                    operation.id, operation.rust
                ),
            );
        }
        let mut unique = Unique::default();
        for parameter in &mut operation.parameters {
            parameter.python = unique.numbered(&python_parameter(&parameter.name), 2);
        }
        // The fields of a form carry the names of the parameters that they are.
        let Some(body) = &mut operation.body else {
            continue;
        };
        for media in body.content.values_mut() {
            let Some(Kind::Object { properties, .. }) = media.schema.as_mut().map(|s| &mut s.kind)
            else {
                continue;
            };
            for parameter in operation
                .parameters
                .iter()
                .filter(|p| p.location == Location::Form)
            {
                if let Some(property) = properties.get_mut(&parameter.name) {
                    property.python.clone_from(&parameter.python);
                }
            }
        }
    }
}

fn group(model: &mut Model) {
    let mut groups: IndexMap<String, (Group, Unique)> = IndexMap::new();
    for (index, operation) in model.operations.iter().enumerate() {
        let untagged = ["default".to_owned()];
        let tags: &[String] = if operation.tags.is_empty() {
            &untagged
        } else {
            &operation.tags
        };
        for tag in tags {
            let (python_class, python_module) = python_group(tag);
            // Tags that differ only in letters that a class name cannot show share a class.
            let (group, unique) = groups.entry(python_class.clone()).or_insert_with(|| {
                let group = Group {
                    tag: tag.clone(),
                    python_class,
                    python_module,
                    members: Vec::new(),
                };
                (group, Unique::default())
            });
            if group.members.last().is_some_and(|m| m.operation == index) {
                continue;
            }
            let python = unique.suffixed(&python_method(&operation.id), 0);
            group.members.push(GroupMember {
                operation: index,
                python,
            });
        }
    }
    model.groups = groups.into_values().map(|(group, _)| group).collect();
}
