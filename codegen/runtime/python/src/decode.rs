//! From an answer's JSON to Python values.
//!
//! Answers are read tolerantly: a value of another simple type is converted as Python's own
//! constructors do, one that cannot be converted is handed on as it is, and the checks of the
//! models' setters are left out unless the constructor has to be called anyway. A server that
//! breaks its own document does not break its callers.

use std::sync::Arc;

use jiter::{JsonError, JsonErrorType, JsonObject, JsonValue};
use pyo3::exceptions::{PyAttributeError, PyRecursionError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyType};

use super::codec::Codec;
use super::plan::{Field, Plan};
use super::types::Type;

/// Parses JSON as Python's `json` does: `NaN` and infinities are numbers, and an escaped half of a
/// surrogate pair does not spoil the rest (it becomes U+FFFD).
///
/// Gives `None` for a text that is not JSON.
///
/// # Errors
/// `RecursionError` if values are nested too deeply.
pub(crate) fn parse(data: &[u8]) -> PyResult<Option<JsonValue<'_>>> {
    let failure = match JsonValue::parse(data, true) {
        Ok(value) => return Ok(Some(value)),
        Err(failure) => failure,
    };
    if is_surrogate(&failure) {
        let mended = without_lone_surrogates(data);
        if let Ok(value) = JsonValue::parse(&mended, true) {
            return Ok(Some(value.into_static()));
        }
    }
    if failure.error_type == JsonErrorType::RecursionLimitExceeded {
        return Err(PyRecursionError::new_err(
            "the answer's JSON is nested too deeply",
        ));
    }
    Ok(None)
}

fn is_surrogate(failure: &JsonError) -> bool {
    matches!(
        failure.error_type,
        JsonErrorType::LoneLeadingSurrogateInHexEscape
            | JsonErrorType::UnexpectedEndOfHexEscape
            | JsonErrorType::InvalidUnicodeCodePoint
    )
}

/// Replaces each `\uD800`…`\uDFFF` that is not half of a pair by `\uFFFD`.
fn without_lone_surrogates(data: &[u8]) -> Vec<u8> {
    let unit = |at: usize| -> Option<u16> {
        let text = data.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()
    };
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        let width = match (byte, unit(at), unit(at + 6)) {
            (b'\\', Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (b'\\', Some(0xD800..=0xDFFF), _) => {
                out.extend_from_slice(b"\\ufffd");
                at += 6;
                continue;
            }
            // An escaped backslash must not be taken for the start of the next escape.
            (b'\\', ..) => 2,
            _ => 1,
        };
        let end = data.len().min(at + width);
        out.extend_from_slice(data.get(at..end).unwrap_or_default());
        at = end;
    }
    out
}

/// Reading one answer: remembers what it found out about the classes it met.
pub(crate) struct Reading<'py, 'c> {
    py: Python<'py>,
    codec: &'c Codec,
    strict: bool,
    met: Vec<(String, Met<'py>)>,
}

#[derive(Clone)]
enum Met<'py> {
    /// No properties: data is handed on unchanged.
    Empty,
    /// As generated: instances are filled directly.
    Original(Arc<Plan>),
    /// The constructor has to run.
    Changed(Arc<Plan>),
    /// Not a model at all, but something callable that a program put among the models.
    Other(Bound<'py, PyAny>),
}

impl<'py, 'c> Reading<'py, 'c> {
    /// `strict` makes every model through its constructor, so that the setters' checks apply.
    pub(crate) fn new(py: Python<'py>, codec: &'c Codec, strict: bool) -> Self {
        Self {
            py,
            codec,
            strict,
            met: Vec::new(),
        }
    }

