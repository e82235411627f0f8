//! Values into texts of a URL, a header or a cookie (OpenAPI 3.1, "Style Values").

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::super::{Parameter, Style};

/// All that RFC 3986 section 2.3 does not call unreserved.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same without the reserved characters that mean nothing inside of a query.
const RESERVED: &AsciiSet = &UNRESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// What cannot stand in a cookie's value (RFC 6265 section 4.1.1), and `%`.
const COOKIE: &AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b',')
    .add(b';')
    .add(b'\\')
    .add(b'%');

/// A value as its style looks at it.
enum Flat {
    One(String),
    List(Vec<String>),
    Members(Vec<(String, String)>),
}

fn flat(parameter: &Parameter, value: &Value) -> Flat {
    if let Some(media_type) = parameter.content {
        let json = media_type.contains("json") || !value.is_string();
        return Flat::One(if json { value.to_string() } else { text(value) });
    }
    match value {
        Value::Array(items) => Flat::List(items.iter().map(text).collect()),
        Value::Object(members) => Flat::Members(
            members
                .iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(name, v)| (name.clone(), text(v)))
                .collect(),
        ),
        one => Flat::One(text(one)),
    }
}

/// A value as text: a text itself, anything else as JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A piece of a path, ready for the URL.
pub(super) fn path(parameter: &Parameter, value: &Value) -> String {
    let name = encoded(parameter.name);
    let flat = flat(parameter, value);
    let explode = parameter.explode;
    match parameter.style {
        Style::Label => match flat {
            Flat::One(text) => format!(".{}", encoded(&text)),
            other => format!(
                ".{}",
                joined(&other, if explode { "." } else { "," }, explode)
            ),
        },
        Style::Matrix => match flat {
            Flat::One(text) if text.is_empty() => format!(";{name}"),
            Flat::One(text) => format!(";{name}={}", encoded(&text)),
            Flat::List(items) if explode => items
                .iter()
                .map(|item| format!(";{name}={}", encoded(item)))
                .collect(),
            Flat::Members(members) if explode => members
                .iter()
                .map(|(key, value)| format!(";{}={}", encoded(key), encoded(value)))
                .collect(),
            other => format!(";{name}={}", joined(&other, ",", false)),
        },
        style => joined(&flat, separator(style), explode),
    }
}

/// What stands between the items of a list, if they are not written one by one.
fn separator(style: Style) -> &'static str {
    match style {
        Style::SpaceDelimited => "%20",
        Style::PipeDelimited => "%7C",
        Style::TabDelimited => "%09",
        _ => ",",
    }
}

/// Items, or names and values in turn (`name=value` if exploded), percent-encoded.
fn joined(flat: &Flat, by: &str, explode: bool) -> String {
    match flat {
        Flat::One(text) => encoded(text),
        Flat::List(items) => items
            .iter()
            .map(|i| encoded(i))
            .collect::<Vec<_>>()
            .join(by),
        Flat::Members(members) => {
            let between = if explode { "=" } else { by };
            members
                .iter()
                .map(|(name, value)| format!("{}{between}{}", encoded(name), encoded(value)))
                .collect::<Vec<_>>()
                .join(by)
        }
    }
}

/// `name=value` pairs of a query or a form, ready to be joined by `&`.
pub(super) fn query(parameter: &Parameter, value: &Value) -> Vec<String> {
    let name = encoded(parameter.name);
    let shown = |text: &str| {
        let set = if parameter.allow_reserved {
            RESERVED
        } else {
            UNRESERVED
        };
        utf8_percent_encode(text, set).to_string()
    };
    if parameter.style == Style::DeepObject && parameter.content.is_none() {
        let mut pairs = Vec::new();
        deep(parameter.name, value, &mut |name, text| {
            pairs.push(format!("{}={}", encoded(name), shown(&text)));
        });
        return pairs;
    }
    match flat(parameter, value) {
        Flat::One(text) => vec![format!("{name}={}", shown(&text))],
        Flat::List(items) if parameter.explode => items
            .iter()
            .map(|item| format!("{name}={}", shown(item)))
            .collect(),
        Flat::Members(members) if parameter.explode => members
            .iter()
            .map(|(key, value)| format!("{}={}", encoded(key), shown(value)))
            .collect(),
        Flat::List(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(item)).collect();
            vec![format!("{name}={}", items.join(separator(parameter.style)))]
        }
        other => vec![format!(
            "{name}={}",
            joined(&other, separator(parameter.style), false)
        )],
    }
}

/// `name[key]=value`, at any depth; a list's items are counted.
fn deep(name: &str, value: &Value, into: &mut dyn FnMut(&str, String)) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (key, value) in members {
                deep(&format!("{name}[{key}]"), value, into);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                deep(&format!("{name}[{at}]"), value, into);
            }
        }
        one => into(name, text(one)),
    }
}

/// The value of a header.
pub(super) fn header(parameter: &Parameter, value: &Value) -> String {
    match flat(parameter, value) {
        Flat::One(text) => text,
        Flat::List(items) => items.join(","),
        Flat::Members(members) => {
            let between = if parameter.explode { "=" } else { "," };
            members
                .iter()
                .map(|(name, value)| format!("{name}{between}{value}"))
                .collect::<Vec<_>>()
                .join(",")
        }
    }
}

/// `name=value` pairs for the `Cookie` header.
pub(super) fn cookie(parameter: &Parameter, value: &Value) -> Vec<String> {
    let name = parameter.name;
    let shown = |text: &str| utf8_percent_encode(text, COOKIE).to_string();
    match flat(parameter, value) {
        Flat::One(text) => vec![format!("{name}={}", shown(&text))],
        Flat::List(items) if parameter.explode => items
            .iter()
            .map(|item| format!("{name}={}", shown(item)))
            .collect(),
        Flat::Members(members) if parameter.explode => members
            .iter()
            .map(|(key, value)| format!("{key}={}", shown(value)))
            .collect(),
        other => vec![format!("{name}={}", joined(&other, "%2C", false))],
    }
}

/// `name=value` of a form's member that the operation does not list.
pub(super) fn pairs(name: &str, value: &Value) -> Vec<String> {
    let values = match value {
        Value::Array(items) => items.iter().map(text).collect(),
        other => vec![text(other)],
    };
    values
        .iter()
        .map(|value| format!("{}={}", encoded(name), encoded(value)))
        .collect()
}
