//! The codec as Python sees it: one object per package, bound to its models.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiter::JsonValue;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use super::decode::{Reading, parse};
use super::encode;
use super::plan::Plans;
use super::types::Type;

/// Answers above this many bytes are parsed without holding the interpreter. Below it, letting go
/// costs more (another thread may keep the interpreter for its whole time slice) than it gives.
const LARGE: usize = 64 * 1024;

/// Turns answers into models, and models into JSON.
#[pyclass(frozen, module = "_native")]
pub(crate) struct Codec {
    /// The package's `models`: class names are looked up here, when they are needed.
    pub(crate) models: Py<PyModule>,
    /// The module with the helpers that are written in Python.
    pub(crate) helpers: Py<PyModule>,
    pub(crate) plans: Plans,
    types: Mutex<HashMap<String, Arc<Type>>>,
}

#[pymethods]
impl Codec {
    #[new]
    fn new(models: Py<PyModule>, helpers: Py<PyModule>) -> Self {
        Self {
            models,
            helpers,
            plans: Plans::default(),
            types: Mutex::default(),
        }
    }

    /// Reads `data` (bytes or str) as `response_type` (a type string or a class).
    #[pyo3(signature = (data, response_type, strict=false))]
    fn decode<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        response_type: &Bound<'py, PyAny>,
        strict: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(text) = data.cast::<PyString>() {
            self.decode_bytes(data.py(), text.to_cow()?.as_bytes(), response_type, strict)
        } else {
            let bytes = data.cast::<PyBytes>()?;
            self.decode_bytes(data.py(), bytes.as_bytes(), response_type, strict)
        }
    }

    /// The JSON text of a value, as bytes.
    fn encode<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let mut out = Vec::new();
        encode::write(value, &self.plans, &mut out)?;
        Ok(PyBytes::new(value.py(), &out))
    }
}

impl Codec {
    /// Reads an answer's body.
    ///
    /// # Errors
    /// `UnicodeDecodeError` for a body that is not UTF-8, and those of [`Reading::value`].
    pub(crate) fn decode_bytes<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        response_type: &Bound<'py, PyAny>,
        strict: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let parsed = if data.len() > LARGE {
            py.detach(|| parse(data))
        } else {
            parse(data)
        }?;
        let json = match parsed {
            Some(json) => json,
            // What is not JSON is taken as a text.
            None => JsonValue::Str(utf8(py, data)?.into()),
        };
        let mut reading = Reading::new(py, self, strict);
        match response_type.cast::<PyString>() {
            Ok(text) => reading.value(&json, &*self.type_of(text)?),
            Err(_) if matches!(json, JsonValue::Null) => Ok(py.None().into_bound(py)),
            Err(_) => match type_of_class(response_type)? {
                Some(ty) => reading.value(&json, &ty),
                None => reading.instance(&json, response_type),
            },
        }
    }

    /// The parsed form of a type string.
    pub(crate) fn type_of(&self, text: &Bound<'_, PyString>) -> PyResult<Arc<Type>> {
        let text = text.to_cow()?;
        let mut types = self.types.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ty) = types.get(text.as_ref()) {
            return Ok(Arc::clone(ty));
        }
        let ty = Arc::new(Type::parse(&text));
        types.insert(text.into_owned(), Arc::clone(&ty));
        Ok(ty)
    }
}

/// The body as text.
///
/// # Errors
/// Python's own `UnicodeDecodeError`.
pub(crate) fn utf8(py: Python<'_>, data: &[u8]) -> PyResult<String> {
    match std::str::from_utf8(data) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => PyBytes::new(py, data)
            .call_method1(intern!(py, "decode"), ("utf-8",))?
            .extract(),
    }
}

/// The type that a builtin class stands for; `None` for a model class.
fn type_of_class(class: &Bound<'_, PyAny>) -> PyResult<Option<Type>> {
    let module: Option<String> = class
        .getattr(intern!(class.py(), "__module__"))
        .and_then(|m| m.extract())
        .ok();
    let name: String = class.getattr(intern!(class.py(), "__name__"))?.extract()?;
    Ok(match (module.as_deref(), name.as_str()) {
        (Some("builtins"), "int" | "float" | "str" | "bool" | "object")
        | (Some("datetime"), "date" | "datetime") => Some(Type::parse(&name)),
        _ => None,
    })
}
