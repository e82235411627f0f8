//! Names of types and fields.

use heck::ToUpperCamelCase;

use crate::model::names::rust_function;

/// Names that generated modules use themselves.
const TAKEN: &[&str] = &[
    "Self",
    "String",
    "Vec",
    "Option",
    "Box",
    "BTreeMap",
    "Value",
    "Result",
    "Ok",
    "Err",
    "Some",
    "None",
    "Default",
    "Clone",
    "Copy",
    "Debug",
    "PartialEq",
    "Eq",
    "Hash",
    "From",
    "Into",
    "Read",
    "ReadError",
    "Object",
    "Send",
    "Sync",
    "Sized",
    "Fn",
    "FnMut",
    "FnOnce",
    "Drop",
    "Iterator",
    "ToString",
    "ToOwned",
    "AsRef",
    "Ord",
    "PartialOrd",
    "Call",
    "File",
    "Multipart",
    "Client",
    "Error",
    "Failure",
    "ResponseValue",
    "ByteStream",
    "Events",
    "Transport",
    "StatusCode",
];

/// A type's name out of any text; two texts may give the same.
pub(super) fn type_name(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let name: String = text
        .to_upper_camel_case()
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    match name {
        n if n.is_empty() => "Schema".to_owned(),
        n if n.starts_with(|c: char| !c.is_alphabetic()) => format!("Schema{n}"),
        n if TAKEN.contains(&n.as_str()) => format!("{n}Schema"),
        n if syn::parse_str::<syn::Ident>(&n).is_err() => "Schema".to_owned(),
        n => n,
    }
}

/// A variant's name out of any text; two texts may give the same.
pub(super) fn variant_name(text: &str) -> String {
    let sign = match text.chars().next() {
        Some('-') => "Minus",
        Some('+') => "Plus",
        Some('<') => "Less",
        Some('>') => "Greater",
        Some('=') => "Equal",
        Some('!') => "Not",
        Some('*') => "Star",
        _ => "",
    };
    let words: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let name = format!("{sign}{}", words.to_upper_camel_case());
    match name {
        n if n.is_empty() => "Empty".to_owned(),
        n if n.starts_with(|c: char| !c.is_alphabetic()) => format!("N{n}"),
        n if n == "Self" => "Self_".to_owned(),
        n if syn::parse_str::<syn::Ident>(&n).is_err() => "Text".to_owned(),
        n => n,
    }
}

/// A field's, argument's or module's name out of any text; two texts may give the same.
pub(super) fn field_name(text: &str) -> String {
    match rust_function(text) {
        // What the rule gives for a text without a letter.
        n if n == "call" && !text.to_ascii_lowercase().contains("call") => "value".to_owned(),
        n => n,
    }
}

/// A text as a Rust literal.
pub(in super::super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}') =>
            {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
