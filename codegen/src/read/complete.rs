//! What can only be said of operations once all schemas are known.

use indexmap::IndexMap;

use super::node::Node;
use crate::model::{
    Body, Kind, Location, Model, Note, Operation, Parameter, Property, Schema, Severity, Shape,
    is_form,
};

/// Completes all operations of a model.
pub(super) fn complete(model: &mut Model, root: &Node<'_>) {
    let mut operations = std::mem::take(&mut model.operations);
    for operation in &mut operations {
        for note in path_parameters(operation) {
            let Note {
                severity,
                pointer,
                message,
            } = note;
            root.document().note(severity, pointer, message);
        }
        complete_one(model, operation);
        for callback in &mut operation.callbacks {
            complete_one(model, &mut callback.operation);
        }
    }
    model.operations = operations;
    let mut webhooks = std::mem::take(&mut model.webhooks);
    for webhook in &mut webhooks {
        complete_one(model, &mut webhook.operation);
    }
    model.webhooks = webhooks;
}

fn complete_one(model: &Model, operation: &mut Operation) {
    let whole = |p: &Parameter| matches!(p.location, Location::Body | Location::Form);
    if let Some(body) = &operation.body
        && !operation.parameters.iter().any(whole)
    {
        let parameters = body_parameters(model, body);
        operation.parameters.extend(parameters);
    }
    for parameter in &mut operation.parameters {
        let resolved = model.resolve(&parameter.schema);
        parameter.shape = resolved.map_or(Shape::Any, Shape::of);
    }
}

/// Makes the path and its parameters agree: what the path asks for must be given, and what it
/// does not hold can go nowhere.
fn path_parameters(operation: &mut Operation) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut warn = |message: String| {
        notes.push(Note {
            severity: Severity::Warning,
            pointer: operation.pointer.clone(),
            message,
        });
    };
    let path = operation.path.clone();
    let wanted: Vec<&str> = path
        .split('{')
        .skip(1)
        .filter_map(|piece| piece.split_once('}'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty())
        .collect();
    operation.parameters.retain(|parameter| {
        let goes =
            parameter.location != Location::Path || wanted.contains(&parameter.name.as_str());
        if !goes {
            warn(format!(
                "the path has no `{{{}}}`; the parameter is ignored",
                parameter.name
            ));
        }
        goes
    });
    for name in wanted {
        let given = operation
            .parameters
            .iter()
            .any(|p| p.location == Location::Path && p.name == name);
        if !given {
            warn(format!(
                "`{{{name}}}` of the path is not described; it is taken for a text"
            ));
            operation.parameters.push(Parameter {
                required: true,
                ..Parameter::new(name, Location::Path, Schema::of(Kind::String))
            });
        }
    }
    notes
}

/// The body as parameters: the fields if it can only be sent as a form, else itself.
fn body_parameters(model: &Model, body: &Body) -> Vec<Parameter> {
    let preferred = body.preferred();
    let form = preferred.filter(|(media_type, _)| is_form(media_type));
    let fields = form
        .and_then(|(_, media)| media.schema.as_ref())
        .map(|schema| fields(model, schema, 0))
        .unwrap_or_default();
    if fields.is_empty() {
        let schema = preferred.and_then(|(_, media)| media.schema.clone());
        return vec![Parameter {
            required: body.required,
            description: body.description.clone(),
            ..Parameter::new(&body.name, Location::Body, schema.unwrap_or_default())
        }];
    }
    let encodings = form.map(|(_, media)| &media.encoding);
    fields
        .into_iter()
        .map(|(name, property)| {
            let encoding = encodings.and_then(|all| all.get(&name));
            let encoding = encoding.cloned().unwrap_or_default();
            Parameter {
                required: property.required,
                description: property.schema.description.clone(),
                style: encoding.style,
                explode: encoding.explode,
                allow_reserved: encoding.allow_reserved,
                ..Parameter::new(name, Location::Form, property.schema)
            }
        })
        .collect()
}

/// Properties of an object and of all that it is put together from.
fn fields(model: &Model, schema: &Schema, depth: usize) -> IndexMap<String, Property> {
    let mut all = IndexMap::new();
    let Some(schema) = model.resolve(schema) else {
        return all;
    };
    // Deeper than this it goes round in a circle.
    if depth > 32 {
        return all;
    }
    for part in &schema.all_of {
        all.extend(fields(model, part, depth + 1));
    }
    if let Some(properties) = schema.properties() {
        all.extend(properties.clone());
    }
    all
}
