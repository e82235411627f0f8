//! Conditions: what must hold of a request's context for a policy to apply.
//!
//! Each condition looks at one value of the context. A value that is missing, or of another type than
//! the condition compares, fails it.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::net::IpAddr;

use crate::domain::expression::{Expression, InvalidExpression, LONGEST};

/// A condition as it is written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionText {
    /// Which kind it is, such as `CIDRCondition`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What that kind wants to know.
    #[serde(default)]
    pub options: Map<String, Value>,
}

/// A condition, ready to be tested.
#[derive(Debug, Clone)]
pub enum Condition {
    /// `StringEqualCondition`: the value is this text.
    StringEqual(String),
    /// `StringMatchCondition`: the expression is found somewhere in the value.
    StringMatch(Expression),
    /// `EqualsSubjectCondition`: the value is the subject itself.
    EqualsSubject,
    /// `CIDRCondition`: the value is an IP address of the network.
    Cidr(IpNet),
    /// `StringPairsEqualCondition`: the value is a list of pairs of texts, each pair of equals.
    StringPairsEqual,
}

/// Why something is not a condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCondition {
    /// There is no such kind.
    #[error(
        "has an unknown type; the types are StringEqualCondition, StringMatchCondition, \
         EqualsSubjectCondition, CIDRCondition and StringPairsEqualCondition"
    )]
    UnknownType,
    /// An option is not what it must be.
    #[error("must have the option `{name}`, {what}")]
    Option {
        /// Its name.
        name: &'static str,
        /// What it must be.
        what: String,
    },
    /// There is an option that the kind does not know. Whoever wrote it meant something by it.
    #[error("has an option that its type does not know")]
    UnknownOption,
}

impl From<InvalidExpression> for InvalidCondition {
    fn from(problem: InvalidExpression) -> Self {
        Self::Option {
            name: "matches",
            what: format!("a regular expression: {problem}"),
        }
    }
}

impl Condition {
    /// Reads a condition. An expression in it is compiled when it is first needed.
    ///
    /// # Errors
    /// Its type is unknown, or its options are not those of the type.
    pub fn read(text: &ConditionText) -> Result<Self, InvalidCondition> {
        let options = &text.options;
        let option = |name: &'static str| match options.get(name) {
            Some(Value::String(value)) if value.len() <= LONGEST => Ok(value.as_str()),
            _ => Err(InvalidCondition::Option {
                name,
                what: format!("a text of at most {LONGEST} bytes"),
            }),
        };
        let (condition, known) = match text.kind.as_str() {
            "StringEqualCondition" => (Self::StringEqual(option("equals")?.to_owned()), 1),
            "StringMatchCondition" => {
                let expression = Expression::read(option("matches")?)?;
                (Self::StringMatch(expression), 1)
            }
            "EqualsSubjectCondition" => (Self::EqualsSubject, 0),
            "CIDRCondition" => {
                let network = option("cidr")?;
                let network = network.parse().map_err(|_| InvalidCondition::Option {
                    name: "cidr",
                    what: "a network such as 10.0.0.0/8 or fd00::/8".to_owned(),
                })?;
                (Self::Cidr(network), 1)
            }
            "StringPairsEqualCondition" => (Self::StringPairsEqual, 0),
            _ => return Err(InvalidCondition::UnknownType),
        };
        if options.len() > known {
            return Err(InvalidCondition::UnknownOption);
        }
        Ok(condition)
    }

    /// Checks the expression of a condition that has one.
    ///
    /// # Errors
    /// It is malformed or too large.
    pub fn check(&self) -> Result<(), InvalidCondition> {
        match self {
            Self::StringMatch(expression) => Ok(expression.check()?),
            _ => Ok(()),
        }
    }

    /// Whether the condition holds of `value`, which the context has at the condition's key.
    ///
    /// # Errors
    /// Its expression is none, and was never checked.
    pub fn holds(&self, value: Option<&Value>, subject: &str) -> Result<bool, InvalidExpression> {
        let Some(value) = value else { return Ok(false) };
        let text = value.as_str();
        Ok(match self {
            Self::StringEqual(wanted) => text == Some(wanted),
            Self::StringMatch(expression) => match text {
                Some(text) => expression.is_found_in(text)?,
                None => false,
            },
            Self::EqualsSubject => text == Some(subject),
            Self::Cidr(network) => text
                .and_then(|text| text.parse::<IpAddr>().ok())
                // An IPv4 address in IPv6 clothes is an IPv4 address.
                .is_some_and(|address| network.contains(&address.to_canonical())),
            Self::StringPairsEqual => value
                .as_array()
                .is_some_and(|pairs| pairs.iter().all(is_pair_of_equals)),
        })
    }
}

