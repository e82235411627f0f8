//! The version-free picture of an API.
//!
//! A reader turns a Swagger 2.0 or OpenAPI 3.x document into a [`Model`]; from here on nobody
//! knows which of them it was. Three properties make it easy to write an emitter:
//!
//! * **Everything is resolved.** Shared parameters, responses and request bodies are in place in
//!   each operation; `security`, `consumes` and `produces` are the ones in force. The only
//!   references left point from a [`Schema`] to a name in [`Model::schemas`].
//! * **Every structured schema has a name.** Inline object schemas were hoisted into
//!   [`Model::schemas`] under the names that swagger-codegen 2.4.9 gives them (see [`inline`]).
//! * **Every target name is made.** Operations, parameters, properties, groups and schemas carry
//!   the spellings that the emitters write down (see [`names`]).
//!
//! Order is the document's everywhere, since callers see it (positional arguments, constructor
//! parameters). The model serializes: `hydra-codegen dump` prints it.

pub mod inline;
mod limits;
mod media;
pub mod names;
mod operation;
mod parameter;
mod schema;
mod security;
mod server;

pub use limits::Limits;
pub use media::{Body, Encoding, Header, Media, Response, is_form, is_json, is_xml};
pub use operation::{Group, GroupMember, Incoming, Method, Operation};
pub use parameter::{CollectionFormat, Location, Parameter, Shape, Style};
pub use schema::{Additional, Kind, NamedSchema, Property, Schema, Tuple};
pub use security::{ApiKeyLocation, Flow, FlowKind, Requirement, SchemeKind, SecurityScheme};
pub use server::{Address, Server, ServerVariable};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

/// `x-` members of a document's object, by name, in the document's order.
pub type Extensions = IndexMap<String, Value>;

/// One API.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Model {
    /// Title, version and the like.
    pub info: Info,
    /// Where the document says that the server is.
    pub address: Address,
    /// All servers of an OpenAPI 3 document, the first of which made [`address`](Self::address).
    /// Empty for a Swagger 2.0 document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Descriptions of tags. A tag may be used by an operation without being listed here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Operations in the document's order.
    pub operations: Vec<Operation>,
    /// Operations grouped by tag: one API class each, in the order in which the tags first appear.
    pub groups: Vec<Group>,
    /// Named schemas: those of the document first, in its order, then hoisted ones.
    pub schemas: IndexMap<String, NamedSchema>,
    /// Calls that the server makes to its users (OpenAPI 3.1): types only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub webhooks: Vec<Incoming>,
    /// Security schemes by name.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub security_schemes: IndexMap<String, SecurityScheme>,
    /// The document's own default for `security`, already applied to the operations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Requirement>,
    /// The document's own default for `consumes`, already applied to the operations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consumes: Vec<String>,
    /// The document's own default for `produces`, already applied to the operations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub produces: Vec<String>,
    /// Link to further documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// `x-` members at the top of the document.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
    /// What the document says and this model does not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

impl Model {
    /// The operation with this `operationId` (the document's spelling).
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|o| o.id == id)
    }

    /// Follows references, one after the other, until a schema that is none.
    ///
    /// Gives `None` for a name that does not exist and for a chain of references that never ends
    /// in a schema; a reader lets neither into a model.
    pub fn resolve<'a>(&'a self, schema: &'a Schema) -> Option<&'a Schema> {
        let mut here = schema;
        for _ in 0..=self.schemas.len() {
            match &here.kind {
                Kind::Ref { name } => here = &self.schemas.get(name)?.schema,
                _ => return Some(here),
            }
        }
        None
    }
}

/// Something worth telling about a place in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// How bad it is.
    pub severity: Severity,
    /// JSON pointer (RFC 6901) into the document. For a place in another file, the file's name
    /// and `#` stand before it.
    pub pointer: String,
    /// What is to be told.
    pub message: String,
}

/// How bad it is that something is not in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// No caller will miss it: a bound that only the server checks, a word about other tools.
    Remark,
    /// The document is wrong here, or says what this program cannot do. What it was taken for
    /// stands in the message.
    Warning,
}

/// A place as messages show it: `#/paths/~1pets`, or `other.yaml#/Pet`.
pub fn shown(pointer: &str) -> String {
    if pointer.is_empty() || pointer.starts_with('/') {
        format!("#{pointer}")
    } else {
        pointer.to_owned()
    }
}

/// What the document says about itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Info {
    /// Name of the API.
    pub title: String,
    /// Version of the API (not of the document format).
    pub version: String,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// URL of the terms of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terms_of_service: Option<String>,
    /// Whom to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// Licence of the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<License>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// Whom to ask about an API.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Contact {
    /// Name of a person or organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// URL of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Licence of an API.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct License {
    /// Name of the licence.
    pub name: String,
    /// URL of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// SPDX expression (OpenAPI 3.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
}

/// Description of a tag.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tag {
    /// The tag.
    pub name: String,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Link to further documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_docs: Option<ExternalDocs>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// A link to documentation.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ExternalDocs {
    /// Where it is.
    pub url: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
