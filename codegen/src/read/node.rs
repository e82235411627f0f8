//! A cursor into a document that knows where it is.

use std::fmt;
use std::rc::Rc;

use serde_json::{Map, Number, Value};

use super::ReadError;
use super::document::Document;
use crate::model::Severity;

/// A JSON pointer (RFC 6901) under construction. Joining is cheap; few are ever shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Pointer(Option<Rc<Link>>);

#[derive(Debug)]
struct Link {
    before: Pointer,
    token: Token,
}

#[derive(Debug)]
enum Token {
    Key(String),
    Index(usize),
}

impl Pointer {
    pub(super) fn join(&self, key: &str) -> Self {
        self.with(Token::Key(key.to_owned()))
    }

    fn index(&self, index: usize) -> Self {
        self.with(Token::Index(index))
    }

    fn with(&self, token: Token) -> Self {
        let before = self.clone();
        Self(Some(Rc::new(Link { before, token })))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(link) = &self.0 else { return Ok(()) };
        link.before.fmt(f)?;
        match &link.token {
            Token::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
            Token::Index(index) => write!(f, "/{index}"),
        }
    }
}

/// A place in a document.
#[derive(Clone)]
pub(super) struct Node<'d> {
    document: &'d Document,
    file: usize,
    value: &'d Value,
    pointer: Pointer,
}

impl<'d> Node<'d> {
    pub(super) fn new(document: &'d Document, file: usize, value: &'d Value) -> Self {
        Self {
            document,
            file,
            value,
            pointer: Pointer::default(),
        }
    }

