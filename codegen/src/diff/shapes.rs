//! Two schemas, compared in the direction in which values travel.
//!
//! Named schemas are compared once for each direction, whoever uses them, which is what ends
//! recursion too. Afterwards a walk along the uses tells which operations are concerned.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};

use super::flat::Flat;
use super::narrower::Relation;
use super::{Change, Found, Rule, Side, Subject};
use crate::model::{Model, Operation, Schema};

/// Which way values travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Request,
    Response,
}

impl Direction {
    /// The rule for this direction.
    pub(super) fn pick(self, request: Rule, response: Rule) -> Rule {
        match self {
            Self::Request => request,
            Self::Response => response,
        }
    }

    /// The rule for what allows less or more than before, of a pair for each direction. What is
    /// simply other counts as what breaks: less for who sends, more for who receives.
    pub(super) fn by(
        self,
        relation: Relation,
        request: [Rule; 2],
        response: [Rule; 2],
    ) -> Option<Rule> {
        let [less, more] = match self {
            Self::Request => request,
            Self::Response => response,
        };
        match (relation, self) {
            (Relation::Same, _) => None,
            (Relation::Narrower, _) | (Relation::Other, Self::Request) => Some(less),
            (Relation::Wider, _) | (Relation::Other, Self::Response) => Some(more),
        }
    }
}

/// Two named schemas, by where they are in memory, and a direction.
type Key = (usize, usize, Direction);

/// What was found in an operation or in a pair of named schemas, and which pairs it uses.
#[derive(Default)]
pub(super) struct Unit {
    pub(super) found: Vec<Found>,
    uses: Vec<Key>,
}

impl Unit {
    pub(super) fn add(&mut self, rule: Rule, place: impl Into<String>, message: impl Into<String>) {
        self.found.push(Found::new(rule, place, message));
    }
}

struct Pair<'m> {
    name: &'m str,
    old: &'m Schema,
    new: &'m Schema,
    unit: Unit,
    operations: IndexSet<String>,
    pointer: String,
}

/// Where a shape is, and which way its values go.
pub(super) struct At<'a> {
    pub(super) direction: Direction,
    pub(super) place: &'a str,
}

impl At<'_> {
    pub(super) fn inside<'b>(&self, place: &'b str) -> At<'b> {
        At {
            direction: self.direction,
            place,
        }
    }
}

/// Compares shapes of two models, and remembers which are done.
pub(super) struct Shapes<'m> {
    pub(super) old: &'m Model,
    pub(super) new: &'m Model,
    pairs: IndexMap<Key, Pair<'m>>,
    open: Vec<Key>,
    roots: Vec<(String, String, Vec<Key>)>,
    /// Only asks whether two shapes are the same; then choices are compared by name alone.
    pub(super) trial: bool,
}

impl<'m> Shapes<'m> {
    pub(super) fn new(old: &'m Model, new: &'m Model) -> Self {
        Self {
            old,
            new,
            pairs: IndexMap::new(),
            open: Vec::new(),
            roots: Vec::new(),
            trial: false,
        }
    }

    /// Notes that an operation uses what a unit uses.
    pub(super) fn used_by(&mut self, operation: &Operation, unit: &Unit) {
        let root = (
            operation.id.clone(),
            operation.pointer.clone(),
            unit.uses.clone(),
        );
        self.roots.push(root);
    }

