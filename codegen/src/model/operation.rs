//! Operations: what can be called, with what, and what comes back.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use super::schema::is_false;
use super::{Extensions, ExternalDocs, Requirement, Schema};

/// One call of the API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Operation {
    /// `operationId`, or one made from path and method if the document has none.
    pub id: String,
    /// True if [`id`](Self::id) is not in the document.
    #[serde(skip_serializing_if = "is_false")]
    pub id_made: bool,
    /// JSON pointer to the operation in the document, for messages.
    pub pointer: String,
    /// Function name in Rust (`create_o_auth2_client`), unique in the model.
    pub rust: String,
    /// HTTP method.
    pub method: Method,
    /// Path template below the base path, starting with `/`: `/clients/{id}`.
    pub path: String,
    /// Tags as in the document; empty for none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// One line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// On its way out.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// What a caller gives, in the document's order: parameters of the path item, then the
    /// operation's own. The request body is among them, either as one [`Location::Body`] or, for
    /// a form, as one [`Location::Form`] per field.
    pub parameters: Vec<Parameter>,
    /// The request body as a whole, whichever way it is spelled in `parameters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Answers by status: `200`, `4XX`, `default`; in the document's order.
    pub responses: IndexMap<String, Response>,
    /// What the caller must show, in force (inherited or own): any one of these.
    /// Empty: nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Requirement>,
    /// True if `security` stands at the operation itself, even if empty.
    #[serde(skip_serializing_if = "is_false")]
    pub own_security: bool,
    /// Media types that can be sent, in force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consumes: Vec<String>,
    /// Media types that can come back, in force.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub produces: Vec<String>,
    /// Schemes of this operation, if the document lists its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// Link to further documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

impl Operation {
    /// The answer that a client's result type comes from: the lexicographically least among
    /// `2xx`, else `default`.
    pub fn success(&self) -> Option<(&str, &Response)> {
        self.responses
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .min_by(|a, b| a.0.cmp(b.0))
            .or_else(|| self.responses.get_key_value("default"))
            .map(|(status, response)| (status.as_str(), response))
    }
}

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`
    Get,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// `HEAD`
    Head,
    /// `PATCH`
    Patch,
    /// `TRACE` (OpenAPI 3)
    Trace,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 8] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Options,
        Self::Head,
        Self::Patch,
        Self::Trace,
    ];

    /// The key of a path item: `get`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Options => "options",
            Self::Head => "head",
            Self::Patch => "patch",
            Self::Trace => "trace",
        }
    }

    /// The word on the wire: `GET`.
    pub fn wire(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }
}

/// Something a caller gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Name in the document and on the wire (of the body: its name only).
    pub name: String,
    /// Argument name in swagger-codegen's Python client, unique within the operation.
    pub python: String,
    /// Where it goes.
    pub location: Location,
    /// True if it must be given.
    pub required: bool,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// On its way out.
    #[serde(skip_serializing_if = "is_false")]
    pub deprecated: bool,
    /// How a list is written. `None` unless the schema is an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection: Option<CollectionFormat>,
    /// How an object is written, if the document chose another style than the default of its
    /// place: `deepObject`, `label`, `matrix`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// An empty value may be sent.
    #[serde(skip_serializing_if = "is_false")]
    pub allow_empty_value: bool,
    /// The shape of its value.
    pub schema: Schema,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// A piece of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie (OpenAPI 3).
    Cookie,
    /// A field of a form.
    Form,
    /// The request body.
    Body,
}

/// How a list becomes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectionFormat {
    /// Joined by `,`.
    Csv,
    /// Joined by a space.
    Ssv,
    /// Joined by a tab.
    Tsv,
    /// Joined by `|`.
    Pipes,
    /// The name is repeated.
    Multi,
}

impl CollectionFormat {
    /// The word of Swagger 2.0.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ssv => "ssv",
            Self::Tsv => "tsv",
            Self::Pipes => "pipes",
            Self::Multi => "multi",
        }
    }
}

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
    /// A value to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
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
    /// The shape of the answer: that of JSON if there is one, else of the first media type.
    pub fn schema(&self) -> Option<&Schema> {
        preferred(&self.content).and_then(|(_, media)| media.schema.as_ref())
    }
}

/// A header of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Header {
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The shape of its value.
    pub schema: Schema,
}

/// Operations under one tag: one API class in swagger-codegen's clients.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The tag; `default` for operations without one.
    pub tag: String,
    /// Class name (`OAuth2Api`).
    pub python_class: String,
    /// Module name (`o_auth2_api`).
    pub python_module: String,
    /// Its operations, in the document's order.
    pub members: Vec<GroupMember>,
}

/// An operation in a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupMember {
    /// Index into [`Model::operations`](super::Model::operations).
    pub operation: usize,
    /// Method name in Python, unique within the group.
    pub python: String,
}

/// True for `application/json` and everything that is JSON inside (`application/hal+json`).
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json") || essence == "text/json"
}

/// True for the media types of HTML forms.
pub fn is_form(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        || essence.eq_ignore_ascii_case("multipart/form-data")
}

fn preferred(content: &IndexMap<String, Media>) -> Option<(&str, &Media)> {
    content
        .iter()
        .find(|(name, _)| is_json(name))
        .or_else(|| content.iter().find(|(name, _)| name.as_str() == "*/*"))
        .or_else(|| content.first())
        .map(|(name, media)| (name.as_str(), media))
}
