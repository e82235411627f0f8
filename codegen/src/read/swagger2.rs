//! Swagger 2.0.

use indexmap::IndexMap;
use serde_json::Value;

use super::ReadError;
use super::common::{extensions, external_docs, info, security, servers, tags};
use super::node::Node;
use super::paths::{Found, merged, operation_head, paths, responses};
use super::schema::SchemaReader;
use super::security::scheme2;
use crate::model::{
    Address, Body, CollectionFormat, Header, Kind, Location, Media, Model, Operation, Parameter,
    Property, Response, Schema, Shape, Style, is_form,
};

const JSON: &str = "application/json";

/// What the document says for all operations that do not say otherwise.
struct Defaults {
    consumes: Vec<String>,
    produces: Vec<String>,
    security: Vec<crate::model::Requirement>,
}

pub(super) fn read(root: &Node<'_>) -> Result<Model, ReadError> {
    let mut schemas = SchemaReader::new(&["definitions"]);
    let mut model = Model {
        info: info(root),
        address: Address {
            schemes: root.strings("schemes"),
            host: root.nonempty("host"),
            base_path: root
                .string("basePath")
                .map(|path| path.trim_end_matches('/').to_owned())
                .unwrap_or_default(),
        },
        servers: servers(root, "x-servers")?,
        tags: tags(root)?,
        consumes: root.strings("consumes"),
        produces: root.strings("produces"),
        security: security(root)?.unwrap_or_default(),
        external_docs: external_docs(root),
        extensions: extensions(root),
        ..Model::default()
    };
    model.extensions.shift_remove("x-servers");
    schemas.named(&root.map("definitions")?, &mut model.schemas)?;
    for (name, node) in root.map("securityDefinitions")? {
        model
            .security_schemes
            .insert(name.to_owned(), scheme2(&node)?);
    }
    let defaults = Defaults {
        consumes: model.consumes.clone(),
        produces: model.produces.clone(),
        security: model.security.clone(),
    };
    for found in paths(root)? {
        let operation = operation(&found, &defaults, &mut schemas)?;
        model.operations.push(operation);
    }
    schemas.adopted(root, &mut model.schemas)?;
    Ok(model)
}

fn operation(
    found: &Found<'_>,
    defaults: &Defaults,
    schemas: &mut SchemaReader,
) -> Result<Operation, ReadError> {
    let node = &found.node;
    let mut operation = operation_head(found);
    operation.schemes = node.strings("schemes");
    operation.servers = servers(node, "x-servers")?;
    operation.extensions.shift_remove("x-servers");
    // An empty list of one's own is a choice too.
    operation.consumes = if node.has("consumes") {
        node.strings("consumes")
    } else {
        defaults.consumes.clone()
    };
    operation.produces = if node.has("produces") {
        node.strings("produces")
    } else {
        defaults.produces.clone()
    };
    let own = security(node)?;
    operation.own_security = own.is_some();
    operation.security = own.unwrap_or_else(|| defaults.security.clone());

    for parameter in merged(&found.item, node)? {
        let parameter = self::parameter(&parameter, schemas)?;
        operation.parameters.extend(parameter);
    }
    one_body(node, &mut operation);
    operation.body = body(&operation);
    for (status, response) in responses(node)? {
        let response = self::response(&response, &operation.produces, schemas)?;
        operation.responses.insert(status, response);
    }
    Ok(operation)
}

/// A request has one body: a whole one, or a form.
fn one_body(node: &Node<'_>, operation: &mut Operation) {
    let is = |place: Location| move |p: &Parameter| p.location == place;
    let forms = operation.parameters.iter().any(is(Location::Form));
    let form = forms && operation.consumes.iter().any(|t| is_form(t));
    let mut bodies = 0;
    let before = operation.parameters.len();
    operation.parameters.retain(|p| match p.location {
        Location::Body => {
            bodies += 1;
            bodies == 1 && !form
        }
        _ => true,
    });
    if bodies > 0 && !form {
        operation
            .parameters
            .retain(|p| p.location != Location::Form);
    }
    if operation.parameters.len() < before {
        let kept = if form { "the form" } else { "the first body" };
        node.warn(format!(
            "a request has one body, and there are several here; {kept} is kept"
        ));
    }
}

fn parameter(node: &Node<'_>, schemas: &mut SchemaReader) -> Result<Option<Parameter>, ReadError> {
    let name = node.nonempty("name").unwrap_or_else(|| "body".to_owned());
    let location = match node.string("in").unwrap_or_default().as_str() {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        "formData" | "form" => Location::Form,
        "body" => Location::Body,
        // OpenAPI 3's word.
        "cookie" => Location::Cookie,
        other => {
            node.warn(format!(
                "`{other}` is no place for a parameter; there are path, query, header, formData \
                 and body. It is ignored"
            ));
            return Ok(None);
        }
    };
    let schema = if location == Location::Body {
        match node.get("schema") {
            Some(schema) => schemas.read(&schema)?,
            None => Schema::default(),
        }
    } else if let Some(schema) = node.get("schema") {
        // Not allowed, but there is only one thing that it can mean.
        schemas.read(&schema)?
    } else {
        schemas.read_parameter(node)?
    };
    let mut parameter = Parameter {
        shape: Shape::of(&schema),
        required: node.flag("required") || location == Location::Path,
        description: node.nonempty("description"),
        deprecated: node.flag("x-deprecated"),
        allow_empty_value: node.flag("allowEmptyValue"),
        extensions: extensions(node),
        ..Parameter::new(name, location, schema)
    };
    if parameter.shape == Shape::List || node.has("x-style") {
        (parameter.style, parameter.explode) = style(node, location);
    }
    // What a converter writes for the words that 2.0 lacks.
    for word in ["x-style", "x-explode", "x-allow-reserved"] {
        parameter.extensions.shift_remove(word);
    }
    parameter.allow_reserved = node.flag("x-allow-reserved");
    if let Some(Value::String(media_type)) = parameter.extensions.shift_remove("x-content-type") {
        parameter.content = Some(media_type);
    }
    Ok(Some(parameter))
}

