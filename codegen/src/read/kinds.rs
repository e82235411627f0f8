//! Types: what kind of value a schema is for, and what is in it.

use indexmap::IndexMap;
use serde_json::Value;

use super::ReadError;
use super::node::Node;
use super::schema::SchemaReader;
use crate::model::names::{Unique, python_property};
use crate::model::{Additional, Kind, Property, Schema, Tuple};

/// Words that stand where a type should, and the type and format that they mean.
const MISTAKEN: &[(&str, &str, Option<&str>)] = &[
    ("int", "integer", None),
    ("int32", "integer", Some("int32")),
    ("int64", "integer", Some("int64")),
    ("long", "integer", Some("int64")),
    ("float", "number", Some("float")),
    ("double", "number", Some("double")),
    ("decimal", "number", None),
    ("bool", "boolean", None),
    ("str", "string", None),
    ("text", "string", None),
    ("date", "string", Some("date")),
    ("datetime", "string", Some("date-time")),
    ("date-time", "string", Some("date-time")),
    ("timestamp", "string", Some("date-time")),
    ("uuid", "string", Some("uuid")),
    ("uri", "string", Some("uri")),
    ("email", "string", Some("email")),
    ("byte", "string", Some("byte")),
    ("binary", "string", Some("binary")),
    ("list", "array", None),
    ("dict", "object", None),
    ("map", "object", None),
];

impl SchemaReader {
    /// The kind of a schema, with what stands inside.
    pub(super) fn shape(
        &mut self,
        node: &Node<'_>,
        schema: &mut Schema,
        full: bool,
    ) -> Result<(), ReadError> {
        let mut names = match node.get("type") {
            None => Vec::new(),
            Some(types) if types.value().is_array() => node.strings("type"),
            Some(types) => types.text().into_iter().collect(),
        };
        if names.iter().any(|n| n == "null") && names.len() > 1 {
            schema.nullable = true;
            names.retain(|n| n != "null");
        }
        match names.as_slice() {
            [] => schema.kind = self.untyped_kind(node, full)?,
            [one] => {
                schema.kind = self.kind(node, one, &mut schema.format, full)?;
            }
            several => {
                for name in several {
                    let mut format = None;
                    let kind = self.kind(node, name, &mut format, full)?;
                    schema.any_of.push(Schema {
                        format,
                        ..Schema::of(kind)
                    });
                }
            }
        }
        encoding(node, schema);
        self.tuple(node, schema)?;
        if full {
            for key in ["patternProperties", "x-patternProperties"] {
                for (pattern, member) in node.map(key)? {
                    let member = self.read(&member)?;
                    schema.pattern_properties.insert(pattern.to_owned(), member);
                }
            }
        }
        Ok(())
    }

    fn kind(
        &mut self,
        node: &Node<'_>,
        name: &str,
        format: &mut Option<String>,
        full: bool,
    ) -> Result<Kind, ReadError> {
        Ok(match name {
            "null" => Kind::Null,
            "boolean" => Kind::Boolean,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "string" => Kind::String,
            "file" => Kind::File,
            "array" => self.array(node, full)?,
            "object" => self.object(node)?,
            other => {
                let small = other.to_ascii_lowercase();
                let known = ["string", "number", "integer", "boolean", "array", "object"];
                let meant = match known.iter().find(|word| **word == small) {
                    Some(word) => Some((*word, None)),
                    None => MISTAKEN
                        .iter()
                        .find(|(word, ..)| *word == small)
                        .map(|(_, kind, format)| (*kind, *format)),
                };
                let Some((meant, meant_format)) = meant else {
                    node.warn(format!(
                        "`{other}` is no type; there are string, number, integer, boolean, array, \
                         object, null and, in Swagger 2.0, file. It fits any value"
                    ));
                    return Ok(Kind::Any);
                };
                node.warn(format!("`{other}` is no type; it was taken for {meant}"));
                if format.is_none() {
                    *format = meant_format.map(str::to_owned);
                }
                // One of those above.
                self.kind(node, meant, format, full)?
            }
        })
    }

    /// What a schema without `type` must be, going by its other words.
    fn untyped_kind(&mut self, node: &Node<'_>, full: bool) -> Result<Kind, ReadError> {
        let is_map = |key: &str| node.get(key).is_some_and(|n| n.value().is_object());
        if full
            && (is_map("properties")
                || node.has("additionalProperties")
                || is_map("patternProperties"))
        {
            self.object(node)
        } else if node.has("items") || node.has("prefixItems") {
            self.array(node, full)
        } else if let Some(Value::Array(values)) = node.get("enum").map(|n| n.value())
            && !values.is_empty()
            && values.iter().all(Value::is_string)
        {
            Ok(Kind::String)
        } else if full
            && matches!(node.get("required").map(|n| n.value()), Some(Value::Array(l)) if !l.is_empty())
            && ["allOf", "oneOf", "anyOf"].iter().any(|w| node.has(w))
        {
            // Only says which of the parts' properties are required.
            self.object(node)
        } else {
            Ok(Kind::Any)
        }
    }

