//! OpenAPI 3.0 and 3.1.

use indexmap::IndexMap;
use serde_json::Value;

use super::ReadError;
use super::common::{extensions, external_docs, info, security, tags};
use super::document::Node;
use super::parameters::{Found, merged, operation_head, paths};
use super::schema::SchemaReader;
use super::security::scheme3;
use crate::model::{
    Address, Body, CollectionFormat, Header, Kind, Location, Media, Model, Note, Operation,
    Parameter, Property, Requirement, Response, Schema, Server, is_form,
};

pub(super) fn read(root: &Node<'_>) -> Result<Model, ReadError> {
    let mut schemas = SchemaReader::new(&["components", "schemas"]);
    let servers = servers(root)?;
    let mut model = Model {
        info: info(root)?,
        address: servers.first().map(address).unwrap_or_default(),
        servers,
        tags: tags(root)?,
        security: security(root)?.unwrap_or_default(),
        external_docs: external_docs(root)?,
        extensions: extensions(root),
        ..Model::default()
    };
    let components = root.get("components");
    let component = |kind: &str| {
        components
            .as_ref()
            .map_or_else(|| Ok(Vec::new()), |c| c.map(kind))
    };
    for (name, node) in component("schemas")? {
        let schema = schemas.read(&node)?;
        model
            .schemas
            .insert(name.to_owned(), super::finish::named(schema));
    }
    for (name, node) in component("securitySchemes")? {
        model
            .security_schemes
            .insert(name.to_owned(), scheme3(&node.followed()?)?);
    }
    let mut reader = Reader {
        schemas,
        named: &model,
        security: &model.security,
    };
    let mut operations = Vec::new();
    for found in paths(root)? {
        operations.push(reader.operation(&found)?);
    }
    let mut notes = reader.schemas.notes;
    for word in ["webhooks", "jsonSchemaDialect"] {
        if root
            .get(word)
            .is_some_and(|n| n.value().as_object().is_none_or(|o| !o.is_empty()))
        {
            notes.push(Note {
                pointer: format!("/{word}"),
                message: format!("`{word}` is not used"),
            });
        }
    }
    model.operations = operations;
    model.notes = notes;
    Ok(model)
}

struct Reader<'m> {
    schemas: SchemaReader,
    /// Holds the named schemas; forms are looked up there.
    named: &'m Model,
    security: &'m [Requirement],
}

