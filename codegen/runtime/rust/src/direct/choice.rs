//! Which of several shapes a value has.

use serde_json::Value;

/// What a value of one alternative looks like.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// What it is in JSON.
    pub class: Class,
    /// Members that it must have.
    pub required: &'static [&'static str],
    /// Members that it may have, the required ones too.
    pub known: &'static [&'static str],
    /// Members that have one of these texts.
    pub constants: &'static [(&'static str, &'static [&'static str])],
}

/// What a value is in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Any of the others.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A list.
    List,
    /// An object.
    Object,
}

impl Form {
    /// A value of this class, of which no more is known.
    pub const fn of(class: Class) -> Self {
        Self {
            class,
            required: &[],
            known: &[],
            constants: &[],
        }
    }

    /// How well a value fits; `None` if it does not.
    fn fit(&self, value: &Value) -> Option<usize> {
        let fits = match self.class {
            Class::Any => true,
            Class::Boolean => value.is_boolean(),
            Class::Integer => value.is_i64() || value.is_u64(),
            Class::Number => value.is_number(),
            Class::Text => value.is_string(),
            Class::List => value.is_array(),
            Class::Object => value.is_object(),
        };
        if !fits {
            return None;
        }
        let Value::Object(members) = value else {
            return Some(0);
        };
        if !self.required.iter().all(|name| members.contains_key(*name)) {
            return None;
        }
        let mut score = self
            .known
            .iter()
            .filter(|n| members.contains_key(**n))
            .count();
        for (name, texts) in self.constants {
            match members.get(*name).and_then(Value::as_str) {
                Some(text) if texts.contains(&text) => score += 1000,
                Some(_) => return None,
                None => {}
            }
        }
        Some(score)
    }
}

/// Places of the forms that a value fits, the best first; of equally good ones in the order given.
pub fn candidates(forms: &[Form], value: &Value) -> Vec<usize> {
    let mut fits: Vec<(usize, usize)> = forms
        .iter()
        .enumerate()
        .filter_map(|(place, form)| Some((form.fit(value)?, place)))
        .collect();
    fits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    fits.into_iter().map(|(_, place)| place).collect()
}
