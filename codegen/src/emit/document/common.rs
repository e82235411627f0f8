//! Parts that are the same in all versions.

use serde_json::{Map, Value, json};

use super::Version;
use crate::model::{Extensions, ExternalDocs, Info, Requirement, Tag};

/// Sets a member if there is a value for it.
pub(super) fn put<T: Into<Value>>(object: &mut Map<String, Value>, key: &str, value: Option<T>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value.into());
    }
}

/// Sets a text-valued member if there is a text.
pub(super) fn put_text(object: &mut Map<String, Value>, key: &str, value: Option<&String>) {
    put(object, key, value.map(String::as_str));
}

/// Sets a list of texts if it is not empty.
pub(super) fn put_list(object: &mut Map<String, Value>, key: &str, values: &[String]) {
    put(object, key, (!values.is_empty()).then(|| values.to_vec()));
}

/// Sets a member to true if it is.
pub(super) fn put_flag(object: &mut Map<String, Value>, key: &str, value: bool) {
    put(object, key, value.then_some(true));
}

pub(super) fn put_extensions(object: &mut Map<String, Value>, extensions: &Extensions) {
    for (key, value) in extensions {
        object.insert(key.clone(), value.clone());
    }
}

pub(super) fn info(info: &Info, version: Version) -> Value {
    let mut object = Map::new();
    object.insert("title".to_owned(), info.title.as_str().into());
    put_text(&mut object, "description", info.description.as_ref());
    put_text(
        &mut object,
        "termsOfService",
        info.terms_of_service.as_ref(),
    );
    if let Some(contact) = &info.contact {
        let mut value = Map::new();
        put_text(&mut value, "name", contact.name.as_ref());
        put_text(&mut value, "url", contact.url.as_ref());
        put_text(&mut value, "email", contact.email.as_ref());
        object.insert("contact".to_owned(), value.into());
    }
    if let Some(license) = &info.license {
        let mut value = Map::new();
        value.insert("name".to_owned(), license.name.as_str().into());
        put_text(&mut value, "url", license.url.as_ref());
        let key = if version == Version::V31 {
            "identifier"
        } else {
            "x-identifier"
        };
        put_text(&mut value, key, license.identifier.as_ref());
        object.insert("license".to_owned(), value.into());
    }
    object.insert("version".to_owned(), info.version.as_str().into());
    put_extensions(&mut object, &info.extensions);
    object.into()
}

pub(super) fn tags(tags: &[Tag]) -> Option<Value> {
    if tags.is_empty() {
        return None;
    }
    let tags = tags.iter().map(|tag| {
        let mut value = Map::new();
        value.insert("name".to_owned(), tag.name.as_str().into());
        put_text(&mut value, "description", tag.description.as_ref());
        put(
            &mut value,
            "externalDocs",
            external_docs(tag.external_docs.as_ref()),
        );
        put_extensions(&mut value, &tag.extensions);
        Value::Object(value)
    });
    Some(tags.collect())
}

pub(super) fn external_docs(docs: Option<&ExternalDocs>) -> Option<Value> {
    docs.map(|docs| {
        let mut value = Map::new();
        value.insert("url".to_owned(), docs.url.as_str().into());
        put_text(&mut value, "description", docs.description.as_ref());
        value.into()
    })
}

pub(super) fn security(alternatives: &[Requirement]) -> Value {
    json!(alternatives)
}
