//! Swagger 2.0.

use serde_json::{Map, Value, json};

use super::common::{
    external_docs, info, put, put_extensions, put_flag, put_list, put_text, security, tags,
};
use super::schema::limits;
use super::{Place, Version, Writer};
use crate::model::{
    CollectionFormat, Kind, Location, Method, Model, Operation, Parameter, Response, Schema,
    is_json,
};

/// The whole document.
pub(super) fn document(writer: &mut Writer, model: &Model) -> Value {
    let root = Place::root();
    let mut document = Map::new();
    document.insert("swagger".to_owned(), "2.0".into());
    document.insert("info".to_owned(), info(&model.info, Version::V2));
    put_text(&mut document, "host", model.address.host.as_ref());
    let base_path = &model.address.base_path;
    let base_path = if base_path.is_empty() { "/" } else { base_path };
    document.insert("basePath".to_owned(), base_path.into());
    put_list(&mut document, "schemes", &model.address.schemes);
    put_list(&mut document, "consumes", &model.consumes);
    put_list(&mut document, "produces", &model.produces);
    put(&mut document, "tags", tags(&model.tags));
    let mut paths = Map::new();
    let place = root.join("paths");
    for operation in &model.operations {
        let within = place.join(&operation.path);
        let item = paths
            .entry(operation.path.clone())
            .or_insert_with(|| json!({}));
        let key = match operation.method {
            Method::Trace => "x-trace",
            method => method.key(),
        };
        let within = within.join(key);
        if operation.method == Method::Trace {
            writer.report(
                &within,
                "Swagger 2.0 has no TRACE; other tools do not see this operation",
            );
        }
        let value = writer.operation2(model, operation, &within);
        if let Some(item) = item.as_object_mut() {
            item.insert(key.to_owned(), value);
        }
    }
    document.insert("paths".to_owned(), paths.into());
    let place = root.join("definitions");
    let definitions: Map<_, _> = model
        .schemas
        .iter()
        .map(|(name, entry)| {
            (
                name.clone(),
                writer.schema(&entry.schema, &place.join(name)),
            )
        })
        .collect();
    put(
        &mut document,
        "definitions",
        (!definitions.is_empty()).then_some(definitions),
    );
    let schemes = writer.security_schemes(model, &root.join("securityDefinitions"));
    put(&mut document, "securityDefinitions", schemes);
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
    if model.servers.len() > 1 {
        writer.report(&root, "further servers went to `x-servers`");
        document.insert("x-servers".to_owned(), json!(model.servers));
    }
    document.into()
}

impl Writer {
    fn operation2(&mut self, model: &Model, operation: &Operation, place: &Place) -> Value {
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
        if operation.consumes != model.consumes {
            object.insert("consumes".to_owned(), operation.consumes.clone().into());
        }
        if operation.produces != model.produces {
            object.insert("produces".to_owned(), operation.produces.clone().into());
        }
        put_list(&mut object, "schemes", &operation.schemes);
        if !operation.servers.is_empty() {
            self.report(place, "servers of its own went to `x-servers`");
            object.insert("x-servers".to_owned(), json!(operation.servers));
        }
        let mut parameters: Vec<Value> = Vec::new();
        let mut cookies: Vec<Value> = Vec::new();
        let within = place.join("parameters");
        for parameter in &operation.parameters {
            if parameter.location == Location::Cookie {
                self.report(
                    place,
                    format!(
                        "the cookie `{}` went to `x-cookie-parameters`",
                        parameter.name
                    ),
                );
                cookies.push(json!({ "name": parameter.name, "required": parameter.required }));
                continue;
            }
            let within = within.join(&parameters.len().to_string());
            parameters.push(self.parameter2(model, operation, parameter, &within));
        }
        if !parameters.is_empty() {
            object.insert("parameters".to_owned(), parameters.into());
        }
        if !cookies.is_empty() {
            object.insert("x-cookie-parameters".to_owned(), cookies.into());
        }
        self.responses2(model, operation, place, &mut object);
        put_flag(&mut object, "deprecated", operation.deprecated);
        if operation.own_security {
            object.insert("security".to_owned(), security(&operation.security));
        }
        put_extensions(&mut object, &operation.extensions);
        object.into()
    }

    fn responses2(
        &mut self,
        model: &Model,
        operation: &Operation,
        place: &Place,
        object: &mut Map<String, Value>,
    ) {
        let mut responses = Map::new();
        let mut ranges = Map::new();
        let within = place.join("responses");
        for (status, response) in &operation.responses {
            let value = self.response2(model, response, &within.join(status));
            if status == "default" || status.parse::<u16>().is_ok() {
                responses.insert(status.clone(), value);
            } else {
                self.report(
                    place,
                    format!("the answers `{status}` went to `x-responses`"),
                );
                ranges.insert(status.clone(), value);
            }
        }
        if responses.is_empty() {
            // 2.0 wants at least one.
            responses.insert("default".to_owned(), json!({ "description": "" }));
        }
        object.insert("responses".to_owned(), responses.into());
        put(
            object,
            "x-responses",
            (!ranges.is_empty()).then_some(ranges),
        );
    }

