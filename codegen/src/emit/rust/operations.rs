//! Operations as progenitor gets them.
//!
//! * Every answer of 400 and above has one type, `Failure<T>`; `T` is the document's error schema
//!   if there is one for all statuses, else any JSON. So `default`, undescribed statuses and
//!   answers of several shapes all keep their status, headers and body.
//! * There is one type of success. If the document has several, it is any JSON; if one of them
//!   has no body, the type is optional.
//! * A form is described as JSON; the runtime writes it as a form, since progenitor's own way
//!   knows no lists. A list in a path, or joined in a query, is a text that the caller joins.
//! * A cookie is described as a header; the runtime makes it a cookie.

use serde_json::{Value, json};

use super::docs;
use super::profile::{LoweredOperation, Profile, nullable};
use crate::model::{
    Body, CollectionFormat, Kind, Location, Operation, Parameter, Response, Schema, is_form,
    is_json,
};

/// Path below the crate to the module of generated types.
const TYPES: &str = "crate::generated::client::types";
/// Path below the crate to the type of refusals.
const FAILURE: &str = "crate::runtime::Failure";

impl<'m> Profile<'m> {
    /// An operation as progenitor gets it, or why there is no way.
    pub(super) fn operation(
        &mut self,
        operation: &'m Operation,
    ) -> Result<LoweredOperation, String> {
        check_path(operation)?;
        let mut parameters = Vec::new();
        let mut names = Vec::new();
        for parameter in &operation.parameters {
            if matches!(parameter.location, Location::Form | Location::Body) {
                continue;
            }
            let lowered = self.parameter(parameter)?;
            let name = crate::model::names::rust_function(&parameter.name);
            if name == "body" && operation.body.is_some() || names.contains(&name) {
                return Err(format!(
                    "the argument `{name}` would appear twice in the function `{}`; rename the \
                     parameter `{}`",
                    operation.rust, parameter.name
                ));
            }
            names.push(name);
            parameters.push(lowered);
        }
        let mut value = json!({
            "operationId": operation.rust,
            "parameters": parameters,
            "responses": self.responses(operation),
        });
        if let Some(body) = &operation.body {
            value["requestBody"] = self.body(operation, body)?;
        }
        for (key, text) in [
            ("summary", &operation.summary),
            ("description", &operation.description),
        ] {
            if let Some(text) = text {
                value[key] = docs::clean(text).into();
            }
        }
        Ok(LoweredOperation {
            path: operation.path.clone(),
            method: operation.method.key(),
            pointer: operation.pointer.clone(),
            value,
        })
    }

    fn parameter(&self, parameter: &Parameter) -> Result<Value, String> {
        let name = &parameter.name;
        if let Some(style) = parameter.unusual_style() {
            let style = style.word();
            return Err(format!(
                "the parameter `{name}` has the style `{style}`, for which there is no Rust \
                 function yet"
            ));
        }
        let (name, place) = match parameter.location {
            Location::Path => (name.clone(), "path"),
            Location::Query => (name.clone(), "query"),
            Location::Header => (name.clone(), "header"),
            Location::Cookie => (
                format!("x-cookie-parameter-{}", name.to_ascii_lowercase()),
                "header",
            ),
            Location::Form | Location::Body => return Err(format!("`{name}` is part of the body")),
        };
        // Progenitor makes a constant of it, which would panic at each call.
        if place == "header" && !is_token(&name) {
            return Err(format!("`{}` is no name of a header", name.escape_debug()));
        }
        let mut description = parameter.description.clone().unwrap_or_default();
        let schema = self.argument(parameter, &mut description)?;
        let mut value = json!({
            "name": name,
            "in": place,
            "required": parameter.required,
            "schema": schema,
        });
        if !description.is_empty() {
            value["description"] = docs::clean(&description).into();
        }
        Ok(value)
    }

    /// The schema of an argument that becomes text.
    fn argument(&self, parameter: &Parameter, description: &mut String) -> Result<Value, String> {
        let schema = self
            .model
            .resolve(&parameter.schema)
            .unwrap_or(&parameter.schema);
        let scalar = |schema: &Schema| match schema.kind {
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Integer => json!({ "type": "integer", "format": "int64" }),
            Kind::Number => json!({ "type": "number", "format": "double" }),
            _ => json!({ "type": "string" }),
        };
        match &schema.kind {
            Kind::Array { items } => {
                let repeated = parameter.collection() == Some(CollectionFormat::Multi);
                if repeated && parameter.location == Location::Query {
                    let items = self.model.resolve(items).unwrap_or(items);
                    return Ok(json!({ "type": "array", "items": scalar(items) }));
                }
                let by = match parameter.collection() {
                    Some(CollectionFormat::Ssv) => "spaces",
                    Some(CollectionFormat::Tsv) => "tabs",
                    Some(CollectionFormat::Pipes) => "`|`",
                    _ => "commas",
                };
                if !description.is_empty() {
                    description.push('\n');
                }
                description.push_str(&format!("A list; its items joined by {by}."));
                Ok(json!({ "type": "string" }))
            }
            Kind::Object { .. } => Err(format!(
                "the parameter `{}` is an object outside of the body, for which there is no Rust \
                 function yet",
                parameter.name
            )),
            _ => Ok(scalar(schema)),
        }
    }

