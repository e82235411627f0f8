//! Many policies, one decision.
//!
//! Nothing is allowed by default. A request is allowed if a policy that allows applies to it and none
//! that denies does; the order of policies makes no difference. Somebody who is in groups asks as
//! himself and as each of them, and a denial of any one of them counts.
//!
//! Asking every policy would make each decision as slow as there are policies. So policies are found
//! by what their patterns are or begin with, along subject, resource and action; the shortest of the
//! three lists is tried. Only policies whose patterns begin alike in all three ways, or with an
//! expression, are all tried.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::pattern::{InvalidPattern, Key, Pattern};
use crate::domain::policy::{AccessRequest, CompiledPolicy, Effect};

/// What policies say about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed, by the policy of this id among others.
    Allowed(Box<str>),
    /// It is denied, by the policy of this id among others.
    Denied(Box<str>),
    /// No policy applies, so it is not allowed.
    NoPolicy,
}

impl Decision {
    /// Whether the request may go on.
    #[must_use]
    pub const fn allows(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// A policy that cannot be asked, since an expression in it is none; it was stored by other means than ours.
/// It might deny, so nothing can be decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy `{id}` cannot be asked: {problem}")]
pub struct Undecidable {
    /// The policy.
    pub id: Box<str>,
    /// What is wrong with it.
    pub problem: InvalidPattern,
}

/// The policies of a server.
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: HashMap<Number, CompiledPolicy>,
    numbers: HashMap<Box<str>, Number>,
    next: Number,
    subjects: Index,
    resources: Index,
    actions: Index,
}

/// Stands for a policy in the indexes.
type Number = u64;

impl PolicySet {
    /// How many policies there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// Adds a policy, in place of the one of its id if there is one.
    pub fn insert(&mut self, policy: CompiledPolicy) {
        self.remove(&policy.id);
        let number = self.next;
        self.next += 1;
        self.subjects.insert(&policy.subjects, number);
        self.resources.insert(&policy.resources, number);
        self.actions.insert(&policy.actions, number);
        self.numbers.insert(policy.id.clone(), number);
        self.policies.insert(number, policy);
    }

    /// Takes a policy away, if it is there.
    pub fn remove(&mut self, id: &str) {
        let Some(number) = self.numbers.remove(id) else {
            return;
        };
        if let Some(policy) = self.policies.remove(&number) {
            self.subjects.remove(&policy.subjects, number);
            self.resources.remove(&policy.resources, number);
            self.actions.remove(&policy.actions, number);
        }
    }

