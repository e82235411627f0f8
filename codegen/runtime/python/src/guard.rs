//! Has anybody replaced a part of the way that a call takes?

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

/// Methods of a class as they were when the guard was made.
///
/// Programs replace methods on objects (`unittest.mock`), on the class, or by subclassing. As long
/// as none of the watched methods is, a call may take a short cut that gives the same result.
#[pyclass(frozen, module = "_native")]
pub(crate) struct Guard {
    watched: Vec<(Py<PyString>, Py<PyAny>)>,
}

#[pymethods]
impl Guard {
    #[new]
    fn new(class: &Bound<'_, PyAny>, names: Vec<String>) -> PyResult<Self> {
        let py = class.py();
        let watch = |name: &String| {
            let name = PyString::intern(py, name);
            let method = class.getattr(&name)?;
            Ok((name.unbind(), method.unbind()))
        };
        Ok(Self {
            watched: names.iter().map(watch).collect::<PyResult<_>>()?,
        })
    }

    /// True if the object has all watched methods in their original form.
    pub(crate) fn holds(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = object.py();
        let class = object.get_type();
        let own = object.getattr(intern!(py, "__dict__"))?;
        let own = own.cast::<PyDict>()?;
        for (name, method) in &self.watched {
            let replaced = match class.getattr(name) {
                Ok(found) => !found.is(method),
                Err(_) => true,
            };
            if replaced || own.contains(name)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
