//! From schemas to Rust types.
//!
//! [`Types`] gives each schema a [`Type`], and each type that needs a definition an [`Item`]:
//! objects are structs, lists of texts open enums, choices enums by a member or by shape. Inline
//! schemas get a name from where they stand.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::items::{Field, Item, Struct, TextEnum, Type};
use super::names::{field_name, type_name, variant_name};
use super::schemas::{self, bare, needs_item, texts, variants};
use super::whole::{Whole, gather};
use crate::model::names::Unique;
use crate::model::{Additional, Kind, Model, Schema};

/// Types of a model.
pub(super) struct Types<'m> {
    pub(super) model: &'m Model,
    names: HashMap<&'m str, String>,
    unique: Unique,
    pub(super) items: IndexMap<String, Item>,
    /// Inline schemas that have an item already, by where they are in memory.
    inline: HashMap<*const Schema, String>,
    /// Open enums of parameters, by name and texts, since many operations share them.
    shared: HashMap<(String, Vec<String>), String>,
}

impl<'m> Types<'m> {
    /// The named schemas of a model.
    pub(super) fn new(model: &'m Model) -> Self {
        let mut types = Self {
            model,
            names: HashMap::new(),
            unique: Unique::default(),
            items: IndexMap::new(),
            inline: HashMap::new(),
            shared: HashMap::new(),
        };
        for name in model.schemas.keys() {
            let ident = types.unique.numbered(&type_name(name), 2);
            types.names.insert(name, ident);
        }
        for (name, entry) in &model.schemas {
            if let Some(ident) = types.names.get(name.as_str()).cloned() {
                let item = types.item(&ident, &entry.schema);
                types.items.insert(ident, item);
            }
        }
        types
    }

    /// A name for a type that no other has.
    pub(super) fn unused(&mut self, text: &str) -> String {
        self.unique.numbered(&type_name(text), 2)
    }

    /// The type of a schema; `hint` is what to call it if it needs a name.
    pub(super) fn of(&mut self, schema: &'m Schema, hint: &str) -> Type {
        let (schema, nullable) = bare(schema);
        let base = self.base(schema, hint);
        if nullable && base != Type::Value {
            base.optional()
        } else {
            base
        }
    }

    /// The same for a parameter: enums of the same name and texts are one type.
    pub(super) fn of_parameter(&mut self, schema: &'m Schema, name: &str, hint: &str) -> Type {
        let (bare, _) = bare(schema);
        let (bare, list) = match &bare.kind {
            Kind::Array { items } => (&**items, true),
            _ => (bare, false),
        };
        let Some(texts) = texts(bare) else {
            return self.of(schema, hint);
        };
        let key = (name.to_owned(), texts);
        let ident = match self.shared.get(&key) {
            Some(ident) => ident.clone(),
            None => {
                let wanted = type_name(name);
                let free = !self.items.contains_key(&wanted)
                    && !self.names.values().any(|taken| *taken == wanted);
                let ident = self.unused(if free { &wanted } else { hint });
                let item = self.item(&ident, bare);
                self.items.insert(ident.clone(), item);
                self.shared.insert(key, ident.clone());
                ident
            }
        };
        let ty = Type::Named(ident);
        if list { Type::List(Box::new(ty)) } else { ty }
    }

    fn base(&mut self, schema: &'m Schema, hint: &str) -> Type {
        if let Kind::Ref { name } = &schema.kind {
            return match self.names.get(name.as_str()) {
                Some(ident) => Type::Named(ident.clone()),
                None => Type::Value,
            };
        }
        if needs_item(schema) {
            if let Some(ident) = self.inline.get(&std::ptr::from_ref(schema)) {
                return Type::Named(ident.clone());
            }
            // A title says more, but is often said twice.
            let ident = self.unused(hint);
            self.inline.insert(schema, ident.clone());
            let item = self.item(&ident, schema);
            if let Item::Alias { ty, .. } = item {
                // Simple after all; the name stays unused.
                self.inline.remove(&std::ptr::from_ref(schema));
                return ty;
            }
            self.items.insert(ident.clone(), item);
            return Type::Named(ident);
        }
        match &schema.kind {
            Kind::Ref { .. } | Kind::Any | Kind::Null => Type::Value,
            Kind::Boolean => Type::Bool,
            Kind::Integer if schema.format.as_deref() == Some("uint64") => Type::U64,
            Kind::Integer => Type::I64,
            Kind::Number => Type::F64,
            Kind::String | Kind::File => Type::Text,
            Kind::Array { items } => Type::List(Box::new(self.of(items, &format!("{hint}Item")))),
            Kind::Object { additional, .. } => {
                Type::Map(Box::new(self.additional(additional, hint)))
            }
        }
    }

