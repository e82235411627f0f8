//! The static table of operations.

use std::fmt::Write as _;

use super::direct::{literal, missing_in_path};
use crate::model::{
    ApiKeyLocation, Body, CollectionFormat, FlowKind, Kind, Location, Model, Operation, Parameter,
    SchemeKind, Shape, is_form, is_json,
};

/// Source of the module with the table.
pub(super) fn operations(model: &Model) -> String {
    let mut sorted: Vec<&Operation> = model.operations.iter().collect();
    // The runtime finds them by binary search.
    sorted.sort_by(|a, b| a.rust.cmp(&b.rust));
    let mut out = String::from(
        "use crate::runtime::{\n    \
         Api, BodyKind, ListFormat, Location, Operation, Parameter, Requirement, SchemeKind,\n    \
         SecurityScheme, Style,\n};\n\n\
         /// Everything that can be called, and what each call asks for.\n\
         pub static API: Api = Api {\n",
    );
    field(&mut out, 1, "title", &literal(&model.info.title));
    field(&mut out, 1, "version", &literal(&model.info.version));
    out.push_str("    schemes: &[\n");
    for (name, scheme) in &model.security_schemes {
        let (name, kind) = (literal(name), scheme_kind(&scheme.kind));
        let _ = writeln!(
            out,
            "        SecurityScheme {{ name: {name}, kind: {kind} }},"
        );
    }
    out.push_str("    ],\n    operations: &[\n");
    for operation in sorted {
        self::operation(&mut out, model, operation);
    }
    out.push_str("    ],\n};\n");
    out
}

fn field(out: &mut String, depth: usize, name: &str, value: &str) {
    let _ = writeln!(out, "{}{name}: {value},", "    ".repeat(depth));
}

fn operation(out: &mut String, model: &Model, operation: &Operation) {
    let preferred = operation.body.as_ref().and_then(Body::preferred);
    let body = preferred.map(|(media_type, _)| {
        let kind = if is_json(media_type) || media_type == "*/*" {
            "Json"
        } else if media_type.starts_with("multipart/") {
            "Multipart"
        } else if is_form(media_type) {
            "Form"
        } else {
            "Raw"
        };
        format!("BodyKind::{kind}")
    });
    let content_type = preferred.map(|(media_type, _)| match media_type {
        "*/*" => literal("application/json"),
        other => literal(other),
    });
    let accept = accept(&operation.produces).map(|a| literal(&a));
    out.push_str("        Operation {\n");
    field(out, 3, "id", &literal(&operation.id));
    field(out, 3, "name", &literal(&operation.rust));
    field(out, 3, "method", &literal(operation.method.wire()));
    field(out, 3, "path", &literal(&operation.path));
    // A piece of the path that the document forgot is a parameter all the same.
    let missing = missing_in_path(operation).into_iter().map(|name| {
        let name = literal(name);
        format!("Parameter {{ required: true, ..Parameter::new({name}, Location::Path) }}")
    });
    let known = operation
        .parameters
        .iter()
        .filter(|p| p.location != Location::Body)
        .map(|p| parameter(model, operation, p));
    let parameters: Vec<String> = missing.chain(known).collect();
    list(out, "parameters", &parameters);
    field(out, 3, "body", &option(body));
    let required = operation.body.as_ref().is_some_and(|b| b.required);
    field(out, 3, "body_required", &required.to_string());
    field(out, 3, "content_type", &option(content_type));
    field(out, 3, "accept", &option(accept));
    let security: Vec<String> = operation
        .security
        .iter()
        .map(|all| {
            let all: Vec<String> = all
                .iter()
                .map(|(scheme, scopes)| {
                    let scopes: Vec<_> = scopes.iter().map(|s| literal(s)).collect();
                    format!(
                        "Requirement {{ scheme: {}, scopes: &[{}] }}",
                        literal(scheme),
                        scopes.join(", ")
                    )
                })
                .collect();
            format!("&[{}]", all.join(", "))
        })
        .collect();
    list(out, "security", &security);
    out.push_str("        },\n");
}

