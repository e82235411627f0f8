//! Security schemes of all versions.

use indexmap::IndexMap;
use serde_json::Value;

use super::ReadError;
use super::common::extensions;
use super::document::Node;
use crate::model::{ApiKeyLocation, Extensions, Flow, FlowKind, SchemeKind, SecurityScheme};

/// A security scheme of Swagger 2.0.
pub(super) fn scheme2(node: &Node<'_>) -> Result<SecurityScheme, ReadError> {
    let kind = node.require("type")?;
    let mut extensions = extensions(node);
    let kind = match kind.text()? {
        "basic" => SchemeKind::Basic,
        "apiKey" => api_key(node, &mut extensions)?,
        "oauth2" => {
            let mut all = vec![flow(node)?];
            // Further flows, which 2.0 has no place for.
            extensions.shift_remove("x-oauth2-flows");
            if let Some(further) = node.get("x-oauth2-flows") {
                all.extend(flows(&further)?);
            }
            SchemeKind::OAuth2 { flows: all }
        }
        other => {
            return Err(kind.error(format!(
                "`{other}` is no security type; there are basic, apiKey and oauth2"
            )));
        }
    };
    Ok(SecurityScheme {
        kind,
        description: node.nonempty("description")?,
        extensions,
    })
}

/// An API key, or what a converter wrote as one since 2.0 has no word for it.
fn api_key(node: &Node<'_>, extensions: &mut Extensions) -> Result<SchemeKind, ReadError> {
    let name = node.require("name")?.text()?.to_owned();
    let place = node.require("in")?;
    let location = match place.text()? {
        "header" => ApiKeyLocation::Header,
        "query" => ApiKeyLocation::Query,
        "cookie" => ApiKeyLocation::Cookie,
        other => {
            return Err(place.error(format!(
                "`{other}` is no place for an API key; there are header and query"
            )));
        }
    };
    if let Some(Value::String(scheme)) = extensions.shift_remove("x-http-scheme") {
        return Ok(match scheme.as_str() {
            "bearer" => SchemeKind::Bearer {
                format: match extensions.shift_remove("x-bearer-format") {
                    Some(Value::String(format)) => Some(format),
                    _ => None,
                },
            },
            _ => SchemeKind::Http { scheme },
        });
    }
    if let Some(Value::String(url)) = extensions.shift_remove("x-openid-connect-url") {
        return Ok(SchemeKind::OpenIdConnect { url });
    }
    Ok(SchemeKind::ApiKey { name, location })
}

fn flow(node: &Node<'_>) -> Result<Flow, ReadError> {
    let kind = node.require("flow")?;
    let kind = match kind.text()? {
        "accessCode" => FlowKind::AuthorizationCode,
        "application" => FlowKind::ClientCredentials,
        "password" => FlowKind::Password,
        "implicit" => FlowKind::Implicit,
        other => {
            return Err(kind.error(format!(
                "`{other}` is no OAuth 2.0 flow; there are implicit, password, application and \
                 accessCode"
            )));
        }
    };
    Ok(Flow {
        kind,
        authorization_url: node.nonempty("authorizationUrl")?,
        token_url: node.nonempty("tokenUrl")?,
        refresh_url: None,
        scopes: scopes(node)?,
        extensions: IndexMap::new(),
    })
}

/// A security scheme of OpenAPI 3.
pub(super) fn scheme3(node: &Node<'_>) -> Result<SecurityScheme, ReadError> {
    let kind = node.require("type")?;
    let kind = match kind.text()? {
        "http" => {
            let scheme = node.require("scheme")?.text()?.to_ascii_lowercase();
            match scheme.as_str() {
                "basic" => SchemeKind::Basic,
                "bearer" => SchemeKind::Bearer {
                    format: node.nonempty("bearerFormat")?,
                },
                _ => SchemeKind::Http { scheme },
            }
        }
        "apiKey" => {
            let place = node.require("in")?;
            SchemeKind::ApiKey {
                name: node.require("name")?.text()?.to_owned(),
                location: match place.text()? {
                    "header" => ApiKeyLocation::Header,
                    "query" => ApiKeyLocation::Query,
                    "cookie" => ApiKeyLocation::Cookie,
                    other => {
                        return Err(place.error(format!(
                            "`{other}` is no place for an API key; there are header, query and \
                             cookie"
                        )));
                    }
                },
            }
        }
        "oauth2" => {
            let flows_node = node.require("flows")?;
            let flows = flows(&flows_node)?;
            if flows.is_empty() {
                return Err(flows_node.error("an oauth2 scheme needs at least one flow"));
            }
            SchemeKind::OAuth2 { flows }
        }
        "openIdConnect" => SchemeKind::OpenIdConnect {
            url: node.require("openIdConnectUrl")?.text()?.to_owned(),
        },
        "mutualTLS" => SchemeKind::MutualTls,
        other => {
            return Err(kind.error(format!(
                "`{other}` is no security type; there are http, apiKey, oauth2, openIdConnect and \
                 mutualTLS"
            )));
        }
    };
    Ok(SecurityScheme {
        kind,
        description: node.nonempty("description")?,
        extensions: extensions(node),
    })
}

/// An object of OAuth flows.
fn flows(node: &Node<'_>) -> Result<Vec<Flow>, ReadError> {
    node.members()?
        .into_iter()
        .map(|(name, flow)| {
            let kind = match name {
                "authorizationCode" => FlowKind::AuthorizationCode,
                "clientCredentials" => FlowKind::ClientCredentials,
                "password" => FlowKind::Password,
                "implicit" => FlowKind::Implicit,
                other => {
                    return Err(flow.error(format!(
                        "`{other}` is no OAuth 2.0 flow; there are implicit, password, \
                         clientCredentials and authorizationCode"
                    )));
                }
            };
            Ok(Flow {
                kind,
                authorization_url: flow.nonempty("authorizationUrl")?,
                token_url: flow.nonempty("tokenUrl")?,
                refresh_url: flow.nonempty("refreshUrl")?,
                scopes: scopes(&flow)?,
                extensions: extensions(&flow),
            })
        })
        .collect()
}

/// The `scopes` of a flow.
fn scopes(node: &Node<'_>) -> Result<IndexMap<String, String>, ReadError> {
    let Some(scopes) = node.get("scopes") else {
        return Ok(IndexMap::new());
    };
    Ok(scopes
        .members()?
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.scalar().unwrap_or_default()))
        .collect())
}
