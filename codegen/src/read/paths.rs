//! Paths, and what operations of all versions have in common.

use indexmap::IndexMap;
use serde_json::Value;

use super::ReadError;
use super::common::{extensions, external_docs};
use super::node::Node;
use crate::model::{Method, Operation, names};

/// An operation found under a path, or under something like one.
pub(super) struct Found<'d> {
    pub(super) path: String,
    pub(super) method: Method,
    /// The path item, references followed.
    pub(super) item: Node<'d>,
    pub(super) node: Node<'d>,
}

/// Members of a path item that are no operations.
const BESIDE: &[&str] = &["$ref", "summary", "description", "servers", "parameters"];

/// All operations in the document's order.
pub(super) fn paths<'d>(root: &Node<'d>) -> Result<Vec<Found<'d>>, ReadError> {
    let mut found = Vec::new();
    for (path, item) in root.map("paths")? {
        if path.starts_with("x-") || item.value().is_null() {
            continue;
        }
        let path = if path.starts_with('/') {
            path.to_owned()
        } else {
            item.warn(format!(
                "the path `{path}` must start with `/`; it was taken for `/{path}`"
            ));
            format!("/{path}")
        };
        operations(&path, &item, &mut found)?;
    }
    Ok(found)
}

/// The operations of a path item: those where its reference leads, then those beside it.
pub(super) fn operations<'d>(
    path: &str,
    item: &Node<'d>,
    found: &mut Vec<Found<'d>>,
) -> Result<(), ReadError> {
    let target = item.followed()?;
    let beside = item.has("$ref").then(|| item.clone());
    let first = found.len();
    for item in std::iter::once(target).chain(beside) {
        for (key, node) in item.members()? {
            if BESIDE.contains(&key) {
                continue;
            }
            let small = key.to_ascii_lowercase();
            let Some(method) = Method::ALL.into_iter().find(|m| m.key() == small) else {
                no_method(key, &node);
                continue;
            };
            if node.value().is_null() {
                node.warn("there is nothing here; it is no operation");
                continue;
            }
            node.object()?;
            if small != key {
                node.warn(format!("`{key}` must be `{small}`"));
            }
            // What stands beside a reference is nearer.
            let same = found.iter().skip(first).position(|f| f.method == method);
            let operation = Found {
                path: path.to_owned(),
                method,
                item: item.clone(),
                node,
            };
            match same.and_then(|i| found.get_mut(first + i)) {
                Some(slot) => *slot = operation,
                None => found.push(operation),
            }
        }
    }
    Ok(())
}

fn no_method(key: &str, node: &Node<'_>) {
    match key {
        "query" | "additionalOperations" => node.warn(format!(
            "`{key}` is new in OpenAPI 3.2; there is no function for it"
        )),
        _ if node.value().is_object() => node.warn(format!(
            "`{key}` is no method of HTTP that OpenAPI knows; there is no function for it"
        )),
        _ => node.warn(format!("`{key}` means nothing here")),
    }
}

/// Everything of an operation that is not about bodies, answers and parameters.
pub(super) fn operation_head(found: &Found<'_>) -> Operation {
    let node = &found.node;
    let given = node.nonempty("operationId");
    Operation {
        id_made: given.is_none(),
        id: given.unwrap_or_else(|| names::made_operation_id(found.method, &found.path)),
        pointer: node.pointer(),
        rust: String::new(),
        method: found.method,
        path: found.path.clone(),
        tags: node.strings("tags"),
        summary: node.nonempty("summary"),
        description: node.nonempty("description"),
        deprecated: node.flag("deprecated"),
        parameters: Vec::new(),
        body: None,
        responses: IndexMap::new(),
        security: Vec::new(),
        own_security: false,
        consumes: Vec::new(),
        produces: Vec::new(),
        schemes: Vec::new(),
        servers: Vec::new(),
        callbacks: Vec::new(),
        external_docs: external_docs(node),
        extensions: extensions(node),
    }
}

/// Parameters of the path item, then the operation's own; one of the same name and place takes
/// the other's.
pub(super) fn merged<'d>(
    item: &Node<'d>,
    operation: &Node<'d>,
) -> Result<Vec<Node<'d>>, ReadError> {
    let mut by_key: IndexMap<(String, String), Node<'d>> = IndexMap::new();
    for owner in [item, operation] {
        for parameter in owner.list("parameters")? {
            let parameter = parameter.followed()?;
            parameter.object()?;
            let place = parameter.string("in").unwrap_or_default();
            let name = match parameter.nonempty("name") {
                Some(name) => name,
                // There is only one body, whatever it is called.
                None if place == "body" => "body".to_owned(),
                None => {
                    parameter.warn("`name` is missing; the parameter is ignored");
                    continue;
                }
            };
            by_key.insert((name, place), parameter);
        }
    }
    Ok(by_key.into_values().collect())
}

/// The answers of an operation by status, in the spelling of the model.
pub(super) fn responses<'d>(node: &Node<'d>) -> Result<Vec<(String, Node<'d>)>, ReadError> {
    let Some(responses) = node.get("responses") else {
        node.warn("`responses` is missing; any answer is taken as it is");
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (status, response) in responses.members()? {
        let Some(known) = status_of(status) else {
            response.warn(format!(
                "`{status}` is no status; there are 200, 4XX, default and the like. It is ignored"
            ));
            continue;
        };
        if known != status {
            response.warn(format!("`{status}` was taken for `{known}`"));
        }
        let response = match response.value() {
            // A bare text can only be the description, and `null` says nothing.
            Value::String(_) | Value::Null => response,
            _ => response.followed()?,
        };
        all.push((known, response));
    }
    Ok(all)
}

/// `200`, `4XX` or `default`, out of what documents write for it.
fn status_of(text: &str) -> Option<String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("default") {
        return Some("default".to_owned());
    }
    let start: String = text
        .chars()
        .take(3)
        .collect::<String>()
        .to_ascii_uppercase();
    let rest = text.get(3..)?;
    let stands_alone = !rest.starts_with(|c: char| c.is_alphanumeric());
    let mut chars = start.chars();
    let class = chars.next().filter(|c| ('1'..='5').contains(c));
    let fits = class.is_some() && {
        let rest: String = chars.collect();
        rest == "XX" || (rest.len() == 2 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    (fits && stands_alone).then_some(start)
}
