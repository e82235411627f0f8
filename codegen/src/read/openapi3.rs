//! OpenAPI 3.0, 3.1 and what of 3.2 is not new.

use serde_json::Value;

use super::ReadError;
use super::common::{extensions, external_docs, info, security, servers, tags};
use super::node::Node;
use super::paths::{Found, merged, operation_head, operations, paths, responses};
use super::schema::SchemaReader;
use super::security::scheme3;
use crate::model::{
    Body, Incoming, Location, Model, Operation, Parameter, Requirement, Schema, Server, Style,
};

pub(super) fn read(root: &Node<'_>) -> Result<Model, ReadError> {
    let mut schemas = SchemaReader::new(&["components", "schemas"]);
    let servers = servers(root, "servers")?;
    let mut model = Model {
        info: info(root),
        address: servers.first().map(Server::address).unwrap_or_default(),
        servers,
        tags: tags(root)?,
        security: security(root)?.unwrap_or_default(),
        external_docs: external_docs(root),
        extensions: extensions(root),
        ..Model::default()
    };
    let components = root.get("components");
    let component = |kind: &str| {
        components
            .as_ref()
            .map_or_else(|| Ok(Vec::new()), |c| c.map(kind))
    };
    schemas.named(&component("schemas")?, &mut model.schemas)?;
    for (name, node) in component("securitySchemes")? {
        model
            .security_schemes
            .insert(name.to_owned(), scheme3(&node.followed()?)?);
    }
    let mut reader = Reader {
        schemas,
        security: &model.security,
    };
    let mut all = Vec::new();
    for found in paths(root)? {
        all.push(reader.operation(&found, true)?);
    }
    let webhooks = reader.webhooks(root)?;
    let mut schemas = reader.schemas;
    schemas.adopted(root, &mut model.schemas)?;
    model.operations = all;
    model.webhooks = webhooks;
    if root.has("jsonSchemaDialect") {
        root.remark("jsonSchemaDialect", "`jsonSchemaDialect` is not used");
    }
    Ok(model)
}

pub(super) struct Reader<'m> {
    pub(super) schemas: SchemaReader,
    security: &'m [Requirement],
}