    fn body(&mut self, operation: &'m Operation, body: &'m Body) -> Result<Value, String> {
        let Some((media_type, media)) = body.preferred() else {
            return Err("the request body has no media type".to_owned());
        };
        let schema = media.schema.clone().unwrap_or_default();
        if is_form(media_type) || is_json(media_type) || media_type == "*/*" {
            let has_file = operation
                .parameters
                .iter()
                .any(|p| p.schema.kind == Kind::File);
            if has_file || media_type.starts_with("multipart/") {
                return Err(
                    "the request body is `multipart/form-data`, for which there is no Rust \
                     function yet; call it through the transport"
                        .to_owned(),
                );
            }
            let mut lowered = self.schema(&schema);
            if lowered.get("properties").is_some() {
                // Give it a name that says what it is for.
                let name = self.unused_type(&format!("{}-body", operation.rust));
                self.components.insert(name.clone(), lowered);
                lowered = json!({ "$ref": format!("#/components/schemas/{name}") });
            }
            if !body.required {
                lowered = nullable(lowered);
            }
            return Ok(content("application/json", lowered));
        }
        if media_type.starts_with("text/") {
            return Ok(content("text/plain", json!({ "type": "string" })));
        }
        Ok(content(
            "application/octet-stream",
            json!({ "type": "string", "format": "binary" }),
        ))
    }

    fn responses(&mut self, operation: &'m Operation) -> Value {
        let mut responses = serde_json::Map::new();
        let described = |response: &Response| {
            if response.description.is_empty() {
                ""
            } else {
                response.description.as_str()
            }
            .to_owned()
        };
        let (mut successes, mut failures): (Vec<_>, Vec<_>) = operation
            .responses
            .iter()
            .filter(|(status, _)| status.starts_with(['2', '4', '5']))
            .partition(|(status, _)| status.starts_with('2'));
        if let Some(default) = operation.responses.get_key_value("default") {
            if successes.is_empty() {
                successes.push(default);
            }
            failures.push(default);
        }
        let success = self.success(&successes);
        if successes.is_empty() {
            // Only redirects or refusals: whatever else comes is bytes.
            responses.insert("2XX".to_owned(), json!({ "description": "" }));
        }
        for (status, response) in successes {
            let mut value = json!({ "description": described(response) });
            if let Some(content) = &success {
                value["content"] = content.clone();
            }
            let status = if status == "default" {
                "2XX"
            } else {
                status.as_str()
            };
            responses.insert(status.to_uppercase(), value);
        }
        let failure = self.failure(&failures);
        for status in ["4XX", "5XX"] {
            let content = json!({ "application/json": { "schema": failure } });
            responses.insert(
                status.to_owned(),
                json!({ "description": "", "content": content }),
            );
        }
        Value::Object(responses)
    }

    /// `content` of all successes; `None` if they have no body.
    fn success(&self, successes: &[(&String, &Response)]) -> Option<Value> {
        let mut schemas: Vec<Schema> = Vec::new();
        let mut without_body = false;
        for (_, response) in successes {
            if response.content.is_empty() {
                without_body = true;
                continue;
            }
            let json = response.content.keys().any(|t| is_json(t) || t == "*/*");
            if !json {
                let media_type = response.content.keys().next().map_or("*/*", String::as_str);
                return Some(json!({ media_type: { "schema": { "type": "string" } } }));
            }
            let schema = response.schema().cloned().unwrap_or_default();
            if !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
        let mut schema = match schemas.as_slice() {
            [] => return None,
            [only] => self.schema(only),
            _ => json!({}),
        };
        if without_body {
            schema = nullable(schema);
        }
        Some(json!({ "application/json": { "schema": schema } }))
    }

    /// Reference to the type of all refusals.
    fn failure(&mut self, failures: &[(&String, &Response)]) -> Value {
        let mut names: Vec<Option<&str>> = failures
            .iter()
            .filter_map(|(_, response)| response.schema())
            .map(Schema::reference_name)
            .collect();
        names.dedup();
        let value = match names.as_slice() {
            [Some(name)] => self.struct_name(name),
            _ => None,
        };
        let (stem, value) = match value {
            Some(type_name) => (type_name.clone(), format!("{TYPES}::{type_name}")),
            None => ("Any".to_owned(), "::serde_json::Value".to_owned()),
        };
        let replacement = format!("{FAILURE}<{value}>");
        let known = self.replacements.iter().find(|(_, r)| **r == replacement);
        let name = if let Some((name, _)) = known {
            name.clone()
        } else {
            let name = self.unused_type(&format!("{stem}-failure"));
            self.components
                .insert(name.clone(), json!({ "type": "object" }));
            self.replacements.insert(name.clone(), replacement);
            name
        };
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }
}

/// True for what HTTP takes as a name (RFC 9110 section 5.6.2).
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn content(media_type: &str, schema: Value) -> Value {
    json!({ "required": true, "content": { media_type: { "schema": schema } } })
}

/// Each `{name}` of the path has a parameter and the other way round.
fn check_path(operation: &Operation) -> Result<(), String> {
    let path = &operation.path;
    let given: Vec<&str> = operation
        .parameters
        .iter()
        .filter(|p| p.location == Location::Path)
        .map(|p| p.name.as_str())
        .collect();
    let mut wanted = Vec::new();
    let mut rest = path.as_str();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the path `{path}` has a brace that does not close"));
        };
        wanted.push(name);
        rest = after;
    }
    if let Some(name) = wanted.iter().find(|name| !given.contains(name)) {
        return Err(format!(
            "`{{{name}}}` of the path `{path}` has no parameter"
        ));
    }
    if let Some(name) = given.iter().find(|name| !wanted.contains(name)) {
        return Err(format!(
            "the path parameter `{name}` does not appear in the path `{path}`"
        ));
    }
    Ok(())
}