    /// The value of a type.
    ///
    /// # Errors
    /// `AttributeError` for the name of no model; `TypeError` if the value cannot be taken apart as
    /// the type needs; `ApiException` for a text that is no date; what constructors raise.
    pub(crate) fn value(&mut self, json: &JsonValue<'_>, ty: &Type) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        match (ty, json) {
            (_, JsonValue::Null) => Ok(py.None().into_bound(py)),
            (Type::Str, JsonValue::Str(text)) => Ok(PyString::new(py, text).into_any()),
            (Type::Any, _)
            | (Type::Int, JsonValue::Int(_))
            | (Type::Float, JsonValue::Float(_))
            | (Type::Bool, JsonValue::Bool(_)) => raw(py, json),
            (Type::Int, _) => convert(&py.get_type::<PyInt>(), json),
            (Type::Float, _) => convert(&py.get_type::<PyFloat>(), json),
            (Type::Bool, _) => convert(&py.get_type::<PyBool>(), json),
            (Type::Str | Type::File, _) => convert(&py.get_type::<PyString>(), json),
            (Type::Date, _) => self.date(json, intern!(py, "_parse_date")),
            (Type::DateTime, _) => self.date(json, intern!(py, "_parse_datetime")),
            (Type::List(items), _) => self.list(json, items),
            (Type::Dict(values), JsonValue::Object(object)) => {
                let dict = PyDict::new(py);
                for (key, value) in object.iter() {
                    dict.set_item(key.as_ref(), self.value(value, values)?)?;
                }
                Ok(dict.into_any())
            }
            (Type::Dict(_), _) => Err(PyAttributeError::new_err(format!(
                "'{}' object has no attribute 'items'",
                raw(py, json)?.get_type().name()?
            ))),
            (Type::Model(name), _) => match self.meet(name)? {
                Met::Other(class) => class.call1((raw(py, json)?,)),
                Met::Empty => raw(py, json),
                Met::Original(plan) => self.model(json, &plan, true),
                Met::Changed(plan) => self.model(json, &plan, false),
            },
        }
    }

    /// An instance of a class that was given as such rather than by name.
    pub(crate) fn instance(
        &mut self,
        json: &JsonValue<'_>,
        class: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.look_at(class.clone())? {
            Met::Other(class) => class.call1((raw(self.py, json)?,)),
            Met::Empty => raw(self.py, json),
            Met::Original(plan) => self.model(json, &plan, true),
            Met::Changed(plan) => self.model(json, &plan, false),
        }
    }

    fn list(&mut self, json: &JsonValue<'_>, items: &Type) -> PyResult<Bound<'py, PyAny>> {
        let list = PyList::empty(self.py);
        match json {
            JsonValue::Array(array) => {
                for item in array.iter() {
                    list.append(self.value(item, items)?)?;
                }
            }
            // A list is made over whatever can be iterated.
            JsonValue::Str(text) => {
                for letter in text.chars() {
                    let letter = JsonValue::Str(letter.to_string().into());
                    list.append(self.value(&letter, items)?)?;
                }
            }
            JsonValue::Object(object) => {
                for (key, _) in object.iter() {
                    list.append(self.value(&JsonValue::Str(key.as_ref().into()), items)?)?;
                }
            }
            other => {
                let name = raw(self.py, other)?.get_type().name()?;
                return Err(PyTypeError::new_err(format!(
                    "'{name}' object is not iterable"
                )));
            }
        }
        Ok(list.into_any())
    }

    fn date(
        &self,
        json: &JsonValue<'_>,
        parser: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.codec
            .helpers
            .bind(self.py)
            .call_method1(parser, (raw(self.py, json)?,))
    }

    fn model(
        &mut self,
        json: &JsonValue<'_>,
        plan: &Arc<Plan>,
        direct: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let object = match json {
            JsonValue::Object(object) => Some(object),
            JsonValue::Str(_) | JsonValue::Array(_) => None,
            other => {
                let name = raw(py, other)?.get_type().name()?;
                return Err(PyTypeError::new_err(format!(
                    "argument of type '{name}' is not iterable"
                )));
            }
        };
        let blank = if direct { plan.blank(py)? } else { None };
        let members = blank.unwrap_or_else(|| PyDict::new(py));
        let values = object.map(|object| by_field(object, plan));
        for (field, value) in plan.fields.iter().zip(values.into_iter().flatten()) {
            match value {
                // A blank has the value for this already.
                Some(JsonValue::Null) if direct => {}
                Some(value) => {
                    let name = if direct { &field.slot } else { &field.attr };
                    members.set_item(name, self.value(value, &field.ty)?)?;
                }
                None => {}
            }
        }
        let instance = if direct {
            let instance = bare_instance(plan.class(py))?;
            instance.setattr(intern!(py, "__dict__"), members)?;
            instance
        } else {
            plan.class(py).call((), Some(&members))?
        };
        if plan.polymorphic {
            let child =
                instance.call_method1(intern!(py, "get_real_child_model"), (raw(py, json)?,))?;
            if child.is_truthy()? {
                return self.value(json, &Type::parse(&child.extract::<String>()?));
            }
        }
        Ok(instance)
    }

    fn meet(&mut self, name: &str) -> PyResult<Met<'py>> {
        if let Some((_, met)) = self.met.iter().find(|(known, _)| known == name) {
            return Ok(met.clone());
        }
        // At call time, so that a class that a program put there is the one that is used.
        let met = self.look_at(self.codec.models.bind(self.py).getattr(name)?)?;
        self.met.push((name.to_owned(), met.clone()));
        Ok(met)
    }

