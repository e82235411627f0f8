//! Where a server is.

use indexmap::IndexMap;
use serde::Serialize;

use super::Extensions;

/// Where a server is, in the parts of Swagger 2.0: `<scheme>://<host><base_path>`.
///
/// Any part may be missing; a client fills them in from where it is told to go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Address {
    /// `http`, `https`, … in order of preference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
    /// Host name with an optional port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Path before all paths of operations, without a trailing slash; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base_path: String,
}

impl Address {
    /// The base URL that swagger-codegen's clients start with: the first scheme (`https` if the
    /// document has none), the host (`localhost` if none) and the base path.
    pub fn default_url(&self) -> String {
        let scheme = self.schemes.first().map_or("https", String::as_str);
        let host = self.host.as_deref().unwrap_or("localhost");
        format!("{scheme}://{host}{}", self.base_path)
    }
}

/// One server of an OpenAPI 3 document.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Server {
    /// URL, maybe relative, maybe with `{variables}`.
    pub url: String,
    /// Short name (OpenAPI 3.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Variables of the URL, in the document's order.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub variables: IndexMap<String, ServerVariable>,
    /// `x-` members.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// A variable in the URL of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ServerVariable {
    /// The value if a caller gives none.
    pub default: String,
    /// The allowed values, if they are listed.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub enumeration: Vec<String>,
    /// CommonMark text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Server {
    /// The URL with each variable replaced by its default.
    pub fn default_url(&self) -> String {
        let mut url = self.url.clone();
        for (name, variable) in &self.variables {
            url = url.replace(&format!("{{{name}}}"), &variable.default);
        }
        url
    }

    /// Scheme, host and path of [`default_url`](Self::default_url).
    pub fn address(&self) -> Address {
        let url = self.default_url();
        let Some((scheme, rest)) = url.split_once("://") else {
            return Address {
                base_path: url.trim_end_matches('/').to_owned(),
                ..Address::default()
            };
        };
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Address {
            schemes: vec![scheme.to_owned()],
            host: (!host.is_empty()).then(|| host.to_owned()),
            base_path: path.trim_end_matches('/').to_owned(),
        }
    }
}