impl Reader<'_> {
    fn operation(&mut self, found: &Found<'_>) -> Result<Operation, ReadError> {
        let node = &found.node;
        let mut operation = operation_head(found)?;
        let own = security(node)?;
        operation.own_security = own.is_some();
        operation.security = own.unwrap_or_else(|| self.security.to_vec());
        for owner in [&found.item, node] {
            if let Some(servers) = owner.get("servers") {
                operation
                    .extensions
                    .insert("x-servers".to_owned(), servers.value().clone());
            }
        }
        for word in ["callbacks"] {
            if node.has(word) {
                self.schemas.notes.push(Note {
                    pointer: format!("{}/{word}", node.pointer()),
                    message: format!("`{word}` is not used"),
                });
            }
        }
        for parameter in merged(&found.item, node)? {
            let parameter = self.parameter(&parameter)?;
            operation.parameters.push(parameter);
        }
        if let Some(body) = node.get("requestBody") {
            let given_name = operation
                .extensions
                .shift_remove("x-codegen-request-body-name");
            let name = match given_name {
                Some(Value::String(name)) if !name.is_empty() => name,
                _ => "body".to_owned(),
            };
            let body = self.body(&body.followed()?, name)?;
            operation.consumes = body.content.keys().cloned().collect();
            operation.parameters.extend(self.body_parameters(&body));
            operation.body = Some(body);
        }
        // 3.1 lets an operation go without responses.
        for (status, response) in node
            .get("responses")
            .map_or_else(|| Ok(Vec::new()), |n| n.members())?
        {
            let response = self.response(&response.followed()?)?;
            for media_type in response.content.keys() {
                if !operation.produces.contains(media_type) {
                    operation.produces.push(media_type.clone());
                }
            }
            operation.responses.insert(status.to_owned(), response);
        }
        Ok(operation)
    }

    fn parameter(&mut self, node: &Node<'_>) -> Result<Parameter, ReadError> {
        let name = node.require("name")?.text()?.to_owned();
        let place = node.require("in")?;
        let location = match place.text()? {
            "path" => Location::Path,
            "query" => Location::Query,
            "header" => Location::Header,
            "cookie" => Location::Cookie,
            other => {
                return Err(place.error(format!(
                    "`{other}` is no place for a parameter; there are path, query, header and \
                     cookie"
                )));
            }
        };
        let mut extensions = extensions(node);
        let schema = if let Some(schema) = node.get("schema") {
            self.schemas.read(&schema)?
        } else if let Some((media_type, media)) = node.map("content")?.into_iter().next() {
            extensions.insert("x-content-type".to_owned(), Value::from(media_type));
            media
                .get("schema")
                .map_or_else(|| Ok(Schema::default()), |s| self.schemas.read(&s))?
        } else {
            Schema::of(Kind::String)
        };
        let style = node.string("style")?;
        let explode = node
            .get("explode")
            .is_some()
            .then(|| node.flag("explode"))
            .transpose()?;
        let resolved = self.named.resolve(&schema).unwrap_or(&schema);
        let is_list = matches!(resolved.kind, Kind::Array { .. });
        let (collection, style) = list_style(location, is_list, style.as_deref(), explode);
        Ok(Parameter {
            name,
            python: String::new(),
            location,
            required: node.flag("required")? || location == Location::Path,
            description: node.nonempty("description")?,
            deprecated: node.flag("deprecated")?,
            collection,
            style,
            allow_empty_value: node.flag("allowEmptyValue")?,
            schema,
            extensions,
        })
    }

    fn body(&mut self, node: &Node<'_>, name: String) -> Result<Body, ReadError> {
        Ok(Body {
            name,
            description: node.nonempty("description")?,
            required: node.flag("required")?,
            content: self.content(node)?,
            extensions: extensions(node),
        })
    }

    fn content(&mut self, node: &Node<'_>) -> Result<IndexMap<String, Media>, ReadError> {
        let mut content = IndexMap::new();
        for (media_type, media) in node.map("content")? {
            let mut schema = match media.get("schema") {
                None => None,
                Some(schema) => Some(self.schemas.read(&schema)?),
            };
            if is_form(media_type)
                && let Some(schema) = &mut schema
            {
                mark_files(schema);
            }
            let example = media.get("example").map(|n| n.value().clone()).or_else(|| {
                let (_, first) = media.map("examples").ok()?.into_iter().next()?;
                first.get("value").map(|n| n.value().clone())
            });
            content.insert(media_type.to_owned(), Media { schema, example });
        }
        Ok(content)
    }

    /// The body as parameters: the fields if it can only be sent as a form, else itself.
    fn body_parameters(&self, body: &Body) -> Vec<Parameter> {
        let fields = match body.preferred() {
            Some((media_type, media)) if is_form(media_type) => media
                .schema
                .as_ref()
                .map(|s| self.fields(s, 0))
                .unwrap_or_default(),
            _ => IndexMap::new(),
        };
        if fields.is_empty() {
            let schema = body
                .preferred()
                .and_then(|(_, m)| m.schema.clone())
                .unwrap_or_default();
            return vec![argument(
                &body.name,
                Location::Body,
                body.required,
                schema,
                body.description.clone(),
            )];
        }
        fields
            .into_iter()
            .map(|(name, property)| {
                let resolved = self
                    .named
                    .resolve(&property.schema)
                    .unwrap_or(&property.schema);
                let is_list = matches!(resolved.kind, Kind::Array { .. });
                let description = property.schema.description.clone();
                Parameter {
                    collection: is_list.then_some(CollectionFormat::Multi),
                    ..argument(
                        &name,
                        Location::Form,
                        property.required,
                        property.schema,
                        description,
                    )
                }
            })
            .collect()
    }

    /// Properties of an object and of all that it is put together from.
    fn fields(&self, schema: &Schema, depth: usize) -> IndexMap<String, Property> {
        let mut fields = IndexMap::new();
        let Some(schema) = self.named.resolve(schema) else {
            return fields;
        };
        if depth > self.named.schemas.len() {
            return fields;
        }
        for part in &schema.all_of {
            fields.extend(self.fields(part, depth + 1));
        }
        if let Some(properties) = schema.properties() {
            fields.extend(properties.clone());
        }
        fields
    }

    fn response(&mut self, node: &Node<'_>) -> Result<Response, ReadError> {
        let mut response = Response {
            description: node.string("description")?.unwrap_or_default(),
            content: self.content(node)?,
            headers: IndexMap::new(),
            extensions: extensions(node),
        };
        for (name, header) in node.map("headers")? {
            let header = header.followed()?;
            let schema = header
                .get("schema")
                .map_or_else(|| Ok(Schema::default()), |s| self.schemas.read(&s))?;
            let description = header.nonempty("description")?;
            response.headers.insert(
                name.to_owned(),
                Header {
                    description,
                    schema,
                },
            );
        }
        Ok(response)
    }
}

