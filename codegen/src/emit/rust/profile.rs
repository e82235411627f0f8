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

use std::cell::Cell;

use heck::ToUpperCamelCase;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::super::Problem;
use super::docs;
use crate::model::names::Unique;
use crate::model::{Additional, Kind, Model, Property, Schema};

/// How many objects a document may come to, those that are parts of others each time anew.
const MAX_OBJECTS: usize = 100_000;

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
    /// How many objects were written out.
    written: Cell<usize>,
    /// One entry per operation of the model.
    pub(super) operations: Vec<LoweredOperation>,
}

/// An object with all that it is put together from.
struct WholeObject<'m> {
    properties: IndexMap<&'m str, &'m Property>,
    /// Names that some part calls required, described or not.
    also_required: Vec<&'m str>,
    additional: &'m Additional,
    /// Named schemas that went into it.
    from: Vec<&'m str>,
}

/// An operation for progenitor.
pub(super) struct LoweredOperation {
    pub(super) path: String,
    pub(super) method: &'static str,
    pub(super) pointer: String,
    pub(super) value: Value,
}

impl<'m> Profile<'m> {
    /// What there is no way to say goes to `problems`.
    pub(super) fn new(model: &'m Model, problems: &mut Vec<Problem>) -> Self {
        let mut profile = Self {
            model,
            types: IndexMap::new(),
            unique: Unique::default(),
            components: Map::new(),
            replacements: IndexMap::new(),
            written: Cell::new(0),
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
        if profile.written.get() > MAX_OBJECTS {
            problems.push(Problem {
                pointer: String::new(),
                message:
                    "objects put together by `allOf` contain one another without end, so that \
                          there are no typed functions"
                        .to_owned(),
            });
            profile.strip();
        }
        profile
    }

    /// Leaves nothing but the frame, for a document whose schemas progenitor does not take.
    pub(super) fn strip(&mut self) {
        self.components.clear();
        self.replacements.clear();
        self.operations.clear();
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
        // Progenitor makes a header of the version, which has to be one.
        let version: String = info
            .version
            .chars()
            .filter(|c| matches!(c, ' '..='~'))
            .collect();
        let mut document = json!({
            "openapi": "3.0.3",
            "info": { "title": info.title, "version": version },
            "paths": paths,
            "components": { "schemas": self.components },
        });
        if let Some(description) = &info.description {
            document["info"]["description"] = docs::clean(description).into();
        }
        document
    }

    /// A schema as progenitor gets it.
    pub(super) fn schema(&self, schema: &'m Schema) -> Value {
        self.within(schema, &mut Vec::new())
    }

    /// The same, inside of what the schemas `open` were written out for.
    fn within(&self, schema: &'m Schema, open: &mut Vec<&'m str>) -> Value {
        let mut value = self.shape(schema, open);
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

    fn shape(&self, schema: &'m Schema, open: &mut Vec<&'m str>) -> Value {
        // `allOf` around one reference only makes room for a description or `nullable`.
        if let (Kind::Any, [only], true, true) = (
            &schema.kind,
            schema.all_of.as_slice(),
            schema.one_of.is_empty(),
            schema.any_of.is_empty(),
        ) {
            return self.within(only, open);
        }
        if let Some(object) = self.object(schema, open)
            && (!object.properties.is_empty() || schema.is_composed())
        {
            return self.structure(&object, open);
        }
        if let Some(choice) = self.choice(schema, open) {
            return choice;
        }
        match &schema.kind {
            Kind::Ref { name } => match self.types.get(name) {
                Some(type_name) => json!({ "$ref": format!("#/components/schemas/{type_name}") }),
                None => json!({}),
            },
            Kind::Any | Kind::Null => json!({}),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Integer => match schema.format.as_deref() {
                Some("uint64") => json!({ "type": "integer", "format": "uint64" }),
                _ => json!({ "type": "integer", "format": "int64" }),
            },
            Kind::Number => json!({ "type": "number", "format": "double" }),
            // Not to be shown; see `polish`.
            Kind::String if schema.format.as_deref() == Some("password") => {
                json!({ "type": "string", "x-secret": true })
            }
            Kind::String | Kind::File => json!({ "type": "string" }),
            Kind::Array { items } => described_as([
                ("type", "array".into()),
                ("items", self.within(items, open)),
            ]),
            Kind::Object { additional, .. } => {
                let additional = self.additional(additional, open);
                described_as([
                    ("type", "object".into()),
                    ("additionalProperties", additional),
                ])
            }
        }
    }

    fn structure(&self, object: &WholeObject<'m>, open: &mut Vec<&'m str>) -> Value {
        self.written.set(self.written.get() + 1);
        if self.written.get() > MAX_OBJECTS {
            // `new` tells of it.
            return json!({});
        }
        let outside = open.len();
        open.extend(&object.from);
        let mut described = Map::new();
        let mut required = Vec::new();
        for (name, property) in &object.properties {
            let mut value = self.within(&property.schema, open);
            let must = property.required || object.also_required.contains(name);
            if must && !property.schema.read_only {
                required.push(*name);
            } else {
                value = nullable(value);
            }
            described.insert((*name).to_owned(), value);
        }
        let additional = self.additional(object.additional, open);
        open.truncate(outside);
        described_as([
            ("type", "object".into()),
            ("properties", described.into()),
            ("required", required.into()),
            ("additionalProperties", additional),
        ])
    }

    fn additional(&self, additional: &'m Additional, open: &mut Vec<&'m str>) -> Value {
        match additional {
            // Even where the document forbids them, they must not make an answer unreadable.
            Additional::Unstated | Additional::Anything | Additional::Nothing => json!({}),
            Additional::Schema { schema } => self.within(schema, open),
        }
    }

    /// Everything that an object has, from itself and all parts of its `allOf`. `None` if it, or
    /// a part, is no object, or is one of `open`, of which there would be no end.
    fn object(&self, schema: &'m Schema, open: &[&'m str]) -> Option<WholeObject<'m>> {
        let mut whole = WholeObject {
            properties: IndexMap::new(),
            also_required: Vec::new(),
            additional: &Additional::Unstated,
            from: Vec::new(),
        };
        self.gather(schema, open, &mut whole)?;
        Some(whole)
    }

