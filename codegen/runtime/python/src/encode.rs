//! From Python values to JSON, as `sanitize_for_serialization` sees them.

use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple,
};

use super::plan::Plans;

/// How deep values may be nested; a value that contains itself is deeper than anything.
const DEEPEST: usize = 500;

/// Writes the JSON of a value.
///
/// | given | written |
/// |---|---|
/// | `None`, `bool`, `int`, `float`, `str` | itself |
/// | `list`, `tuple` | array |
/// | `dict` | object, `None` values too |
/// | `date`, `datetime` | text, `isoformat()` |
/// | model | object by JSON names, without the properties that are `None` |
///
/// # Errors
/// `AttributeError` for anything else, which is taken for a model; `TypeError` for bytes and for
/// dict keys that are no simple values; `ValueError` for numbers and texts that JSON cannot say;
/// `RecursionError` for a value that contains itself.
pub(crate) fn write(value: &Bound<'_, PyAny>, plans: &Plans, out: &mut Vec<u8>) -> PyResult<()> {
    Writer {
        plans,
        out,
        depth: 0,
    }
    .value(value)
}

struct Writer<'a> {
    plans: &'a Plans,
    out: &'a mut Vec<u8>,
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(text) = value.cast::<PyString>() {
            self.text(text)
        } else if value.is_none() {
            self.out.extend_from_slice(b"null");
            Ok(())
        } else if let Ok(flag) = value.cast::<PyBool>() {
            let word: &[u8] = if flag.is_true() { b"true" } else { b"false" };
            self.out.extend_from_slice(word);
            Ok(())
        } else if value.is_instance_of::<PyInt>() {
            self.int(value)
        } else if let Ok(number) = value.cast::<PyFloat>() {
            self.float(number)
        } else if let Ok(list) = value.cast::<PyList>() {
            self.nested(|writer| writer.array(list.iter()))
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            self.nested(|writer| writer.array(tuple.iter()))
        } else if let Ok(dict) = value.cast::<PyDict>() {
            self.nested(|writer| writer.object(dict))
        } else if value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() {
            Err(PyTypeError::new_err(format!(
                "Object of type {} is not JSON serializable",
                value.get_type().name()?
            )))
        } else if is_date(value)? {
            let text = value.call_method0(intern!(value.py(), "isoformat"))?;
            self.text(text.cast::<PyString>()?)
        } else {
            self.nested(|writer| writer.model(value))
        }
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        if self.depth == DEEPEST {
            return Err(PyRecursionError::new_err(
                "the value is nested too deeply for JSON, or contains itself",
            ));
        }
        self.depth += 1;
        write(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn array<'py>(&mut self, items: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<()> {
        self.out.push(b'[');
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.value(&item)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self, dict: &Bound<'_, PyDict>) -> PyResult<()> {
        self.out.push(b'{');
        for (index, (key, value)) in dict.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.key(&key)?;
            self.out.push(b':');
            self.value(&value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Keys are texts; simple values are written as texts, as `json.dumps` does.
    fn key(&mut self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(text) = key.cast::<PyString>() {
            return self.text(text);
        }
        let simple = key.is_none()
            || key.is_instance_of::<PyBool>()
            || key.is_instance_of::<PyInt>()
            || key.is_instance_of::<PyFloat>();
        if !simple {
            return Err(PyTypeError::new_err(format!(
                "keys must be str, int, float, bool or None, not {}",
                key.get_type().name()?
            )));
        }
        self.out.push(b'"');
        self.value(key)?;
        self.out.push(b'"');
        Ok(())
    }

    fn model(&mut self, model: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = model.py();
        // What is no model says so here: it "has no attribute 'swagger_types'".
        model.getattr(intern!(py, "swagger_types"))?;
        model.getattr(intern!(py, "attribute_map"))?;
        let plan = self.plans.get(model.get_type().as_any())?;
        let members = match plan.is_original(py)? {
            true => Some(
                model
                    .getattr(intern!(py, "__dict__"))?
                    .cast_into::<PyDict>()?,
            ),
            false => None,
        };
        self.out.push(b'{');
        let mut first = true;
        for field in &plan.fields {
            let stored = match &members {
                Some(members) => members.get_item(&field.slot)?,
                None => None,
            };
            let value = match stored {
                Some(value) => value,
                None => model.getattr(&field.attr)?,
            };
            if value.is_none() {
                continue;
            }
            if !first {
                self.out.push(b',');
            }
            first = false;
            self.escaped(&field.json);
            self.out.push(b':');
            self.value(&value)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn int(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Ok(small) = value.extract::<i64>() {
            self.out.extend_from_slice(small.to_string().as_bytes());
            return Ok(());
        }
        // `int.__repr__` itself: a subclass (an enumeration, say) may print itself otherwise.
        let text = value
            .py()
            .get_type::<PyInt>()
            .call_method1(intern!(value.py(), "__repr__"), (value,))?;
        self.out
            .extend_from_slice(text.extract::<String>()?.as_bytes());
        Ok(())
    }

    fn float(&mut self, number: &Bound<'_, PyFloat>) -> PyResult<()> {
        let number = number.value();
        if !number.is_finite() {
            return Err(PyValueError::new_err(format!(
                "Out of range float values are not JSON compliant: {number}"
            )));
        }
        // Rust's `{:?}` is the shortest text that reads back as the same number, like Python's.
        self.out.extend_from_slice(format!("{number:?}").as_bytes());
        Ok(())
    }

    fn text(&mut self, text: &Bound<'_, PyString>) -> PyResult<()> {
        match text.to_cow() {
            Ok(text) => {
                self.escaped(&text);
                Ok(())
            }
            // Half of a surrogate pair: UTF-8 cannot say it, an escape can.
            Err(_) => {
                let json = text.py().import(intern!(text.py(), "json"))?;
                let quoted = json.call_method1(intern!(text.py(), "dumps"), (text,))?;
                self.out
                    .extend_from_slice(quoted.extract::<String>()?.as_bytes());
                Ok(())
            }
        }
    }

    fn escaped(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        let mut done = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.out
                .extend_from_slice(bytes.get(done..at).unwrap_or_default());
            done = at + 1;
            match byte {
                b'"' => self.out.extend_from_slice(b"\\\""),
                b'\\' => self.out.extend_from_slice(b"\\\\"),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                other => self
                    .out
                    .extend_from_slice(format!("\\u{other:04x}").as_bytes()),
            }
        }
        self.out
            .extend_from_slice(bytes.get(done..).unwrap_or_default());
        self.out.push(b'"');
    }
}

/// True for `datetime.date` and its subclass `datetime.datetime`.
pub(crate) fn is_date(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    static DATE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let date = DATE.get_or_try_init(py, || {
        py.import("datetime")?.getattr("date").map(Bound::unbind)
    })?;
    value.is_instance(date.bind(py))
}
