//! Schemas that are one of several (`oneOf`, `anyOf`).

use super::Rule;
use super::flat::Flat;
use super::shapes::{At, Shapes, Unit};
use crate::model::{Kind, Model, Schema};

impl<'m> Shapes<'m> {
    /// Alternatives, paired by name, then by likeness.
    pub(super) fn choices(
        &mut self,
        old: &'m Schema,
        new: &'m Schema,
        was: &Flat<'m>,
        is: &Flat<'m>,
        at: &At<'_>,
        unit: &mut Unit,
    ) {
        let list = |flat: &Flat<'m>, whole| {
            if flat.choices.is_empty() {
                vec![whole]
            } else {
                flat.choices.clone()
            }
        };
        let mut before = list(was, old);
        let mut after = list(is, new);
        let mut paired = Vec::new();
        before.retain(|old| {
            let same = after.iter().position(|new| {
                let name = old.reference_name();
                name.is_some() && name == new.reference_name()
                    || !self.trial && self.alike(old, new, at)
            });
            if let Some(index) = same {
                paired.push((*old, after.remove(index)));
            }
            same.is_none()
        });
        if let ([old], [new]) = (&before[..], &after[..]) {
            paired.push((*old, *new));
            before.clear();
            after.clear();
        }
        for (old, new) in paired {
            self.compare(old, new, at, unit);
        }
        for old in before {
            let rule = at
                .direction
                .pick(Rule::RequestChoiceRemoved, Rule::ResponseChoiceRemoved);
            unit.add(
                rule,
                at.place,
                format!("is not {} any more", title(self.old, old)),
            );
        }
        for new in after {
            let rule = at
                .direction
                .pick(Rule::RequestChoiceAdded, Rule::ResponseChoiceAdded);
            unit.add(rule, at.place, format!("may be {}", title(self.new, new)));
        }
        if let (Some(old), Some(new)) = (was.discriminator, is.discriminator) {
            if old.discriminator != new.discriminator {
                unit.add(
                    Rule::DiscriminatorChanged,
                    at.place,
                    "another property tells the shape",
                );
            }
            for value in old.discriminator_mapping.keys() {
                if !new.discriminator_mapping.contains_key(value) {
                    let message = format!("`{value}` tells no shape any more");
                    unit.add(Rule::DiscriminatorChanged, at.place, message);
                }
            }
        }
    }

    /// True if nothing that counts differs.
    fn alike(&self, old: &'m Schema, new: &'m Schema, at: &At<'_>) -> bool {
        let mut trial = Self::new(self.old, self.new);
        trial.trial = true;
        let mut unit = Unit::default();
        trial.compare(old, new, at, &mut unit);
        trial.drain();
        unit.found.is_empty() && trial.is_clean()
    }
}

/// What to call one of several shapes.
fn title(model: &Model, schema: &Schema) -> String {
    match &schema.kind {
        Kind::Ref { name } => format!("`{name}`"),
        _ => Flat::of(model, schema).type_name(),
    }
}