    fn look_at(&self, class: Bound<'py, PyAny>) -> PyResult<Met<'py>> {
        if !class.hasattr(intern!(self.py, "swagger_types"))? && class.is_callable() {
            return Ok(Met::Other(class));
        }
        let plan = self.codec.plans.get(&class)?;
        Ok(if plan.fields.is_empty() && !plan.polymorphic {
            Met::Empty
        } else if !self.strict && plan.is_original(self.py)? {
            Met::Original(plan)
        } else {
            Met::Changed(plan)
        })
    }
}

/// `object.__new__(class)`.
pub(crate) fn bare_instance<'py>(class: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = class.py();
    let new = NEW.get_or_try_init(py, || {
        py.get_type::<PyAny>()
            .getattr(intern!(py, "__new__"))
            .map(Bound::unbind)
    })?;
    new.bind(py).call1((class,))
}

/// The value of each field: the last one, as in Python, if it is there several times.
fn by_field<'a, 's>(object: &'a JsonObject<'s>, plan: &Plan) -> Vec<Option<&'a JsonValue<'s>>> {
    let mut values = vec![None; plan.fields.len()];
    let mut next = 0;
    for (key, value) in object.iter() {
        // Members mostly come in the document's order, with some left out.
        let is_it = |field: &Field| field.json == *key && field.same_as.is_none();
        let (before, after) = plan.fields.split_at(next);
        let found = match after.iter().position(is_it) {
            Some(at) => next + at,
            None => match before.iter().position(is_it) {
                Some(at) => at,
                None => continue,
            },
        };
        if let Some(place) = values.get_mut(found) {
            *place = Some(value);
        }
        next = found + 1;
    }
    for (at, field) in plan.fields.iter().enumerate() {
        if let Some(first) = field.same_as {
            let value = values.get(first).copied().flatten();
            if let Some(place) = values.get_mut(at) {
                *place = value;
            }
        }
    }
    values
}

/// `class(value)`, or the value itself if the class refuses it.
fn convert<'py>(class: &Bound<'py, PyType>, json: &JsonValue<'_>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let value = raw(py, json)?;
    match class.call1((&value,)) {
        Err(refused)
            if refused.is_instance_of::<PyTypeError>(py)
                || refused.is_instance_of::<PyValueError>(py) =>
        {
            Ok(value)
        }
        other => other,
    }
}

/// The value as `json.loads` gives it.
pub(crate) fn raw<'py>(py: Python<'py>, json: &JsonValue<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match json {
        JsonValue::Null => py.None().into_bound(py),
        JsonValue::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        JsonValue::Int(value) => value.into_pyobject(py)?.into_any(),
        JsonValue::BigInt(value) => py.get_type::<PyInt>().call1((value.to_string(),))?,
        JsonValue::Float(value) => PyFloat::new(py, *value).into_any(),
        JsonValue::Str(value) => PyString::new(py, value).into_any(),
        JsonValue::Array(items) => {
            let list = PyList::empty(py);
            for item in items.iter() {
                list.append(raw(py, item)?)?;
            }
            list.into_any()
        }
        JsonValue::Object(members) => {
            let dict = PyDict::new(py);
            for (key, value) in members.iter() {
                dict.set_item(key.as_ref(), raw(py, value)?)?;
            }
            dict.into_any()
        }
    })
}
