//! Schemas of all versions.
//!
//! The versions differ little here, and documents in the wild mix them, so one reader takes them
//! all: `nullable` (3.0), `x-nullable` (2.0) and `type: [.., "null"]` (3.1) mean the same; a bound
//! is exclusive by a boolean (2.0, 3.0) or by being a number (3.1).

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::ReadError;
use super::common::{extensions, external_docs};
use super::document::Node;
use super::limits::{enumeration, limits};
use crate::model::names::{Unique, python_property};
use crate::model::{Additional, Kind, Note, Property, Schema, Severity, Tuple};

/// Words of JSON Schema that constrain values in ways no emitter can use. They are not read, but
/// reported.
const UNREAD: &[&str] = &[
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "contains",
    "minContains",
    "maxContains",
];

/// Members by which a converter says what a version has no word for; read as what they stand for.
const WRITTEN: &[&str] = &[
    "x-nullable",
    "x-allOf",
    "x-oneOf",
    "x-anyOf",
    "x-not",
    "x-prefixItems",
    "x-items",
    "x-patternProperties",
];

/// Whether `word` stands at `node` and says anything: names of members are strings anyway.
fn constrains(node: &Node<'_>, word: &str) -> bool {
    node.get(word)
        .is_some_and(|said| word != "propertyNames" || *said.value() != json!({ "type": "string" }))
}

/// Reads schemas, given where the named ones are.
pub(super) struct SchemaReader {
    /// Pointer tokens of the object that holds named schemas.
    home: &'static [&'static str],
    /// Pointers of unnamed schemas being read through references, to notice circles.
    open: Vec<String>,
    /// How many schemas were read, those behind references each time anew.
    count: usize,
    pub(super) notes: Vec<Note>,
}

/// How many schemas a document may come to. The largest known ones have a tenth of it.
const MAX_SCHEMAS: usize = 3_000_000;