/// How a list is written, from `collectionFormat` or what a converter wrote in its place.
fn style(node: &Node<'_>, location: Location) -> (Style, bool) {
    if let Some(style) = node.nonempty("x-style").and_then(|w| Style::from_word(&w)) {
        return (style, node.flag("x-explode"));
    }
    let format = node.get("collectionFormat").and_then(|format| {
        let word = format.text()?;
        let known = CollectionFormat::ALL.into_iter().find(|f| f.word() == word);
        if known.is_none() {
            format.warn(format!(
                "`{word}` is no collectionFormat; there are csv, ssv, tsv, pipes and multi. It was \
                 taken for csv"
            ));
        }
        known
    });
    format.unwrap_or(CollectionFormat::Csv).style(location)
}

/// The request body that the parameters describe, as OpenAPI 3 would put it.
fn body(operation: &Operation) -> Option<Body> {
    if let Some(parameter) = operation
        .parameters
        .iter()
        .find(|p| p.location == Location::Body)
    {
        let mut types: Vec<_> = operation
            .consumes
            .iter()
            .filter(|t| !is_form(t))
            .cloned()
            .collect();
        if types.is_empty() {
            types = operation.consumes.clone();
        }
        if types.is_empty() {
            types.push(JSON.to_owned());
        }
        let media = Media {
            schema: Some(parameter.schema.clone()),
            ..Media::default()
        };
        return Some(Body {
            name: parameter.name.clone(),
            description: parameter.description.clone(),
            required: parameter.required,
            content: types.into_iter().map(|t| (t, media.clone())).collect(),
            extensions: parameter.extensions.clone(),
        });
    }
    let fields: Vec<_> = operation
        .parameters
        .iter()
        .filter(|p| p.location == Location::Form)
        .collect();
    if fields.is_empty() {
        return None;
    }
    let mut types: Vec<_> = operation
        .consumes
        .iter()
        .filter(|t| is_form(t))
        .cloned()
        .collect();
    if types.is_empty() {
        let files = fields.iter().any(|p| p.schema.kind == Kind::File);
        let made = if files {
            "multipart/form-data"
        } else {
            "application/x-www-form-urlencoded"
        };
        types.push(made.to_owned());
    }
    let required = fields.iter().any(|p| p.required);
    let properties = fields
        .into_iter()
        .map(|p| {
            let schema = Schema {
                description: p.description.clone(),
                ..p.schema.clone()
            };
            (
                p.name.clone(),
                Property {
                    python: p.python.clone(),
                    required: p.required,
                    schema,
                },
            )
        })
        .collect();
    let schema = Schema::of(Kind::Object {
        properties,
        additional: crate::model::Additional::Unstated,
        also_required: Vec::new(),
    });
    let media = Media {
        schema: Some(schema),
        ..Media::default()
    };
    Some(Body {
        name: "body".to_owned(),
        description: None,
        required,
        content: types.into_iter().map(|t| (t, media.clone())).collect(),
        extensions: IndexMap::new(),
    })
}

fn response(
    node: &Node<'_>,
    produces: &[String],
    schemas: &mut SchemaReader,
) -> Result<Response, ReadError> {
    if let Some(text) = node.value().as_str() {
        return Ok(Response {
            description: text.to_owned(),
            ..Response::default()
        });
    }
    let mut response = Response {
        description: node.string("description").unwrap_or_default(),
        extensions: extensions(node),
        ..Response::default()
    };
    let examples = node.get("examples").map(|n| n.value());
    if let Some(schema) = node.get("schema") {
        let schema = schemas.read(&schema)?;
        let mut types = produces.to_vec();
        if types.is_empty() {
            let made = if schema.kind == Kind::File {
                "application/octet-stream"
            } else {
                JSON
            };
            types.push(made.to_owned());
        }
        for media_type in types {
            let example = examples.and_then(|all| all.get(&media_type)).cloned();
            response.content.insert(
                media_type,
                Media {
                    schema: Some(schema.clone()),
                    example,
                    ..Media::default()
                },
            );
        }
    }
    for (name, header) in node.map("headers")? {
        let schema = schemas.read_parameter(&header)?;
        let description = header.nonempty("description");
        response.headers.insert(
            name.to_owned(),
            Header {
                description,
                schema,
                ..Header::default()
            },
        );
    }
    Ok(response)
}
