//! `_request_timeout`.

use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyTuple};

/// How long an attempt may take. Nothing set: as long as it likes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Limits {
    /// From connecting to the last byte.
    pub(crate) total: Option<Duration>,
    /// Until there is a connection.
    pub(crate) connect: Option<Duration>,
    /// From one piece of the answer to the next.
    pub(crate) read: Option<Duration>,
}

impl Limits {
    /// A number is the total in seconds, a pair is (connect, read), either of which may be `None`.
    /// Anything else sets no limit.
    ///
    /// # Errors
    /// `ValueError` for a number that is no time.
    pub(crate) fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::default());
        }
        if value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
            if !value.is_truthy()? {
                return Ok(Self::default());
            }
            return Ok(Self {
                total: seconds("total", value)?,
                ..Self::default()
            });
        }
        match value.cast::<PyTuple>() {
            Ok(pair) if pair.len() == 2 => Ok(Self {
                total: None,
                connect: seconds("connect", &pair.get_item(0)?)?,
                read: seconds("read", &pair.get_item(1)?)?,
            }),
            _ => Ok(Self::default()),
        }
    }
}

fn seconds(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<Duration>> {
    if value.is_none() {
        return Ok(None);
    }
    let wrong = |why: &str| {
        PyValueError::new_err(format!(
            "Attempted to set {name} timeout to {value}, but {why}"
        ))
    };
    let number: f64 = value
        .extract()
        .map_err(|_| wrong("it must be an int, float or None"))?;
    if number.is_nan() || number <= 0.0 {
        return Err(wrong(
            "the timeout cannot be set to a value less than or equal to 0",
        ));
    }
    // A limit that is too long for the clock is none.
    Ok(Duration::try_from_secs_f64(number)
        .ok()
        .filter(|d| d.as_secs() < 1 << 32))
}
