//! A parsed document, and a cursor into it that knows where it is.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::ReadError;

/// How many references a document may make us follow in place of naming things. Real documents
/// need hundreds; one that needs more was made to grow without bound.
const MAX_FOLLOWED: usize = 100_000;

/// The text of a document as a tree.
pub(super) struct Document {
    origin: String,
    root: Value,
    followed: Cell<usize>,
}

impl Document {
    pub(super) fn parse(text: &str, origin: &str) -> Result<Self, ReadError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let root = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|e| {
                let at = (e.line() > 0).then_some((e.line() as u64, e.column() as u64));
                let message = e.to_string();
                let message = message.split(" at line ").next().unwrap_or_default();
                ReadError::syntax(origin, at, format!("not valid JSON: {message}"))
            })?
        } else {
            serde_saphyr::from_str_with_options::<Value>(text, yaml_options()).map_err(|e| {
                let at = e.location().map(|l| (l.line(), l.column()));
                let message = e.without_snippet().to_string();
                ReadError::syntax(origin, at, format!("not valid YAML: {message}"))
            })?
        };
        if !root.is_object() {
            return Err(ReadError::at(origin, "", "the document must be an object"));
        }
        Ok(Self {
            origin: origin.to_owned(),
            root,
            followed: Cell::new(0),
        })
    }

    pub(super) fn root(&self) -> Node<'_> {
        Node {
            document: self,
            value: &self.root,
            pointer: Pointer::default(),
        }
    }
}

/// A JSON pointer (RFC 6901) under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pointer(String);

impl Pointer {
    fn join(&self, token: &str) -> Self {
        Self(format!(
            "{}/{}",
            self.0,
            token.replace('~', "~0").replace('/', "~1")
        ))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A place in a document.
#[derive(Clone)]
pub(super) struct Node<'d> {
    document: &'d Document,
    value: &'d Value,
    pointer: Pointer,
}

impl<'d> Node<'d> {
    pub(super) fn value(&self) -> &'d Value {
        self.value
    }

    pub(super) fn pointer(&self) -> &str {
        self.pointer.as_str()
    }

    /// An error about this place.
    pub(super) fn error(&self, message: impl Into<String>) -> ReadError {
        ReadError::at(&self.document.origin, self.pointer(), message)
    }

    /// An error about a member of this object, there or not.
    pub(super) fn child_error(&self, key: &str, message: impl Into<String>) -> ReadError {
        ReadError::at(
            &self.document.origin,
            self.pointer.join(key).as_str(),
            message,
        )
    }

    fn at(&self, token: &str, value: &'d Value) -> Self {
        Self {
            document: self.document,
            value,
            pointer: self.pointer.join(token),
        }
    }

