//! Bounds that a schema sets.

use serde_json::{Number, Value};

use super::node::Node;
use crate::model::Limits;

/// The bounds of a schema.
pub(super) fn limits(node: &Node<'_>) -> Limits {
    let (minimum, exclusive_minimum) = bound(node, "minimum", "exclusiveMinimum", f64::gt);
    let (maximum, exclusive_maximum) = bound(node, "maximum", "exclusiveMaximum", f64::lt);
    Limits {
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        multiple_of: node.number("multipleOf"),
        min_length: node.count("minLength"),
        max_length: node.count("maxLength"),
        pattern: node.nonempty("pattern"),
        min_items: node.count("minItems"),
        max_items: node.count("maxItems"),
        unique_items: node.flag("uniqueItems"),
        min_properties: node.count("minProperties"),
        max_properties: node.count("maxProperties"),
    }
}

/// A bound and whether it is exclusive. In 3.1 both may be given as numbers; the tighter holds.
fn bound(
    node: &Node<'_>,
    plain: &str,
    exclusive: &str,
    tighter: fn(&f64, &f64) -> bool,
) -> (Option<Number>, bool) {
    let limit = node.number(plain);
    match node.get(exclusive).map(|n| n.value()) {
        Some(Value::Number(other)) => {
            let keep = limit.filter(|limit| match (limit.as_f64(), other.as_f64()) {
                (Some(limit), Some(other)) => tighter(&limit, &other),
                _ => false,
            });
            keep.map_or((Some(other.clone()), true), |limit| (Some(limit), false))
        }
        _ => (limit, node.flag(exclusive)),
    }
}
