//! Security schemes, in the words of each version.

use serde_json::{Map, Value, json};

use super::common::{put_extensions, put_text};
use super::{Place, Version, Writer};
use crate::model::{ApiKeyLocation, Flow, FlowKind, Model, SchemeKind};

impl Writer {
    /// All security schemes; `None` if there are none.
    pub(super) fn security_schemes(&mut self, model: &Model, place: &Place) -> Option<Value> {
        let mut all = Map::new();
        for (name, scheme) in &model.security_schemes {
            let place = place.join(name);
            let mut object = match self.version {
                Version::V2 => self.scheme2(&scheme.kind, &place),
                Version::V30 | Version::V31 => self.scheme3(&scheme.kind, &place),
            };
            put_text(&mut object, "description", scheme.description.as_ref());
            put_extensions(&mut object, &scheme.extensions);
            all.insert(name.clone(), object.into());
        }
        (!all.is_empty()).then(|| all.into())
    }

    fn scheme2(&mut self, kind: &SchemeKind, place: &Place) -> Map<String, Value> {
        let (value, lost) = match kind {
            SchemeKind::Basic => (json!({ "type": "basic" }), None),
            SchemeKind::ApiKey {
                name,
                location: ApiKeyLocation::Header,
            } => (
                json!({ "type": "apiKey", "in": "header", "name": name }),
                None,
            ),
            SchemeKind::ApiKey {
                name,
                location: ApiKeyLocation::Query,
            } => (
                json!({ "type": "apiKey", "in": "query", "name": name }),
                None,
            ),
            SchemeKind::ApiKey {
                name,
                location: ApiKeyLocation::Cookie,
            } => (
                header_key(json!({ "x-cookie": name }), "Cookie"),
                Some("a key in a cookie became one in the header `Cookie`"),
            ),
            SchemeKind::Bearer { format } => {
                let mut value = header_key(json!({ "x-http-scheme": "bearer" }), "Authorization");
                if let Some(format) = format {
                    value["x-bearer-format"] = format.as_str().into();
                }
                (
                    value,
                    Some("a bearer token became an API key in the header `Authorization`"),
                )
            }
            SchemeKind::Http { scheme } => (
                header_key(json!({ "x-http-scheme": scheme }), "Authorization"),
                Some("an HTTP scheme became an API key in the header `Authorization`"),
            ),
            SchemeKind::OpenIdConnect { url } => (
                header_key(json!({ "x-openid-connect-url": url }), "Authorization"),
                Some("OpenID Connect became an API key in the header `Authorization`"),
            ),
            SchemeKind::MutualTls => (
                header_key(json!({ "x-mutual-tls": true }), "X-Client-Certificate"),
                Some("a client certificate became an API key, which it is not"),
            ),
            SchemeKind::OAuth2 { flows } => (self.flows2(flows, place), None),
        };
        if let Some(lost) = lost {
            self.report(place, lost);
        }
        match value {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }

    /// One flow fits; the one by which a person logs in counts most. The others travel beside.
    fn flows2(&mut self, flows: &[Flow], place: &Place) -> Value {
        let order = [
            FlowKind::AuthorizationCode,
            FlowKind::Implicit,
            FlowKind::Password,
            FlowKind::ClientCredentials,
        ];
        let Some(main) = order
            .iter()
            .find_map(|kind| flows.iter().position(|f| f.kind == *kind))
        else {
            return json!({});
        };
        let mut value = json!({ "type": "oauth2" });
        if let Some(flow) = flows.get(main) {
            value["flow"] = match flow.kind {
                FlowKind::AuthorizationCode => "accessCode",
                FlowKind::ClientCredentials => "application",
                FlowKind::Password => "password",
                FlowKind::Implicit => "implicit",
            }
            .into();
            let has_page = matches!(flow.kind, FlowKind::AuthorizationCode | FlowKind::Implicit);
            if has_page {
                let url = flow.authorization_url.as_deref().unwrap_or_default();
                value["authorizationUrl"] = url.into();
            }
            if flow.kind != FlowKind::Implicit {
                value["tokenUrl"] = flow.token_url.as_deref().unwrap_or_default().into();
            }
            value["scopes"] = json!(flow.scopes);
        }
        let others: Vec<&Flow> = flows
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != main)
            .map(|(_, f)| f)
            .collect();
        if !others.is_empty() {
            self.report(place, "further OAuth flows went to `x-oauth2-flows`");
            value["x-oauth2-flows"] = flows3(&others);
        }
        value
    }

    fn scheme3(&mut self, kind: &SchemeKind, place: &Place) -> Map<String, Value> {
        let value = match kind {
            SchemeKind::Basic => json!({ "type": "http", "scheme": "basic" }),
            SchemeKind::Bearer { format: None } => json!({ "type": "http", "scheme": "bearer" }),
            SchemeKind::Bearer {
                format: Some(format),
            } => {
                json!({ "type": "http", "scheme": "bearer", "bearerFormat": format })
            }
            SchemeKind::Http { scheme } => json!({ "type": "http", "scheme": scheme }),
            SchemeKind::ApiKey { name, location } => {
                let place = match location {
                    ApiKeyLocation::Header => "header",
                    ApiKeyLocation::Query => "query",
                    ApiKeyLocation::Cookie => "cookie",
                };
                json!({ "type": "apiKey", "in": place, "name": name })
            }
            SchemeKind::OAuth2 { flows } => {
                let flows: Vec<&Flow> = flows.iter().collect();
                json!({ "type": "oauth2", "flows": flows3(&flows) })
            }
            SchemeKind::OpenIdConnect { url } => {
                json!({ "type": "openIdConnect", "openIdConnectUrl": url })
            }
            SchemeKind::MutualTls if self.version == Version::V31 => json!({ "type": "mutualTLS" }),
            SchemeKind::MutualTls => {
                self.report(
                    place,
                    "a client certificate became an HTTP scheme of its own",
                );
                json!({ "type": "http", "scheme": "mutual", "x-mutual-tls": true })
            }
        };
        match value {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }
}

fn header_key(mut value: Value, name: &str) -> Value {
    value["type"] = "apiKey".into();
    value["in"] = "header".into();
    value["name"] = name.into();
    value
}

fn flows3(flows: &[&Flow]) -> Value {
    let mut all = Map::new();
    for flow in flows {
        let key = match flow.kind {
            FlowKind::AuthorizationCode => "authorizationCode",
            FlowKind::ClientCredentials => "clientCredentials",
            FlowKind::Password => "password",
            FlowKind::Implicit => "implicit",
        };
        let mut value = Map::new();
        put_text(
            &mut value,
            "authorizationUrl",
            flow.authorization_url.as_ref(),
        );
        put_text(&mut value, "tokenUrl", flow.token_url.as_ref());
        put_text(&mut value, "refreshUrl", flow.refresh_url.as_ref());
        value.insert("scopes".to_owned(), json!(flow.scopes));
        put_extensions(&mut value, &flow.extensions);
        all.insert(key.to_owned(), value.into());
    }
    all.into()
}
