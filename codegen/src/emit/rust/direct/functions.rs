//! A function for each operation.

use std::fmt::Write as _;

use super::super::super::Interface;
use super::super::docs;
use super::answers::{is_bytes, refusal, success};
use super::definitions::comment;
use super::names::{field_name, literal, type_name};
use super::paging;
use super::types::{Type, Types, bare};
use super::whole::gather;
use crate::model::names::Unique;
use crate::model::{Body, Encoding, Kind, Location, Media, Operation, Parameter, is_form, is_json};

/// Where a function stands.
pub(super) struct Place<'a> {
    /// What a caller writes before its name: `client.pets()`.
    pub(super) receiver: &'a str,
    /// Crate name, for examples.
    pub(super) crate_name: &'a str,
    pub(super) interface: Interface,
    /// On the client itself.
    pub(super) is_flat: bool,
}

/// Sources that an operation comes to.
#[derive(Default)]
pub(super) struct Function {
    /// Inside of the `impl` of its group.
    pub(super) method: String,
    /// Beside it: types of its own.
    pub(super) items: String,
    /// A call, for an example.
    pub(super) example: String,
}

/// An argument.
struct Argument {
    name: String,
    /// Type as the function takes it, without `Option`.
    ty: String,
    required: bool,
    /// The statement that puts it into `call`.
    put: String,
    /// The statement is for a value that is there.
    only_if_given: bool,
    /// A value for an example.
    example: String,
    doc: String,
}

/// The function of an operation.
pub(super) fn function<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    place: &Place<'_>,
) -> Function {
    let ident = type_name(&operation.rust);
    let mut items = String::new();
    let success = success(types, operation, &ident, &mut items);
    let (refused, refusal) = refusal(types, operation, &ident, &mut items);
    let arguments = arguments(types, operation, &ident, &mut items);
    let result = format!(
        "Result<ResponseValue<{}>, Error<Failure<{refused}>>>",
        success.written()
    );
    let send = format!("call.send({refusal}).await?.{}.await", success.read());
    let mut method = String::new();
    let pages = paging::next(types, operation, &success).filter(|_| {
        // Not if the name means something else.
        let name = format!("{}_pages", operation.rust);
        types.model.operations.iter().all(|o| o.rust != name)
    });
    let parts = Parts {
        refusal: &refusal,
        pages: pages.as_deref(),
        types,
        operation,
        place,
        arguments: &arguments,
        result: &result,
        send: &send,
    };
    let example = match place.interface {
        Interface::Positional => parts.positional(&mut method),
        Interface::Builder => {
            let name = parts.types.unused(&format!("{ident}Call"));
            parts.builder(&mut method, &mut items, &name)
        }
    };
    Function {
        method,
        items,
        example,
    }
}

struct Parts<'a, 'm> {
    types: &'a mut Types<'m>,
    operation: &'a Operation,
    place: &'a Place<'a>,
    arguments: &'a [Argument],
    result: &'a str,
    send: &'a str,
    refusal: &'a str,
    /// How pages follow one another, if they do.
    pages: Option<&'a str>,
}

impl Parts<'_, '_> {
    fn positional(&self, out: &mut String) -> String {
        let given: Vec<String> = self
            .arguments
            .iter()
            .map(|a| match a.required {
                true => a.example.clone(),
                false => "None".to_owned(),
            })
            .collect();
        let example = self.doc(out, &format!("({}).await?", given.join(", ")));
        let name = &self.operation.rust;
        let takes: Vec<String> = self
            .arguments
            .iter()
            .map(|a| match a.required {
                true => format!("{}: {}", a.name, a.ty),
                false => format!("{}: Option<{}>", a.name, a.ty),
            })
            .collect();
        signature(
            out,
            &format!("pub async fn {name}"),
            "&self",
            &takes,
            self.result,
        );
        self.make(out, self.arguments);
        let _ = writeln!(out, "        {}\n    }}", self.send);
        if let Some(next) = self.pages {
            let _ = writeln!(
                out,
                "\n    /// Pages of [`{name}`](Self::{name}), each got when it is asked for."
            );
            let lifetime = if self.place.is_flat { "<'a>" } else { "" };
            let this = if self.place.is_flat {
                "&'a self"
            } else {
                "&self"
            };
            let stream = format!("impl Stream<Item = {}> + use<'a>", self.result);
            let name = format!("pub fn {name}_pages{lifetime}");
            signature(out, &name, this, &takes, &stream);
            self.make(out, self.arguments);
            let refusal = self.refusal;
            let _ = writeln!(
                out,
                "        direct::pages(call, {next}, {refusal})\n    }}"
            );
        }
        example
    }