fn argument(
    name: &str,
    location: Location,
    required: bool,
    schema: Schema,
    description: Option<String>,
) -> Parameter {
    Parameter {
        name: name.to_owned(),
        python: String::new(),
        location,
        required,
        description,
        deprecated: false,
        collection: None,
        style: None,
        allow_empty_value: false,
        schema,
        extensions: IndexMap::new(),
    }
}

/// In a form, bytes are files.
fn mark_files(schema: &mut Schema) {
    let Kind::Object { properties, .. } = &mut schema.kind else {
        return;
    };
    for property in properties.values_mut() {
        let schema = match &mut property.schema.kind {
            Kind::Array { items } => items,
            _ => &mut property.schema,
        };
        if schema.kind == Kind::String && schema.format.as_deref() == Some("binary") {
            schema.kind = Kind::File;
            schema.format = None;
        }
    }
}

/// How a list is written; and the style, if it is none of those that Swagger 2.0 has a word for.
fn list_style(
    location: Location,
    is_list: bool,
    style: Option<&str>,
    explode: Option<bool>,
) -> (Option<CollectionFormat>, Option<String>) {
    let query_like = matches!(location, Location::Query | Location::Cookie);
    let default_style = if query_like { "form" } else { "simple" };
    let style = style.unwrap_or(default_style);
    if !is_list {
        return (None, (style != default_style).then(|| style.to_owned()));
    }
    let explode = explode.unwrap_or(style == "form");
    let format = match (style, explode) {
        ("form", true) => CollectionFormat::Multi,
        ("form", false) | ("simple", _) => CollectionFormat::Csv,
        ("spaceDelimited", _) => CollectionFormat::Ssv,
        ("pipeDelimited", _) => CollectionFormat::Pipes,
        (other, _) => return (Some(CollectionFormat::Csv), Some(other.to_owned())),
    };
    (Some(format), None)
}

fn servers(root: &Node<'_>) -> Result<Vec<Server>, ReadError> {
    root.list("servers")?
        .iter()
        .map(|server| {
            let variables = server.map("variables")?;
            Ok(Server {
                url: server.string("url")?.unwrap_or_default(),
                description: server.nonempty("description")?,
                variables: variables
                    .into_iter()
                    .map(|(name, node)| (name.to_owned(), node.value().clone()))
                    .collect(),
            })
        })
        .collect()
}

/// Scheme, host and path of a server, its variables replaced by their defaults.
fn address(server: &Server) -> Address {
    let mut url = server.url.clone();
    for (name, variable) in &server.variables {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_owned()), rest.to_owned()),
        None => (None, url),
    };
    let (host, path) = match (&scheme, rest.find('/')) {
        (Some(_), Some(slash)) => {
            let (host, path) = rest.split_at(slash);
            (Some(host.to_owned()), path.to_owned())
        }
        (Some(_), None) => (Some(rest), String::new()),
        (None, _) => (None, rest),
    };
    Address {
        schemes: scheme.into_iter().collect(),
        host: host.filter(|h| !h.is_empty()),
        base_path: path.trim_end_matches('/').to_owned(),
    }
}
