//! Last step of reading: checks that need the whole document, and names.

use indexmap::IndexMap;

use super::ReadError;
use super::document::Node;
use crate::model::names::{
    Unique, python_class, python_group, python_method, python_module, python_parameter,
    rust_function,
};
use crate::model::{Group, GroupMember, Kind, Location, Model, NamedSchema, Schema, inline};

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
    inline::hoist(model);
    name_schemas(model);
    name_operations(model);
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

fn name_schemas(model: &mut Model) {
    let mut classes = Unique::default();
    let mut modules = Unique::default();
    for (name, entry) in &mut model.schemas {
        entry.python_class = classes.numbered(&python_class(name), 2);
        entry.python_module = modules.numbered(&python_module(&entry.python_class), 2);
    }
}

fn name_operations(model: &mut Model) {
    let mut functions = Unique::default();
    for operation in &mut model.operations {
        operation.rust = functions.numbered(&rust_function(&operation.id), 2);
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
