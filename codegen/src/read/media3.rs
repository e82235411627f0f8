//! Bodies and answers of OpenAPI 3.

use indexmap::IndexMap;

use super::ReadError;
use super::common::extensions;
use super::document::Node;
use super::openapi3::{Reader, style};
use crate::model::{
    Body, Encoding, Header, Kind, Location, Media, Parameter, Property, Response, Schema, Shape,
    Style, is_form, is_json,
};

impl Reader<'_> {
    pub(super) fn body(&mut self, node: &Node<'_>, name: String) -> Result<Body, ReadError> {
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
            let media = self.media(&media.followed()?, media_type)?;
            content.insert(media_type.to_owned(), media);
        }
        Ok(content)
    }

    fn media(&mut self, node: &Node<'_>, media_type: &str) -> Result<Media, ReadError> {
        let mut media = Media {
            schema: self.optional(node, "schema")?,
            item_schema: self.optional(node, "itemSchema")?,
            encoding: IndexMap::new(),
            example: example(node)?,
            extensions: extensions(node),
        };
        if is_form(media_type)
            && let Some(schema) = &mut media.schema
        {
            mark_files(schema);
        }
        for (field, encoding) in node.map("encoding")? {
            let encoding = self.encoding(&encoding)?;
            media.encoding.insert(field.to_owned(), encoding);
        }
        Ok(media)
    }

    fn encoding(&mut self, node: &Node<'_>) -> Result<Encoding, ReadError> {
        let (style, explode) = style(node, Style::Form)?;
        Ok(Encoding {
            content_type: node.nonempty("contentType")?,
            headers: self.headers(node)?,
            style,
            explode,
            allow_reserved: node.flag("allowReserved")?,
        })
    }

    fn optional(&mut self, node: &Node<'_>, key: &str) -> Result<Option<Schema>, ReadError> {
        match node.get(key) {
            None => Ok(None),
            Some(schema) => self.schemas.read(&schema).map(Some),
        }
    }

    /// The body as parameters: the fields if it can only be sent as a form, else itself.
    pub(super) fn body_parameters(&self, body: &Body) -> Vec<Parameter> {
        let preferred = body.preferred();
        let form = preferred.filter(|(media_type, _)| is_form(media_type));
        let fields = form
            .and_then(|(_, media)| media.schema.as_ref())
            .map(|schema| self.fields(schema, 0))
            .unwrap_or_default();
        if fields.is_empty() {
            let schema = preferred.and_then(|(_, media)| media.schema.clone());
            return vec![Parameter {
                required: body.required,
                description: body.description.clone(),
                ..Parameter::new(&body.name, Location::Body, schema.unwrap_or_default())
            }];
        }
        let encodings = form.map(|(_, media)| &media.encoding);
        fields
            .into_iter()
            .map(|(name, property)| {
                let resolved = self.named.resolve(&property.schema);
                let shape = Shape::of(resolved.unwrap_or(&property.schema));
                let encoding = encodings.and_then(|all| all.get(&name));
                let encoding = encoding.cloned().unwrap_or_default();
                Parameter {
                    shape,
                    required: property.required,
                    description: property.schema.description.clone(),
                    style: encoding.style,
                    explode: encoding.explode,
                    allow_reserved: encoding.allow_reserved,
                    ..Parameter::new(name, Location::Form, property.schema)
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

    pub(super) fn response(&mut self, node: &Node<'_>) -> Result<Response, ReadError> {
        let mut content = self.content(node)?;
        for (media_type, media) in &mut content {
            if let Some(schema) = &mut media.schema
                && !is_json(media_type)
                && is_binary(schema)
            {
                schema.kind = Kind::File;
                schema.format = None;
            }
        }
        Ok(Response {
            description: node.string("description")?.unwrap_or_default(),
            content,
            headers: self.headers(node)?,
            extensions: extensions(node),
        })
    }

    fn headers(&mut self, node: &Node<'_>) -> Result<IndexMap<String, Header>, ReadError> {
        let mut headers = IndexMap::new();
        for (name, header) in node.map("headers")? {
            let header = header.followed()?;
            let content = header.map("content")?.into_iter().next();
            let holder = content.as_ref().map_or(&header, |(_, media)| media);
            let schema = self.optional(holder, "schema")?.unwrap_or_default();
            let header = Header {
                description: header.nonempty("description")?,
                required: header.flag("required")?,
                deprecated: header.flag("deprecated")?,
                explode: header.flag("explode")?,
                content: content.map(|(media_type, _)| media_type.to_owned()),
                schema,
                extensions: extensions(&header),
            };
            headers.insert(name.to_owned(), header);
        }
        Ok(headers)
    }
}

/// `example`, or the first of `examples`.
fn example(node: &Node<'_>) -> Result<Option<serde_json::Value>, ReadError> {
    if let Some(example) = node.get("example") {
        return Ok(Some(example.value().clone()));
    }
    let Ok(examples) = node.map("examples") else {
        return Ok(None);
    };
    let Some((_, first)) = examples.into_iter().next() else {
        return Ok(None);
    };
    let first = first.followed()?;
    Ok(first.get("value").map(|value| value.value().clone()))
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
        if is_binary(schema) {
            schema.kind = Kind::File;
            schema.format = None;
        }
    }
}

/// True for bytes as they are.
fn is_binary(schema: &Schema) -> bool {
    schema.kind == Kind::String && schema.format.as_deref() == Some("binary")
}
