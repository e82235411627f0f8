//! Parts that are the same in all versions.

use super::ReadError;
use super::document::Node;
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

pub(super) fn external_docs(node: &Node<'_>) -> Result<Option<ExternalDocs>, ReadError> {
    let Some(docs) = node.get("externalDocs") else {
        return Ok(None);
    };
    let url = docs.string("url")?.unwrap_or_default();
    Ok(Some(ExternalDocs {
        url,
        description: docs.nonempty("description")?,
    }))
}

pub(super) fn info(root: &Node<'_>) -> Result<Info, ReadError> {
    let info = root.require("info")?;
    info.object()?;
    let contact = match info.get("contact") {
        None => None,
        Some(contact) => Some(Contact {
            name: contact.nonempty("name")?,
            url: contact.nonempty("url")?,
            email: contact.nonempty("email")?,
        }),
    };
    let license = match info.get("license") {
        None => None,
        Some(license) => Some(License {
            name: license.string("name")?.unwrap_or_default(),
            url: license.nonempty("url")?,
            identifier: match license.nonempty("identifier")? {
                None => license.nonempty("x-identifier")?,
                given => given,
            },
        }),
    };
    Ok(Info {
        title: info.string("title")?.unwrap_or_default(),
        version: info.string("version")?.unwrap_or_default(),
        description: info.nonempty("description")?,
        terms_of_service: info.nonempty("termsOfService")?,
        contact,
        license,
        extensions: extensions(&info),
    })
}

pub(super) fn tags(root: &Node<'_>) -> Result<Vec<Tag>, ReadError> {
    root.list("tags")?
        .iter()
        .map(|tag| {
            Ok(Tag {
                name: tag.require("name")?.text()?.to_owned(),
                description: tag.nonempty("description")?,
                external_docs: external_docs(tag)?,
                extensions: extensions(tag),
            })
        })
        .collect()
}

/// A `security` list; `None` if there is none at this place.
pub(super) fn security(node: &Node<'_>) -> Result<Option<Vec<Requirement>>, ReadError> {
    let Some(list) = node.get("security") else {
        return Ok(None);
    };
    let mut alternatives = Vec::new();
    for alternative in list.items()? {
        let mut requirement = Requirement::new();
        for (name, _) in alternative.all_members()? {
            requirement.insert(name.to_owned(), alternative.strings(name)?);
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
        url: node.string("url")?.unwrap_or_default(),
        name: node.nonempty("name")?,
        description: node.nonempty("description")?,
        extensions: extensions(node),
        ..Server::default()
    };
    for (name, variable) in node.map("variables")? {
        let variable = ServerVariable {
            default: variable.string("default")?.unwrap_or_default(),
            enumeration: variable.strings("enum")?,
            description: variable.nonempty("description")?,
        };
        server.variables.insert(name.to_owned(), variable);
    }
    Ok(server)
}
