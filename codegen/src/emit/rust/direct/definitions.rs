//! The module of types, as text.

use std::fmt::Write as _;

use super::items::{Choice, Item, Struct, TextEnum, Type};
use super::names::literal;
use super::types::Types;

/// Source of the module `types`.
pub(super) fn source(types: &Types<'_>) -> String {
    let mut out = String::from(
        "use std::collections::BTreeMap;\n\nuse serde_json::Value;\n\nuse crate::runtime::direct;\n",
    );
    for (name, item) in &types.items {
        out.push('\n');
        match item {
            Item::Struct(item) => structure(&mut out, name, item),
            Item::Text(item) => text_enum(&mut out, name, item),
            Item::Choice(item) => choice(&mut out, name, item),
            Item::Alias { doc, ty } => {
                comment(&mut out, "", doc);
                let _ = writeln!(out, "pub type {name} = {};", ty.written(""));
            }
        }
    }
    out
}

/// A text as documentation, each line after `indent`.
pub(super) fn comment(out: &mut String, indent: &str, text: &str) {
    for line in text.lines() {
        let line = line.trim_end();
        out.push_str(indent);
        out.push_str(if line.is_empty() { "///" } else { "/// " });
        // The compiler refuses what could make a line look like another.
        out.extend(line.chars().filter(|c| {
            !c.is_control() && !matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        }));
        out.push('\n');
    }
}

fn structure(out: &mut String, name: &str, item: &Struct) {
    comment(out, "", &item.doc);
    let secret = item.fields.iter().any(|f| f.secret);
    out.push_str(if secret {
        "#[derive(Clone, Default, PartialEq)]\n"
    } else {
        "#[derive(Clone, Debug, Default, PartialEq)]\n"
    });
    let _ = writeln!(out, "pub struct {name} {{");
    for field in &item.fields {
        comment(out, "    ", &field.doc);
        let _ = writeln!(out, "    pub {}: {},", field.name, field.ty.written(""));
    }
    let Struct {
        extra, extra_type, ..
    } = item;
    let extra_type = extra_type.written("");
    out.push_str("    /// Members that the API's description does not know.\n");
    let _ = writeln!(out, "    pub {extra}: BTreeMap<String, {extra_type}>,\n}}");
    let _ = writeln!(out, "\ndirect::object!({name} {{");
    for field in &item.fields {
        let sign = if field.always { "=" } else { "?" };
        let _ = writeln!(out, "    {} {sign} {},", field.name, literal(&field.json));
    }
    let _ = writeln!(out, "    .. {extra}\n}});");
    if secret {
        let _ = writeln!(
            out,
            "\nimpl std::fmt::Debug for {name} {{\n    \
             fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n        \
             f.debug_struct(\"{name}\")"
        );
        for field in &item.fields {
            let shown = if field.secret {
                "&format_args!(\"…\")".to_owned()
            } else {
                format!("&self.{}", field.name)
            };
            let _ = writeln!(out, "            .field(\"{}\", {shown})", field.name);
        }
        let _ = writeln!(out, "            .finish_non_exhaustive()\n    }}\n}}");
    }
}

fn text_enum(out: &mut String, name: &str, item: &TextEnum) {
    comment(out, "", &item.doc);
    out.push_str("#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n");
    let _ = writeln!(out, "pub enum {name} {{");
    for (variant, text) in &item.variants {
        let _ = writeln!(out, "    /// {}", shown(text));
        let _ = writeln!(out, "    {variant},");
    }
    out.push_str("    /// Another text, which the API's description does not know.\n");
    let _ = writeln!(
        out,
        "    {}(String),\n}}\n\ndirect::text_enum!({name} {{",
        item.unknown
    );
    for (variant, text) in &item.variants {
        let _ = writeln!(out, "    {variant} = {},", literal(text));
    }
    let default = literal(&item.default);
    let _ = writeln!(out, "    .. {}\n}} default {default});", item.unknown);
}

/// A text of the document in a line of documentation.
fn shown(text: &str) -> String {
    if text.is_empty() {
        return "The empty text.".to_owned();
    }
    if text.contains('`') || text.chars().any(|c| c.is_control()) {
        return super::super::docs::clean(&text.escape_debug().to_string().replace('`', "'"));
    }
    format!("`{text}`")
}

fn choice(out: &mut String, name: &str, item: &Choice) {
    comment(out, "", &item.doc);
    out.push_str("#[derive(Clone, Debug, PartialEq)]\n");
    let _ = writeln!(out, "pub enum {name} {{");
    for variant in &item.variants {
        if let Type::Named(of) = &variant.ty {
            let _ = writeln!(out, "    /// [`{of}`]");
        }
        let _ = writeln!(out, "    {}({}),", variant.name, variant.ty.written(""));
    }
    out.push_str("    /// Something else, which the API's description does not know.\n");
    let _ = writeln!(out, "    {}(Value),\n}}\n", item.unknown);
    match &item.property {
        Some((property, arms)) => {
            let _ = writeln!(
                out,
                "direct::by_property!({name} by {} {{",
                literal(property)
            );
            for (text, place) in arms {
                if let Some(variant) = item.variants.get(*place) {
                    let _ = writeln!(out, "    {} => {},", literal(text), variant.name);
                }
            }
            let written: Vec<_> = item.variants.iter().map(|v| v.name.as_str()).collect();
            let _ = writeln!(
                out,
                "}} write {{ {}, .. {} }});",
                written.join(", "),
                item.unknown
            );
        }
        None => {
            let _ = writeln!(out, "direct::by_shape!({name} {{");
            for variant in &item.variants {
                let _ = write!(out, "    {} = ", variant.name);
                let class = variant.class;
                let list = |names: &[String]| {
                    let names: Vec<_> = names.iter().map(|n| literal(n)).collect();
                    format!("&[{}]", names.join(", "))
                };
                if variant.known.is_empty() {
                    let _ = writeln!(out, "direct::Form::of(direct::Class::{class}),");
                    continue;
                }
                let constants: Vec<_> = variant
                    .constants
                    .iter()
                    .map(|(name, texts)| format!("({}, {})", literal(name), list(texts)))
                    .collect();
                let _ = writeln!(
                    out,
                    "direct::Form {{\n        class: direct::Class::{class},\n        \
                     required: {},\n        known: {},\n        constants: &[{}],\n    }},",
                    list(&variant.required),
                    list(&variant.known),
                    constants.join(", ")
                );
            }
            let _ = writeln!(out, "    .. {}\n}});", item.unknown);
        }
    }
}
