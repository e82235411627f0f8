//! From schemas to Rust types.
//!
//! [`Types`] gives each schema a [`Type`], and each type that needs a definition an [`Item`]:
//! objects are structs, lists of texts open enums, choices enums by a member or by shape. Inline
//! schemas get a name from where they stand.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::super::docs;
use super::names::{field_name, type_name, variant_name};
use super::whole::{Whole, gather};
use crate::model::names::Unique;
use crate::model::{Additional, Kind, Model, Schema};

/// A Rust type.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Bool,
    I64,
    U64,
    F64,
    Text,
    Value,
    Named(String),
    List(Box<Type>),
    Map(Box<Type>),
    Option(Box<Type>),
    Boxed(Box<Type>),
}

impl Type {
    pub(super) fn optional(self) -> Self {
        match self {
            Self::Option(_) => self,
            other => Self::Option(Box::new(other)),
        }
    }

    /// As it is written, with `types::` (or nothing) before names.
    pub(super) fn written(&self, prefix: &str) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::I64 => "i64".to_owned(),
            Self::U64 => "u64".to_owned(),
            Self::F64 => "f64".to_owned(),
            Self::Text => "String".to_owned(),
            Self::Value => "Value".to_owned(),
            Self::Named(name) => format!("{prefix}{name}"),
            Self::List(of) => format!("Vec<{}>", of.written(prefix)),
            Self::Map(of) => format!("BTreeMap<String, {}>", of.written(prefix)),
            Self::Option(of) => format!("Option<{}>", of.written(prefix)),
            Self::Boxed(of) => format!("Box<{}>", of.written(prefix)),
        }
    }
}

/// A type that is defined.
#[derive(Debug)]
pub(super) enum Item {
    Struct(Struct),
    Text(TextEnum),
    Choice(Choice),
    Alias { doc: String, ty: Type },
}

#[derive(Debug)]
pub(super) struct Struct {
    pub(super) doc: String,
    pub(super) fields: Vec<Field>,
    /// Field for members that the document does not know.
    pub(super) extra: String,
    pub(super) extra_type: Type,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) doc: String,
    pub(super) name: String,
    pub(super) json: String,
    pub(super) ty: Type,
    /// Written even if there is nothing in it.
    pub(super) always: bool,
    /// Not to be shown.
    pub(super) secret: bool,
}

#[derive(Debug)]
pub(super) struct TextEnum {
    pub(super) doc: String,
    /// Name and text.
    pub(super) variants: Vec<(String, String)>,
    pub(super) unknown: String,
    pub(super) default: String,
}