    pub(super) fn document(&self) -> &'d Document {
        self.document
    }

    pub(super) fn file(&self) -> usize {
        self.file
    }

    pub(super) fn value(&self) -> &'d Value {
        self.value
    }

    /// This place as messages show it.
    pub(super) fn pointer(&self) -> String {
        self.document.shown(self.file, &self.pointer)
    }

    /// An error about this place.
    pub(super) fn error(&self, message: impl Into<String>) -> ReadError {
        self.document
            .error(self.file, &self.pointer, message.into())
    }

    /// An error about a member of this object, there or not.
    pub(super) fn child_error(&self, key: &str, message: impl Into<String>) -> ReadError {
        self.document
            .error(self.file, &self.pointer.join(key), message.into())
    }

    /// Tells of something here that was mended, guessed or left out.
    pub(super) fn warn(&self, message: impl Into<String>) {
        self.document
            .note(Severity::Warning, self.pointer(), message.into());
    }

    /// Tells of something here that no caller will miss.
    pub(super) fn remark(&self, key: &str, message: impl Into<String>) {
        let pointer = self.document.shown(self.file, &self.pointer.join(key));
        self.document
            .note(Severity::Remark, pointer, message.into());
    }

    pub(super) fn at(&self, token: &str, value: &'d Value) -> Self {
        Self {
            value,
            pointer: self.pointer.join(token),
            ..self.clone()
        }
    }

    /// This place as an object.
    pub(super) fn object(&self) -> Result<&'d Map<String, Value>, ReadError> {
        self.value
            .as_object()
            .ok_or_else(|| self.error(self.wrong("an object")))
    }

    /// A member, if this is an object that has it and it is not `null`.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(key)?;
        (!value.is_null()).then(|| self.at(key, value))
    }

    /// True if this object has the member, even if it is `null`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value.as_object().is_some_and(|o| o.contains_key(key))
    }

    /// Members of this object in their order, without `x-` ones.
    pub(super) fn members(&self) -> Result<Vec<(&'d str, Self)>, ReadError> {
        let mut all = self.all_members()?;
        all.retain(|(key, _)| !key.starts_with("x-"));
        Ok(all)
    }

    /// All members of this object in their order.
    pub(super) fn all_members(&self) -> Result<Vec<(&'d str, Self)>, ReadError> {
        Ok(self
            .object()?
            .iter()
            .map(|(key, value)| (key.as_str(), self.at(key, value)))
            .collect())
    }

    /// Members of a map-valued member; none if it is absent.
    pub(super) fn map(&self, key: &str) -> Result<Vec<(&'d str, Self)>, ReadError> {
        self.get(key)
            .map_or_else(|| Ok(Vec::new()), |node| node.all_members())
    }

    /// Items of this list.
    pub(super) fn items(&self) -> Result<Vec<Self>, ReadError> {
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.error(self.wrong("a list")))?;
        let at = |(i, value)| Self {
            value,
            pointer: self.pointer.index(i),
            ..self.clone()
        };
        Ok(items.iter().enumerate().map(at).collect())
    }

    /// Items of a list-valued member; none if it is absent.
    pub(super) fn list(&self, key: &str) -> Result<Vec<Self>, ReadError> {
        self.get(key)
            .map_or_else(|| Ok(Vec::new()), |node| node.items())
    }

    /// Text, number or boolean as text: YAML writers forget quotes (`version: 1.0`).
    pub(super) fn scalar(&self) -> Option<String> {
        match self.value {
            Value::String(s) => Some(s.clone()),
            Value::Number(n) => Some(n.to_string()),
            Value::Bool(b) => Some(b.to_string()),
            _ => None,
        }
    }

    /// Tells that this is not what is expected, and gives nothing.
    fn ignored<T>(&self, expected: &str) -> Option<T> {
        self.warn(format!("{}; it is ignored", self.wrong(expected)));
        None
    }

    /// This place as text, if it is one.
    pub(super) fn text(&self) -> Option<String> {
        self.scalar().or_else(|| self.ignored("a text"))
    }

    /// A text-valued member.
    pub(super) fn string(&self, key: &str) -> Option<String> {
        self.get(key)?.text()
    }

    /// A member that is a text with something in it.
    pub(super) fn nonempty(&self, key: &str) -> Option<String> {
        self.string(key).filter(|text| !text.is_empty())
    }

    /// A boolean member; false if absent.
    pub(super) fn flag(&self, key: &str) -> bool {
        let Some(node) = self.get(key) else {
            return false;
        };
        match node.value {
            Value::Bool(value) => *value,
            // Quoted by mistake, but clear.
            Value::String(s) if s.eq_ignore_ascii_case("true") => true,
            Value::String(s) if s.eq_ignore_ascii_case("false") => false,
            _ => node.ignored("true or false").unwrap_or(false),
        }
    }

    /// A member that is a number.
    pub(super) fn number(&self, key: &str) -> Option<Number> {
        let node = self.get(key)?;
        match node.value {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => serde_json::from_str(text.trim())
                .ok()
                .or_else(|| node.ignored("a number")),
            _ => node.ignored("a number"),
        }
    }

    /// A member that is a count.
    pub(super) fn count(&self, key: &str) -> Option<u64> {
        let number = self.number(key)?;
        let whole = number.as_u64().or_else(|| {
            // 1.0 is a whole number in JSON Schema.
            let float = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked beside"
            )]
            let whole = float as u64;
            (float.fract() == 0.0 && (0.0..1e15).contains(&float)).then_some(whole)
        });
        whole.or_else(|| self.get(key)?.ignored("a whole number of at least 0"))
    }

    /// A list of texts; empty if absent. A single text is a list of one.
    pub(super) fn strings(&self, key: &str) -> Vec<String> {
        let Some(node) = self.get(key) else {
            return Vec::new();
        };
        match node.items() {
            Ok(items) => items.iter().filter_map(Node::text).collect(),
            Err(_) => match node.scalar() {
                Some(text) => {
                    node.warn("a list is expected here; it was taken for a list of one");
                    vec![text]
                }
                None => node.ignored("a list of texts").unwrap_or_default(),
            },
        }
    }

    pub(super) fn wrong(&self, expected: &str) -> String {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        format!("{expected} is expected here, found {found}")
    }
}

pub(super) fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut i = 0;
    while let Some(&byte) = bytes.get(i) {
        let escaped = (byte == b'%')
            .then(|| {
                text.get(i + 1..i + 3)
                    .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            })
            .flatten();
        out.push(escaped.unwrap_or(byte));
        i += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}
