//! Parts that are the same in all versions.

use serde_json::Value;

use super::ReadError;
use super::node::Node;
use crate::model::{
    Contact, Extensions, ExternalDocs, Info, License, Requirement, Server, ServerVariable, Tag,
};

/// The `x-` members of an object.
pub(super) fn extensions(node: &Node<'_>) -> Extensions {
    node.value()
        .as_object()
        .map(|object| {
            object
                .iter()
                .filter(|(key, _)| key.starts_with("x-"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        })
        .unwrap_or_default()
}

pub(super) fn external_docs(node: &Node<'_>) -> Option<ExternalDocs> {
    let docs = node.get("externalDocs")?;
    Some(ExternalDocs {
        url: docs.string("url").unwrap_or_default(),
        description: docs.nonempty("description"),
    })
}

pub(super) fn info(root: &Node<'_>) -> Info {
    let Some(info) = root.get("info") else {
        root.warn("`info` is missing; the API has no name and no version");
        return Info::default();
    };
    let contact = info.get("contact").map(|contact| Contact {
        name: contact.nonempty("name"),
        url: contact.nonempty("url"),
        email: contact.nonempty("email"),
    });
    let license = info.get("license").map(|license| License {
        name: license.string("name").unwrap_or_default(),
        url: license.nonempty("url"),
        identifier: license
            .nonempty("identifier")
            .or_else(|| license.nonempty("x-identifier")),
    });
    Info {
        title: info.string("title").unwrap_or_default(),
        version: info.string("version").unwrap_or_default(),
        description: info.nonempty("description"),
        terms_of_service: info.nonempty("termsOfService"),
        contact,
        license,
        extensions: extensions(&info),
    }
}

pub(super) fn tags(root: &Node<'_>) -> Result<Vec<Tag>, ReadError> {
    let tags = root.list("tags")?;
    let tag = |tag: &Node<'_>| {
        // A bare text can only be the name.
        let name = match tag.value().as_str() {
            Some(name) => Some(name.to_owned()),
            None => tag.nonempty("name"),
        };
        let Some(name) = name else {
            tag.warn("`name` is missing; the tag is ignored");
            return None;
        };
        Some(Tag {
            name,
            description: tag.nonempty("description"),
            external_docs: external_docs(tag),
            extensions: extensions(tag),
        })
    };
    Ok(tags.iter().filter_map(tag).collect())
}

/// A `security` list; `None` if there is none at this place.
pub(super) fn security(node: &Node<'_>) -> Result<Option<Vec<Requirement>>, ReadError> {
    let Some(list) = node.get("security") else {
        return Ok(None);
    };
    let mut alternatives = Vec::new();
    let items = match list.value() {
        Value::Object(_) => {
            list.warn("a list is expected here; it was taken for a list of one");
            vec![list]
        }
        _ => list.items()?,
    };
    for alternative in items {
        let mut requirement = Requirement::new();
        for (name, _) in alternative.all_members()? {
            requirement.insert(name.to_owned(), alternative.strings(name));
        }
        alternatives.push(requirement);
    }
    Ok(Some(alternatives))
}

/// The servers listed in the member `key`; none if it is absent.
pub(super) fn servers(node: &Node<'_>, key: &str) -> Result<Vec<Server>, ReadError> {
    node.list(key)?.iter().map(server).collect()
}

fn server(node: &Node<'_>) -> Result<Server, ReadError> {
    let mut server = Server {
        url: node.string("url").unwrap_or_default(),
        name: node.nonempty("name"),
        description: node.nonempty("description"),
        extensions: extensions(node),
        ..Server::default()
    };
    for (name, variable) in node.map("variables")? {
        let enumeration = variable.strings("enum");
        let default = variable.string("default").or_else(|| {
            variable.warn("`default` is missing; the first of `enum` stands for it");
            enumeration.first().cloned()
        });
        let variable = ServerVariable {
            default: default.unwrap_or_default(),
            enumeration,
            description: variable.nonempty("description"),
        };
        server.variables.insert(name.to_owned(), variable);
    }
    Ok(server)
}