#[derive(Debug)]
pub(super) struct Choice {
    pub(super) doc: String,
    pub(super) variants: Vec<Variant>,
    pub(super) unknown: String,
    /// The member that tells, and what it says for which variant.
    pub(super) property: Option<(String, Vec<(String, usize)>)>,
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) class: &'static str,
    pub(super) required: Vec<String>,
    pub(super) known: Vec<String>,
    pub(super) constants: Vec<(String, Vec<String>)>,
}

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
        let doc = doc(schema);
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
                    (self.of(schema, &hint), self::doc(schema), secret)
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

    fn choice(
        &mut self,
        ident: &str,
        doc: String,
        schema: &'m Schema,
        alternatives: &[&'m Schema],
    ) -> Item {
        // Numbers of both kinds are numbers, texts of any kind texts.
        let resolved: Vec<&Schema> = alternatives
            .iter()
            .filter_map(|s| self.model.resolve(bare(s).0))
            .map(|s| bare(s).0)
            .collect();
        if resolved.len() == alternatives.len() && resolved.iter().all(|s| !s.is_composed()) {
            let all = |f: fn(&Kind) -> bool| resolved.iter().all(|s| f(&s.kind));
            let ty = if all(|k| *k == Kind::String) {
                let mut texts: Vec<String> = Vec::new();
                for text in resolved.iter().filter_map(|s| self::texts(s)).flatten() {
                    if !texts.contains(&text) {
                        texts.push(text);
                    }
                }
                if !texts.is_empty() {
                    return text_enum(doc, schema, &texts);
                }
                Some(Type::Text)
            } else if all(|k| *k == Kind::Integer) {
                Some(Type::I64)
            } else if all(|k| matches!(k, Kind::Integer | Kind::Number)) {
                Some(Type::F64)
            } else if all(|k| *k == Kind::Boolean) {
                Some(Type::Bool)
            } else {
                None
            };
            if let Some(ty) = ty {
                return Item::Alias { doc, ty };
            }
        }
        let mut unique = Unique::default();
        let mut variants: Vec<Variant> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for alternative in alternatives {
            let (bare, _) = bare(alternative);
            let name = match (bare.reference_name(), &bare.title) {
                (Some(name), _) => variant_name(name),
                (None, Some(title)) if title.len() < 40 => variant_name(title),
                _ => class_word(self.model.resolve(bare).unwrap_or(bare)).to_owned(),
            };
            let ty = self.of(alternative, &format!("{ident}{name}"));
            if let Some(known) = variants.iter().position(|v| v.ty == ty) {
                if let Some(name) = bare.reference_name() {
                    places.insert(name, known);
                }
                continue;
            }
            if let Some(name) = bare.reference_name() {
                places.insert(name, variants.len());
            }
            let mut variant = self.variant(bare, ty);
            variant.name = unique.numbered(&name, 2);
            variants.push(variant);
        }
        if variants.iter().all(|v| v.ty == Type::Value) {
            return Item::Alias {
                doc,
                ty: Type::Value,
            };
        }
        let property = schema.discriminator.as_ref().and_then(|property| {
            let mut arms: Vec<(String, usize)> = Vec::new();
            for (text, name) in &schema.discriminator_mapping {
                if let Some(place) = places.get(name.as_str()) {
                    arms.push((text.clone(), *place));
                }
            }
            // A schema without a text of its own is told by its name.
            for (name, place) in &places {
                if !arms.iter().any(|(_, p)| p == place) {
                    arms.push(((*name).to_owned(), *place));
                }
            }
            arms.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
            let mut seen: Vec<String> = Vec::new();
            arms.retain(|(text, _)| {
                let new = !seen.contains(text);
                seen.push(text.clone());
                new
            });
            let all = variants.len()
                == arms
                    .iter()
                    .map(|a| a.1)
                    .collect::<std::collections::HashSet<_>>()
                    .len();
            all.then(|| (property.clone(), arms))
        });
        let unknown = ["Unknown", "Other", "UnknownValue"]
            .iter()
            .find(|n| !variants.iter().any(|v| v.name == **n));
        let unknown = match unknown {
            Some(name) => (*name).to_owned(),
            None => unique.numbered("Unknown", 2),
        };
        Item::Choice(Choice {
            doc,
            variants,
            unknown,
            property,
        })
    }

    /// What values of a schema look like.
    fn variant(&self, schema: &'m Schema, ty: Type) -> Variant {
        let resolved = bare(self.model.resolve(schema).unwrap_or(schema)).0;
        let mut variant = Variant {
            name: String::new(),
            ty,
            class: "Any",
            required: Vec::new(),
            known: Vec::new(),
            constants: Vec::new(),
        };
        let composed = resolved.is_composed();
        variant.class = match &resolved.kind {
            Kind::Boolean => "Boolean",
            Kind::Integer => "Integer",
            Kind::Number => "Number",
            Kind::String | Kind::File => "Text",
            Kind::Array { .. } => "List",
            Kind::Object { .. } => "Object",
            _ => "Any",
        };
        let pure_choice = resolved.kind == Kind::Any && resolved.all_of.is_empty();
        if variant.class == "Object" || (composed && !pure_choice) {
            let whole = gather(self.model, resolved);
            if !whole.properties.is_empty() {
                variant.class = "Object";
            }
            for (name, member) in &whole.properties {
                variant.known.push((*name).to_owned());
                if member.required && !member.read_only {
                    variant.required.push((*name).to_owned());
                }
                let constant = member
                    .schema
                    .and_then(|s| self.model.resolve(bare(s).0))
                    .and_then(texts);
                if let Some(texts) = constant {
                    variant.constants.push(((*name).to_owned(), texts));
                }
            }
            // One or two texts tell what it is; a long list is data.
            variant.constants.retain(|(_, texts)| texts.len() <= 4);
        }
        variant
    }
}