fn is_pair_of_equals(pair: &Value) -> bool {
    match pair.as_array().map(Vec::as_slice) {
        Some([Value::String(a), Value::String(b)]) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn condition(kind: &str, options: Value) -> Result<Condition, InvalidCondition> {
        let text = json!({"type": kind, "options": options});
        let condition = Condition::read(&serde_json::from_value(text).unwrap())?;
        condition.check()?;
        Ok(condition)
    }

    #[test]
    fn every_condition_holds_fails_and_misses() {
        let table = [
            (
                "StringEqualCondition",
                json!({"equals": "alice"}),
                vec![json!("alice")],
                vec![json!("Alice"), json!("alice "), json!(""), json!(["alice"])],
            ),
            (
                "StringMatchCondition",
                json!({"matches": "[0-9]{2}"}),
                vec![json!("42"), json!("room 101, left")],
                vec![json!("4"), json!(42), json!("")],
            ),
            (
                "StringMatchCondition",
                json!({"matches": "^a.c$"}),
                vec![json!("abc")],
                vec![json!("xabc"), json!("abcd"), json!("a\nc")],
            ),
            (
                "EqualsSubjectCondition",
                json!({}),
                vec![json!("peter")],
                vec![json!("Peter"), json!("paul"), json!({"peter": 1})],
            ),
            (
                "CIDRCondition",
                json!({"cidr": "192.168.1.7/16"}),
                vec![
                    json!("192.168.0.0"),
                    json!("192.168.255.255"),
                    json!("::ffff:192.168.1.1"),
                ],
                vec![
                    json!("192.169.0.0"),
                    json!("::1"),
                    json!("192.168.1.1/32"),
                    json!("192.168.1"),
                    json!("192.168.001.001"),
                    json!("localhost"),
                    json!(3_232_235_777_u32),
                ],
            ),
            (
                "CIDRCondition",
                json!({"cidr": "fd00::/8"}),
                vec![json!("fd00::1"), json!("FDFF::1")],
                vec![json!("fe00::1"), json!("10.0.0.1"), json!("fd00::1%eth0")],
            ),
            (
                "StringPairsEqualCondition",
                json!({}),
                vec![
                    json!([]),
                    json!([["a", "a"]]),
                    json!([["a", "a"], ["", ""]]),
                ],
                vec![
                    json!([["a", "b"]]),
                    json!([["a", "a"], ["a", "b"]]),
                    json!([["a"]]),
                    json!([["a", "a", "a"]]),
                    json!([[1, 1]]),
                    json!(["a", "a"]),
                    json!("aa"),
                    json!({}),
                ],
            ),
        ];
        for (kind, options, yes, no) in table {
            let condition = condition(kind, options).unwrap();
            for value in yes {
                assert!(
                    condition.holds(Some(&value), "peter").unwrap(),
                    "{kind}: {value}"
                );
            }
            for value in no {
                assert!(
                    !condition.holds(Some(&value), "peter").unwrap(),
                    "{kind}: {value}"
                );
            }
            assert!(
                !condition.holds(Some(&Value::Null), "peter").unwrap(),
                "{kind}"
            );
            assert!(!condition.holds(None, "peter").unwrap(), "{kind}");
        }
    }

    #[test]
    fn options_must_be_those_of_the_type() {
        for (kind, options, problem) in [
            ("NoSuchCondition", json!({}), "unknown type"),
            ("stringequalcondition", json!({}), "unknown type"),
            ("", json!({}), "unknown type"),
            ("StringEqualCondition", json!({}), "`equals`"),
            ("StringEqualCondition", json!({"equals": 5}), "`equals`"),
            ("StringMatchCondition", json!({"equals": "a"}), "`matches`"),
            ("StringMatchCondition", json!({"matches": "["}), "`matches`"),
            (
                "StringMatchCondition",
                json!({"matches": "(?=a)"}),
                "`matches`",
            ),
            (
                "StringMatchCondition",
                json!({"matches": "(a{100}){100}"}),
                "too large",
            ),
            (
                "StringMatchCondition",
                json!({"matches": "x".repeat(2000)}),
                "`matches`",
            ),
            ("CIDRCondition", json!({}), "`cidr`"),
            ("CIDRCondition", json!({"cidr": "10.0.0.1"}), "a network"),
            ("CIDRCondition", json!({"cidr": "10.0.0.0/33"}), "a network"),
            ("EqualsSubjectCondition", json!({"a": 1}), "does not know"),
            (
                "CIDRCondition",
                json!({"cidr": "::/0", "cidrs": []}),
                "does not know",
            ),
        ] {
            let refused = condition(kind, options).unwrap_err().to_string();
            assert!(refused.contains(problem), "{kind}: {refused}");
        }
    }

    #[test]
    fn options_may_be_left_out_where_there_are_none() {
        let text: ConditionText =
            serde_json::from_value(json!({"type": "EqualsSubjectCondition"})).unwrap();
        assert!(matches!(
            Condition::read(&text),
            Ok(Condition::EqualsSubject)
        ));
    }
}
