//! Schemas of all versions.
//!
//! The versions differ little here, and documents in the wild mix them, so one reader takes them
//! all: `nullable` (3.0), `x-nullable` (2.0) and `type: [.., "null"]` (3.1) mean the same; a bound
//! is exclusive by a boolean (2.0, 3.0) or by being a number (3.1).
//!
//! A reference to a named schema stays one. A reference into another file, or one that would go
//! round in a circle, gives its target a name, so that it can stay one too. Any other is written
//! out.

use std::collections::{HashMap, VecDeque};

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::ReadError;
use super::common::{extensions, external_docs};
use super::composition::flatten_nullable_choice;
use super::limits::limits;
use super::node::Node;
use super::reference::Target;
use super::values::{enumeration, fit};
use crate::model::{NamedSchema, Schema};

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

/// How many schemas a document may come to. The largest known ones have a tenth of it.
const MAX_SCHEMAS: usize = 1_000_000;

/// How deep schemas may stand in each other, references written out.
const MAX_DEPTH: usize = 100;

/// Whether `word` stands at `node` and says anything: names of members are strings anyway.
fn constrains(node: &Node<'_>, word: &str) -> bool {
    node.get(word)
        .is_some_and(|said| word != "propertyNames" || *said.value() != json!({ "type": "string" }))
}

/// Reads schemas, given where the named ones are.
pub(super) struct SchemaReader {
    /// Pointer tokens of the object that holds named schemas.
    pub(super) home: &'static [&'static str],
    /// Targets without a name that got one, and it.
    adopted: HashMap<Target, String>,
    /// Those of them that are still to be read.
    waiting: VecDeque<Target>,
    /// Names that cannot be given any more.
    taken: HashMap<String, usize>,
    /// Unnamed schemas being read through references, to notice circles.
    open: Vec<Target>,
    depth: usize,
    /// How many schemas were read, those behind references each time anew.
    count: usize,
}

