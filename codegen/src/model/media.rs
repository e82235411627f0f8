//! Bodies and answers: what goes over the wire beside the address.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::schema::is_false;
use super::{Extensions, Schema, Style};

/// A request body.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Body {
    /// Name of the argument: the parameter's in Swagger 2.0; `x-codegen-request-body-name`, else
    /// `body`, in OpenAPI 3.
    pub name: String,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// True if it must be given.
    pub required: bool,
    /// Media type → what it carries. A form's schema is an object with a property per field.
    pub content: IndexMap<String, Media>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

impl Body {
    /// The media type a client sends: JSON if it can be sent, else the first.
    pub fn preferred(&self) -> Option<(&str, &Media)> {
        preferred(&self.content)
    }
}

/// What one media type carries.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Media {
    /// The shape; `None` if the document says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
    /// Shape of each item of a stream of them (OpenAPI 3.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_schema: Option<Schema>,
    /// Field of a form → how it is written, where the document says so.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub encoding: IndexMap<String, Encoding>,
    /// A value to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// How a field of a form is written.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Encoding {
    /// Media type of the field, or several joined by commas. `None`: by its shape, that is
    /// `text/plain`, `application/json` for objects, `application/octet-stream` for bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Headers of the field's part of a multipart body.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, Header>,
    /// How a list or an object becomes text; in force.
    pub style: Style,
    /// True if each item or member is written by itself; in force.
    #[serde(skip_serializing_if = "is_false")]
    pub explode: bool,
    /// True if the reserved characters of RFC 3986 section 2.2 are sent as they are.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_reserved: bool,
}

impl Default for Encoding {
    fn default() -> Self {
        Self {
            content_type: None,
            headers: IndexMap::new(),
            style: Style::Form,
            explode: true,
            allow_reserved: false,
        }
    }
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Response {
    /// CommonMark text; may be empty.
    pub description: String,
    /// Media type → what it carries. Empty: no body.
    pub content: IndexMap<String, Media>,
    /// Headers of note.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub headers: IndexMap<String, Header>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

impl Response {
    /// The media type that a client asks for: JSON if there is one, else the first.
    pub fn preferred(&self) -> Option<(&str, &Media)> {
        preferred(&self.content)
    }

    /// The shape of the answer: that of JSON if there is one, else of the first media type.
    pub fn schema(&self) -> Option<&Schema> {
        preferred(&self.content).and_then(|(_, media)| media.schema.as_ref())
    }
}

/// A header of an answer, or of a part of a multipart body.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Header {
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// True if it is always there.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// On its way out.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// True if an object is written `k=v,l=w` and not `k,v,l,w`.
    #[serde(skip_serializing_if = "is_false")]
    pub explode: bool,
    /// Media type in which the value is written, if the document gives it by `content`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// The shape of its value.
    pub schema: Schema,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// The part of a media type that names it, in small letters, without parameters.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// True for `application/json` and everything that is JSON inside (`application/hal+json`).
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence.ends_with("+json") || essence == "text/json"
}

/// True for the media types of HTML forms.
pub fn is_form(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/x-www-form-urlencoded" || essence == "multipart/form-data"
}

/// True for XML.
pub fn is_xml(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/xml" || essence == "text/xml" || essence.ends_with("+xml")
}

fn preferred(content: &IndexMap<String, Media>) -> Option<(&str, &Media)> {
    content
        .iter()
        .find(|(name, _)| is_json(name))
        .or_else(|| content.iter().find(|(name, _)| name.as_str() == "*/*"))
        .or_else(|| content.first())
        .map(|(name, media)| (name.as_str(), media))
}
