//! What arrived and what came back, compared with the table.

use std::collections::BTreeMap;

use serde_json::Value;

use super::server::Seen;
use super::table::{Call, Language, Part, Sends};

/// What is wrong with a call; nothing if all is well.
pub(super) fn faults(
    call: &Call,
    language: Language,
    seen: &[Seen],
    outcome: &Value,
) -> Vec<String> {
    let mut faults = Vec::new();
    let wanted = call.answers().len();
    if seen.len() != wanted {
        faults.push(format!("{} requests instead of {wanted}", seen.len()));
    }
    for (at, request) in seen.iter().enumerate() {
        let (actual, wanted) = (request.line(), call.sends(language, at));
        if target(&actual) != target(wanted) {
            faults.push(differs("request", &actual, wanted));
        }
        if at + 1 == seen.len() || matches!(call.sends, Sends::One(_)) {
            arrived(call, language, request, &mut faults);
        }
    }
    came_back(call, language, outcome, &mut faults);
    faults
}

/// Method and target by what they mean: what may be escaped and what must is the client's affair
/// (RFC 3986 section 6.2.2), and so is the order of different names in a query.
fn target(line: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let pieces = path.split('/').map(|piece| decoded(piece, false)).collect();
    (pieces, pairs(query))
}

/// Names and values of a query or a form, sorted by name; values of one name keep their order.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = text
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name, true), decoded(value, true)))
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

fn decoded(text: &str, is_form: bool) -> String {
    let text = if is_form {
        text.replace('+', " ")
    } else {
        text.to_owned()
    };
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn differs(what: &str, actual: &str, wanted: &str) -> String {
    format!("{what}\n    is     {actual}\n    not    {wanted}")
}

fn arrived(call: &Call, language: Language, seen: &Seen, faults: &mut Vec<String>) {
    let differences = call.differences(language);
    let mut expect = |what: &str, actual: &str, wanted: &str| {
        if actual != wanted {
            faults.push(differs(what, actual, wanted));
        }
    };
    let mut headers: BTreeMap<_, _> = call.sends_headers.iter().collect();
    headers.extend(&differences.sends_headers);
    for (name, value) in headers {
        let actual = seen.header(name).unwrap_or_else(|| "(none)".to_owned());
        expect(
            &format!("header {name}"),
            &actual,
            value.as_deref().unwrap_or("(none)"),
        );
    }
    let text = String::from_utf8_lossy(&seen.body);
    if let Some(wanted) = differences.sends_text.as_ref().or(call.sends_text.as_ref()) {
        let form = seen.header("content-type").unwrap_or_default();
        if !form.starts_with("application/x-www-form-urlencoded") || pairs(&text) != pairs(wanted) {
            expect("body", &text, wanted);
        }
    } else if let Some(wanted) = &call.sends_parts {
        match parts(seen) {
            Some(actual) if actual == *wanted => {}
            Some(actual) => expect("parts", &format!("{actual:?}"), &format!("{wanted:?}")),
            None => expect("body", &text, "parts of a form"),
        }
    } else if let Some(wanted) = call.sends_json.as_ref().or(call.body.as_ref()) {
        let actual: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
        if actual != *wanted {
            expect("body", &text, &wanted.to_string());
        }
    } else {
        expect("body", &text, call.raw.as_deref().unwrap_or(""));
    }
}

fn came_back(call: &Call, language: Language, outcome: &Value, faults: &mut Vec<String>) {
    let error = outcome.get("error");
    for (name, wanted) in &call.returns_headers {
        let actual = outcome.get("headers").and_then(|headers| headers.get(name));
        if actual != Some(&Value::from(wanted.as_str())) {
            faults.push(format!(
                "the answer's header {name} is {actual:?}, not {wanted}"
            ));
        }
    }
    match (call.returned(language), error) {
        (Some(wanted), None) => {
            let actual = outcome.get("value").unwrap_or(&Value::Null);
            if *actual != wanted {
                faults.push(format!("returns\n    is     {actual}\n    not    {wanted}"));
            }
        }
        (Some(_), Some(error)) => faults.push(format!("fails: {error}")),
        (None, None) => faults.push(format!("does not fail, but returns {outcome}")),
        (None, Some(error)) => {
            let wanted = call.fails.unwrap_or_default();
            if error.get("status") != Some(&wanted.into()) {
                faults.push(format!("fails with {error}, not with status {wanted}"));
            }
            let text = call
                .answers()
                .pop()
                .and_then(|a| a.text.or(a.json.map(|j| j.to_string())));
            let told = error.get("body").and_then(Value::as_str);
            if text.is_some() && told != text.as_deref() {
                faults.push(format!("the error's body is {told:?}, not {text:?}"));
            }
        }
    }
}

/// The parts of a `multipart/form-data` body (RFC 7578).
fn parts(seen: &Seen) -> Option<Vec<Part>> {
    let media = seen.header("content-type")?;
    let (kind, boundary) = media.split_once("boundary=")?;
    if !kind.starts_with("multipart/form-data") {
        return None;
    }
    let boundary = format!("--{}", boundary.trim_matches('"'));
    let body = String::from_utf8_lossy(&seen.body).into_owned();
    let mut parts = Vec::new();
    for piece in body.split(&boundary).skip(1) {
        if piece.starts_with("--") {
            return Some(parts);
        }
        let (head, content) = piece.split_once("\r\n\r\n")?;
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found
                    .eq_ignore_ascii_case(name)
                    .then(|| value.trim().to_owned())
            })
        };
        let disposition = header("content-disposition")?;
        let member = |name: &str| {
            disposition.split("; ").find_map(|piece| {
                Some(
                    piece
                        .strip_prefix(name)?
                        .strip_prefix('=')?
                        .trim_matches('"')
                        .to_owned(),
                )
            })
        };
        parts.push(Part {
            name: member("name")?,
            filename: member("filename"),
            media: header("content-type"),
            text: content.strip_suffix("\r\n")?.to_owned(),
        });
    }
    None
}