/// A list, an item a line.
fn list(out: &mut String, name: &str, items: &[String]) {
    if items.is_empty() {
        let _ = writeln!(out, "            {name}: &[],");
        return;
    }
    let _ = writeln!(out, "            {name}: &[");
    for item in items {
        let _ = writeln!(out, "                {item},");
    }
    out.push_str("            ],\n");
}

/// JSON alone if the operation can answer in it, else everything it can answer in.
fn accept(produces: &[String]) -> Option<String> {
    let sendable = |t: &&String| t.bytes().all(|b| (b' '..=b'~').contains(&b));
    match produces
        .iter()
        .find(|t| t.eq_ignore_ascii_case("application/json"))
    {
        Some(_) => Some("application/json".to_owned()),
        None => {
            let all: Vec<&str> = produces
                .iter()
                .filter(sendable)
                .map(String::as_str)
                .collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
    }
}

fn parameter(model: &Model, operation: &Operation, parameter: &Parameter) -> String {
    let resolved = model
        .resolve(&parameter.schema)
        .unwrap_or(&parameter.schema);
    let is_file = match &resolved.kind {
        Kind::Array { items } => items.kind == Kind::File,
        kind => *kind == Kind::File,
    };
    let location = match parameter.location {
        Location::Path => "Path",
        Location::Query => "Query",
        Location::Header => "Header",
        Location::Cookie => "Cookie",
        Location::Form | Location::Body if is_file => "File",
        Location::Form | Location::Body => "Form",
    };
    let list = option(parameter.collection().map(|format| {
        match format {
            CollectionFormat::Csv => "ListFormat::Joined(\",\")",
            CollectionFormat::Ssv => "ListFormat::Joined(\" \")",
            CollectionFormat::Tsv => "ListFormat::Joined(\"\\t\")",
            CollectionFormat::Pipes => "ListFormat::Joined(\"|\")",
            CollectionFormat::Multi => "ListFormat::Repeated",
        }
        .to_owned()
    }));
    let content = option(content(operation, parameter).map(literal));
    format!(
        "Parameter {{ name: {}, location: Location::{location}, required: {}, list: {list}, \
         style: Style::{:?}, explode: {}, allow_reserved: {}, content: {content} }}",
        literal(&parameter.name),
        parameter.required,
        parameter.style,
        parameter.explode,
        parameter.allow_reserved,
    )
}

/// Media type in which a parameter's value is written; `None` if its style says how.
fn content<'m>(operation: &'m Operation, parameter: &'m Parameter) -> Option<&'m str> {
    if parameter.location != Location::Form {
        return parameter.content.as_deref();
    }
    let (_, media) = operation.body.as_ref()?.preferred()?;
    match media.encoding.get(&parameter.name) {
        Some(encoding) => encoding.content_type.as_deref(),
        // An object in a form is JSON, unless the document says otherwise.
        None => (parameter.shape == Shape::Object).then_some("application/json"),
    }
}

fn scheme_kind(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::Basic => "SchemeKind::Basic".to_owned(),
        SchemeKind::Bearer { .. } => "SchemeKind::Bearer".to_owned(),
        SchemeKind::OpenIdConnect { .. } => "SchemeKind::OAuth2 { token_url: None }".to_owned(),
        SchemeKind::OAuth2 { flows } => {
            // The endpoint of the grant that needs no person counts most.
            let url = flows
                .iter()
                .find(|f| f.kind == FlowKind::ClientCredentials)
                .and_then(|f| f.token_url.as_deref())
                .or_else(|| flows.iter().find_map(|f| f.token_url.as_deref()));
            format!(
                "SchemeKind::OAuth2 {{ token_url: {} }}",
                option(url.map(literal))
            )
        }
        SchemeKind::ApiKey { name, location } => {
            let kind = match location {
                ApiKeyLocation::Header => "HeaderKey",
                ApiKeyLocation::Query => "QueryKey",
                ApiKeyLocation::Cookie => "CookieKey",
            };
            format!("SchemeKind::{kind}({})", literal(name))
        }
        SchemeKind::Http { .. } | SchemeKind::MutualTls => "SchemeKind::Other".to_owned(),
    }
}

fn option(value: Option<String>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}
