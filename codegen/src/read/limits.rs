//! What a schema allows: values and bounds.

use serde_json::{Number, Value};

use super::ReadError;
use super::document::Node;
use crate::model::Limits;

/// The values that a schema lists.
pub(super) fn enumeration(node: &Node<'_>) -> Result<Vec<Value>, ReadError> {
    // `const: null` is a value too, so look at the raw member.
    if let Some(value) = node.value().get("const") {
        return Ok(vec![value.clone()]);
    }
    Ok(node
        .list("enum")?
        .iter()
        .map(|n| n.value().clone())
        .collect())
}

/// The bounds of a schema.
pub(super) fn limits(node: &Node<'_>) -> Result<Limits, ReadError> {
    let (minimum, exclusive_minimum) = bound(node, "minimum", "exclusiveMinimum", f64::gt)?;
    let (maximum, exclusive_maximum) = bound(node, "maximum", "exclusiveMaximum", f64::lt)?;
    Ok(Limits {
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        multiple_of: number(node, "multipleOf")?,
        min_length: node.count("minLength")?,
        max_length: node.count("maxLength")?,
        pattern: node.nonempty("pattern")?,
        min_items: node.count("minItems")?,
        max_items: node.count("maxItems")?,
        unique_items: node.flag("uniqueItems")?,
        min_properties: node.count("minProperties")?,
        max_properties: node.count("maxProperties")?,
    })
}

fn number(node: &Node<'_>, key: &str) -> Result<Option<Number>, ReadError> {
    match node.get(key) {
        None => Ok(None),
        Some(n) => match n.value() {
            Value::Number(number) => Ok(Some(number.clone())),
            _ => Err(n.error("a number is expected here")),
        },
    }
}

/// A bound and whether it is exclusive. In 3.1 both may be given as numbers; the tighter holds.
fn bound(
    node: &Node<'_>,
    plain: &str,
    exclusive: &str,
    tighter: fn(&f64, &f64) -> bool,
) -> Result<(Option<Number>, bool), ReadError> {
    let limit = number(node, plain)?;
    match node.get(exclusive).map(|n| n.value()) {
        Some(Value::Number(other)) => {
            let keep = limit.filter(|limit| match (limit.as_f64(), other.as_f64()) {
                (Some(limit), Some(other)) => tighter(&limit, &other),
                _ => false,
            });
            Ok(keep.map_or((Some(other.clone()), true), |limit| (Some(limit), false)))
        }
        _ => {
            let exclusive = node.flag(exclusive)?;
            Ok((limit, exclusive))
        }
    }
}
