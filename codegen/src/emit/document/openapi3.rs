//! OpenAPI 3.0 and 3.1.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::common::{
    external_docs, info, put, put_extensions, put_flag, put_list, put_text, security, tags,
};
use super::{Place, Version, Writer};
use crate::model::{
    Body, Encoding, Header, Location, Media, Model, Operation, Parameter, Response, Server, Shape,
    Style,
};

/// The whole document.
pub(super) fn document(writer: &mut Writer, model: &Model) -> Value {
    let root = Place::root();
    let mut document = Map::new();
    let version = if writer.version == Version::V31 {
        "3.1.0"
    } else {
        "3.0.3"
    };
    document.insert("openapi".to_owned(), version.into());
    document.insert("info".to_owned(), info(&model.info, writer.version));
    put(&mut document, "servers", servers(model));
    put(&mut document, "tags", tags(&model.tags));
    let mut paths = Map::new();
    let place = root.join("paths");
    for operation in &model.operations {
        let within = place.join(&operation.path).join(operation.method.key());
        let value = writer.operation3(operation, &within);
        let item = paths
            .entry(operation.path.clone())
            .or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(operation.method.key().to_owned(), value);
        }
    }
    document.insert("paths".to_owned(), paths.into());
    let mut components = Map::new();
    let place = root.join("components");
    let within = place.join("schemas");
    let schemas: Map<_, _> = model
        .schemas
        .iter()
        .map(|(name, entry)| {
            (
                name.clone(),
                writer.schema(&entry.schema, &within.join(name)),
            )
        })
        .collect();
    put(
        &mut components,
        "schemas",
        (!schemas.is_empty()).then_some(schemas),
    );
    let schemes = writer.security_schemes(model, &place.join("securitySchemes"));
    put(&mut components, "securitySchemes", schemes);
    put(
        &mut document,
        "components",
        (!components.is_empty()).then_some(components),
    );
    put(
        &mut document,
        "security",
        (!model.security.is_empty()).then(|| security(&model.security)),
    );
    put(
        &mut document,
        "externalDocs",
        external_docs(model.external_docs.as_ref()),
    );
    put_extensions(&mut document, &model.extensions);
    document.into()
}

/// The servers, or what Swagger 2.0 says in place of them: one for each scheme.
fn servers(model: &Model) -> Option<Value> {
    if !model.servers.is_empty() {
        return Some(model.servers.iter().map(server).collect());
    }
    let address = &model.address;
    let path = if address.base_path.is_empty() {
        "/"
    } else {
        &address.base_path
    };
    match &address.host {
        None if address.base_path.is_empty() => None,
        None => Some(json!([{ "url": path }])),
        Some(host) => {
            let schemes: &[String] = if address.schemes.is_empty() {
                &["https".to_owned()]
            } else {
                &address.schemes
            };
            let urls = schemes
                .iter()
                .map(|scheme| json!({ "url": format!("{scheme}://{host}{}", address.base_path) }));
            Some(urls.collect())
        }
    }
}

fn server(server: &Server) -> Value {
    let mut value = Map::new();
    value.insert("url".to_owned(), server.url.as_str().into());
    put_text(&mut value, "description", server.description.as_ref());
    put(
        &mut value,
        "variables",
        (!server.variables.is_empty()).then(|| json!(server.variables)),
    );
    put_extensions(&mut value, &server.extensions);
    value.into()
}

impl Writer {
    fn operation3(&mut self, operation: &Operation, place: &Place) -> Value {
        let mut object = Map::new();
        put_list(&mut object, "tags", &operation.tags);
        put_text(&mut object, "summary", operation.summary.as_ref());
        put_text(&mut object, "description", operation.description.as_ref());
        put(
            &mut object,
            "externalDocs",
            external_docs(operation.external_docs.as_ref()),
        );
        if !operation.id_made {
            object.insert("operationId".to_owned(), operation.id.as_str().into());
        }
        let mut parameters = Vec::new();
        let within = place.join("parameters");
        for parameter in &operation.parameters {
            if !matches!(parameter.location, Location::Form | Location::Body) {
                let within = within.join(&parameters.len().to_string());
                parameters.push(self.parameter3(parameter, &within));
            }
        }
        if !parameters.is_empty() {
            object.insert("parameters".to_owned(), parameters.into());
        }
        if let Some(body) = &operation.body {
            if body.name != "body" {
                object.insert(
                    "x-codegen-request-body-name".to_owned(),
                    body.name.as_str().into(),
                );
            }
            let value = self.body3(body, &place.join("requestBody"));
            object.insert("requestBody".to_owned(), value);
        }
        let within = place.join("responses");
        let responses: Map<_, _> = operation
            .responses
            .iter()
            .map(|(status, r)| (status.clone(), self.response3(r, &within.join(status))))
            .collect();
        object.insert("responses".to_owned(), responses.into());
        put_flag(&mut object, "deprecated", operation.deprecated);
        if !operation.servers.is_empty() {
            let servers: Value = operation.servers.iter().map(server).collect();
            object.insert("servers".to_owned(), servers);
        }
        if operation.own_security {
            object.insert("security".to_owned(), security(&operation.security));
        }
        put_extensions(&mut object, &operation.extensions);
        object.into()
    }

