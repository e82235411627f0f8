//! Security schemes of all versions.
//!
//! A scheme that cannot be understood stays one of its name, so that operations which ask for it
//! still do; how to satisfy it is then up to the caller.

use indexmap::IndexMap;
use serde_json::Value;

use super::ReadError;
use super::common::extensions;
use super::node::Node;
use crate::model::{ApiKeyLocation, Extensions, Flow, FlowKind, SchemeKind, SecurityScheme};

/// A security scheme of Swagger 2.0.
pub(super) fn scheme2(node: &Node<'_>) -> Result<SecurityScheme, ReadError> {
    node.object()?;
    let mut extensions = extensions(node);
    let kind = match node.string("type").unwrap_or_default().as_str() {
        "basic" => SchemeKind::Basic,
        "apiKey" => written_as_key(node, &mut extensions),
        "oauth2" => {
            let mut all: Vec<Flow> = flow2(node)?.into_iter().collect();
            // Further flows, which 2.0 has no place for.
            extensions.shift_remove("x-oauth2-flows");
            if let Some(further) = node.get("x-oauth2-flows") {
                all.extend(flows(&further)?);
            }
            oauth2(node, all)
        }
        // OpenAPI 3's words in a 2.0 document.
        "http" => http(node),
        other => unknown(node, other, "basic, apiKey and oauth2"),
    };
    Ok(SecurityScheme {
        kind,
        description: node.nonempty("description"),
        extensions,
    })
}

/// A security scheme of OpenAPI 3.
pub(super) fn scheme3(node: &Node<'_>) -> Result<SecurityScheme, ReadError> {
    node.object()?;
    let kind = match node.string("type").unwrap_or_default().as_str() {
        "http" => http(node),
        "apiKey" => api_key(node),
        "oauth2" => {
            let flows = node
                .get("flows")
                .map_or_else(|| Ok(Vec::new()), |n| flows(&n))?;
            oauth2(node, flows)
        }
        "openIdConnect" => SchemeKind::OpenIdConnect {
            url: node.string("openIdConnectUrl").unwrap_or_default(),
        },
        "mutualTLS" => SchemeKind::MutualTls,
        // Swagger 2.0's words in a document of version 3.
        "basic" => SchemeKind::Basic,
        other => unknown(
            node,
            other,
            "http, apiKey, oauth2, openIdConnect and mutualTLS",
        ),
    };
    Ok(SecurityScheme {
        kind,
        description: node.nonempty("description"),
        extensions: extensions(node),
    })
}

fn unknown(node: &Node<'_>, word: &str, known: &str) -> SchemeKind {
    node.warn(format!(
        "`{word}` is no security type; there are {known}. No client knows what to send"
    ));
    SchemeKind::Http {
        scheme: word.to_ascii_lowercase(),
    }
}

fn http(node: &Node<'_>) -> SchemeKind {
    let scheme = node.string("scheme").unwrap_or_else(|| {
        node.warn("`scheme` is missing; it was taken for bearer");
        "bearer".to_owned()
    });
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "basic" => SchemeKind::Basic,
        "bearer" => SchemeKind::Bearer {
            format: node.nonempty("bearerFormat"),
        },
        _ => SchemeKind::Http { scheme },
    }
}

fn api_key(node: &Node<'_>) -> SchemeKind {
    let name = node.nonempty("name").unwrap_or_else(|| {
        node.warn("`name` is missing; it was taken for Authorization");
        "Authorization".to_owned()
    });
    let location = match node.string("in").as_deref() {
        Some("header") => ApiKeyLocation::Header,
        Some("query") => ApiKeyLocation::Query,
        Some("cookie") => ApiKeyLocation::Cookie,
        other => {
            node.warn(format!(
                "`{}` is no place for an API key; it was taken for a header",
                other.unwrap_or_default()
            ));
            ApiKeyLocation::Header
        }
    };
    SchemeKind::ApiKey { name, location }
}

/// An API key, or what a converter wrote as one since 2.0 has no word for it.
fn written_as_key(node: &Node<'_>, extensions: &mut Extensions) -> SchemeKind {
    let mut text = |key: &str| match extensions.shift_remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    if let Some(scheme) = text("x-http-scheme") {
        return match scheme.as_str() {
            "bearer" => SchemeKind::Bearer {
                format: text("x-bearer-format"),
            },
            _ => SchemeKind::Http { scheme },
        };
    }
    match text("x-openid-connect-url") {
        Some(url) => SchemeKind::OpenIdConnect { url },
        None => api_key(node),
    }
}

fn oauth2(node: &Node<'_>, flows: Vec<Flow>) -> SchemeKind {
    if flows.is_empty() {
        node.warn("there is no flow to get a token by; it was taken for a bearer token");
        return SchemeKind::Bearer { format: None };
    }
    SchemeKind::OAuth2 { flows }
}

fn flow2(node: &Node<'_>) -> Result<Option<Flow>, ReadError> {
    let kind = match node.string("flow").unwrap_or_default().as_str() {
        "accessCode" | "authorizationCode" => FlowKind::AuthorizationCode,
        "application" | "clientCredentials" => FlowKind::ClientCredentials,
        "password" => FlowKind::Password,
        "implicit" => FlowKind::Implicit,
        other => {
            node.warn(format!(
                "`{other}` is no OAuth 2.0 flow; there are implicit, password, application and \
                 accessCode"
            ));
            return Ok(None);
        }
    };
    Ok(Some(Flow {
        kind,
        authorization_url: node.nonempty("authorizationUrl"),
        token_url: node.nonempty("tokenUrl"),
        refresh_url: None,
        scopes: scopes(node)?,
        extensions: IndexMap::new(),
    }))
}

/// An object of OAuth flows.
fn flows(node: &Node<'_>) -> Result<Vec<Flow>, ReadError> {
    let mut all = Vec::new();
    for (name, flow) in node.members()? {
        let kind = match name {
            "authorizationCode" | "accessCode" => FlowKind::AuthorizationCode,
            "clientCredentials" | "application" => FlowKind::ClientCredentials,
            "password" => FlowKind::Password,
            "implicit" => FlowKind::Implicit,
            other => {
                flow.warn(format!(
                    "the flow `{other}` is not known; there are implicit, password, \
                     clientCredentials and authorizationCode"
                ));
                continue;
            }
        };
        all.push(Flow {
            kind,
            authorization_url: flow.nonempty("authorizationUrl"),
            token_url: flow.nonempty("tokenUrl"),
            refresh_url: flow.nonempty("refreshUrl"),
            scopes: scopes(&flow)?,
            extensions: extensions(&flow),
        });
    }
    Ok(all)
}

/// The `scopes` of a flow.
fn scopes(node: &Node<'_>) -> Result<IndexMap<String, String>, ReadError> {
    let Some(scopes) = node.get("scopes") else {
        return Ok(IndexMap::new());
    };
    if scopes.value().is_array() {
        let names = node.strings("scopes");
        return Ok(names
            .into_iter()
            .map(|name| (name, String::new()))
            .collect());
    }
    Ok(scopes
        .members()?
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.scalar().unwrap_or_default()))
        .collect())
}