impl SchemaReader {
    pub(super) fn new(home: &'static [&'static str]) -> Self {
        Self {
            home,
            adopted: HashMap::new(),
            waiting: VecDeque::new(),
            taken: HashMap::new(),
            open: Vec::new(),
            depth: 0,
            count: 0,
        }
    }

    /// Reads the named schemas of the document.
    pub(super) fn named(
        &mut self,
        nodes: &[(&str, Node<'_>)],
        into: &mut IndexMap<String, NamedSchema>,
    ) -> Result<(), ReadError> {
        for (name, node) in nodes {
            self.taken.insert((*name).to_owned(), 2);
            // A name for a file is that file's name.
            if let Ok(Some(target)) = node.reference(self.home)
                && node.value().as_object().is_some_and(|o| o.len() == 1)
                && target.file != 0
            {
                let name = (*name).to_owned();
                self.adopted.entry(target).or_insert(name);
            }
        }
        for (name, node) in nodes {
            let own = node.reference(self.home).ok().flatten();
            let own = own.filter(|target| self.adopted.get(target).is_some_and(|n| n == name));
            let schema = match own {
                Some(target) => self.read(&node.target(&target)?)?,
                None => self.read(node)?,
            };
            into.insert((*name).to_owned(), super::finish::named(schema));
        }
        Ok(())
    }

    /// Reads the schemas that got a name since.
    pub(super) fn adopted(
        &mut self,
        root: &Node<'_>,
        into: &mut IndexMap<String, NamedSchema>,
    ) -> Result<(), ReadError> {
        while let Some(target) = self.waiting.pop_front() {
            let schema = self.read(&root.target(&target)?)?;
            if let Some(name) = self.adopted.get(&target) {
                into.insert(name.clone(), super::finish::named(schema));
            }
        }
        Ok(())
    }

    /// The name in the model that a target has, if it has one.
    pub(super) fn name_of(&self, target: &Target) -> Option<String> {
        let (name, home) = target.tokens.split_last()?;
        let at_home = target.file == 0 && home.iter().eq(self.home.iter());
        at_home.then(|| name.clone())
    }

    /// Gives a target a name: its last token that is no number and no word of the format.
    fn adopt(&mut self, target: &Target, node: &Node<'_>) -> String {
        if let Some(name) = self.adopted.get(target) {
            return name.clone();
        }
        let says_nothing = |token: &str| {
            matches!(token, "schema" | "items" | "properties" | "schemas")
                || token.chars().all(|c| c.is_ascii_digit())
        };
        let wanted = target.tokens.iter().rev().find(|t| !says_nothing(t));
        let wanted = match wanted {
            Some(token) => token.as_str(),
            None => node.document().stem(target.file),
        };
        let wanted = if wanted.is_empty() { "Schema" } else { wanted };
        let mut name = wanted.to_owned();
        while self.taken.contains_key(&name) {
            let number = self.taken.entry(wanted.to_owned()).or_insert(2);
            name = format!("{wanted}_{number}");
            *number += 1;
        }
        self.taken.insert(name.clone(), 2);
        self.adopted.insert(target.clone(), name.clone());
        self.waiting.push_back(target.clone());
        name
    }

    /// Reads the schema at `node`.
    pub(super) fn read(&mut self, node: &Node<'_>) -> Result<Schema, ReadError> {
        match node.value() {
            // OpenAPI 3.1: `true` fits anything, `false` nothing.
            Value::Bool(true) | Value::Null => return Ok(Schema::default()),
            Value::Bool(false) => {
                return Ok(Schema {
                    not: Some(Box::default()),
                    ..Schema::default()
                });
            }
            Value::Object(_) => {}
            _ => {
                node.warn(format!("{}; it fits any value", node.wrong("an object")));
                return Ok(Schema::default());
            }
        }
        if self.depth >= MAX_DEPTH {
            return Err(node.error("the schemas here stand in each other too deep"));
        }
        self.depth += 1;
        let schema = match node.reference(self.home)? {
            None => self.direct(node, true),
            Some(target) => self.referred(node, &target),
        };
        self.depth -= 1;
        schema
    }

    fn referred(&mut self, node: &Node<'_>, target: &Target) -> Result<Schema, ReadError> {
        let there = node.target(target)?;
        let referred = if let Some(name) = self.name_of(target) {
            Schema::reference(name)
        } else if target.file != 0
            || self.open.contains(target)
            || self.adopted.contains_key(target)
        {
            Schema::reference(self.adopt(target, node))
        } else {
            self.open.push(target.clone());
            let schema = self.read(&there);
            self.open.pop();
            schema?
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
        if !node.value().is_object() || node.has("$ref") {
            return self.read(node);
        }
        if self.depth >= MAX_DEPTH {
            return Err(node.error("the lists here stand in each other too deep"));
        }
        self.depth += 1;
        let schema = self.direct(node, false);
        self.depth -= 1;
        let mut schema = schema?;
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
            format: node.nonempty("format"),
            nullable: node.flag("nullable") || node.flag("x-nullable"),
            enumeration: enumeration(node),
            constant: node.has("const"),
            limits: limits(node),
            default: node.get("default").map(|n| n.value().clone()),
            ..Schema::default()
        };
        self.shape(node, &mut schema, full)?;
        if full {
            self.composition(node, &mut schema)?;
            self.words(node, &mut schema);
        }
        fit(node, &mut schema);
        flatten_nullable_choice(&mut schema);
        Ok(schema)
    }

    /// What a schema says to people and other tools.
    fn words(&self, node: &Node<'_>, schema: &mut Schema) {
        schema.title = node.nonempty("title");
        schema.description = node.nonempty("description");
        schema.example = match node.get("example") {
            Some(example) => Some(example.value().clone()),
            None => match node.get("examples").map(|n| n.value()) {
                Some(Value::Array(list)) => list.first().cloned(),
                _ => None,
            },
        };
        schema.read_only = node.flag("readOnly");
        schema.write_only = node.flag("writeOnly");
        schema.deprecated = node.flag("deprecated");
        schema.external_docs = external_docs(node);
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
            node.remark(word, format!("`{word}` is not used"));
        }
    }
}