    fn parameter2(
        &mut self,
        model: &Model,
        operation: &Operation,
        parameter: &Parameter,
        place: &Place,
    ) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), parameter.name.as_str().into());
        let word = match parameter.location {
            Location::Path => "path",
            Location::Query => "query",
            // Cookies do not come here.
            Location::Header | Location::Cookie => "header",
            Location::Form => "formData",
            Location::Body => "body",
        };
        object.insert("in".to_owned(), word.into());
        put_text(&mut object, "description", parameter.description.as_ref());
        object.insert("required".to_owned(), parameter.required.into());
        if parameter.location == Location::Body {
            let schema = self.schema(&parameter.schema, &place.join("schema"));
            object.insert("schema".to_owned(), schema);
            let several = operation.body.as_ref().is_some_and(|body| {
                body.content
                    .values()
                    .any(|m| m.schema.as_ref() != Some(&parameter.schema))
            });
            if several {
                self.report(
                    place,
                    "the body has another shape in another media type; one is kept",
                );
            }
        } else {
            put_flag(&mut object, "allowEmptyValue", parameter.allow_empty_value);
            self.simple(
                model,
                &parameter.schema,
                parameter.collection(),
                place,
                &mut object,
            );
            if let Some(style) = parameter.unusual_style() {
                let word = style.word();
                self.report(place, format!("the style `{word}` went to `x-style`"));
                object.insert("x-style".to_owned(), word.into());
                put_flag(&mut object, "x-explode", parameter.explode);
            }
            if let Some(media_type) = &parameter.content {
                self.report(
                    place,
                    format!("that it is written as `{media_type}` went to `x-content-type`"),
                );
                object.insert("x-content-type".to_owned(), media_type.as_str().into());
            }
            if parameter.allow_reserved {
                self.report(place, "`allowReserved` went to `x-allow-reserved`");
                object.insert("x-allow-reserved".to_owned(), true.into());
            }
        }
        put_flag(&mut object, "x-deprecated", parameter.deprecated);
        put_extensions(&mut object, &parameter.extensions);
        object.into()
    }

    /// The part of a schema that may stand in a parameter, header or list of items: a plain type.
    fn simple(
        &mut self,
        model: &Model,
        schema: &Schema,
        collection: Option<CollectionFormat>,
        place: &Place,
        object: &mut Map<String, Value>,
    ) {
        let schema = model.resolve(schema).unwrap_or(schema);
        let word = match &schema.kind {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::File => "file",
            Kind::Array { .. } => "array",
            Kind::String => "string",
            _ => {
                self.report(
                    place,
                    "a value of any shape became a text outside of the body",
                );
                "string"
            }
        };
        object.insert("type".to_owned(), word.into());
        put_text(object, "format", schema.format.as_ref());
        if let Kind::Array { items } = &schema.kind {
            let mut inner = Map::new();
            self.simple(model, items, None, &place.join("items"), &mut inner);
            object.insert("items".to_owned(), inner.into());
            if let Some(format) = collection.filter(|f| *f != CollectionFormat::Csv) {
                object.insert("collectionFormat".to_owned(), format.word().into());
            }
        }
        put(object, "default", schema.default.clone());
        if !schema.enumeration.is_empty() {
            object.insert("enum".to_owned(), schema.enumeration.clone().into());
        }
        limits(&schema.limits, Version::V2, object);
    }

    fn response2(&mut self, model: &Model, response: &Response, place: &Place) -> Value {
        let mut object = Map::new();
        object.insert(
            "description".to_owned(),
            response.description.as_str().into(),
        );
        if let Some(schema) = response.schema() {
            let bytes = schema.kind == Kind::File
                || schema.format.as_deref() == Some("binary")
                    && !response.content.keys().any(|t| is_json(t));
            let value = if bytes {
                json!({ "type": "file" })
            } else {
                self.schema(schema, &place.join("schema"))
            };
            object.insert("schema".to_owned(), value);
            if response
                .content
                .values()
                .any(|m| m.schema.as_ref() != Some(schema))
            {
                self.report(
                    place,
                    "the answer has another shape in another media type; one is kept",
                );
            }
        }
        let mut headers = Map::new();
        for (name, header) in &response.headers {
            let mut value = Map::new();
            put_text(&mut value, "description", header.description.as_ref());
            let within = place.join("headers").join(name);
            self.simple(model, &header.schema, None, &within, &mut value);
            headers.insert(name.clone(), value.into());
        }
        put(
            &mut object,
            "headers",
            (!headers.is_empty()).then_some(headers),
        );
        let examples: Map<_, _> = response
            .content
            .iter()
            .filter_map(|(name, media)| Some((name.clone(), media.example.clone()?)))
            .collect();
        put(
            &mut object,
            "examples",
            (!examples.is_empty()).then_some(examples),
        );
        put_extensions(&mut object, &response.extensions);
        object.into()
    }
}
