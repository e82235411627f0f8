//! A schema as one thing: references followed, `allOf` put together.

use indexmap::IndexMap;
use serde_json::Value;

use crate::model::{Additional, Kind, Limits, Model, Schema};

/// How many levels of `allOf` are put together; a recursive one never ends.
const DEPTH: usize = 32;

/// What all parts of a schema say together.
#[derive(Default)]
pub(super) struct Flat<'m> {
    pub(super) base: Option<&'static str>,
    pub(super) format: Option<&'m str>,
    /// Only some values, if the list is not empty.
    pub(super) enumeration: Vec<&'m Value>,
    pub(super) limits: Vec<&'m Limits>,
    pub(super) items: Option<&'m Schema>,
    pub(super) properties: IndexMap<&'m str, Member<'m>>,
    pub(super) additional: Option<&'m Additional>,
    /// The alternatives of `oneOf` or `anyOf`, without `null`.
    pub(super) choices: Vec<&'m Schema>,
    pub(super) discriminator: Option<&'m Schema>,
    pub(super) nullable: bool,
    required: Vec<&'m str>,
}

/// A property of an object.
#[derive(Clone, Copy)]
pub(super) struct Member<'m> {
    pub(super) required: bool,
    pub(super) schema: &'m Schema,
}

impl<'m> Flat<'m> {
    pub(super) fn of(model: &'m Model, schema: &'m Schema) -> Self {
        let mut flat = Self::default();
        flat.add(model, schema, DEPTH);
        for name in &flat.required {
            if let Some(member) = flat.properties.get_mut(name) {
                member.required = true;
            }
        }
        // Without a type, the listed values tell it.
        flat.base = flat.base.or_else(|| {
            let bases: Vec<_> = flat.enumeration.iter().map(|v| base_of(v)).collect();
            let first = bases.first()?;
            bases.iter().all(|base| base == first).then_some(*first)
        });
        // A choice of one is no choice.
        if let [only] = flat.choices[..] {
            flat.choices.clear();
            flat.add(model, only, DEPTH);
        }
        flat
    }

    fn add(&mut self, model: &'m Model, schema: &'m Schema, depth: usize) {
        if depth == 0 {
            return;
        }
        self.nullable |= schema.nullable;
        if schema.format.is_some() {
            self.format = schema.format.as_deref();
        }
        if !schema.enumeration.is_empty() {
            self.enumeration = schema
                .enumeration
                .iter()
                .filter(|value| !value.is_null())
                .collect();
        }
        if !schema.limits.is_empty() {
            self.limits.push(&schema.limits);
        }
        if schema.discriminator.is_some() {
            self.discriminator = Some(schema);
        }
        self.kind(model, &schema.kind, depth);
        for part in &schema.all_of {
            self.add(model, part, depth - 1);
        }
        for choice in schema.one_of.iter().chain(&schema.any_of) {
            if choice.kind == Kind::Null {
                self.nullable = true;
            } else {
                self.choices.push(choice);
            }
        }
    }

    fn kind(&mut self, model: &'m Model, kind: &'m Kind, depth: usize) {
        let base = match kind {
            Kind::Ref { name } => {
                if let Some(entry) = model.schemas.get(name) {
                    self.add(model, &entry.schema, depth - 1);
                }
                return;
            }
            Kind::Any => return,
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::File => {
                // The same thing in the words of OpenAPI 3.
                self.format = Some("binary");
                "string"
            }
            Kind::Array { items } => {
                self.items = Some(items);
                "array"
            }
            Kind::Object {
                properties,
                additional,
                also_required,
            } => {
                for (name, property) in properties {
                    let before = self.properties.get(name.as_str());
                    let member = Member {
                        required: property.required || before.is_some_and(|b| b.required),
                        schema: &property.schema,
                    };
                    self.properties.insert(name, member);
                }
                if *additional != Additional::Unstated {
                    self.additional = Some(additional);
                }
                self.required
                    .extend(also_required.iter().map(String::as_str));
                "object"
            }
        };
        self.base = Some(base);
    }

    /// The type in words.
    pub(super) fn type_name(&self) -> String {
        match (self.base, self.format) {
            _ if !self.choices.is_empty() => format!("one of {} shapes", self.choices.len()),
            (None, None) => "any value".to_owned(),
            (None, Some(format)) => format!("any value ({format})"),
            (Some(base), None) => base.to_owned(),
            (Some(base), Some(format)) => format!("{base} ({format})"),
        }
    }
}

/// The type of a value.
fn base_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