    fn builder(&self, out: &mut String, items: &mut String, builder: &str) -> String {
        let (required, optional): (Vec<&Argument>, Vec<&Argument>) =
            self.arguments.iter().partition(|a| a.required);
        let given: Vec<&str> = required.iter().map(|a| a.example.as_str()).collect();
        let example = self.doc(out, &format!("({}).send().await?", given.join(", ")));
        let name = &self.operation.rust;
        let takes: Vec<String> = required
            .iter()
            .map(|a| format!("{}: {}", a.name, a.ty))
            .collect();
        signature(
            out,
            &format!("pub fn {name}"),
            "&self",
            &takes,
            &format!("{builder}<'a>"),
        );
        self.make(out, required.iter().copied());
        let _ = writeln!(out, "        {builder} {{ call }}\n    }}");
        let _ = writeln!(
            items,
            "\n/// A call of `{name}` in the making; nothing happens before \
             [`send`]({builder}::send).\n#[derive(Debug)]\n#[must_use]\n\
             pub struct {builder}<'a> {{\n    call: Call<'a>,\n}}\n\nimpl<'a> {builder}<'a> {{"
        );
        let paged = self
            .pages
            .filter(|_| optional.iter().all(|a| a.name != "pages"));
        for argument in optional {
            comment(items, "    ", &argument.doc);
            let setter = match argument.name.as_str() {
                "send" => "send_",
                name => name,
            };
            let _ = writeln!(
                items,
                "    pub fn {setter}(mut self, {}: {}) -> Self {{\n        \
                 let call = &mut self.call;\n        {}\n        self\n    }}\n",
                argument.name, argument.ty, argument.put
            );
        }
        let _ = writeln!(
            items,
            "    /// Makes the call.\n    ///\n    /// # Errors\n    \
             /// If there is no answer, or a refusal.\n    \
             pub async fn send(self) -> {} {{\n        let call = self.call;\n        {}\n    }}",
            self.result, self.send
        );
        if let Some(next) = paged {
            let _ = writeln!(
                items,
                "\n    /// Pages, each got when it is asked for.\n    \
                 pub fn pages(self) -> impl Stream<Item = {}> + use<'a> {{\n        \
                 direct::pages(self.call, {next}, {})\n    }}",
                self.result, self.refusal
            );
        }
        items.push_str("}\n");
        example
    }

    fn make<'x>(&self, out: &mut String, arguments: impl IntoIterator<Item = &'x Argument>)
    where
        Self: 'x,
    {
        let puts: Vec<String> = arguments
            .into_iter()
            .map(|a| match (a.only_if_given, &a.name) {
                (true, name) => format!(
                    "if let Some({name}) = {name} {{\n            {}\n        }}",
                    a.put
                ),
                (false, _) => a.put.clone(),
            })
            .collect();
        let mutable = if puts.is_empty() { "" } else { "mut " };
        let _ = writeln!(
            out,
            "        let {mutable}call = Call::new(self.transport, {});",
            literal(&self.operation.rust)
        );
        for put in puts {
            let _ = writeln!(out, "        {put}");
        }
    }

    fn doc(&self, out: &mut String, given: &str) -> String {
        let operation = self.operation;
        out.push('\n');
        let mut text = Vec::new();
        if let Some(summary) = &operation.summary {
            text.push(docs::clean(summary));
        }
        if let Some(description) = &operation.description
            && Some(description) != operation.summary.as_ref()
        {
            text.push(docs::clean(description));
        }
        text.push(format!(
            "`{} {}`",
            operation.method.wire(),
            operation.path.replace('`', "'")
        ));
        comment(out, "    ", &text.join("\n\n"));
        for argument in self.arguments.iter().filter(|a| !a.doc.is_empty()) {
            let mut lines = argument.doc.lines();
            let first = lines.next().unwrap_or_default();
            comment(out, "    ", &format!("* `{}`: {first}", argument.name));
        }
        let call = format!("{}.{}{given}", self.place.receiver, operation.rust);
        let deprecated = if operation.deprecated {
            "# #![allow(deprecated)]\n"
        } else {
            ""
        };
        comment(
            out,
            "    ",
            &format!(
                "\n```no_run\n{deprecated}# use {}::*;\n\
                 # async fn example(client: &Client) -> Result<(), Box<dyn std::error::Error>> {{\n\
                 let answer = {call};\nprintln!(\"{{}}\", answer.status());\n# Ok(())\n# }}\n```\n\n\
                 # Errors\nIf there is no answer, or a refusal ([`Failure`]).",
                self.place.crate_name
            ),
        );
        if operation.deprecated {
            out.push_str("    #[deprecated]\n");
        }
        call
    }
}

/// `name(arguments) -> result {`, on one line if it fits.
fn signature(out: &mut String, name: &str, this: &str, takes: &[String], result: &str) {
    let mut all = vec![this.to_owned()];
    all.extend(takes.iter().cloned());
    let line = format!("    {name}({}) -> {result} {{", all.join(", "));
    if line.chars().count() <= 100 {
        let _ = writeln!(out, "{line}");
        return;
    }
    let _ = writeln!(out, "    {name}(");
    for one in all {
        let _ = writeln!(out, "        {one},");
    }
    let _ = writeln!(out, "    ) -> {result} {{");
}

/// What a caller gives: required things first, the body as the last of each.
fn arguments<'m>(
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
            comment(&mut fields, "    ", &super::types::doc(schema));
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
