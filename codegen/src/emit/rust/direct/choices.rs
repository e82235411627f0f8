//! `oneOf` and `anyOf`: which alternatives there are, and what tells them apart.

use std::collections::{HashMap, HashSet};

use super::items::{Choice, Item, Type, Variant};
use super::names::variant_name;
use super::schemas::{self, bare, class_word, texts};
use super::types::{Types, text_enum};
use super::whole::gather;
use crate::model::names::Unique;
use crate::model::{Kind, Schema};

impl<'m> Types<'m> {
    /// The definition of a choice.
    pub(super) fn choice(
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
                for text in resolved.iter().filter_map(|s| schemas::texts(s)).flatten() {
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
            let all = variants.len() == arms.iter().map(|a| a.1).collect::<HashSet<_>>().len();
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