impl Reader<'_> {
    fn operation(&mut self, found: &Found<'_>, callbacks: bool) -> Result<Operation, ReadError> {
        let node = &found.node;
        let mut operation = operation_head(found);
        let own = security(node)?;
        operation.own_security = own.is_some();
        operation.security = own.unwrap_or_else(|| self.security.to_vec());
        for owner in [&found.item, node] {
            let servers = servers(owner, "servers")?;
            if !servers.is_empty() {
                operation.servers = servers;
            }
        }
        self.parameters(found, &mut operation)?;
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
            operation.body = Some(body);
        }
        for (status, response) in responses(node)? {
            let response = self.response(&response)?;
            for media_type in response.content.keys() {
                if !operation.produces.contains(media_type) {
                    operation.produces.push(media_type.clone());
                }
            }
            operation.responses.insert(status, response);
        }
        // What a callback's answer calls back in turn, nobody has said yet.
        if callbacks {
            for (name, callback) in node.map("callbacks")? {
                for (expression, item) in callback.followed()?.members()? {
                    let incoming = self.incoming(name, Some(expression), &item)?;
                    operation.callbacks.extend(incoming);
                }
            }
        }
        Ok(operation)
    }

    fn webhooks(&mut self, root: &Node<'_>) -> Result<Vec<Incoming>, ReadError> {
        let mut all = Vec::new();
        for (name, item) in root.map("webhooks")? {
            all.extend(self.incoming(name, None, &item)?);
        }
        Ok(all)
    }

    /// The calls of a webhook's or callback's path item.
    fn incoming(
        &mut self,
        name: &str,
        expression: Option<&str>,
        item: &Node<'_>,
    ) -> Result<Vec<Incoming>, ReadError> {
        let mut found = Vec::new();
        if !item.value().is_null() {
            operations("", item, &mut found)?;
        }
        let mut all = Vec::new();
        for found in found {
            let mut operation = self.operation(&found, false)?;
            if operation.id_made {
                name.clone_into(&mut operation.id);
            }
            all.push(Incoming {
                name: name.to_owned(),
                expression: expression.map(str::to_owned),
                operation,
            });
        }
        Ok(all)
    }

    fn parameters(
        &mut self,
        found: &Found<'_>,
        operation: &mut Operation,
    ) -> Result<(), ReadError> {
        for node in merged(&found.item, &found.node)? {
            let name = node.string("name").unwrap_or_default();
            let location = match node.string("in").unwrap_or_default().as_str() {
                "path" => Location::Path,
                "query" => Location::Query,
                "header" => Location::Header,
                "cookie" => Location::Cookie,
                // Swagger 2.0's words in a document of version 3.
                word @ ("body" | "formData") if !found.node.has("requestBody") => {
                    node.warn(format!(
                        "`{word}` is no place for a parameter in OpenAPI 3; it was taken as \
                         `requestBody`"
                    ));
                    self.old_body(&node, word == "body", operation)?;
                    continue;
                }
                other => {
                    node.warn(format!(
                        "`{other}` is no place for a parameter; there are path, query, header and \
                         cookie. It is ignored"
                    ));
                    continue;
                }
            };
            let parameter = self.parameter(&node, name, location)?;
            operation.parameters.push(parameter);
        }
        Ok(())
    }

    /// A parameter of Swagger 2.0 that is the body, or a field of it.
    fn old_body(
        &mut self,
        node: &Node<'_>,
        whole: bool,
        operation: &mut Operation,
    ) -> Result<(), ReadError> {
        let schema = self.value(node)?;
        let body = operation.body.get_or_insert_with(|| Body {
            name: "body".to_owned(),
            description: None,
            required: false,
            content: indexmap::IndexMap::new(),
            extensions: indexmap::IndexMap::new(),
        });
        body.required |= node.flag("required");
        if whole {
            body.description = node.nonempty("description");
        }
        super::media3::put(body, node.string("name").unwrap_or_default(), whole, schema);
        operation.consumes = body.content.keys().cloned().collect();
        Ok(())
    }

    /// The shape of a parameter's value; some documents leave out the word `schema`.
    fn value(&mut self, node: &Node<'_>) -> Result<Schema, ReadError> {
        match node.get("schema") {
            Some(schema) => self.schemas.read(&schema),
            None if node.has("type") => {
                node.warn("the type stands here and not in `schema`, as in Swagger 2.0");
                self.schemas.read_parameter(node)
            }
            None => {
                node.warn("`schema` is missing; any text is taken");
                Ok(Schema::of(crate::model::Kind::String))
            }
        }
    }

    fn parameter(
        &mut self,
        node: &Node<'_>,
        name: String,
        location: Location,
    ) -> Result<Parameter, ReadError> {
        let mut content = None;
        let schema = match node.map("content")?.into_iter().next() {
            Some((media_type, media)) if !node.has("schema") => {
                content = Some(media_type.to_owned());
                match media.get("schema") {
                    None => Schema::default(),
                    Some(schema) => self.schemas.read(&schema)?,
                }
            }
            _ => self.value(node)?,
        };
        let mut parameter = Parameter {
            required: node.flag("required") || location == Location::Path,
            description: node.nonempty("description"),
            deprecated: node.flag("deprecated"),
            content,
            allow_empty_value: node.flag("allowEmptyValue"),
            allow_reserved: node.flag("allowReserved"),
            extensions: extensions(node),
            ..Parameter::new(name, location, schema)
        };
        if node
            .get("x-collection-format")
            .is_some_and(|f| f.value() == "tsv")
        {
            parameter.extensions.shift_remove("x-collection-format");
            (parameter.style, parameter.explode) = (Style::TabDelimited, false);
        } else {
            (parameter.style, parameter.explode) = style(node, parameter.style);
        }
        Ok(parameter)
    }
}

/// The style in force, and whether it explodes.
pub(super) fn style(node: &Node<'_>, default: Style) -> (Style, bool) {
    let style = match node.get("style") {
        None => default,
        Some(word) => {
            let name = word.text().unwrap_or_default();
            Style::from_word(&name).unwrap_or_else(|| {
                word.warn(format!(
                    "`{name}` is no style of OpenAPI 3; it was taken for `{}`",
                    default.word()
                ));
                default
            })
        }
    };
    let explode = match (style, node.get("explode")) {
        // There is only one way to write it.
        (Style::DeepObject, _) => true,
        (_, None) => style == Style::Form,
        (_, Some(_)) => node.flag("explode"),
    };
    (style, explode)
}