    fn gather(
        &self,
        schema: &'m Schema,
        open: &[&'m str],
        whole: &mut WholeObject<'m>,
    ) -> Option<()> {
        if !schema.one_of.is_empty() || !schema.any_of.is_empty() {
            return None;
        }
        for part in &schema.all_of {
            let mut part = part;
            // One reference may lead to the next.
            while let Kind::Ref { name } = &part.kind {
                if open.contains(&name.as_str()) || whole.from.contains(&name.as_str()) {
                    return None;
                }
                whole.from.push(name);
                part = &self.model.schemas.get(name)?.schema;
            }
            self.gather(part, open, whole)?;
        }
        match &schema.kind {
            Kind::Object {
                properties,
                additional,
                also_required,
            } => {
                whole
                    .properties
                    .extend(properties.iter().map(|(n, p)| (n.as_str(), p)));
                whole
                    .also_required
                    .extend(also_required.iter().map(String::as_str));
                if *additional != Additional::Unstated {
                    whole.additional = additional;
                }
                Some(())
            }
            Kind::Any if !schema.all_of.is_empty() => Some(()),
            _ => None,
        }
    }

    /// `oneOf` or `anyOf`, if the value itself tells which it is; else any JSON.
    fn choice(&self, schema: &'m Schema, open: &mut Vec<&'m str>) -> Option<Value> {
        let variants: Vec<&'m Schema> = schema.one_of.iter().chain(&schema.any_of).collect();
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
        let lowered: Vec<_> = variants.iter().map(|v| self.within(v, open)).collect();
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

/// A schema of these words. (`json!` would copy what is inside, at every level.)
fn described_as<const N: usize>(words: [(&str, Value); N]) -> Value {
    words
        .into_iter()
        .map(|(word, value)| (word.to_owned(), value))
        .collect()
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
