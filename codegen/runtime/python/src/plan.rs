//! What is known of a model class, worked out once and checked before each use.
//!
//! The tables that drive the codec are the class attributes `swagger_types` and `attribute_map`
//! themselves, so that a class which a program changed, subclassed or put in another's place is
//! read like any other.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::types::Type;

/// One property of a model.
pub(crate) struct Field {
    /// Python name: a key of `swagger_types` and a keyword of the constructor.
    pub(crate) attr: Py<PyString>,
    /// Where an instance keeps the value: `_` and the Python name.
    pub(crate) slot: Py<PyString>,
    /// JSON name.
    pub(crate) json: String,
    /// An earlier field with that JSON name, if a program gave it to two.
    pub(crate) same_as: Option<usize>,
    pub(crate) ty: Type,
}

/// What the class statement of a generated model noted down, to see later whether somebody
/// replaced a part of it.
struct Original {
    init: Py<PyAny>,
    properties: Vec<Py<PyAny>>,
    /// What an instance has after its constructor was told nothing. Copying it is cheaper than
    /// filling a dict, which grows several times on the way.
    blank: Py<PyDict>,
}

/// What is known of a model class.
pub(crate) struct Plan {
    class: Py<PyAny>,
    types: Py<PyAny>,
    map: Py<PyAny>,
    type_texts: Vec<Py<PyAny>>,
    json_texts: Vec<Py<PyAny>>,
    /// The properties, in the order of `swagger_types`.
    pub(crate) fields: Vec<Field>,
    /// The class decides by the data which class an instance should have.
    pub(crate) polymorphic: bool,
    original: Option<Original>,
}

impl Plan {
    fn new(class: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = class.py();
        let types = class.getattr(intern!(py, "swagger_types"))?;
        let map = class.getattr(intern!(py, "attribute_map"))?;
        let polymorphic = class
            .getattr(intern!(py, "__dict__"))?
            .contains(intern!(py, "get_real_child_model"))?;
        let mut plan = Self {
            class: class.clone().unbind(),
            types: types.clone().unbind(),
            map: map.clone().unbind(),
            type_texts: Vec::new(),
            json_texts: Vec::new(),
            fields: Vec::new(),
            polymorphic,
            original: None,
        };
        if types.is_none() {
            return Ok(plan);
        }
        let class_name: String = class.getattr(intern!(py, "__name__"))?.extract()?;
        let original = class.getattr(intern!(py, "_blueprint")).ok();
        let defaults = match &original {
            Some(o) => o.get_item(1)?.getattr(intern!(py, "__defaults__"))?,
            None => py.None().into_bound(py),
        };
        let blank = PyDict::new(py);
        for (index, entry) in types
            .call_method0(intern!(py, "items"))?
            .try_iter()?
            .enumerate()
        {
            let (attr, text): (Bound<'_, PyString>, Bound<'_, PyAny>) = entry?.extract()?;
            let json = map.get_item(&attr)?;
            let name = attr.to_cow()?;
            let slot = PyString::intern(py, &mangled(&class_name, &format!("_{name}")));
            let default = defaults
                .get_item(index)
                .unwrap_or_else(|_| py.None().into_bound(py));
            blank.set_item(&slot, default)?;
            let json_name: String = json.extract()?;
            plan.fields.push(Field {
                slot: slot.unbind(),
                attr: PyString::intern(py, &name).unbind(),
                same_as: plan.fields.iter().position(|field| field.json == json_name),
                json: json_name,
                ty: Type::parse(&text.extract::<String>()?),
            });
            plan.type_texts.push(text.unbind());
            plan.json_texts.push(json.unbind());
        }
        if let Some(original) = original {
            let original = original.cast_into::<PyTuple>()?;
            let properties: Vec<Py<PyAny>> = original.get_item(2)?.extract()?;
            if original.get_item(0)?.is(class) && properties.len() == plan.fields.len() {
                blank.set_item(intern!(py, "discriminator"), original.get_item(3)?)?;
                plan.original = Some(Original {
                    init: original.get_item(1)?.unbind(),
                    properties,
                    blank: blank.unbind(),
                });
            }
        }
        Ok(plan)
    }

    /// True if the class's tables still say what they said when the plan was made.
    fn holds(&self, class: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = class.py();
        let types = class.getattr(intern!(py, "swagger_types"))?;
        let map = class.getattr(intern!(py, "attribute_map"))?;
        if !types.is(&self.types) || !map.is(&self.map) {
            return Ok(false);
        }
        let (Ok(types), Ok(map)) = (types.cast::<PyDict>(), map.cast::<PyDict>()) else {
            return Ok(types.is_none());
        };
        let same = types.len() == self.fields.len()
            && types
                .iter()
                .zip(&self.fields)
                .zip(&self.type_texts)
                .all(|(((attr, text), field), known)| attr.is(&field.attr) && text.is(known));
        if !same {
            return Ok(false);
        }
        // Both tables are mostly in one order, so that looking names up can be saved.
        let same_order = map.len() == self.fields.len()
            && map
                .iter()
                .zip(&self.fields)
                .zip(&self.json_texts)
                .all(|(((attr, text), field), known)| attr.is(&field.attr) && text.is(known));
        if same_order {
            return Ok(true);
        }
        for (field, known) in self.fields.iter().zip(&self.json_texts) {
            if !map
                .get_item(&field.attr)?
                .is_some_and(|text| text.is(known))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// True if instances may be filled without the constructor: the class is as it was generated.
    pub(crate) fn is_original(&self, py: Python<'_>) -> PyResult<bool> {
        let Some(original) = &self.original else {
            return Ok(false);
        };
        let class = self.class.bind(py);
        if !class.getattr(intern!(py, "__init__"))?.is(&original.init) {
            return Ok(false);
        }
        let members = class.getattr(intern!(py, "__dict__"))?;
        for (field, property) in self.fields.iter().zip(&original.properties) {
            match members.get_item(&field.attr) {
                Ok(found) if found.is(property) => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The class itself.
    pub(crate) fn class<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.class.bind(py)
    }

    /// The attributes of an instance that knows nothing yet; `None` if only the constructor can
    /// tell.
    pub(crate) fn blank<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let original = self.original.as_ref();
        original.map(|o| o.blank.bind(py).copy()).transpose()
    }
}

/// A private name, as it is known outside of its class.
fn mangled(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if name.starts_with("__") && !name.ends_with("__") && !class.is_empty() {
        format!("_{class}{name}")
    } else {
        name.to_owned()
    }
}

/// Plans by class, for the life of the process.
#[derive(Default)]
pub(crate) struct Plans {
    // The key is the class's address; the plan holds the class, so that no other gets that address.
    known: Mutex<HashMap<usize, Arc<Plan>>>,
}

impl Plans {
    /// The plan of a class.
    ///
    /// # Errors
    /// Whatever Python raises when the class has no usable tables.
    pub(crate) fn get(&self, class: &Bound<'_, PyAny>) -> PyResult<Arc<Plan>> {
        let key = class.as_ptr() as usize;
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some(plan) = known
            && plan.holds(class)?
        {
            return Ok(plan);
        }
        let plan = Arc::new(Plan::new(class)?);
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, Arc::clone(&plan));
        Ok(plan)
    }
}
