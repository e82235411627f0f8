//! Schemas, in the words of each version.

use serde_json::{Map, Value, json};

use super::common::{external_docs, put, put_extensions, put_flag, put_text};
use super::{Place, Version, Writer};
use crate::model::{Additional, Kind, Limits, Schema};

impl Writer {
    /// A schema where any schema may stand.
    pub(super) fn schema(&mut self, schema: &Schema, place: &Place) -> Value {
        let mut object = Map::new();
        self.kind(schema, place, &mut object);
        put_text(&mut object, "format", schema.format.as_ref());
        put_text(&mut object, "title", schema.title.as_ref());
        put_text(&mut object, "description", schema.description.as_ref());
        put(&mut object, "default", schema.default.clone());
        if !schema.enumeration.is_empty() {
            let values = schema.enumeration.clone();
            match values.first() {
                Some(value)
                    if schema.constant && !schema.nullable && self.version == Version::V31 =>
                {
                    object.insert("const".to_owned(), value.clone());
                }
                _ => {
                    object.insert("enum".to_owned(), values.into());
                }
            }
        }
        limits(&schema.limits, self.version, &mut object);
        self.structure(schema, place, &mut object);
        self.composition(schema, place, &mut object);
        match &schema.example {
            Some(example) if self.version == Version::V31 => {
                object.insert("examples".to_owned(), json!([example]));
            }
            example => put(&mut object, "example", example.clone()),
        }
        put_flag(&mut object, "readOnly", schema.read_only);
        let (write_only, deprecated) = match self.version {
            Version::V2 => ("x-writeOnly", "x-deprecated"),
            Version::V30 | Version::V31 => ("writeOnly", "deprecated"),
        };
        put_flag(&mut object, write_only, schema.write_only);
        put_flag(&mut object, deprecated, schema.deprecated);
        put(
            &mut object,
            "externalDocs",
            external_docs(schema.external_docs.as_ref()),
        );
        put_extensions(&mut object, &schema.extensions);
        if schema.nullable {
            self.nullable(&mut object);
        }
        // Up to 3.0 what stands beside a reference does not count.
        if self.version == Version::V30
            && object.len() > 1
            && let Some(reference) = object.shift_remove("$ref")
        {
            let mut around = Map::new();
            around.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
            around.extend(object);
            return around.into();
        }
        object.into()
    }

    fn kind(&mut self, schema: &Schema, place: &Place, object: &mut Map<String, Value>) {
        let mut named = |name: &str| {
            object.insert("type".to_owned(), name.into());
        };
        match &schema.kind {
            Kind::Ref { name } => {
                let home = match self.version {
                    Version::V2 => "definitions",
                    Version::V30 | Version::V31 => "components/schemas",
                };
                let name = name.replace('~', "~0").replace('/', "~1");
                object.insert("$ref".to_owned(), format!("#/{home}/{name}").into());
            }
            Kind::Any => {}
            Kind::Null if self.version == Version::V31 => named("null"),
            Kind::Null => {
                self.report(place, "a value that is always null became any value");
                object.insert("x-type".to_owned(), "null".into());
            }
            Kind::Boolean => named("boolean"),
            Kind::Integer => named("integer"),
            Kind::Number => named("number"),
            Kind::String => named("string"),
            Kind::File => {
                named("string");
                object.insert("format".to_owned(), "binary".into());
            }
            Kind::Array { items } => {
                named("array");
                let items = self.schema(items, &place.join("items"));
                object.insert("items".to_owned(), items);
            }
            Kind::Object { .. } => {
                named("object");
                self.object(schema, place, object);
            }
        }
    }

    fn object(&mut self, schema: &Schema, place: &Place, object: &mut Map<String, Value>) {
        let Kind::Object {
            properties,
            additional,
            also_required,
        } = &schema.kind
        else {
            return;
        };
        let mut required: Vec<&str> = Vec::new();
        let mut described = Map::new();
        let within = place.join("properties");
        for (name, property) in properties {
            if property.required {
                required.push(name);
            }
            let value = self.schema(&property.schema, &within.join(name));
            described.insert(name.clone(), value);
        }
        required.extend(also_required.iter().map(String::as_str));
        if !required.is_empty() {
            object.insert("required".to_owned(), required.into());
        }
        if !described.is_empty() {
            object.insert("properties".to_owned(), described.into());
        }
        let additional = match additional {
            Additional::Unstated => None,
            Additional::Anything => Some(true.into()),
            Additional::Nothing => Some(false.into()),
            Additional::Schema { schema } => {
                Some(self.schema(schema, &place.join("additionalProperties")))
            }
        };
        put(object, "additionalProperties", additional);
    }

    /// What OpenAPI 3.1 took over from JSON Schema for lists and objects.
    fn structure(&mut self, schema: &Schema, place: &Place, object: &mut Map<String, Value>) {
        let new = self.version == Version::V31;
        if let Some(tuple) = &schema.tuple {
            let word = if new { "prefixItems" } else { "x-prefixItems" };
            if !new {
                self.report(place, "`prefixItems` became `x-prefixItems`");
            }
            let within = place.join(word);
            let places: Vec<_> = tuple
                .places
                .iter()
                .enumerate()
                .map(|(i, part)| self.schema(part, &within.join(&i.to_string())))
                .collect();
            object.insert(word.to_owned(), places.into());
            let word = if new { "items" } else { "x-items" };
            let rest = match &tuple.rest {
                Additional::Unstated => None,
                Additional::Anything => Some(true.into()),
                Additional::Nothing => Some(false.into()),
                Additional::Schema { schema } => Some(self.schema(schema, &place.join(word))),
            };
            if new {
                object.shift_remove(word);
            }
            put(object, word, rest);
        }
        if !schema.pattern_properties.is_empty() {
            let word = if new {
                "patternProperties"
            } else {
                self.report(place, "`patternProperties` became `x-patternProperties`");
                "x-patternProperties"
            };
            let within = place.join(word);
            let members: Map<_, _> = schema
                .pattern_properties
                .iter()
                .map(|(name, part)| (name.clone(), self.schema(part, &within.join(name))))
                .collect();
            object.insert(word.to_owned(), members.into());
        }
    }

