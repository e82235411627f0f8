//! Bodies and answers of OpenAPI 3.

use indexmap::IndexMap;

use super::ReadError;
use super::common::extensions;
use super::node::Node;
use super::openapi3::{Reader, style};
use crate::model::{
    Body, Encoding, Header, Kind, Media, Property, Response, Schema, Style, is_form, is_json,
};

impl Reader<'_> {
    pub(super) fn body(&mut self, node: &Node<'_>, name: String) -> Result<Body, ReadError> {
        Ok(Body {
            name,
            description: node.nonempty("description"),
            required: node.flag("required"),
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
        let (style, explode) = style(node, Style::Form);
        Ok(Encoding {
            content_type: node.nonempty("contentType"),
            headers: self.headers(node)?,
            style,
            explode,
            allow_reserved: node.flag("allowReserved"),
        })
    }

    fn optional(&mut self, node: &Node<'_>, key: &str) -> Result<Option<Schema>, ReadError> {
        match node.get(key) {
            None => Ok(None),
            Some(schema) => self.schemas.read(&schema).map(Some),
        }
    }

    pub(super) fn response(&mut self, node: &Node<'_>) -> Result<Response, ReadError> {
        if let Some(text) = node.value().as_str() {
            return Ok(Response {
                description: text.to_owned(),
                ..Response::default()
            });
        }
        Ok(Response {
            description: node.string("description").unwrap_or_default(),
            content: self.answer(node)?,
            headers: self.headers(node)?,
            extensions: extensions(node),
        })
    }

    /// What an answer carries; some documents have Swagger 2.0's `schema` in place of `content`.
    fn answer(&mut self, node: &Node<'_>) -> Result<IndexMap<String, Media>, ReadError> {
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
        if content.is_empty()
            && let Some(schema) = self.optional(node, "schema")?
        {
            node.warn("`schema` stands here and not in `content`; it was taken for JSON");
            let media = Media {
                schema: Some(schema),
                ..Media::default()
            };
            content.insert("application/json".to_owned(), media);
        }
        Ok(content)
    }

    fn headers(&mut self, node: &Node<'_>) -> Result<IndexMap<String, Header>, ReadError> {
        let mut headers = IndexMap::new();
        for (name, header) in node.map("headers")? {
            let header = header.followed()?;
            let content = header.map("content")?.into_iter().next();
            let holder = content.as_ref().map_or(&header, |(_, media)| media);
            let schema = self.optional(holder, "schema")?.unwrap_or_default();
            let header = Header {
                description: header.nonempty("description"),
                required: header.flag("required"),
                deprecated: header.flag("deprecated"),
                explode: header.flag("explode"),
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

/// Puts a body, or a field of a form, of Swagger 2.0 into a body of OpenAPI 3.
pub(super) fn put(body: &mut Body, name: String, whole: bool, schema: Schema) {
    if whole {
        let media = Media {
            schema: Some(schema),
            ..Media::default()
        };
        body.content.insert("application/json".to_owned(), media);
        return;
    }
    let form = body
        .content
        .entry("multipart/form-data".to_owned())
        .or_default();
    let holder = form
        .schema
        .get_or_insert_with(|| Schema::of(Kind::free_object(crate::model::Additional::Unstated)));
    if let Kind::Object { properties, .. } = &mut holder.kind {
        properties.insert(
            name,
            Property {
                python: String::new(),
                required: false,
                schema,
            },
        );
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