    /// This place as an object.
    pub(super) fn object(&self) -> Result<&'d Map<String, Value>, ReadError> {
        self.value
            .as_object()
            .ok_or_else(|| self.wrong("an object"))
    }

    /// A member, if this is an object that has it and it is not `null`.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(key)?;
        (!value.is_null()).then(|| self.at(key, value))
    }

    /// A member that must be there.
    pub(super) fn require(&self, key: &str) -> Result<Self, ReadError> {
        self.object()?;
        self.get(key)
            .ok_or_else(|| self.error(format!("`{key}` is missing")))
    }

    /// True if this object has the member, even if it is `null`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value.as_object().is_some_and(|o| o.contains_key(key))
    }

    /// Members of this object in their order, without `x-` ones.
    pub(super) fn members(&self) -> Result<Vec<(&'d str, Self)>, ReadError> {
        Ok(self
            .object()?
            .iter()
            .filter(|(key, _)| !key.starts_with("x-"))
            .map(|(key, value)| (key.as_str(), self.at(key, value)))
            .collect())
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
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        Ok(items
            .iter()
            .enumerate()
            .map(|(i, v)| self.at(&i.to_string(), v))
            .collect())
    }

    /// Items of a list-valued member; none if it is absent.
    pub(super) fn list(&self, key: &str) -> Result<Vec<Self>, ReadError> {
        self.get(key)
            .map_or_else(|| Ok(Vec::new()), |node| node.items())
    }

    /// This place as text.
    pub(super) fn text(&self) -> Result<&'d str, ReadError> {
        self.value.as_str().ok_or_else(|| self.wrong("a text"))
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

    /// A text-valued member.
    pub(super) fn string(&self, key: &str) -> Result<Option<String>, ReadError> {
        self.get(key)
            .map(|node| node.scalar().ok_or_else(|| node.wrong("a text")))
            .transpose()
    }

    /// A member that is a text with something in it.
    pub(super) fn nonempty(&self, key: &str) -> Result<Option<String>, ReadError> {
        Ok(self.string(key)?.filter(|text| !text.is_empty()))
    }

    /// A boolean member; false if absent.
    pub(super) fn flag(&self, key: &str) -> Result<bool, ReadError> {
        match self.get(key) {
            None => Ok(false),
            Some(node) => match node.value {
                Value::Bool(value) => Ok(*value),
                // Quoted by mistake, but clear.
                Value::String(s) if s == "true" || s == "false" => Ok(s == "true"),
                _ => Err(node.wrong("true or false")),
            },
        }
    }

    /// A member that is a count.
    pub(super) fn count(&self, key: &str) -> Result<Option<u64>, ReadError> {
        self.get(key)
            .map(|node| {
                let number = node.value.as_u64().or_else(|| {
                    // 1.0 is a whole number in JSON Schema.
                    node.value
                        .as_f64()
                        .filter(|f| f.fract() == 0.0 && (0.0..1e15).contains(f))
                        .map(
                            #[expect(
                                clippy::cast_possible_truncation,
                                clippy::cast_sign_loss,
                                reason = "checked above"
                            )]
                            |f| f as u64,
                        )
                });
                number.ok_or_else(|| node.wrong("a whole number of at least 0"))
            })
            .transpose()
    }

    /// A list of texts; empty if absent.
    pub(super) fn strings(&self, key: &str) -> Result<Vec<String>, ReadError> {
        self.list(key)?
            .iter()
            .map(|node| node.scalar().ok_or_else(|| node.wrong("a text")))
            .collect()
    }

    fn wrong(&self, expected: &str) -> ReadError {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.error(format!("{expected} is expected here, found {found}"))
    }

    /// The target of this object's `$ref`, as pointer tokens, if it has one.
    pub(super) fn reference(&self) -> Result<Option<Vec<String>>, ReadError> {
        // A property may be called `$ref`; then its value is a schema, not a text.
        let Some(target) = self.value.get("$ref").and_then(Value::as_str) else {
            return Ok(None);
        };
        let Some(pointer) = target.strip_prefix('#') else {
            return Err(self.child_error(
                "$ref",
                format!(
                    "`{target}` points outside of this document; only `#/…` is followed. \
                     Bundle the files into one first"
                ),
            ));
        };
        let pointer = percent_decoded(pointer);
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(self.child_error("$ref", format!("`{target}` is no JSON pointer")));
        }
        let tokens = pointer.split('/').skip(1);
        Ok(Some(
            tokens
                .map(|t| t.replace("~1", "/").replace("~0", "~"))
                .collect(),
        ))
    }

    /// The place that `tokens` lead to, for the reference that stands here.
    pub(super) fn target(&self, tokens: &[String]) -> Result<Self, ReadError> {
        let followed = self.document.followed.get() + 1;
        self.document.followed.set(followed);
        if followed > MAX_FOLLOWED {
            return Err(self.error("the document's references expand without end"));
        }
        let mut here = self.document.root();
        for token in tokens {
            let next = match here.value {
                Value::Object(map) => map.get(token),
                Value::Array(list) => token.parse::<usize>().ok().and_then(|i| list.get(i)),
                _ => None,
            };
            let Some(next) = next else {
                let target = tokens.join("/");
                return Err(self.child_error(
                    "$ref",
                    format!(
                        "`#/{target}` does not exist: there is no `{token}` in `#{}`",
                        here.pointer()
                    ),
                ));
            };
            here = here.at(token, next);
        }
        Ok(here)
    }

    /// This place, or where its references lead in the end.
    pub(super) fn followed(&self) -> Result<Self, ReadError> {
        let mut here = self.clone();
        let mut seen = Vec::new();
        while let Some(tokens) = here.reference()? {
            let next = here.target(&tokens)?;
            if seen.contains(&next.pointer) {
                return Err(self.error("these references go round in a circle"));
            }
            seen.push(next.pointer.clone());
            here = next;
        }
        Ok(here)
    }
}

/// YAML 1.2, in which `no` and `on` are texts, with room for the largest descriptions there are.
fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: 128,
            max_nodes: 5_000_000,
            max_events: 20_000_000,
        },
    }
}

fn percent_decoded(text: &str) -> String {
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
