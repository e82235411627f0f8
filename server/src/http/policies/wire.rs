//! A policy on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::condition::ConditionText;
use crate::domain::policy::{self, CompiledPolicy, Effect, InvalidPolicy};

/// An access policy: who may, or may not, do what to what.
///
/// A policy applies to a request when one of its subjects, one of its actions and one of its resources
/// match and all its conditions hold. A request is allowed when a policy that allows applies to it and
/// none that denies.
///
/// Entries of the three lists are compared whole and case-sensitively. Text between `<` and `>` in them
/// is a regular expression: `rn:hydra:clients:<.*>` matches every client.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = policy)]
pub(crate) struct Policy {
    /// Names the policy. A random UUID is chosen if it is left out at creation.
    #[schema(nullable = false, max_length = 255)]
    pub(super) id: Option<String>,
    /// What the policy is for.
    #[schema(nullable = false)]
    description: Option<String>,
    /// Whom the policy is about: people, clients and groups, or patterns of them.
    #[schema(nullable = false)]
    subjects: Option<Vec<String>>,
    /// What the policy does: `allow` or `deny`.
    #[schema(nullable = false)]
    effect: Option<String>,
    /// To what things may, or may not, be done; names or patterns of them.
    #[schema(nullable = false)]
    resources: Option<Vec<String>>,
    /// What may, or may not, be done; words or patterns of them.
    #[schema(nullable = false)]
    actions: Option<Vec<String>>,
    /// What must hold of the context of a request for the policy to apply, by key of the context.
    #[schema(nullable = false)]
    conditions: Option<BTreeMap<String, PolicyConditions>>,
}

/// What must hold of one value of a request's context.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = policyConditions)]
pub(crate) struct PolicyConditions {
    /// What the type wants to know: `equals`, a text, for `StringEqualCondition`; `matches`, a regular
    /// expression, for `StringMatchCondition`; `cidr`, a network, for `CIDRCondition`; nothing for the
    /// others.
    #[schema(nullable = false)]
    options: Option<BTreeMap<String, Value>>,
    /// The kind of the condition: `StringEqualCondition`, `StringMatchCondition`, `CIDRCondition`,
    /// `EqualsSubjectCondition` or `StringPairsEqualCondition`.
    #[serde(rename = "type")]
    #[schema(nullable = false)]
    kind: Option<String>,
}

impl Policy {
    /// The policy that was sent, with that id, checked.
    ///
    /// # Errors
    /// A property cannot be.
    pub(super) fn check(self, id: String) -> Result<policy::Policy, InvalidPolicy> {
        let effect = Effect::of(self.effect.as_deref().unwrap_or_default())
            .ok_or_else(|| InvalidPolicy::new("effect", "must be `allow` or `deny`"))?;
        let conditions = self.conditions.unwrap_or_default();
        let policy = policy::Policy {
            id,
            description: self.description.unwrap_or_default(),
            subjects: self.subjects.unwrap_or_default(),
            effect,
            resources: self.resources.unwrap_or_default(),
            actions: self.actions.unwrap_or_default(),
            conditions: conditions
                .into_iter()
                .map(|(key, condition)| (key, condition.into()))
                .collect(),
        };
        CompiledPolicy::check(&policy)?;
        Ok(policy)
    }
}

impl From<policy::Policy> for Policy {
    fn from(policy: policy::Policy) -> Self {
        Self {
            id: Some(policy.id),
            description: Some(policy.description),
            subjects: Some(policy.subjects),
            effect: Some(policy.effect.word().to_owned()),
            resources: Some(policy.resources),
            actions: Some(policy.actions),
            conditions: Some(
                policy
                    .conditions
                    .into_iter()
                    .map(|(key, condition)| (key, condition.into()))
                    .collect(),
            ),
        }
    }
}

impl From<PolicyConditions> for ConditionText {
    fn from(condition: PolicyConditions) -> Self {
        Self {
            kind: condition.kind.unwrap_or_default(),
            options: condition.options.unwrap_or_default().into_iter().collect(),
        }
    }
}

impl From<ConditionText> for PolicyConditions {
    fn from(condition: ConditionText) -> Self {
        Self {
            kind: Some(condition.kind),
            options: Some(condition.options.into_iter().collect()),
        }
    }
}