/// What to say about a type.
pub(super) fn doc(schema: &Schema) -> String {
    let mut text = match (&schema.description, &schema.title) {
        (Some(text), _) | (None, Some(text)) => docs::clean(text),
        (None, None) => String::new(),
    };
    let (of, _) = bare(schema);
    let numbers = matches!(of.kind, Kind::Integer | Kind::Number) && !of.enumeration.is_empty();
    if numbers {
        let values: Vec<_> = of.enumeration.iter().map(|v| format!("`{v}`")).collect();
        text = format!("{text}\n\nOne of {}.", values.join(", "))
            .trim()
            .to_owned();
    }
    match of.format.as_deref() {
        Some(format @ ("date-time" | "date" | "time" | "duration" | "uuid" | "byte"))
            if of.kind == Kind::String =>
        {
            let what = match format {
                "byte" => "base64",
                other => other,
            };
            format!("{text}\n\nFormat: {what}.").trim().to_owned()
        }
        _ => text,
    }
}

/// A schema without what only makes room for `null` or a description, and whether it may be
/// `null`.
pub(super) fn bare(schema: &Schema) -> (&Schema, bool) {
    let mut here = schema;
    let mut nullable = false;
    loop {
        nullable |= here.nullable;
        if here.kind != Kind::Any || !here.enumeration.is_empty() || here.discriminator.is_some() {
            return (here, nullable);
        }
        let all: Vec<&Schema> = here.one_of.iter().chain(&here.any_of).collect();
        let some: Vec<&Schema> = all
            .iter()
            .copied()
            .filter(|s| s.kind != Kind::Null)
            .collect();
        let next = match (here.all_of.as_slice(), some.as_slice()) {
            ([only], []) if all.is_empty() => only,
            ([], [only]) => only,
            _ => return (here, nullable),
        };
        nullable |= some.len() < all.len();
        here = next;
    }
}

/// The alternatives of a schema, without `null`.
fn variants(schema: &Schema) -> Vec<&Schema> {
    let all = schema.one_of.iter().chain(&schema.any_of);
    all.filter(|s| s.kind != Kind::Null).collect()
}

/// The texts that a schema lists, if it lists texts.
pub(super) fn texts(schema: &Schema) -> Option<Vec<String>> {
    if schema.is_composed() || !matches!(schema.kind, Kind::String | Kind::Any) {
        return None;
    }
    let mut found: Vec<String> = Vec::new();
    for value in schema.enumeration.iter().filter(|v| !v.is_null()) {
        let text = value.as_str()?;
        if !found.iter().any(|t| t == text) {
            found.push(text.to_owned());
        }
    }
    (!found.is_empty()).then_some(found)
}

fn needs_item(schema: &Schema) -> bool {
    schema.properties().is_some()
        || !schema.all_of.is_empty()
        || !schema.one_of.is_empty()
        || !schema.any_of.is_empty()
        || texts(schema).is_some()
}

fn text_enum(doc: String, schema: &Schema, texts: &[String]) -> Item {
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

fn class_word(schema: &Schema) -> &'static str {
    match &schema.kind {
        Kind::Boolean => "Boolean",
        Kind::Integer => "Integer",
        Kind::Number => "Number",
        Kind::String | Kind::File => "Text",
        Kind::Array { .. } => "List",
        Kind::Object { .. } => "Object",
        _ => "Variant",
    }
}