    fn composition(&mut self, schema: &Schema, place: &Place, object: &mut Map<String, Value>) {
        let two = self.version == Version::V2;
        let words = [
            ("allOf", "allOf", &schema.all_of),
            (
                "oneOf",
                if two { "x-oneOf" } else { "oneOf" },
                &schema.one_of,
            ),
            (
                "anyOf",
                if two { "x-anyOf" } else { "anyOf" },
                &schema.any_of,
            ),
        ];
        for (word, key, parts) in words {
            if parts.is_empty() {
                continue;
            }
            if word != key {
                self.report(
                    place,
                    format!("`{word}` became `{key}`; other tools see any value"),
                );
            }
            let within = place.join(key);
            let parts: Vec<_> = parts
                .iter()
                .enumerate()
                .map(|(i, part)| self.schema(part, &within.join(&i.to_string())))
                .collect();
            object.insert(key.to_owned(), parts.into());
        }
        if let Some(not) = &schema.not {
            let key = if two { "x-not" } else { "not" };
            if two {
                self.report(place, "`not` became `x-not`; other tools see any value");
            }
            let value = self.schema(not, &place.join(key));
            object.insert(key.to_owned(), value);
        }
        let Some(name) = &schema.discriminator else {
            return;
        };
        if two {
            object.insert("discriminator".to_owned(), name.as_str().into());
            if !schema.discriminator_mapping.is_empty() {
                self.report(
                    place,
                    "the mapping of a discriminator became `x-discriminator-mapping`",
                );
                object.insert(
                    "x-discriminator-mapping".to_owned(),
                    json!(schema.discriminator_mapping),
                );
            }
            return;
        }
        let mut value = Map::new();
        value.insert("propertyName".to_owned(), name.as_str().into());
        if !schema.discriminator_mapping.is_empty() {
            let mapping: Map<_, _> = schema
                .discriminator_mapping
                .iter()
                .map(|(k, v)| (k.clone(), format!("#/components/schemas/{v}").into()))
                .collect();
            value.insert("mapping".to_owned(), mapping.into());
        }
        object.insert("discriminator".to_owned(), value.into());
    }

    fn nullable(&self, object: &mut Map<String, Value>) {
        match self.version {
            Version::V2 => {
                object.insert("x-nullable".to_owned(), true.into());
            }
            Version::V30 => {
                object.insert("nullable".to_owned(), true.into());
            }
            Version::V31 => {
                if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut)
                    && !values.contains(&Value::Null)
                {
                    values.push(Value::Null);
                }
                if let Some(name) = object.get_mut("type") {
                    *name = json!([name.clone(), "null"]);
                } else if let Some(reference) = object.shift_remove("$ref") {
                    object.insert(
                        "oneOf".to_owned(),
                        json!([{ "$ref": reference }, { "type": "null" }]),
                    );
                } else if let Some(choice) = ["oneOf", "anyOf"]
                    .iter()
                    .find(|word| object.contains_key(**word))
                    && let Some(parts) = object.get_mut(*choice).and_then(Value::as_array_mut)
                {
                    parts.push(json!({ "type": "null" }));
                } else if let Some(parts) = object.shift_remove("allOf") {
                    let all = match parts.as_array().map(Vec::as_slice) {
                        Some([only]) => only.clone(),
                        _ => json!({ "allOf": parts }),
                    };
                    object.insert("oneOf".to_owned(), json!([all, { "type": "null" }]));
                }
            }
        }
    }
}

/// Bounds, in the words of each version.
pub(super) fn limits(limits: &Limits, version: Version, object: &mut Map<String, Value>) {
    let bounds = [
        (
            "minimum",
            "exclusiveMinimum",
            &limits.minimum,
            limits.exclusive_minimum,
        ),
        (
            "maximum",
            "exclusiveMaximum",
            &limits.maximum,
            limits.exclusive_maximum,
        ),
    ];
    for (word, exclusive_word, bound, exclusive) in bounds {
        match (version, exclusive) {
            (Version::V31, true) => put(object, exclusive_word, bound.clone()),
            _ => {
                put(object, word, bound.clone());
                put_flag(object, exclusive_word, exclusive && bound.is_some());
            }
        }
    }
    put(object, "multipleOf", limits.multiple_of.clone());
    put(object, "minLength", limits.min_length);
    put(object, "maxLength", limits.max_length);
    put_text(object, "pattern", limits.pattern.as_ref());
    put(object, "minItems", limits.min_items);
    put(object, "maxItems", limits.max_items);
    put_flag(object, "uniqueItems", limits.unique_items);
    put(object, "minProperties", limits.min_properties);
    put(object, "maxProperties", limits.max_properties);
}
