//! Reading answers that are a little off.
//!
//! A server that breaks its own description should not break its callers: `null` stands for an
//! absent value, and a number may come as a text or a text as a number.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// The value, or its default in place of `null`.
///
/// # Errors
/// If there is something else.
pub fn null_as_default<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A text, number or boolean, if need be out of one of the others.
///
/// # Errors
/// If what is there cannot be understood as one.
pub fn plain<'de, D: Deserializer<'de>, T: Plain>(from: D) -> Result<T, D::Error> {
    from.deserialize_any(PlainVisitor(PhantomData))
}

/// A value that [`plain`] can read.
pub trait Plain: Sized {
    /// What is expected, for errors.
    const NAME: &'static str;
    /// What `null` stands for.
    fn absent() -> Self;
    /// Out of a text.
    fn from_text(text: &str) -> Option<Self>;
    /// Out of a text that can be kept.
    fn from_owned(text: String) -> Option<Self> {
        Self::from_text(&text)
    }
}

impl Plain for String {
    const NAME: &'static str = "a text";

    fn absent() -> Self {
        Self::new()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn from_owned(text: String) -> Option<Self> {
        Some(text)
    }
}

macro_rules! plain {
    ($($type:ty, $name:literal;)*) => {$(
        impl Plain for $type {
            const NAME: &'static str = $name;

            fn absent() -> Self {
                Self::default()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }
        }
    )*};
}

plain! {
    u64, "a whole number of at least 0";
    f64, "a number";
    bool, "true or false";
}

impl Plain for i64 {
    const NAME: &'static str = "a whole number";

    fn absent() -> Self {
        0
    }

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        // `5.0` is a whole number in JSON.
        text.parse()
            .ok()
            .or_else(|| text.strip_suffix(".0")?.parse().ok())
    }
}

impl<T: Plain> Plain for Option<T> {
    const NAME: &'static str = T::NAME;

    fn absent() -> Self {
        None
    }

    fn from_text(text: &str) -> Option<Self> {
        T::from_text(text).map(Some)
    }

    fn from_owned(text: String) -> Option<Self> {
        T::from_owned(text).map(Some)
    }
}

struct PlainVisitor<T>(PhantomData<T>);

impl<T: Plain> PlainVisitor<T> {
    fn text<E: Error>(text: &str) -> Result<T, E> {
        // The text itself may be a secret.
        T::from_text(text).ok_or_else(|| E::custom(format_args!("expected {}", T::NAME)))
    }
}

impl<'de, T: Plain> Visitor<'de> for PlainVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::NAME)
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::absent())
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        Ok(T::absent())
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Self::text(text)
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        T::from_owned(text).ok_or_else(|| E::custom(format_args!("expected {}", T::NAME)))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        Self::text(if value { "true" } else { "false" })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Self::text(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Self::text(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        // With `.0` if it is whole, as JSON would have it.
        Self::text(&format!("{value:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "plain")]
        text: String,
        #[serde(deserialize_with = "plain")]
        number: i64,
        #[serde(deserialize_with = "plain")]
        maybe: Option<i64>,
        #[serde(deserialize_with = "plain")]
        ratio: Option<f64>,
        #[serde(deserialize_with = "plain")]
        flag: Option<bool>,
        #[serde(deserialize_with = "null_as_default")]
        list: Vec<String>,
        #[serde(flatten)]
        extra: serde_json::Map<String, serde_json::Value>,
    }

    fn read(json: &str) -> Result<Sample, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_right_is_read() {
        let sample = read(
            r#"{"text":"a","number":-7,"maybe":8,"ratio":0.5,"flag":true,"list":["x"],"y":1}"#,
        )
        .unwrap();
        assert_eq!(
            (sample.text.as_str(), sample.number, sample.maybe),
            ("a", -7, Some(8))
        );
        assert_eq!((sample.ratio, sample.flag), (Some(0.5), Some(true)));
        assert_eq!((sample.list.len(), sample.extra.len()), (1, 1));
    }

    #[test]
    fn what_is_a_little_off_is_read_too() {
        let all_null =
            r#"{"text":null,"number":null,"maybe":null,"ratio":null,"flag":null,"list":null}"#;
        assert_eq!(read(all_null).unwrap(), Sample::default());
        assert_eq!(read("{}").unwrap(), Sample::default());
        let sample =
            read(r#"{"text":12,"number":"12","maybe":3.0,"ratio":2,"flag":"false"}"#).unwrap();
        assert_eq!(
            (sample.text.as_str(), sample.number, sample.maybe),
            ("12", 12, Some(3))
        );
        assert_eq!((sample.ratio, sample.flag), (Some(2.0), Some(false)));
    }

    #[test]
    fn what_is_something_else_is_an_error_that_does_not_repeat_it() {
        for json in [
            r#"{"number":"hunter2"}"#,
            r#"{"maybe":0.5}"#,
            r#"{"text":[]}"#,
            r#"{"list":7}"#,
        ] {
            let error = read(json).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