impl SchemaReader {
    pub(super) fn new(home: &'static [&'static str]) -> Self {
        Self {
            home,
            open: Vec::new(),
            count: 0,
            notes: Vec::new(),
        }
    }

    /// The name in the model that a reference means, if it means a named schema.
    fn named<'t>(&self, tokens: &'t [String]) -> Option<&'t str> {
        let (name, home) = tokens.split_last()?;
        home.iter()
            .map(String::as_str)
            .eq(self.home.iter().copied())
            .then_some(name.as_str())
    }

    /// Reads the schema at `node`.
    pub(super) fn read(&mut self, node: &Node<'_>) -> Result<Schema, ReadError> {
        match node.value() {
            // OpenAPI 3.1: `true` fits anything, `false` nothing.
            Value::Bool(true) => return Ok(Schema::default()),
            Value::Bool(false) => {
                return Ok(Schema {
                    not: Some(Box::default()),
                    ..Schema::default()
                });
            }
            _ => {}
        }
        node.object()?;
        let Some(tokens) = node.reference()? else {
            return self.direct(node, true);
        };
        let target = node.target(&tokens)?;
        let referred = if let Some(name) = self.named(&tokens) {
            Schema::reference(name)
        } else {
            let pointer = target.pointer().to_owned();
            if self.open.contains(&pointer) {
                return Err(node.error(
                    "this schema contains itself through references that lead to no named schema",
                ));
            }
            self.open.push(pointer);
            let schema = self.read(&target)?;
            self.open.pop();
            schema
        };
        self.with_siblings(node, referred)
    }

    /// A reference with what stands beside it (allowed from 3.1 on, written before that too).
    fn with_siblings(&mut self, node: &Node<'_>, referred: Schema) -> Result<Schema, ReadError> {
        if node.object()?.len() == 1 {
            return Ok(referred);
        }
        let beside = self.direct(node, true)?;
        let only_notes = Schema {
            description: None,
            title: None,
            default: None,
            example: None,
            nullable: false,
            read_only: false,
            write_only: false,
            deprecated: false,
            external_docs: None,
            extensions: IndexMap::new(),
            ..beside.clone()
        } == Schema::default();
        if only_notes {
            return Ok(Schema {
                nullable: beside.nullable || referred.nullable,
                description: beside.description.or(referred.description),
                title: referred.title,
                default: beside.default.or(referred.default),
                example: beside.example.or(referred.example),
                read_only: beside.read_only || referred.read_only,
                write_only: beside.write_only || referred.write_only,
                deprecated: beside.deprecated || referred.deprecated,
                external_docs: beside.external_docs.or(referred.external_docs),
                extensions: referred
                    .extensions
                    .into_iter()
                    .chain(beside.extensions)
                    .collect(),
                ..referred
            });
        }
        let mut both = beside;
        both.all_of.insert(0, referred);
        Ok(both)
    }

    /// The schema that a Swagger 2.0 parameter, header or list of items is, besides being that.
    pub(super) fn read_parameter(&mut self, node: &Node<'_>) -> Result<Schema, ReadError> {
        let mut schema = self.direct(node, false)?;
        // Those belong to the parameter.
        schema.description = None;
        schema.extensions = IndexMap::new();
        schema.nullable = false;
        Ok(schema)
    }

    fn direct(&mut self, node: &Node<'_>, full: bool) -> Result<Schema, ReadError> {
        self.count += 1;
        if self.count > MAX_SCHEMAS {
            return Err(node.error("the document's schemas expand without end"));
        }
        let mut schema = Schema {
            format: node.nonempty("format")?,
            nullable: node.flag("nullable")? || node.flag("x-nullable")?,
            enumeration: enumeration(node)?,
            constant: node.has("const"),
            limits: limits(node)?,
            default: node.get("default").map(|n| n.value().clone()),
            ..Schema::default()
        };
        let types = self.types(node, &mut schema)?;
        match types.as_slice() {
            [] => schema.kind = self.untyped_kind(node, full)?,
            [one] => schema.kind = self.kind(node, one, full)?,
            several => {
                for name in several {
                    let kind = self.kind(node, name, full)?;
                    schema.any_of.push(Schema::of(kind));
                }
            }
        }
        self.encoding(node, &mut schema)?;
        self.tuple(node, &mut schema)?;
        if full {
            self.composition(node, &mut schema)?;
            for key in ["patternProperties", "x-patternProperties"] {
                for (pattern, member) in node.map(key)? {
                    let member = self.read(&member)?;
                    schema.pattern_properties.insert(pattern.to_owned(), member);
                }
            }
            schema.title = node.nonempty("title")?;
            schema.description = node.nonempty("description")?;
            schema.example = match node.get("example") {
                Some(example) => Some(example.value().clone()),
                None => match node.get("examples").map(|n| n.value()) {
                    Some(Value::Array(list)) => list.first().cloned(),
                    _ => None,
                },
            };
            schema.read_only = node.flag("readOnly")?;
            schema.write_only = node.flag("writeOnly")?;
            schema.deprecated = node.flag("deprecated")?;
            schema.external_docs = external_docs(node)?;
            schema.extensions = extensions(node);
            for word in WRITTEN {
                schema.extensions.shift_remove(*word);
            }
            if let Some(xml) = node.get("xml") {
                schema
                    .extensions
                    .insert("xml".to_owned(), xml.value().clone());
            }
            for word in UNREAD.iter().filter(|w| constrains(node, w)) {
                self.note(node, word, format!("`{word}` is not used"));
            }
        }
        flatten_nullable_choice(&mut schema);
        Ok(schema)
    }

    fn note(&mut self, node: &Node<'_>, word: &str, message: String) {
        self.notes.push(Note {
            severity: Severity::Remark,
            pointer: format!("{}/{word}", node.pointer()),
            message,
        });
    }

    /// The types named, without `null`, which makes the schema nullable instead.
    fn types(&self, node: &Node<'_>, schema: &mut Schema) -> Result<Vec<String>, ReadError> {
        let Some(types) = node.get("type") else {
            return Ok(Vec::new());
        };
        let mut names = match types.value() {
            Value::Array(_) => node.strings("type")?,
            _ => vec![types.text()?.to_owned()],
        };
        if names.iter().any(|n| n == "null") && names.len() > 1 {
            schema.nullable = true;
            names.retain(|n| n != "null");
        }
        Ok(names)
    }

    fn kind(&mut self, node: &Node<'_>, name: &str, full: bool) -> Result<Kind, ReadError> {
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
                return Err(node.child_error(
                    "type",
                    format!(
                        "`{other}` is no type; there are string, number, integer, boolean, array, \
                         object, null and, in Swagger 2.0, file"
                    ),
                ));
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
            && node.has("required")
            && node.list("required").is_ok_and(|l| !l.is_empty())
            && ["allOf", "oneOf", "anyOf"].iter().any(|w| node.has(w))
        {
            // Only says which of the parts' properties are required.
            self.object(node)
        } else {
            Ok(Kind::Any)
        }
    }

    /// The places of a tuple, if it is one; its items then fit any of them.
    fn tuple(&mut self, node: &Node<'_>, schema: &mut Schema) -> Result<(), ReadError> {
        let Kind::Array { items } = &mut schema.kind else {
            return Ok(());
        };
        let mut tuple = Tuple::default();
        for key in ["prefixItems", "x-prefixItems"] {
            for place in node.list(key)? {
                tuple.places.push(self.read(&place)?);
            }
        }
        if tuple.places.is_empty() {
            return Ok(());
        }
        let rest = if node.has("prefixItems") {
            "items"
        } else {
            "x-items"
        };
        tuple.rest = self.additional(node, rest)?;
        let mut shapes: Vec<Schema> = Vec::new();
        let rest = match &tuple.rest {
            Additional::Schema { schema } => Some(&**schema),
            _ => None,
        };
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

    fn array(&mut self, node: &Node<'_>, full: bool) -> Result<Kind, ReadError> {
        let items = match node.get("items") {
            None => Schema::default(),
            Some(items) if full => self.read(&items)?,
            Some(items) => self.read_parameter(&items)?,
        };
        Ok(Kind::Array {
            items: Box::new(items),
        })
    }

    fn object(&mut self, node: &Node<'_>) -> Result<Kind, ReadError> {
        let mut required = match node.get("required").map(|n| n.value()) {
            // Swagger 1 habit: `required: true` on the property itself. It says nothing here.
            Some(Value::Bool(_)) => Vec::new(),
            _ => node.strings("required")?,
        };
        let mut unique = Unique::default();
        let mut properties = IndexMap::new();
        for (name, property) in node.map("properties")? {
            let schema = self.read(&property)?;
            let python = unique.numbered(&python_property(name), 2);
            let is_required = required.iter().any(|r| r == name);
            properties.insert(
                name.to_owned(),
                Property {
                    python,
                    required: is_required,
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
            Value::Object(map) if map.is_empty() => Additional::Anything,
            _ => Additional::Schema {
                schema: Box::new(self.read(&node)?),
            },
        })
    }

    fn composition(&mut self, node: &Node<'_>, schema: &mut Schema) -> Result<(), ReadError> {
        for (word, parts) in [("allOf", &mut schema.all_of), ("oneOf", &mut schema.one_of)] {
            // A converter to Swagger 2.0 writes what 2.0 lacks with a prefix.
            for key in [word.to_owned(), format!("x-{word}")] {
                for part in node.list(&key)? {
                    parts.push(self.read(&part)?);
                }
            }
        }
        for key in ["anyOf", "x-anyOf"] {
            for part in node.list(key)? {
                schema.any_of.push(self.read(&part)?);
            }
        }
        if let Some(not) = node.get("not").or_else(|| node.get("x-not")) {
            schema.not = Some(Box::new(self.read(&not)?));
        }
        if let Some(discriminator) = node.get("discriminator") {
            match discriminator.value() {
                Value::Object(_) => {
                    let name = discriminator.require("propertyName")?;
                    schema.discriminator = Some(name.text()?.to_owned());
                    for (value, target) in discriminator.map("mapping")? {
                        let text = target.text()?;
                        let name = text.rsplit('/').next().unwrap_or(text);
                        schema
                            .discriminator_mapping
                            .insert(value.to_owned(), name.to_owned());
                    }
                }
                _ => schema.discriminator = Some(discriminator.text()?.to_owned()),
            }
        }
        Ok(())
    }

    /// OpenAPI 3.1's words for bytes, in terms of the formats before them.
    fn encoding(&self, node: &Node<'_>, schema: &mut Schema) -> Result<(), ReadError> {
        if schema.format.is_none() && schema.kind == Kind::String {
            if node
                .string("contentEncoding")?
                .is_some_and(|e| e.starts_with("base64"))
            {
                schema.format = Some("byte".to_owned());
            } else if node
                .string("contentMediaType")?
                .is_some_and(|t| t == "application/octet-stream")
            {
                schema.format = Some("binary".to_owned());
            }
        }
        Ok(())
    }
}

/// `oneOf: [X, {type: null}]`, which is 3.1's way to say "X or null".
fn flatten_nullable_choice(schema: &mut Schema) {
    let choice = match (schema.one_of.is_empty(), schema.any_of.is_empty()) {
        (false, true) => &mut schema.one_of,
        (true, false) => &mut schema.any_of,
        _ => return,
    };
    let before = choice.len();
    choice.retain(|part| *part != Schema::of(Kind::Null));
    if choice.len() == before || choice.is_empty() {
        if choice.is_empty() {
            schema.kind = Kind::Null;
        }
        return;
    }
    schema.nullable = true;
    if choice.len() > 1 || schema.kind != Kind::Any || !schema.all_of.is_empty() {
        return;
    }
    let Some(only) = choice.pop() else { return };
    let around = std::mem::take(schema);
    *schema = Schema {
        nullable: true,
        title: around.title.or(only.title),
        description: around.description.or(only.description),
        default: around.default.or(only.default),
        example: around.example.or(only.example),
        read_only: around.read_only || only.read_only,
        write_only: around.write_only || only.write_only,
        deprecated: around.deprecated || only.deprecated,
        extensions: only
            .extensions
            .into_iter()
            .chain(around.extensions)
            .collect(),
        ..only
    };
}
