//! OpenAPI 3.0 and 3.1.

use serde_json::{Map, Value, json};

use super::common::{
    external_docs, info, put, put_extensions, put_flag, put_list, put_text, security, tags,
};
use super::{Place, Version, Writer};
use crate::model::{
    Body, CollectionFormat, Location, Media, Model, Operation, Parameter, Response,
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
        let servers = model.servers.iter().map(|server| {
            let mut value = Map::new();
            value.insert("url".to_owned(), server.url.as_str().into());
            put_text(&mut value, "description", server.description.as_ref());
            put(
                &mut value,
                "variables",
                (!server.variables.is_empty()).then(|| json!(server.variables)),
            );
            Value::Object(value)
        });
        return Some(servers.collect());
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
        let query = matches!(parameter.location, Location::Query | Location::Cookie);
        let (style, explode) = match (parameter.collection, query) {
            (None | Some(CollectionFormat::Multi), _) | (Some(CollectionFormat::Csv), false) => {
                (None, None)
            }
            (Some(CollectionFormat::Csv), true) => (Some("form"), Some(false)),
            (Some(CollectionFormat::Ssv), _) => (Some("spaceDelimited"), Some(false)),
            (Some(CollectionFormat::Pipes), _) => (Some("pipeDelimited"), Some(false)),
            (Some(CollectionFormat::Tsv), _) => {
                self.report(place, "a list joined by tabs became one joined by commas");
                object.insert("x-collection-format".to_owned(), "tsv".into());
                (None, query.then_some(false))
            }
        };
        put(&mut object, "style", parameter.style.as_deref().or(style));
        put(&mut object, "explode", explode);
        let schema = self.schema(&parameter.schema, &place.join("schema"));
        object.insert("schema".to_owned(), schema);
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
            put(&mut value, "example", media.example.clone());
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
        let mut headers = Map::new();
        for (name, header) in &response.headers {
            let mut value = Map::new();
            put_text(&mut value, "description", header.description.as_ref());
            let within = place.join("headers").join(name).join("schema");
            value.insert("schema".to_owned(), self.schema(&header.schema, &within));
            headers.insert(name.clone(), value.into());
        }
        put(
            &mut object,
            "headers",
            (!headers.is_empty()).then_some(headers),
        );
        if !response.content.is_empty() {
            let content = self.content3(response.content.iter(), place);
            object.insert("content".to_owned(), content);
        }
        put_extensions(&mut object, &response.extensions);
        object.into()
    }
}
