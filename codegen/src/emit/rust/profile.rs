//! The document that progenitor gets: OpenAPI 3.0.3, stripped to what it is sure to take, and
//! loosened so that a server which breaks its own document does not break its callers.
//!
//! * Enumerations, patterns, lengths, bounds, dates and uuids do not constrain: an answer that is
//!   off must not be lost.
//! * Whatever is optional may also be `null`; so absent, `null` and `[]` are told apart.
//! * Objects keep members that the document does not know (`additionalProperties: {}`).
//! * `allOf` of objects is one object. A choice that cannot be decided by looking at the value is
//!   any JSON.
//!
//! What an operation looks like is in [`operations`](super::operations).

use heck::ToUpperCamelCase;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::super::{EmitError, Problem};
use super::docs;
use crate::model::names::Unique;
use crate::model::{Additional, Kind, Model, Property, Schema};

/// A document for progenitor.
pub(super) struct Profile<'m> {
    pub(super) model: &'m Model,
    /// Name of a schema → name of its Rust type.
    types: IndexMap<String, String>,
    /// Names of Rust types that are taken.
    unique: Unique,
    /// `components.schemas`.
    pub(super) components: Map<String, Value>,
    /// Rust type to use for a component in place of generating one.
    pub(super) replacements: IndexMap<String, String>,
    /// One entry per operation of the model.
    pub(super) operations: Vec<LoweredOperation>,
}

/// An operation for progenitor.
pub(super) struct LoweredOperation {
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) pointer: String,
    pub(super) value: Value,
}

impl<'m> Profile<'m> {
    pub(super) fn new(model: &'m Model) -> Result<Self, EmitError> {
        let mut profile = Self {
            model,
            types: IndexMap::new(),
            unique: Unique::default(),
            components: Map::new(),
            replacements: IndexMap::new(),
            operations: Vec::new(),
        };
        for name in model.schemas.keys() {
            let type_name = profile.unused_type(name);
            profile.types.insert(name.clone(), type_name);
        }
        for (name, entry) in &model.schemas {
            if let Some(type_name) = profile.types.get(name).cloned() {
                let lowered = profile.schema(&entry.schema);
                profile.components.insert(type_name, lowered);
            }
        }
        let mut problems = Vec::new();
        for operation in &model.operations {
            match profile.operation(operation) {
                Ok(lowered) => profile.operations.push(lowered),
                Err(message) => {
                    problems.push(Problem {
                        pointer: operation.pointer.clone(),
                        message,
                    });
                }
            }
        }
        if problems.is_empty() {
            Ok(profile)
        } else {
            Err(EmitError { problems })
        }
    }

    /// A name for a Rust type that no other has.
    pub(super) fn unused_type(&mut self, name: &str) -> String {
        let name: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        let name = match name.to_upper_camel_case() {
            n if n.is_empty() => "Schema".to_owned(),
            n if n.starts_with(|c: char| c.is_ascii_digit()) => format!("Schema{n}"),
            n => n,
        };
        self.unique.numbered(&name, 2)
    }

    /// Name of the Rust type of a named schema that is an object; other schemas have none of their
    /// own.
    pub(super) fn struct_name(&self, name: &str) -> Option<String> {
        let lowered = self.components.get(self.types.get(name)?)?;
        lowered.get("properties")?;
        self.types.get(name).cloned()
    }