    /// Compares two shapes at the place where they are used.
    pub(super) fn compare(
        &mut self,
        old: &'m Schema,
        new: &'m Schema,
        at: &At<'_>,
        unit: &mut Unit,
    ) {
        let was = Flat::of(self.old, old);
        let is = Flat::of(self.new, new);
        let rule = match (was.nullable, is.nullable) {
            (false, true) => Some(
                at.direction
                    .pick(Rule::RequestNullAllowed, Rule::ResponseNullAdded),
            ),
            (true, false) => Some(
                at.direction
                    .pick(Rule::RequestNullForbidden, Rule::ResponseNullRemoved),
            ),
            _ => None,
        };
        if let Some(rule) = rule {
            let message = if is.nullable {
                "may be null"
            } else {
                "is not null any more"
            };
            unit.add(rule, at.place, message);
        }
        let Some(name) =
            name_in_document(self.old, old).or_else(|| name_in_document(self.new, new))
        else {
            self.flat(old, new, &was, &is, at, unit);
            return;
        };
        let (Some(old), Some(new)) = (self.old.resolve(old), self.new.resolve(new)) else {
            return;
        };
        let address = |schema: &Schema| std::ptr::from_ref(schema).addr();
        let key = (address(old), address(new), at.direction);
        unit.uses.push(key);
        if !self.pairs.contains_key(&key) {
            let pair = Pair {
                name,
                old,
                new,
                unit: Unit::default(),
                operations: IndexSet::new(),
                pointer: String::new(),
            };
            self.pairs.insert(key, pair);
            self.open.push(key);
        }
    }

    /// True if nothing was found in any pair of named schemas.
    pub(super) fn is_clean(&self) -> bool {
        self.pairs.values().all(|pair| pair.unit.found.is_empty())
    }

    /// Compares the pairs of named schemas that were come across.
    pub(super) fn drain(&mut self) {
        while let Some(key) = self.open.pop() {
            let Some(pair) = self.pairs.get(&key) else {
                continue;
            };
            let (old, new) = (pair.old, pair.new);
            let mut unit = Unit::default();
            let at = At {
                direction: key.2,
                place: "",
            };
            let (was, is) = (Flat::of(self.old, old), Flat::of(self.new, new));
            self.flat(old, new, &was, &is, &at, &mut unit);
            if let Some(pair) = self.pairs.get_mut(&key) {
                pair.unit = unit;
            }
        }
    }

    /// Compares the named schemas that were used, and tells what changed in them.
    pub(super) fn finish(mut self) -> Vec<Change> {
        self.drain();
        for (id, pointer, roots) in std::mem::take(&mut self.roots) {
            let mut open = roots;
            let mut seen: HashSet<Key> = HashSet::new();
            while let Some(key) = open.pop() {
                if let Some(pair) = self.pairs.get_mut(&key).filter(|_| seen.insert(key)) {
                    pair.operations.insert(id.clone());
                    if pair.pointer.is_empty() {
                        pair.pointer.clone_from(&pointer);
                    }
                    open.extend(&pair.unit.uses);
                }
            }
        }
        // The same change may be seen in both directions, and beside several old schemas.
        let mut changes: IndexMap<(&str, Found), (IndexSet<String>, String)> = IndexMap::new();
        for pair in self.pairs.into_values() {
            for found in pair.unit.found {
                let (operations, _) = changes
                    .entry((pair.name, found))
                    .or_insert_with(|| (IndexSet::new(), pair.pointer.clone()));
                operations.extend(pair.operations.iter().cloned());
            }
        }
        let mut changes: Vec<Change> = changes
            .into_iter()
            .map(|((name, found), (operations, pointer))| Change {
                rule: found.rule,
                severity: found.rule.severity(),
                subject: Subject::Schema {
                    name: name.to_owned(),
                    operations: operations.into_iter().collect(),
                },
                place: found.place,
                pointer,
                document: Side::New,
                message: found.message,
            })
            .collect();
        changes.sort_by(|a, b| name_of(&a.subject).cmp(name_of(&b.subject)));
        changes
    }
}

fn name_of(subject: &Subject) -> &str {
    match subject {
        Subject::Schema { name, .. } => name,
        _ => "",
    }
}

/// The name that the document itself gives to a schema, if the schema is a mere reference to it.
fn name_in_document<'m>(model: &'m Model, schema: &'m Schema) -> Option<&'m str> {
    if schema.is_composed() {
        return None;
    }
    let name = schema.reference_name()?;
    model.schemas.get(name).filter(|s| !s.hoisted).map(|_| name)
}
