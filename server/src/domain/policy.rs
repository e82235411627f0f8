//! Access policies: who may, or may not, do what to what.
//!
//! A policy applies to a request when one of its subjects, one of its actions and one of its resources
//! match (see [`pattern`](crate::domain::pattern)) and every condition holds. Comparison is
//! case-sensitive; an empty list matches nothing, and nothing matches the empty subject, which is
//! nobody. How several policies make one decision stands in
//! [`policy_set`](crate::domain::policy_set).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::client::{LONGEST_KEY, is_id};
use crate::domain::condition::{Condition, ConditionText, InvalidCondition};
use crate::domain::pattern::{InvalidPattern, Pattern};

/// The id of the policy that lets the root client do everything.
pub const ROOT_POLICY: &str = "default-admin-policy";
/// The longest description, in bytes.
const LONGEST_DESCRIPTION: usize = 16 * 1024;
/// The most entries in a list of patterns.
const LONGEST_LIST: usize = 256;
/// The most conditions.
const MOST_CONDITIONS: usize = 64;

/// What conditions may look at, such as the `owner` of a client.
pub type Context = Map<String, Value>;

/// What a policy does to the requests that it applies to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Effect {
    /// It allows them, unless another denies.
    Allow,
    /// It denies them, whatever the others say.
    #[default]
    Deny,
}

impl Effect {
    /// Its word on the wire and in storage.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }

    /// The effect of that word, if it is one.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "allow" => Some(Self::Allow),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

/// A policy as it is written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Names the policy.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// Patterns of those it is about.
    pub subjects: Vec<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Patterns of what may be done something to.
    pub resources: Vec<String>,
    /// Patterns of what may be done.
    pub actions: Vec<String>,
    /// What must hold, by key of the context.
    pub conditions: BTreeMap<String, ConditionText>,
}

/// A property of a policy that cannot be, by its name on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{property}` {problem}")]
pub struct InvalidPolicy {
    /// The property.
    pub property: String,
    /// What is wrong with it.
    pub problem: String,
}

impl InvalidPolicy {
    /// Something is wrong with `property`.
    pub fn new(property: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            property: property.into(),
            problem: problem.into(),
        }
    }
}

/// A request, as policies see it.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    /// What shall be done.
    pub action: &'a str,
    /// To what.
    pub resource: &'a str,
    /// What conditions may look at.
    pub context: &'a Context,
}

/// A policy, ready to be asked.
#[derive(Debug, Clone)]
pub struct CompiledPolicy {
    /// Names the policy.
    pub id: Box<str>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Those it is about.
    pub subjects: Vec<Pattern>,
    /// What may be done something to.
    pub resources: Vec<Pattern>,
    /// What may be done.
    pub actions: Vec<Pattern>,
    conditions: Vec<(Box<str>, Condition)>,
}

impl CompiledPolicy {
    /// Checks every property of a policy that somebody wants to store.
    ///
    /// # Errors
    /// The first property that cannot be.
    pub fn check(policy: &Policy) -> Result<Self, InvalidPolicy> {
        let read = Self::read(policy)?;
        for (property, patterns) in [
            ("subjects", &read.subjects),
            ("resources", &read.resources),
            ("actions", &read.actions),
        ] {
            for (index, pattern) in patterns.iter().enumerate() {
                pattern
                    .check()
                    .map_err(|problem| no_pattern(property, index, &problem))?;
            }
        }
        for (key, condition) in &read.conditions {
            condition
                .check()
                .map_err(|problem| no_condition(key, &problem))?;
        }
        Ok(read)
    }

    /// Reads a policy that was checked before it was stored. Its expressions are compiled when a decision
    /// first needs them.
    ///
    /// # Errors
    /// A property that cannot be, expressions apart.
    pub fn read(policy: &Policy) -> Result<Self, InvalidPolicy> {
        if !is_id(&policy.id) {
            return Err(InvalidPolicy::new(
                "id",
                format!(
                    "must be 1 to {LONGEST_KEY} characters, without control characters or spaces at \
                     the ends, and neither `.` nor `..`"
                ),
            ));
        }
        if policy.description.len() > LONGEST_DESCRIPTION || policy.description.contains('\0') {
            return Err(InvalidPolicy::new(
                "description",
                format!("must be at most {LONGEST_DESCRIPTION} bytes, without NUL characters"),
            ));
        }
        Ok(Self {
            id: policy.id.as_str().into(),
            effect: policy.effect,
            subjects: patterns("subjects", &policy.subjects)?,
            resources: patterns("resources", &policy.resources)?,
            actions: patterns("actions", &policy.actions)?,
            conditions: conditions(&policy.conditions)?,
        })
    }

