//! Paths, and what operations of all versions have in common.

use indexmap::IndexMap;

use super::ReadError;
use super::common::{extensions, external_docs};
use super::document::Node;
use crate::model::{Method, Operation, names};

/// An operation found under `paths`.
pub(super) struct Found<'d> {
    pub(super) path: String,
    pub(super) method: Method,
    /// The path item, references followed.
    pub(super) item: Node<'d>,
    pub(super) node: Node<'d>,
}

/// All operations in the document's order.
pub(super) fn paths<'d>(root: &Node<'d>) -> Result<Vec<Found<'d>>, ReadError> {
    let mut found = Vec::new();
    for (path, item) in root.map("paths")? {
        if path.starts_with("x-") {
            continue;
        }
        if !path.starts_with('/') {
            return Err(item.error(format!("the path `{path}` must start with `/`")));
        }
        let item = item.followed()?;
        for (key, node) in item.all_members()? {
            let Some(method) = Method::ALL.into_iter().find(|m| m.key() == key) else {
                continue;
            };
            node.object()?;
            found.push(Found {
                path: path.to_owned(),
                method,
                item: item.clone(),
                node,
            });
        }
    }
    Ok(found)
}

/// Everything of an operation that is not about bodies, answers and parameters.
pub(super) fn operation_head(found: &Found<'_>) -> Result<Operation, ReadError> {
    let node = &found.node;
    let given = node.nonempty("operationId")?;
    Ok(Operation {
        id_made: given.is_none(),
        id: given.unwrap_or_else(|| names::made_operation_id(found.method, &found.path)),
        pointer: node.pointer().to_owned(),
        rust: String::new(),
        method: found.method,
        path: found.path.clone(),
        tags: node.strings("tags")?,
        summary: node.nonempty("summary")?,
        description: node.nonempty("description")?,
        deprecated: node.flag("deprecated")?,
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
        external_docs: external_docs(node)?,
        extensions: extensions(node),
    })
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
            let name = parameter.require("name")?.text()?.to_owned();
            let place = parameter.require("in")?.text()?.to_owned();
            by_key.insert((name, place), parameter);
        }
    }
    Ok(by_key.into_values().collect())
}
