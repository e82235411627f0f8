//! Who may call: security schemes and what an operation asks for.

use indexmap::IndexMap;
use serde::Serialize;

use super::Extensions;

/// One way to satisfy an operation: all of these schemes together, each with its scopes.
///
/// An operation has a list of them, any one of which is enough. An empty requirement means that
/// the operation can be called without credentials.
pub type Requirement = IndexMap<String, Vec<String>>;

/// A way to show who is calling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SecurityScheme {
    /// What is sent.
    #[serde(flatten)]
    pub kind: SchemeKind,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// What a security scheme sends.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SchemeKind {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750) from somewhere else.
    Bearer {
        /// What the token looks like (`JWT`), for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        format: Option<String>,
    },
    /// A secret in a header, the query or a cookie.
    ApiKey {
        /// Name of the header, parameter or cookie.
        name: String,
        /// Where it goes.
        location: ApiKeyLocation,
    },
    /// OAuth 2.0: a bearer token got by one of these flows.
    #[serde(rename = "oauth2")]
    OAuth2 {
        /// The flows, in the document's order; at least one.
        flows: Vec<Flow>,
    },
    /// `OpenID` Connect discovery.
    #[serde(rename = "openid_connect")]
    OpenIdConnect {
        /// URL of the discovery document.
        url: String,
    },
    /// Any other scheme of the HTTP registry (`digest`, …), by its name.
    Http {
        /// Name of the scheme, in small letters.
        scheme: String,
    },
    /// A client certificate.
    MutualTls,
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyLocation {
    /// A header.
    Header,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookie,
}

/// One OAuth 2.0 flow.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flow {
    /// Which one.
    pub kind: FlowKind,
    /// Authorization endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<String>,
    /// Token endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_url: Option<String>,
    /// Endpoint for refreshing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_url: Option<String>,
    /// Scopes and what they allow.
    pub scopes: IndexMap<String, String>,
    /// `x-` members.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub extensions: Extensions,
}

/// The grants that OpenAPI knows, by their RFC 6749 names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowKind {
    /// `accessCode` in 2.0, `authorizationCode` in 3.x.
    AuthorizationCode,
    /// `application` in 2.0, `clientCredentials` in 3.x.
    ClientCredentials,
    /// `password`.
    Password,
    /// `implicit`.
    Implicit,
}
