//! Operations side by side: which became which, and what they are called.

use indexmap::{IndexMap, IndexSet};

use super::messages::{body, responses};
use super::parameters::parameters;
use super::shapes::{Shapes, Unit};
use super::{Change, Rule, Side, Subject, access};
use crate::model::{Model, Operation};

/// Compares all operations.
pub(super) fn compare<'m>(shapes: &mut Shapes<'m>, changes: &mut Vec<Change>) {
    let (old_model, new_model): (&'m Model, &'m Model) = (shapes.old, shapes.new);
    let mut left: IndexSet<usize> = (0..new_model.operations.len()).collect();
    let pairs = pairs(old_model, new_model);
    for (old, new) in old_model.operations.iter().zip(pairs) {
        let Some((index, new)) = new.and_then(|i| Some((i, new_model.operations.get(i)?))) else {
            changes.push(whole(Rule::OperationRemoved, old, Side::Old, "is gone"));
            continue;
        };
        left.shift_remove(&index);
        let mut unit = Unit::default();
        naming(old, new, &mut unit);
        parameters(shapes, old, new, &mut unit);
        body(shapes, old.body.as_ref(), new.body.as_ref(), &mut unit);
        responses(shapes, old, new, &mut unit);
        access::operation(old_model, new_model, old, new, &mut unit);
        shapes.used_by(new, &unit);
        changes.extend(unit.found.into_iter().map(|found| Change {
            rule: found.rule,
            severity: found.rule.severity(),
            subject: Subject::operation(new),
            place: found.place,
            pointer: new.pointer.clone(),
            document: Side::New,
            message: found.message,
        }));
    }
    for new in left.into_iter().filter_map(|i| new_model.operations.get(i)) {
        changes.push(whole(Rule::OperationAdded, new, Side::New, "is new"));
    }
}

fn whole(rule: Rule, operation: &Operation, document: Side, message: &str) -> Change {
    Change {
        rule,
        severity: rule.severity(),
        subject: Subject::operation(operation),
        place: String::new(),
        pointer: operation.pointer.clone(),
        document,
        message: message.to_owned(),
    }
}

/// For each old operation the new one that it became: the one of its path and method, else the one
/// of its id. What pieces of a path are called does not count.
fn pairs(old: &Model, new: &Model) -> Vec<Option<usize>> {
    let place = |o: &Operation| (shape_of_path(&o.path), o.method);
    let mut by_place: IndexMap<_, usize> = IndexMap::new();
    let mut by_id: IndexMap<&str, usize> = IndexMap::new();
    for (i, operation) in new.operations.iter().enumerate() {
        by_place.entry(place(operation)).or_insert(i);
        if !operation.id_made {
            by_id.entry(&operation.id).or_insert(i);
        }
    }
    let mut taken: IndexSet<usize> = IndexSet::new();
    let mut found: Vec<Option<usize>> = old
        .operations
        .iter()
        .map(|o| {
            by_place
                .get(&place(o))
                .copied()
                .filter(|i| taken.insert(*i))
        })
        .collect();
    for (operation, slot) in old.operations.iter().zip(&mut found) {
        if slot.is_none() && !operation.id_made {
            *slot = by_id
                .get(operation.id.as_str())
                .copied()
                .filter(|i| taken.insert(*i));
        }
    }
    found
}

/// The path with all its pieces called the same.
fn shape_of_path(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        inside = inside && c != '}';
        if !inside {
            shape.push(c);
        }
        inside |= c == '{';
    }
    shape
}

fn naming(old: &Operation, new: &Operation, unit: &mut Unit) {
    if shape_of_path(&old.path) != shape_of_path(&new.path) || old.method != new.method {
        let message = format!("was {} {}", old.method.wire(), old.path);
        unit.add(Rule::OperationMoved, "", message);
    }
    if old.id != new.id && !(old.id_made && new.id_made) {
        let message = format!("was called `{}`", old.id);
        unit.add(Rule::OperationIdRenamed, "", message);
    }
    for tag in old.tags.iter().filter(|tag| !new.tags.contains(tag)) {
        unit.add(
            Rule::TagChanged,
            "",
            format!("is not under the tag `{tag}` any more"),
        );
    }
    if new.deprecated && !old.deprecated {
        unit.add(Rule::OperationDeprecated, "", "is deprecated");
    }
}