    /// Whether the policy has anything to say about the request of `subject`.
    ///
    /// # Errors
    /// An expression is none, and was never checked.
    pub fn applies(
        &self,
        subject: &str,
        request: &AccessRequest<'_>,
    ) -> Result<bool, InvalidPattern> {
        if subject.is_empty()
            || !one_matches(&self.actions, request.action)?
            || !one_matches(&self.subjects, subject)?
            || !one_matches(&self.resources, request.resource)?
        {
            return Ok(false);
        }
        for (key, condition) in &self.conditions {
            if !condition.holds(request.context.get(&**key), subject)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn one_matches(patterns: &[Pattern], text: &str) -> Result<bool, InvalidPattern> {
    for pattern in patterns {
        if pattern.matches(text)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn no_pattern(property: &str, index: usize, problem: &InvalidPattern) -> InvalidPolicy {
    InvalidPolicy::new(
        format!("{property}[{index}]"),
        format!("is not a pattern: {problem}"),
    )
}

fn no_condition(key: &str, problem: &InvalidCondition) -> InvalidPolicy {
    InvalidPolicy::new(format!("conditions.{key}"), problem.to_string())
}

fn patterns(property: &'static str, templates: &[String]) -> Result<Vec<Pattern>, InvalidPolicy> {
    if templates.len() > LONGEST_LIST {
        return Err(InvalidPolicy::new(
            property,
            format!(
                "has {} entries; {LONGEST_LIST} are allowed",
                templates.len()
            ),
        ));
    }
    templates
        .iter()
        .enumerate()
        .map(|(index, template)| {
            Pattern::read(template).map_err(|problem| no_pattern(property, index, &problem))
        })
        .collect()
}

fn conditions(
    texts: &BTreeMap<String, ConditionText>,
) -> Result<Vec<(Box<str>, Condition)>, InvalidPolicy> {
    if texts.len() > MOST_CONDITIONS {
        return Err(InvalidPolicy::new(
            "conditions",
            format!("has {} members; {MOST_CONDITIONS} are allowed", texts.len()),
        ));
    }
    texts
        .iter()
        .map(|(key, text)| {
            if key.chars().count() > LONGEST_KEY || key.contains('\0') {
                return Err(InvalidPolicy::new(
                    "conditions",
                    format!("has a key of more than {LONGEST_KEY} characters, or with NUL in it"),
                ));
            }
            Condition::read(text)
                .map(|condition| (key.as_str().into(), condition))
                .map_err(|problem| no_condition(key, &problem))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn policy() -> Policy {
        Policy {
            id: "p".into(),
            subjects: vec!["peter".into(), "<.*>:admin".into()],
            effect: Effect::Allow,
            resources: vec!["articles:<[0-9]+>".into()],
            actions: vec!["get".into(), "<delete|update>".into()],
            ..Policy::default()
        }
    }

    fn applies(
        policy: &Policy,
        subject: &str,
        action: &str,
        resource: &str,
        context: Value,
    ) -> bool {
        let Value::Object(context) = context else {
            panic!("a context is an object")
        };
        let request = AccessRequest {
            action,
            resource,
            context: &context,
        };
        CompiledPolicy::check(policy)
            .unwrap()
            .applies(subject, &request)
            .unwrap()
    }

    #[test]
    fn one_entry_of_each_list_must_match() {
        let it = policy();
        for (subject, action, resource, expected) in [
            ("peter", "get", "articles:1", true),
            ("site:admin", "delete", "articles:42", true),
            ("Peter", "get", "articles:1", false),
            ("peter", "Get", "articles:1", false),
            ("peter", "create", "articles:1", false),
            ("peter", "get", "articles:", false),
            ("peter", "get", "articles:x", false),
        ] {
            assert_eq!(
                applies(&it, subject, action, resource, json!({})),
                expected,
                "{subject} {action} {resource}"
            );
        }
    }

    #[test]
    fn empty_lists_match_nothing() {
        for empty in 0..3 {
            let mut it = policy();
            match empty {
                0 => it.subjects.clear(),
                1 => it.resources.clear(),
                _ => it.actions.clear(),
            }
            assert!(!applies(&it, "peter", "get", "articles:1", json!({})));
        }
    }

    #[test]
    fn nothing_matches_the_empty_subject() {
        for template in ["<.*>", "", "<>", "<(peter)?>"] {
            let it = Policy {
                subjects: vec![template.into()],
                ..policy()
            };
            assert!(!applies(&it, "", "get", "articles:1", json!({})));
        }
    }

    #[test]
    fn all_conditions_must_hold() {
        let mut it = policy();
        for (key, text) in [
            ("owner", json!({"type": "EqualsSubjectCondition"})),
            (
                "ip",
                json!({"type": "CIDRCondition", "options": {"cidr": "10.0.0.0/8"}}),
            ),
        ] {
            it.conditions
                .insert(key.into(), serde_json::from_value(text).unwrap());
        }
        for (context, expected) in [
            (json!({"owner": "peter", "ip": "10.1.2.3", "more": 1}), true),
            (json!({"owner": "paul", "ip": "10.1.2.3"}), false),
            (json!({"owner": "peter", "ip": "11.1.2.3"}), false),
            (json!({"owner": "peter"}), false),
            (json!({}), false),
        ] {
            assert_eq!(
                applies(&it, "peter", "get", "articles:1", context.clone()),
                expected,
                "{context}"
            );
        }
    }

    #[test]
    fn the_property_at_fault_is_named() {
        let condition = |kind: &str| {
            BTreeMap::from([(
                "ip".to_owned(),
                ConditionText {
                    kind: kind.into(),
                    ..ConditionText::default()
                },
            )])
        };
        for (property, it) in [
            (
                "id",
                Policy {
                    id: " p".into(),
                    ..policy()
                },
            ),
            (
                "description",
                Policy {
                    description: "x".repeat(LONGEST_DESCRIPTION + 1),
                    ..policy()
                },
            ),
            (
                "subjects[1]",
                Policy {
                    subjects: vec!["a".into(), "<[>".into()],
                    ..policy()
                },
            ),
            (
                "resources[0]",
                Policy {
                    resources: vec!["<".into()],
                    ..policy()
                },
            ),
            (
                "actions",
                Policy {
                    actions: vec![String::new(); LONGEST_LIST + 1],
                    ..policy()
                },
            ),
            (
                "conditions.ip",
                Policy {
                    conditions: condition("Nonsense"),
                    ..policy()
                },
            ),
        ] {
            assert_eq!(CompiledPolicy::check(&it).unwrap_err().property, property);
        }
    }
}