    fn additional(&mut self, additional: &'m Additional, hint: &str) -> Type {
        match additional {
            Additional::Schema { schema } => self.of(schema, &format!("{hint}Value")),
            Additional::Unstated | Additional::Anything | Additional::Nothing => Type::Value,
        }
    }

    /// The definition of a type of this name.
    fn item(&mut self, ident: &str, schema: &'m Schema) -> Item {
        let doc = schemas::doc(schema);
        let (schema, nullable) = bare(schema);
        if let Some(texts) = texts(schema) {
            return text_enum(doc, schema, &texts);
        }
        let variants = variants(schema);
        let plain_choice = matches!(schema.kind, Kind::Any) && schema.all_of.is_empty();
        if !variants.is_empty() && plain_choice {
            return self.choice(ident, doc, schema, &variants);
        }
        let composed = !schema.all_of.is_empty() || !variants.is_empty();
        if composed || schema.properties().is_some() {
            let whole = gather(self.model, schema);
            if !whole.properties.is_empty() {
                return Item::Struct(self.structure(ident, doc, &whole));
            }
            // `allOf` of something else than objects: the first that says what it is.
            let mut parts = schema.all_of.iter();
            let telling = parts.find(|part| bare(part).0.kind != Kind::Any || needs_item(part));
            let ty = match telling {
                Some(part) if composed && schema.kind == Kind::Any => self.of(part, ident),
                _ => self.unstructured(schema, ident),
            };
            let ty = if nullable { ty.optional() } else { ty };
            return Item::Alias { doc, ty };
        }
        let ty = self.base(schema, ident);
        let ty = if nullable && ty != Type::Value {
            ty.optional()
        } else {
            ty
        };
        Item::Alias { doc, ty }
    }

    /// The type of a schema by its kind alone.
    fn unstructured(&mut self, schema: &'m Schema, hint: &str) -> Type {
        match &schema.kind {
            Kind::Boolean => Type::Bool,
            Kind::Integer => Type::I64,
            Kind::Number => Type::F64,
            Kind::String | Kind::File => Type::Text,
            Kind::Array { items } => Type::List(Box::new(self.of(items, &format!("{hint}Item")))),
            Kind::Object { additional, .. } => {
                Type::Map(Box::new(self.additional(additional, hint)))
            }
            Kind::Ref { .. } | Kind::Any | Kind::Null => Type::Value,
        }
    }

    fn structure(&mut self, ident: &str, doc: String, whole: &Whole<'m>) -> Struct {
        let mut unique = Unique::default();
        let mut fields = Vec::new();
        for (json, member) in &whole.properties {
            let name = unique.numbered(&field_name(json), 2);
            let hint = format!("{ident}{}", type_name(json));
            let (ty, doc, secret) = match member.schema {
                Some(schema) => {
                    let (of, _) = bare(schema);
                    let secret =
                        of.kind == Kind::String && of.format.as_deref() == Some("password");
                    (self.of(schema, &hint), schemas::doc(schema), secret)
                }
                None => (Type::Value, String::new(), false),
            };
            let ty = if member.required { ty } else { ty.optional() };
            fields.push(Field {
                doc,
                name,
                json: (*json).to_owned(),
                ty,
                always: member.required,
                secret,
            });
        }
        let names = ["extra", "additional", "unknown_members"];
        let free = names.iter().find(|n| !fields.iter().any(|f| f.name == **n));
        let extra = match free {
            Some(name) => (*name).to_owned(),
            None => unique.numbered("extra", 2),
        };
        let extra_type = self.additional(whole.additional, &format!("{ident}Extra"));
        Struct {
            doc,
            fields,
            extra,
            extra_type,
        }
    }
}

/// The definition of an open enum.
pub(super) fn text_enum(doc: String, schema: &Schema, texts: &[String]) -> Item {
    let mut unique = Unique::default();
    let variants: Vec<(String, String)> = texts
        .iter()
        .map(|text| (unique.numbered(&variant_name(text), 2), text.clone()))
        .collect();
    let unknown = ["Unknown", "Other", "UnknownText"]
        .iter()
        .find(|n| !variants.iter().any(|(v, _)| v == **n));
    let unknown = match unknown {
        Some(name) => (*name).to_owned(),
        None => unique.numbered("Unknown", 2),
    };
    let default = schema.default.as_ref().and_then(|v| v.as_str());
    let default = match (default, texts) {
        (Some(text), _) => text.to_owned(),
        (None, [only]) => only.clone(),
        _ => String::new(),
    };
    Item::Text(TextEnum {
        doc,
        variants,
        unknown,
        default,
    })
}
