//! Operations: what can be called, with what, and what comes back.

use indexmap::IndexMap;
use serde::Serialize;

use super::schema::is_false;
use super::{Body, Extensions, ExternalDocs, Parameter, Requirement, Response, Server};

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
    /// Servers of this operation, or of its path, if they are others than the document's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// What the server calls in turn: types only, no emitter makes functions of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<Incoming>,
    /// Link to further documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// A call that the server makes: a webhook, or a callback of an operation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incoming {
    /// Its name in the document.
    pub name: String,
    /// Where the call goes: for a callback a runtime expression (`{$request.body#/url}`), for a
    /// webhook nothing, since it is agreed on elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// What is sent, and the answers that are expected. Its `path` is empty.
    pub operation: Operation,
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
