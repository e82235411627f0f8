//! What a caller gives, and how it gets into a call.

use std::fmt::Write as _;

use super::super::docs;
use super::answers::is_bytes;
use super::definitions::comment;
use super::items::Type;
use super::names::{field_name, literal, type_name};
use super::schemas::{self, bare};
use super::types::Types;
use super::whole::gather;
use crate::model::names::Unique;
use crate::model::{Body, Encoding, Kind, Location, Media, Operation, Parameter, is_form, is_json};

/// An argument.
pub(super) struct Argument {
    pub(super) name: String,
    /// Type as the function takes it, without `Option`.
    pub(super) ty: String,
    pub(super) required: bool,
    /// The statement that puts it into `call`.
    pub(super) put: String,
    /// The statement is for a value that is there.
    pub(super) only_if_given: bool,
    /// A value for an example.
    pub(super) example: String,
    pub(super) doc: String,
}

/// What a caller gives: required things first, the body as the last of each.
pub(super) fn arguments<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    ident: &str,
    items: &mut String,
) -> Vec<Argument> {
    let mut unique = Unique::default();
    for taken in ["call", "self", "body"] {
        unique.numbered(taken, 2);
    }
    let mut found: Vec<Argument> = Vec::new();
    for missing in missing_in_path(operation) {
        let name = unique.numbered(&field_name(missing), 2);
        found.push(Argument {
            put: format!("call.path({}, {name});", literal(missing)),
            name,
            ty: "&str".to_owned(),
            only_if_given: false,
            required: true,
            example: "\"…\"".to_owned(),
            doc: String::new(),
        });
    }
    for parameter in &operation.parameters {
        if let Some(argument) = of_parameter(types, operation, parameter, ident, &mut unique) {
            found.push(argument);
        }
    }
    if let Some(body) = &operation.body {
        found.extend(of_body(types, operation, body, ident, items));
    }
    found.sort_by_key(|a| !a.required);
    found
}

/// Pieces of the path that no parameter describes.
pub(in super::super) fn missing_in_path(operation: &Operation) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = operation.path.as_str();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let described = operation
            .parameters
            .iter()
            .any(|p| p.location == Location::Path && p.name == name);
        if !described && !found.contains(&name) {
            found.push(name);
        }
        rest = after;
    }
    found
}

fn of_parameter<'m>(
    types: &mut Types<'m>,
    operation: &Operation,
    parameter: &'m Parameter,
    ident: &str,
    unique: &mut Unique,
) -> Option<Argument> {
    let method = match parameter.location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
        Location::Form | Location::Body => return None,
    };
    if parameter.location == Location::Path
        && !operation.path.contains(&format!("{{{}}}", parameter.name))
    {
        return None;
    }
    let name = unique.numbered(&field_name(&parameter.name), 2);
    let hint = format!("{ident}{}", type_name(&parameter.name));
    let ty = types.of_parameter(&parameter.schema, &parameter.name, &hint);
    let ty = match ty {
        Type::Option(of) => *of,
        other => other,
    };
    let (written, example) = borrowed(&ty);
    let doc = parameter
        .description
        .as_deref()
        .map_or_else(String::new, docs::clean);
    Some(Argument {
        put: format!("call.{method}({}, {name});", literal(&parameter.name)),
        name,
        ty: written,
        only_if_given: false,
        required: parameter.required || parameter.location == Location::Path,
        example,
        doc,
    })
}

/// A type as an argument, and a value for an example.
fn borrowed(ty: &Type) -> (String, String) {
    match ty {
        Type::Bool => ("bool".to_owned(), "true".to_owned()),
        Type::I64 => ("i64".to_owned(), "1".to_owned()),
        Type::U64 => ("u64".to_owned(), "1".to_owned()),
        Type::F64 => ("f64".to_owned(), "1.0".to_owned()),
        Type::Text => ("&str".to_owned(), "\"…\"".to_owned()),
        Type::List(of) => (format!("&[{}]", of.written("types::")), "&[]".to_owned()),
        other => (
            format!("&{}", other.written("types::")),
            "&Default::default()".to_owned(),
        ),
    }
}

