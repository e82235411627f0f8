//! Query strings, refused in our own words.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::http::error::{Failure, Generic};
use crate::http::extract::parameters::read;

/// The parameters in the URL of a management operation.
#[derive(Debug)]
pub(crate) struct Query(HashMap<String, String>);

impl Query {
    /// A parameter that must be there.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn require(&self, name: &'static str) -> Result<&str, Failure> {
        self.0.get(name).map(String::as_str).ok_or_else(|| {
            Failure::invalid_request(format!("the parameter `{name}` is missing from the URL"))
        })
    }

    /// A parameter that may be left out, as one without a value is.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A parameter that is a whole number in `range`, or `default` without it.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn integer(
        &self,
        name: &'static str,
        range: RangeInclusive<i64>,
        default: i64,
    ) -> Result<i64, Failure> {
        let Some(text) = self.0.get(name) else {
            return Ok(default);
        };
        text.parse()
            .ok()
            .filter(|number| range.contains(number))
            .ok_or_else(|| {
                Failure::invalid_request(format!(
                    "the parameter `{name}` must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                ))
            })
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Generic;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Generic> {
        let mut pairs = Vec::new();
        read(parts.uri.query().unwrap_or_default(), &mut pairs)
            .map_err(|problem| Failure::invalid_request(problem.to_string()))?;
        let mut parameters = HashMap::new();
        for (name, value) in pairs {
            // NUL, which no database keeps alike.
            if value.contains('\0') {
                return Err(Failure::invalid_request(
                    "a parameter in the URL holds a NUL character",
                )
                .into());
            }
            // Of two values one would be ignored, and nobody would know which.
            if parameters.insert(name, value).is_some() {
                return Err(
                    Failure::invalid_request("a parameter is in the URL more than once").into(),
                );
            }
        }
        Ok(Self(parameters))
    }
}
