//! Values out of JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

/// A type that can be read out of JSON which is a little off: `null` or nothing stands for an
/// empty value, and a number may come as a text or a text as a number.
pub trait Read: Sized {
    /// The value that this JSON stands for. An absent member is `null`.
    ///
    /// # Errors
    /// If it is something else altogether.
    fn read(value: Value) -> Result<Self, ReadError>;
}

/// Where JSON is something else than expected. The value itself is not told: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    path: String,
    expected: &'static str,
    found: &'static str,
}

impl ReadError {
    /// An error at this value.
    pub fn new(expected: &'static str, found: &Value) -> Self {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Self {
            path: String::new(),
            expected,
            found,
        }
    }

    fn within(mut self, outer: fmt::Arguments<'_>) -> Self {
        self.path = format!("{outer}{}", self.path);
        self
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.trim_start_matches('.'))?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for ReadError {}

/// Reads a body.
///
/// # Errors
/// If it is no JSON, or none of this shape.
pub fn from_json<T: Read>(body: &[u8]) -> Result<T, serde_json::Error> {
    // An empty body is what `null` says.
    let value = if body.iter().all(u8::is_ascii_whitespace) {
        Value::Null
    } else {
        serde_json::from_slice(body)?
    };
    T::read(value).map_err(serde::de::Error::custom)
}

/// An object that is taken apart.
#[derive(Debug)]
pub struct Object(Map<String, Value>);

impl Object {
    /// The object that `value` is.
    ///
    /// # Errors
    /// If it is none.
    pub fn new(value: Value) -> Result<Self, ReadError> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            Value::Null => Ok(Self(Map::new())),
            other => Err(ReadError::new("an object", &other)),
        }
    }

    /// Takes a member out.
    ///
    /// # Errors
    /// If it is not of this type.
    pub fn take<T: Read>(&mut self, name: &str) -> Result<T, ReadError> {
        let value = self.0.remove(name).unwrap_or_default();
        T::read(value).map_err(|e| e.within(format_args!(".{name}")))
    }

    /// The members that are left.
    ///
    /// # Errors
    /// If one is not of this type.
    pub fn rest<T: Read>(self) -> Result<BTreeMap<String, T>, ReadError> {
        BTreeMap::read(Value::Object(self.0))
    }
}

impl Read for Value {
    fn read(value: Value) -> Result<Self, ReadError> {
        Ok(value)
    }
}

impl Read for () {
    fn read(_: Value) -> Result<Self, ReadError> {
        Ok(())
    }
}

impl Read for String {
    fn read(value: Value) -> Result<Self, ReadError> {
        match value {
            Value::String(text) => Ok(text),
            Value::Null => Ok(Self::new()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            other => Err(ReadError::new("a text", &other)),
        }
    }
}

impl Read for bool {
    fn read(value: Value) -> Result<Self, ReadError> {
        let read = match &value {
            Value::Bool(flag) => Some(*flag),
            Value::Null => Some(false),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        read.ok_or_else(|| ReadError::new("true or false", &value))
    }
}

impl Read for i64 {
    fn read(value: Value) -> Result<Self, ReadError> {
        let read = match &value {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::Null => Some(0),
            Value::String(text) => {
                let text = text.trim();
                text.parse().ok().or_else(|| whole(text.parse().ok()?))
            }
            _ => None,
        };
        read.ok_or_else(|| ReadError::new("a whole number", &value))
    }
}

/// `5.0` is a whole number in JSON.
#[expect(
    clippy::cast_possible_truncation,
    reason = "numbers that a float can count are far below the limit"
)]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

impl Read for u64 {
    fn read(value: Value) -> Result<Self, ReadError> {
        let read = match &value {
            Value::Number(number) => number.as_u64(),
            Value::Null => Some(0),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        read.ok_or_else(|| ReadError::new("a whole number of at least 0", &value))
    }
}

impl Read for f64 {
    fn read(value: Value) -> Result<Self, ReadError> {
        let read = match &value {
            Value::Number(number) => number.as_f64(),
            Value::Null => Some(0.0),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        read.ok_or_else(|| ReadError::new("a number", &value))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: Value) -> Result<Self, ReadError> {
        if value.is_null() {
            return Ok(None);
        }
        T::read(value).map(Some)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: Value) -> Result<Self, ReadError> {
        T::read(value).map(Self::new)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Value) -> Result<Self, ReadError> {
        match value {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(at, item)| T::read(item).map_err(|e| e.within(format_args!("[{at}]"))))
                .collect(),
            Value::Null => Ok(Self::new()),
            other => Err(ReadError::new("a list", &other)),
        }
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: Value) -> Result<Self, ReadError> {
        match value {
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| {
                    let read = T::read(value).map_err(|e| e.within(format_args!(".{name}")))?;
                    Ok((name, read))
                })
                .collect(),
            Value::Null => Ok(Self::new()),
            other => Err(ReadError::new("an object", &other)),
        }
    }
}