fn of_body<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    body: &'m Body,
    ident: &str,
    items: &mut String,
) -> Option<Argument> {
    let (media_type, media) = body.preferred()?;
    let doc = body
        .description
        .as_deref()
        .map_or_else(String::new, docs::clean);
    let has_file = operation.parameters.iter().any(|p| {
        let (bare, _) = bare(&p.schema);
        p.location == Location::Form && bare.kind == Kind::File
    });
    let argument = |ty: String, put: &str, example: &str| Argument {
        name: "body".to_owned(),
        ty,
        required: body.required,
        put: put.to_owned(),
        only_if_given: !body.required,
        example: example.to_owned(),
        doc: doc.clone(),
    };
    if media_type.to_ascii_lowercase().starts_with("multipart/")
        || (has_file && is_form(media_type))
    {
        return Some(multipart(types, operation, media, ident, items, argument));
    }
    let is_raw = media.schema.as_ref().is_none_or(|s| is_bytes(types, s));
    let json = is_json(media_type) || (media_type.contains("*/*") && !is_raw);
    if json || is_form(media_type) {
        let ty = match &media.schema {
            Some(schema) => types.of(schema, &format!("{ident}Body")),
            None => Type::Value,
        };
        let ty = match ty {
            Type::Option(of) if !body.required => *of,
            other => other,
        };
        let (written, example) = borrowed(&ty);
        let verb = if json { "json" } else { "form" };
        let put = match written.starts_with('&') {
            true => format!("call.{verb}(body);"),
            false => format!("call.{verb}(&body);"),
        };
        return Some(argument(written, &put, &example));
    }
    Some(argument(
        "reqwest::Body".to_owned(),
        "call.raw(body);",
        "\"…\".into()",
    ))
}

/// A form with files: a struct with a field per part.
fn multipart<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    media: &'m Media,
    ident: &str,
    items: &mut String,
    argument: impl Fn(String, &str, &str) -> Argument,
) -> Argument {
    let whole = media.schema.as_ref().map(|s| gather(types.model, s));
    let Some(whole) = whole.filter(|w| !w.properties.is_empty()) else {
        // The document does not say what is in it.
        return given_form(
            argument("direct::Multipart".to_owned(), "", "Default::default()"),
            "body",
        );
    };
    let name = types.unused(&format!("{ident}Form"));
    let mut unique = Unique::default();
    let mut fields = String::new();
    let mut parts = String::new();
    for (json, member) in &whole.properties {
        let field = unique.numbered(&field_name(json), 2);
        let encoding = media.encoding.get(*json).and_then(encoded);
        let encoding = match encoding {
            Some(media_type) => format!("Some({})", literal(media_type)),
            None => "None".to_owned(),
        };
        let wire = literal(json);
        let schema = member.schema.map(|s| bare(s).0);
        let schema = schema.map(|s| types.model.resolve(s).unwrap_or(s));
        let file = schema.is_some_and(|s| is_bytes(types, s));
        let files = schema.is_some_and(|s| match &s.kind {
            Kind::Array { items } => is_bytes(types, items),
            _ => false,
        });
        let (ty, verb, value) = if file && member.required {
            ("direct::File".to_owned(), "file", format!("self.{field}"))
        } else if file {
            (
                "Option<direct::File>".to_owned(),
                "file",
                format!("self.{field}"),
            )
        } else if files {
            (
                "Vec<direct::File>".to_owned(),
                "files",
                format!("self.{field}"),
            )
        } else {
            let ty = match member.schema {
                Some(schema) => types.of(schema, &format!("{ident}{}", type_name(json))),
                None => Type::Value,
            };
            let ty = if member.required { ty } else { ty.optional() };
            (ty.written("types::"), "value", format!("&self.{field}"))
        };
        if let Some(schema) = member.schema {
            comment(&mut fields, "    ", &schemas::doc(schema));
        }
        let _ = writeln!(fields, "    pub {field}: {ty},");
        let _ = writeln!(parts, "            .{verb}({wire}, {encoding}, {value})");
    }
    let _ = writeln!(
        items,
        "\n/// The form of `{}`.\n#[derive(Debug, Default)]\npub struct {name} {{\n{fields}}}\n\n\
         impl {name} {{\n    fn parts(self) -> direct::Multipart {{\n        \
         direct::Multipart::new()\n{parts}    }}\n}}",
        operation.rust
    );
    given_form(argument(name, "", "Default::default()"), "body.parts()")
}

fn given_form(mut argument: Argument, form: &str) -> Argument {
    argument.put = format!("call.multipart({form});");
    argument
}

/// The media type of a part, if there is just one.
fn encoded(encoding: &Encoding) -> Option<&str> {
    let media_type = encoding.content_type.as_deref()?;
    (!media_type.contains([',', '*'])).then_some(media_type)
}