    fn array(&mut self, node: &Node<'_>, full: bool) -> Result<Kind, ReadError> {
        let items = match node.get("items") {
            // A tuple, as JSON Schema had it before `prefixItems`.
            Some(items) if items.value().is_array() => Schema::default(),
            None => Schema::default(),
            Some(items) if full => self.read(&items)?,
            Some(items) => self.read_parameter(&items)?,
        };
        Ok(Kind::Array {
            items: Box::new(items),
        })
    }

    /// The places of a tuple, if it is one; its items then fit any of them.
    fn tuple(&mut self, node: &Node<'_>, schema: &mut Schema) -> Result<(), ReadError> {
        let Kind::Array { items } = &mut schema.kind else {
            return Ok(());
        };
        let old = node.get("items").is_some_and(|n| n.value().is_array());
        let (places, rest) = match (node.has("prefixItems"), old) {
            (true, _) => ("prefixItems", "items"),
            (false, true) => ("items", "additionalItems"),
            (false, false) => ("x-prefixItems", "x-items"),
        };
        let mut tuple = Tuple::default();
        for place in node.list(places)? {
            tuple.places.push(self.read(&place)?);
        }
        if tuple.places.is_empty() {
            return Ok(());
        }
        tuple.rest = self.additional(node, rest)?;
        let rest = match &tuple.rest {
            Additional::Schema { schema } => Some(&**schema),
            _ => None,
        };
        let mut shapes: Vec<Schema> = Vec::new();
        for shape in tuple.places.iter().chain(rest) {
            if !shapes.contains(shape) {
                shapes.push(shape.clone());
            }
        }
        **items = match shapes.len() {
            1 => shapes.pop().unwrap_or_default(),
            _ => Schema {
                any_of: shapes,
                ..Schema::default()
            },
        };
        schema.tuple = Some(Box::new(tuple));
        Ok(())
    }

    fn object(&mut self, node: &Node<'_>) -> Result<Kind, ReadError> {
        let mut required = match node.get("required").map(|n| n.value()) {
            // Swagger 1 habit: `required: true` on the property itself. It says nothing here.
            Some(Value::Bool(_)) => Vec::new(),
            _ => node.strings("required"),
        };
        let must: std::collections::HashSet<String> = required.iter().cloned().collect();
        let mut unique = Unique::default();
        let mut properties = IndexMap::new();
        for (name, property) in node.map("properties")? {
            let schema = self.read(&property)?;
            let python = unique.numbered(&python_property(name), 2);
            properties.insert(
                name.to_owned(),
                Property {
                    python,
                    required: must.contains(name),
                    schema,
                },
            );
        }
        required.retain(|name| !properties.contains_key(name));
        required.dedup();
        Ok(Kind::Object {
            properties,
            additional: self.additional(node, "additionalProperties")?,
            also_required: required,
        })
    }

    /// What more there may be, by a boolean or a schema.
    fn additional(&mut self, node: &Node<'_>, key: &str) -> Result<Additional, ReadError> {
        let Some(node) = node.get(key) else {
            return Ok(Additional::Unstated);
        };
        Ok(match node.value() {
            Value::Bool(true) => Additional::Anything,
            Value::Bool(false) => Additional::Nothing,
            Value::String(text) if text == "true" || text == "false" => {
                node.warn("true or false is expected here, without quotes");
                match text.as_str() {
                    "true" => Additional::Anything,
                    _ => Additional::Nothing,
                }
            }
            Value::Object(map) if map.is_empty() => Additional::Anything,
            _ => Additional::Schema {
                schema: Box::new(self.read(&node)?),
            },
        })
    }
}

/// OpenAPI 3.1's words for bytes, in terms of the formats before them.
fn encoding(node: &Node<'_>, schema: &mut Schema) {
    if schema.format.is_some() || schema.kind != Kind::String {
        return;
    }
    if node
        .string("contentEncoding")
        .is_some_and(|e| e.starts_with("base64"))
    {
        schema.format = Some("byte".to_owned());
    } else if node
        .string("contentMediaType")
        .is_some_and(|t| t == "application/octet-stream")
    {
        schema.format = Some("binary".to_owned());
    }
}