    fn parameter3(&mut self, parameter: &Parameter, place: &Place) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), parameter.name.as_str().into());
        let word = match parameter.location {
            Location::Path => "path",
            Location::Header => "header",
            Location::Cookie => "cookie",
            // Parts of the body do not come here.
            Location::Query | Location::Form | Location::Body => "query",
        };
        object.insert("in".to_owned(), word.into());
        put_text(&mut object, "description", parameter.description.as_ref());
        object.insert("required".to_owned(), parameter.required.into());
        put_flag(&mut object, "deprecated", parameter.deprecated);
        put_flag(&mut object, "allowEmptyValue", parameter.allow_empty_value);
        put_flag(&mut object, "allowReserved", parameter.allow_reserved);
        let schema = |writer: &mut Self, place: &Place| {
            writer.schema(&parameter.schema, &place.join("schema"))
        };
        if let Some(media_type) = &parameter.content {
            let within = place.join("content").join(media_type);
            let schema = schema(self, &within);
            let content = json!({ media_type: { "schema": schema } });
            object.insert("content".to_owned(), content);
        } else {
            if parameter.style == Style::TabDelimited {
                self.report(place, "a list joined by tabs became one joined by commas");
                object.insert("x-collection-format".to_owned(), "tsv".into());
            }
            let default = Style::default_of(parameter.location);
            let explode = match parameter.shape {
                // Of a single value both ways are the same.
                Shape::Scalar => parameter.style == Style::Form,
                _ => parameter.explode,
            };
            put_style(&mut object, parameter.style, explode, default);
            object.insert("schema".to_owned(), schema(self, place));
        }
        put_extensions(&mut object, &parameter.extensions);
        object.into()
    }

    fn body3(&mut self, body: &Body, place: &Place) -> Value {
        let mut object = Map::new();
        put_text(&mut object, "description", body.description.as_ref());
        let content = self.content3(body.content.iter(), place);
        object.insert("content".to_owned(), content);
        put_flag(&mut object, "required", body.required);
        put_extensions(&mut object, &body.extensions);
        object.into()
    }

    fn content3<'a>(
        &mut self,
        content: impl Iterator<Item = (&'a String, &'a Media)>,
        place: &Place,
    ) -> Value {
        let within = place.join("content");
        let mut all = Map::new();
        for (media_type, media) in content {
            let mut value = Map::new();
            if let Some(schema) = &media.schema {
                let schema = self.schema(schema, &within.join(media_type).join("schema"));
                value.insert("schema".to_owned(), schema);
            }
            if let Some(schema) = &media.item_schema {
                let place = within.join(media_type).join("x-itemSchema");
                self.report(
                    &place,
                    "the shape of a stream's items went to `x-itemSchema`",
                );
                value.insert("x-itemSchema".to_owned(), self.schema(schema, &place));
            }
            put(&mut value, "example", media.example.clone());
            let place = within.join(media_type).join("encoding");
            let encoding: Map<_, _> = media
                .encoding
                .iter()
                .map(|(field, e)| (field.clone(), self.encoding3(e, &place.join(field))))
                .collect();
            put(
                &mut value,
                "encoding",
                (!encoding.is_empty()).then_some(encoding),
            );
            put_extensions(&mut value, &media.extensions);
            all.insert(media_type.clone(), value.into());
        }
        all.into()
    }

    fn response3(&mut self, response: &Response, place: &Place) -> Value {
        let mut object = Map::new();
        object.insert(
            "description".to_owned(),
            response.description.as_str().into(),
        );
        let headers = self.headers3(&response.headers, place);
        put(&mut object, "headers", headers);
        if !response.content.is_empty() {
            let content = self.content3(response.content.iter(), place);
            object.insert("content".to_owned(), content);
        }
        put_extensions(&mut object, &response.extensions);
        object.into()
    }

    fn encoding3(&mut self, encoding: &Encoding, place: &Place) -> Value {
        let mut object = Map::new();
        put_text(&mut object, "contentType", encoding.content_type.as_ref());
        let headers = self.headers3(&encoding.headers, place);
        put(&mut object, "headers", headers);
        put_style(&mut object, encoding.style, encoding.explode, Style::Form);
        put_flag(&mut object, "allowReserved", encoding.allow_reserved);
        object.into()
    }

    fn headers3(&mut self, headers: &IndexMap<String, Header>, place: &Place) -> Option<Value> {
        let within = place.join("headers");
        let mut all = Map::new();
        for (name, header) in headers {
            let place = within.join(name);
            let mut value = Map::new();
            put_text(&mut value, "description", header.description.as_ref());
            put_flag(&mut value, "required", header.required);
            put_flag(&mut value, "deprecated", header.deprecated);
            put_flag(&mut value, "explode", header.explode);
            let schema = self.schema(&header.schema, &place.join("schema"));
            match &header.content {
                Some(media_type) => {
                    let content = json!({ media_type: { "schema": schema } });
                    value.insert("content".to_owned(), content);
                }
                None => {
                    value.insert("schema".to_owned(), schema);
                }
            }
            put_extensions(&mut value, &header.extensions);
            all.insert(name.clone(), value.into());
        }
        (!all.is_empty()).then(|| all.into())
    }
}

/// Style and explode, where they are not what their absence means.
fn put_style(object: &mut Map<String, Value>, style: Style, explode: bool, default: Style) {
    let written = if style == Style::TabDelimited {
        default
    } else {
        style
    };
    if written != default {
        object.insert("style".to_owned(), written.word().into());
    }
    if explode != (written == Style::Form) {
        object.insert("explode".to_owned(), explode.into());
    }
}