    /// Rust structs that can be made from nothing: all that is required in them can.
    pub(super) fn defaultable(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        loop {
            let more: Vec<&str> = self
                .components
                .iter()
                .filter(|(name, value)| {
                    !found.contains(&name.as_str())
                        && !self.replacements.contains_key(*name)
                        && has_default(value, &found)
                })
                .map(|(name, _)| name.as_str())
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// The document with the operations at these places of [`operations`](Self::operations).
    pub(super) fn document(&self, chosen: &[usize]) -> Value {
        let mut paths = Map::new();
        for operation in chosen.iter().filter_map(|&i| self.operations.get(i)) {
            let item = paths
                .entry(operation.path.clone())
                .or_insert_with(|| json!({}));
            if let Some(item) = item.as_object_mut() {
                item.insert(operation.method.to_owned(), operation.value.clone());
            }
        }
        let info = &self.model.info;
        let mut document = json!({
            "openapi": "3.0.3",
            "info": { "title": info.title, "version": info.version },
            "paths": paths,
            "components": { "schemas": self.components },
        });
        if let Some(description) = &info.description {
            document["info"]["description"] = docs::clean(description).into();
        }
        document
    }

    /// A schema as progenitor gets it.
    pub(super) fn schema(&self, schema: &Schema) -> Value {
        let mut value = self.shape(schema, 0);
        if let Some(description) = &schema.description
            && let Some(object) = value.as_object_mut()
            && !object.contains_key("$ref")
        {
            object.insert("description".to_owned(), docs::clean(description).into());
        }
        if schema.nullable {
            nullable(value)
        } else {
            value
        }
    }

    fn shape(&self, schema: &Schema, depth: usize) -> Value {
        if let Some((properties, additional)) = self.object(schema, depth)
            && (!properties.is_empty() || schema.is_composed())
        {
            return self.structure(&properties, &additional);
        }
        if let Some(choice) = self.choice(schema) {
            return choice;
        }
        match &schema.kind {
            Kind::Ref { name } => match self.types.get(name) {
                Some(type_name) => json!({ "$ref": format!("#/components/schemas/{type_name}") }),
                None => json!({}),
            },
            Kind::Any | Kind::Null => match schema.all_of.as_slice() {
                // Not an object, or it would have been taken apart above.
                [only] => self.shape(only, depth + 1),
                _ => json!({}),
            },
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Integer => match schema.format.as_deref() {
                Some("uint64") => json!({ "type": "integer", "format": "uint64" }),
                _ => json!({ "type": "integer", "format": "int64" }),
            },
            Kind::Number => json!({ "type": "number", "format": "double" }),
            Kind::String | Kind::File => json!({ "type": "string" }),
            Kind::Array { items } => json!({ "type": "array", "items": self.schema(items) }),
            Kind::Object { additional, .. } => {
                json!({ "type": "object", "additionalProperties": self.additional(additional) })
            }
        }
    }

    fn structure(&self, properties: &IndexMap<String, Property>, additional: &Additional) -> Value {
        let mut described = Map::new();
        let mut required = Vec::new();
        for (name, property) in properties {
            let mut value = self.schema(&property.schema);
            if property.required && !property.schema.read_only {
                required.push(name.clone());
            } else {
                value = nullable(value);
            }
            described.insert(name.clone(), value);
        }
        json!({
            "type": "object",
            "properties": described,
            "required": required,
            "additionalProperties": self.additional(additional),
        })
    }

    fn additional(&self, additional: &Additional) -> Value {
        match additional {
            // Even where the document forbids them, they must not make an answer unreadable.
            Additional::Unstated | Additional::Anything | Additional::Nothing => json!({}),
            Additional::Schema { schema } => self.schema(schema),
        }
    }

    /// Everything that an object has, from itself and all parts of its `allOf`. `None` if it, or
    /// a part, is no object.
    pub(super) fn object(
        &self,
        schema: &Schema,
        depth: usize,
    ) -> Option<(IndexMap<String, Property>, Additional)> {
        // A schema that is part of itself ends here.
        if depth > 32 || !schema.one_of.is_empty() || !schema.any_of.is_empty() {
            return None;
        }
        let (own, own_additional, own_required) = match &schema.kind {
            Kind::Object {
                properties,
                additional,
                also_required,
            } => (
                properties.clone(),
                additional.clone(),
                also_required.clone(),
            ),
            Kind::Any if !schema.all_of.is_empty() => {
                (IndexMap::new(), Additional::Unstated, Vec::new())
            }
            _ => return None,
        };
        let mut all = IndexMap::new();
        let mut additional = own_additional;
        for part in &schema.all_of {
            let resolved = self.model.resolve(part)?;
            let (properties, more) = self.object(resolved, depth + 1)?;
            all.extend(properties);
            if matches!(additional, Additional::Unstated) {
                additional = more;
            }
        }
        all.extend(own);
        for name in own_required {
            if let Some(property) = all.get_mut(&name) {
                property.required = true;
            }
        }
        Some((all, additional))
    }

    /// `oneOf` or `anyOf`, if the value itself tells which it is; else any JSON.
    fn choice(&self, schema: &Schema) -> Option<Value> {
        let variants: Vec<&Schema> = schema.one_of.iter().chain(&schema.any_of).collect();
        if variants.is_empty() || !matches!(schema.kind, Kind::Any) {
            return None;
        }
        let mut seen = Vec::new();
        for variant in &variants {
            let Some(class) = self.model.resolve(variant).and_then(class) else {
                return Some(json!({}));
            };
            if seen.contains(&class) {
                return Some(json!({}));
            }
            seen.push(class);
        }
        let lowered: Vec<_> = variants.iter().map(|v| self.schema(v)).collect();
        Some(json!({ "oneOf": lowered }))
    }
}

/// What a value of this schema looks like in JSON, if it is one thing.
fn class(schema: &Schema) -> Option<&'static str> {
    if schema.is_composed() {
        return None;
    }
    match schema.kind {
        Kind::Boolean => Some("boolean"),
        Kind::Integer | Kind::Number => Some("number"),
        Kind::String => Some("string"),
        Kind::Array { .. } => Some("array"),
        Kind::Object { .. } => Some("object"),
        Kind::Any | Kind::Null | Kind::File | Kind::Ref { .. } => None,
    }
}

/// The same, or `null`.
pub(super) fn nullable(value: Value) -> Value {
    match value {
        Value::Object(mut object) => {
            if object.contains_key("$ref") {
                return json!({ "nullable": true, "allOf": [object] });
            }
            // Any JSON can be null already.
            if object.contains_key("type") || object.contains_key("oneOf") {
                object.insert("nullable".to_owned(), true.into());
            }
            Value::Object(object)
        }
        other => other,
    }
}

/// True for a struct all of whose required fields are optional at heart or in `known`.
fn has_default(component: &Value, known: &[&str]) -> bool {
    let Some(properties) = component.get("properties").and_then(Value::as_object) else {
        return false;
    };
    let required = component.get("required").and_then(Value::as_array);
    required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .all(|name| {
            let Some(property) = properties.get(name) else {
                return true;
            };
            if property.get("nullable").is_some() {
                return true;
            }
            if let Some(target) = property.get("$ref").and_then(Value::as_str) {
                return target
                    .rsplit('/')
                    .next()
                    .is_some_and(|name| known.contains(&name));
            }
            // An object with properties of its own is a struct that is not in the list.
            property.get("oneOf").is_none() && property.get("properties").is_none()
        })
}