    /// Decides the request of somebody who is known by each of `subjects`: by the own name and by
    /// those of groups.
    ///
    /// # Errors
    /// A policy that might apply cannot be asked.
    pub fn decide(
        &self,
        subjects: &[&str],
        request: &AccessRequest<'_>,
    ) -> Result<Decision, Undecidable> {
        let mut decision = Decision::NoPolicy;
        for policy in self.candidates(subjects, request) {
            match applies_to_one(policy, subjects, request) {
                Ok(false) => {}
                Ok(true) => match policy.effect {
                    Effect::Deny => return Ok(Decision::Denied(policy.id.clone())),
                    Effect::Allow => decision = Decision::Allowed(policy.id.clone()),
                },
                Err(problem) => {
                    return Err(Undecidable {
                        id: policy.id.clone(),
                        problem,
                    });
                }
            }
        }
        Ok(decision)
    }
}

impl PolicySet {
    /// The policies that could apply, perhaps one of them twice.
    fn candidates(
        &self,
        subjects: &[&str],
        request: &AccessRequest<'_>,
    ) -> impl Iterator<Item = &CompiledPolicy> {
        let lists: [Vec<&HashSet<Number>>; 3] = [
            subjects
                .iter()
                .flat_map(|subject| self.subjects.lists(subject))
                .collect(),
            self.resources.lists(request.resource).collect(),
            self.actions.lists(request.action).collect(),
        ];
        let shortest = lists
            .into_iter()
            .min_by_key(|lists| lists.iter().map(|list| list.len()).sum::<usize>())
            .unwrap_or_default();
        shortest
            .into_iter()
            .flatten()
            .filter_map(|number| self.policies.get(number))
    }
}

fn applies_to_one(
    policy: &CompiledPolicy,
    subjects: &[&str],
    request: &AccessRequest<'_>,
) -> Result<bool, InvalidPattern> {
    for subject in subjects {
        if policy.applies(subject, request)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Finds policies by what one kind of their patterns is or begins with.
#[derive(Debug, Default)]
struct Index {
    exact: HashMap<Box<str>, HashSet<Number>>,
    prefixes: HashMap<Box<str>, HashSet<Number>>,
    /// The lengths that prefixes have, and how many have each.
    lengths: BTreeMap<usize, usize>,
}

impl Index {
    fn insert(&mut self, patterns: &[Pattern], number: Number) {
        for pattern in patterns {
            match pattern.key() {
                Key::Exact(text) => {
                    self.exact.entry(text.into()).or_default().insert(number);
                }
                Key::Prefix(text) => {
                    let numbers = self.prefixes.entry(text.into()).or_default();
                    if numbers.is_empty() {
                        *self.lengths.entry(text.len()).or_default() += 1;
                    }
                    numbers.insert(number);
                }
            }
        }
    }

    fn remove(&mut self, patterns: &[Pattern], number: Number) {
        for pattern in patterns {
            match pattern.key() {
                Key::Exact(text) => {
                    take(&mut self.exact, text, number);
                }
                Key::Prefix(text) => {
                    if take(&mut self.prefixes, text, number)
                        && let Some(count) = self.lengths.get_mut(&text.len())
                    {
                        *count -= 1;
                        if *count == 0 {
                            self.lengths.remove(&text.len());
                        }
                    }
                }
            }
        }
    }

    /// The lists in which every policy stands that could match `text`.
    fn lists<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a HashSet<Number>> {
        let prefixes = self
            .lengths
            .range(..=text.len())
            .filter_map(|(length, _)| self.prefixes.get(text.get(..*length)?));
        self.exact.get(text).into_iter().chain(prefixes)
    }
}

/// Takes a number out of a list; `true` if that was the end of the list.
fn take(lists: &mut HashMap<Box<str>, HashSet<Number>>, key: &str, number: Number) -> bool {
    let Some(numbers) = lists.get_mut(key) else {
        return false;
    };
    numbers.remove(&number);
    numbers.is_empty() && lists.remove(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::{Context, Policy};

    fn policy(id: &str, effect: Effect, subject: &str, action: &str, resource: &str) -> Policy {
        Policy {
            id: id.to_owned(),
            effect,
            subjects: vec![subject.to_owned()],
            actions: vec![action.to_owned()],
            resources: vec![resource.to_owned()],
            ..Policy::default()
        }
    }

    fn set(policies: &[Policy]) -> PolicySet {
        let mut set = PolicySet::default();
        for policy in policies {
            set.insert(CompiledPolicy::read(policy).unwrap());
        }
        set
    }

    fn decide(set: &PolicySet, subjects: &[&str], action: &str, resource: &str) -> Decision {
        let context = Context::new();
        set.decide(
            subjects,
            &AccessRequest {
                action,
                resource,
                context: &context,
            },
        )
        .unwrap()
    }

    #[test]
    fn nothing_is_allowed_by_default() {
        assert_eq!(
            decide(&PolicySet::default(), &["peter"], "get", "articles"),
            Decision::NoPolicy
        );
    }

    #[test]
    fn denial_beats_permission_in_any_order() {
        let allow = policy("allow", Effect::Allow, "<.*>", "get", "articles:<.*>");
        let deny = policy("deny", Effect::Deny, "peter", "<.*>", "articles:secret");
        for policies in [[allow.clone(), deny.clone()], [deny, allow]] {
            let set = set(&policies);
            let denied = decide(&set, &["peter"], "get", "articles:secret");
            assert_eq!(denied, Decision::Denied("deny".into()));
            assert!(decide(&set, &["peter"], "get", "articles:1").allows());
            assert!(decide(&set, &["paul"], "get", "articles:secret").allows());
        }
    }

    #[test]
    fn a_group_allows_and_its_denial_beats_what_its_member_may() {
        let set = set(&[
            policy("own", Effect::Allow, "peter", "get", "articles"),
            policy("readers", Effect::Allow, "readers", "get", "books"),
            policy("banned", Effect::Deny, "banned", "get", "articles"),
        ]);
        assert!(decide(&set, &["peter", "readers"], "get", "books").allows());
        assert!(!decide(&set, &["peter"], "get", "books").allows());
        assert!(decide(&set, &["peter", "readers"], "get", "articles").allows());
        let denied = decide(&set, &["peter", "readers", "banned"], "get", "articles");
        assert_eq!(denied, Decision::Denied("banned".into()));
    }

    #[test]
    fn nobody_is_not_a_subject() {
        let set = set(&[policy("all", Effect::Allow, "<.*>", "<.*>", "<.*>")]);
        assert_eq!(decide(&set, &[""], "get", "x"), Decision::NoPolicy);
        assert_eq!(decide(&set, &[], "get", "x"), Decision::NoPolicy);
        assert!(decide(&set, &["", "readers"], "get", "x").allows());
    }

    /// A row that was written by other means. It might deny, so it is not passed over, unless it is about
    /// something else.
    #[test]
    fn a_policy_that_cannot_be_asked_leaves_nothing_allowed() {
        let set = set(&[
            policy("all", Effect::Allow, "<.*>", "<.*>", "<.*>"),
            policy("bad", Effect::Deny, "peter", "<.*>", "articles:<[>"),
        ]);
        let context = Context::new();
        let decide = |subject, resource| {
            let request = AccessRequest {
                action: "get",
                resource,
                context: &context,
            };
            set.decide(&[subject], &request)
        };
        let refused = decide("peter", "articles:1").unwrap_err();
        assert_eq!(&*refused.id, "bad");
        assert!(decide("peter", "books:1").unwrap().allows());
        assert!(decide("paul", "articles:1").unwrap().allows());
    }

    #[test]
    fn policies_are_replaced_and_taken_away_without_a_trace() {
        let mut set = set(&[
            policy("a", Effect::Allow, "peter", "get", "articles:<.*>"),
            policy("b", Effect::Allow, "paul", "get", "articles:<.*>"),
        ]);
        let changed = policy("a", Effect::Allow, "mary", "get", "books:<.*>");
        set.insert(CompiledPolicy::read(&changed).unwrap());
        assert_eq!(set.len(), 2);
        assert!(!decide(&set, &["peter"], "get", "articles:1").allows());
        assert!(decide(&set, &["mary"], "get", "books:1").allows());
        assert!(decide(&set, &["paul"], "get", "articles:1").allows());
        for id in ["a", "b", "absent"] {
            set.remove(id);
        }
        assert!(set.is_empty() && set.numbers.is_empty());
        for index in [&set.subjects, &set.resources, &set.actions] {
            assert!(
                index.exact.is_empty() && index.prefixes.is_empty() && index.lengths.is_empty()
            );
        }
    }

    /// A decision must not take longer with every policy there is.
    #[test]
    fn few_of_ten_thousand_policies_are_tried() {
        for (subject, resource) in [
            ("user-{}", "rn:<.*>"),
            ("<.*>", "rn:album-{}:<.*>"),
            ("<.*>", "rn:album-{}:photo"),
            ("user-{}:<.*>", "rn:<.*>:photo"),
        ] {
            let mut set = set(&[]);
            for number in 0..10_000 {
                let number = number.to_string();
                let [subject, resource] =
                    [subject, resource].map(|template| template.replace("{}", &number));
                let policy = policy(&number, Effect::Allow, &subject, "get", &resource);
                set.insert(CompiledPolicy::read(&policy).unwrap());
            }
            let context = Context::new();
            let request = AccessRequest {
                action: "get",
                resource: "rn:album-4711:photo",
                context: &context,
            };
            let tried = set.candidates(&["user-4711:phone"], &request).count();
            assert!(tried <= 5, "{subject} {resource}: {tried}");
        }
    }

    /// The index leaves nothing out: it decides as asking each policy in turn does.
    #[test]
    fn the_index_decides_as_asking_every_policy_does() {
        let subjects = [
            "", "a", "ab", "abc", "ä", "<.*>", "a<.*>", "ä<b|>", "<a|b>c",
        ];
        let resources = ["x", "x:y", "x:<.*>", "x<.*>y", "<.*>", "<x>:y"];
        let mut policies = Vec::new();
        for (n, subject) in subjects.iter().enumerate() {
            for (m, resource) in resources.iter().enumerate() {
                let effect = if (n * 7 + m) % 4 == 0 {
                    Effect::Deny
                } else {
                    Effect::Allow
                };
                let action = if m % 2 == 0 { "get" } else { "<.*>" };
                policies.push(policy(
                    &format!("{n}-{m}"),
                    effect,
                    subject,
                    action,
                    resource,
                ));
            }
        }
        // Every other one is enough for any mixture of effects.
        for step in 1..5 {
            let chosen: Vec<Policy> = policies.iter().step_by(step).cloned().collect();
            let set = set(&chosen);
            let compiled: Vec<_> = chosen
                .iter()
                .map(|policy| CompiledPolicy::read(policy).unwrap())
                .collect();
            let context = Context::new();
            for subject in ["", "a", "ab", "abc", "bc", "ac", "ä", "äb", "a\nb", "z"] {
                for resource in ["x", "x:y", "x:", "xy", "x:y:y", "y", ""] {
                    for action in ["get", "put", ""] {
                        let request = AccessRequest {
                            action,
                            resource,
                            context: &context,
                        };
                        let applying = |effect| {
                            compiled.iter().any(|it| {
                                it.effect == effect && it.applies(subject, &request).unwrap()
                            })
                        };
                        let expected = applying(Effect::Allow) && !applying(Effect::Deny);
                        let decision = set.decide(&[subject], &request).unwrap();
                        assert_eq!(
                            decision.allows(),
                            expected,
                            "{subject:?} {action:?} {resource:?}: {decision:?}"
                        );
                    }
                }
            }
        }
    }
}
