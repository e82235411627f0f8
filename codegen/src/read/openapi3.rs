//! OpenAPI 3.0 and 3.1.

use serde_json::Value;

use super::ReadError;
use super::common::{extensions, external_docs, info, security, servers, tags};
use super::document::Node;
use super::parameters::{Found, merged, operation_head, paths};
use super::schema::SchemaReader;
use super::security::scheme3;
use crate::model::{
    Kind, Location, Model, Note, Operation, Parameter, Requirement, Schema, Server, Severity,
    Shape, Style,
};

pub(super) fn read(root: &Node<'_>) -> Result<Model, ReadError> {
    let mut schemas = SchemaReader::new(&["components", "schemas"]);
    let servers = servers(root, "servers")?;
    let mut model = Model {
        info: info(root)?,
        address: servers.first().map(Server::address).unwrap_or_default(),
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
                severity: Severity::Remark,
                pointer: format!("/{word}"),
                message: format!("`{word}` is not used"),
            });
        }
    }
    model.operations = operations;
    model.notes = notes;
    Ok(model)
}

pub(super) struct Reader<'m> {
    pub(super) schemas: SchemaReader,
    /// Holds the named schemas; forms are looked up there.
    pub(super) named: &'m Model,
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
            let servers = servers(owner, "servers")?;
            if !servers.is_empty() {
                operation.servers = servers;
            }
        }
        for word in ["callbacks"] {
            if node.has(word) {
                self.schemas.notes.push(Note {
                    severity: Severity::Remark,
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
        let extensions = extensions(node);
        let mut content = None;
        let schema = if let Some(schema) = node.get("schema") {
            self.schemas.read(&schema)?
        } else if let Some((media_type, media)) = node.map("content")?.into_iter().next() {
            content = Some(media_type.to_owned());
            media
                .get("schema")
                .map_or_else(|| Ok(Schema::default()), |s| self.schemas.read(&s))?
        } else {
            Schema::of(Kind::String)
        };
        let resolved = self.named.resolve(&schema).unwrap_or(&schema);
        let mut parameter = Parameter {
            shape: Shape::of(resolved),
            required: node.flag("required")? || location == Location::Path,
            description: node.nonempty("description")?,
            deprecated: node.flag("deprecated")?,
            content,
            allow_empty_value: node.flag("allowEmptyValue")?,
            allow_reserved: node.flag("allowReserved")?,
            extensions,
            ..Parameter::new(name, location, schema)
        };
        if node
            .get("x-collection-format")
            .is_some_and(|f| f.value() == "tsv")
        {
            parameter.extensions.shift_remove("x-collection-format");
            (parameter.style, parameter.explode) = (Style::TabDelimited, false);
        } else {
            (parameter.style, parameter.explode) = style(node, parameter.style)?;
        }
        Ok(parameter)
    }
}

/// The style in force, and whether it explodes.
pub(super) fn style(node: &Node<'_>, default: Style) -> Result<(Style, bool), ReadError> {
    let style = match node.get("style") {
        None => default,
        Some(word) => {
            let name = word.text()?;
            Style::from_word(name)
                .ok_or_else(|| word.error(format!("`{name}` is no style of OpenAPI 3")))?
        }
    };
    let explode = match (style, node.get("explode")) {
        // There is only one way to write it.
        (Style::DeepObject, _) => true,
        (_, None) => style == Style::Form,
        (_, Some(_)) => node.flag("explode")?,
    };
    Ok((style, explode))
}
