//! Text in, tree out: JSON or YAML of bounded size, with a word about members given twice.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::ReadError;
use super::decode::MAX_BYTES;

/// How many values a text may hold. The largest descriptions known have a fifth of it.
const MAX_VALUES: usize = 5_000_000;

/// A tree, and where its text gives a member twice.
pub(super) struct Tree {
    pub(super) value: Value,
    /// Pieces of the pointer to each member that is given more than once.
    pub(super) twice: Vec<Vec<String>>,
}

/// Parses JSON if the text starts with `{`, else YAML 1.2.
pub(super) fn parse(text: &str, origin: &str) -> Result<Tree, ReadError> {
    if text.len() as u64 > MAX_BYTES {
        let message = format!(
            "the document has {} MiB; at most {} are read",
            text.len() >> 20,
            MAX_BYTES >> 20
        );
        return Err(ReadError::syntax(origin, text, None, message));
    }
    let state = RefCell::new(State::default());
    let seed = Seed { state: &state };
    let value = if is_json(text) {
        let mut reader = serde_json::Deserializer::from_str(text);
        let parsed = seed
            .deserialize(&mut reader)
            .and_then(|value| reader.end().map(|()| value));
        parsed.map_err(|e| {
            let at = (e.line() > 0).then_some((e.line() as u64, e.column() as u64));
            let message = e.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            ReadError::syntax(origin, text, at, format!("not valid JSON: {message}"))
        })?
    } else {
        let parsed =
            serde_saphyr::with_deserializer_from_str_with_options(text, yaml_options(), |reader| {
                seed.deserialize(reader)
            });
        parsed.map_err(|e| {
            let at = e.location().map(|l| (l.line(), l.column()));
            let message = e.without_snippet().to_string();
            ReadError::syntax(origin, text, at, format!("not valid YAML: {message}"))
        })?
    };
    Ok(Tree {
        value,
        twice: state.into_inner().twice,
    })
}

pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// YAML 1.2, in which `no` and `on` are texts, with room for the largest descriptions there are.
pub(super) fn yaml_options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        strict_indentation: false,
        non_finite_float_policy: serde_saphyr::options::NonFiniteFloatPolicy::PassThrough,
        // Seen here, and told.
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::PassThrough,
        budget: serde_saphyr::budget! {
            max_depth: 128,
            max_nodes: MAX_VALUES,
            max_events: 4 * MAX_VALUES,
            max_total_scalar_bytes: usize::MAX,
            // One anchor for a shared answer is used by every operation; what all of them come to
            // is bounded by the number of values.
            enforce_alias_anchor_ratio: false,
        },
    }
}

#[derive(Default)]
struct State {
    values: usize,
    twice: Vec<Vec<String>>,
}

#[derive(Clone, Copy)]
struct Seed<'s> {
    state: &'s RefCell<State>,
}

impl Seed<'_> {
    /// Puts `key` before the pointers found since there were `known` of them.
    fn within(self, known: usize, key: &dyn Fn() -> String) {
        let mut state = self.state.borrow_mut();
        for pointer in state.twice.iter_mut().skip(known) {
            pointer.insert(0, key());
        }
    }

    fn known(self) -> usize {
        self.state.borrow().twice.len()
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let mut state = self.state.borrow_mut();
        state.values += 1;
        if state.values > MAX_VALUES {
            return Err(D::Error::custom("the document holds too many values"));
        }
        drop(state);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "no number of JSON is more exact where it is so large"
    )]
    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok((value as f64).into())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "no number of JSON is more exact where it is so large"
    )]
    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok((value as f64).into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // YAML's `.nan` and `.inf` are no JSON.
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let known = self.known();
            let Some(value) = access.next_element_seed(self)? else {
                return Ok(list.into());
            };
            self.within(known, &|| list.len().to_string());
            list.push(value);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let known = self.known();
            let value = access.next_value_seed(self)?;
            self.within(known, &|| key.clone());
            match map.get_mut(&key) {
                None => {
                    map.insert(key, value);
                }
                Some(before) => {
                    *before = later(before, value);
                    self.state.borrow_mut().twice.push(vec![key]);
                }
            }
        }
        Ok(map.into())
    }
}

/// What a member is that is given twice: the later value, as every parser has it; but of two path
/// items all operations, since none must get lost.
fn later(before: &mut Value, value: Value) -> Value {
    let is_item = |map: &Map<String, Value>| {
        map.values().any(|operation| {
            let has = |key: &str| operation.get(key).is_some();
            has("responses")
        })
    };
    match (before, value) {
        (Value::Object(before), Value::Object(value)) if is_item(before) && is_item(&value) => {
            let mut all = std::mem::take(before);
            all.extend(value);
            all.into()
        }
        (_, value) => value,
    }
}
