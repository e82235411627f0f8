//! Values as texts, for URLs, headers and forms.

use percent_encoding::percent_encode_byte;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString};

/// Pairs of name and text.
pub(crate) type Pairs = Vec<(String, String)>;

/// Parameters as pairs of texts. A list that has a collection format is joined, or, if that is
/// `multi`, its name is repeated.
///
/// # Errors
/// Whatever Python raises when a value has no text.
pub(crate) fn pairs(
    client: &Bound<'_, PyAny>,
    parameters: &Bound<'_, PyAny>,
    formats: Option<&Bound<'_, PyDict>>,
) -> PyResult<Pairs> {
    let mut found = Vec::new();
    if parameters.is_none() {
        return Ok(found);
    }
    if let Ok(dict) = parameters.cast::<PyDict>() {
        for (name, value) in dict.iter() {
            add(client, &mut found, &name, &value, formats)?;
        }
    } else {
        for pair in parameters.try_iter()? {
            let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
            add(client, &mut found, &name, &value, formats)?;
        }
    }
    Ok(found)
}

fn add(
    client: &Bound<'_, PyAny>,
    found: &mut Pairs,
    name: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
    formats: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let format = match formats {
        Some(formats) if !formats.is_empty() => formats.get_item(name)?,
        _ => None,
    };
    let name = text(client, name)?;
    let Some(format) = format else {
        found.push((name, text(client, value)?));
        return Ok(());
    };
    let texts = value
        .try_iter()?
        .map(|item| text(client, &item?))
        .collect::<PyResult<Vec<_>>>()?;
    let joint = match format.extract::<String>()?.as_str() {
        "multi" => {
            found.extend(texts.into_iter().map(|text| (name.clone(), text)));
            return Ok(());
        }
        "ssv" => " ",
        "tsv" => "\t",
        "pipes" => "|",
        _ => ",",
    };
    found.push((name, texts.join(joint)));
    Ok(())
}

/// The text of a value: `str()` of what the client's `sanitize_for_serialization` makes of it.
///
/// # Errors
/// Whatever Python raises; the value may be of any class.
pub(crate) fn text(client: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = value.py();
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_cow()?.into_owned());
    }
    let simple =
        value.is_none() || value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
    let clean = match simple {
        true => value.clone(),
        false => client.call_method1(intern!(py, "sanitize_for_serialization"), (value,))?,
    };
    Ok(clean.str()?.to_cow()?.into_owned())
}

/// A value in a piece of a path, with everything escaped but the characters that are safe.
pub(crate) fn escape(value: &str, safe: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        let letter = char::from(byte);
        // RFC 3986 section 2.3: unreserved characters need no escape.
        let plain = letter.is_ascii_alphanumeric() || "_.-~".contains(letter);
        if plain || letter.is_ascii() && safe.contains(letter) {
            out.push(letter);
        } else {
            out.push_str(percent_encode_byte(byte));
        }
    }
    out
}
