//! A comparison for reading: what breaks comes first, each operation and schema once.

use std::fmt::{self, Write as _};

use indexmap::IndexMap;

use super::{Change, Diff, Severity, Side, Subject};

/// How many operations are named that use a schema.
const NAMED: usize = 3;

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: IndexMap<&Subject, Vec<&Change>> = IndexMap::new();
        for change in &self.changes {
            groups.entry(&change.subject).or_default().push(change);
        }
        // A stable sort: within one severity the order of the documents stays.
        groups.sort_by_key(|_, changes| changes.iter().map(|c| c.severity).min());
        for (subject, mut changes) in groups {
            changes.sort_by_key(|change| change.severity);
            heading(f, subject, &changes)?;
            for change in changes {
                line(f, change)?;
            }
            f.write_char('\n')?;
        }
        writeln!(f, "{}", self.summary())
    }
}

impl Diff {
    /// How much there is of what, in a line.
    pub fn summary(&self) -> String {
        let count = |severity, one: &str, many: &str| {
            let n = self.count(severity);
            format!("{n} {}", if n == 1 { one } else { many })
        };
        format!(
            "{}, {}, {}",
            count(Severity::Breaking, "breaking change", "breaking changes"),
            count(Severity::Warning, "warning", "warnings"),
            count(
                Severity::Compatible,
                "compatible change",
                "compatible changes"
            ),
        )
    }
}

fn heading(f: &mut fmt::Formatter<'_>, subject: &Subject, changes: &[&Change]) -> fmt::Result {
    let pointer = changes.first().map_or("", |c| c.pointer.as_str());
    match subject {
        Subject::Document => writeln!(f, "The document"),
        Subject::Operation { id, method, path } => {
            let old = changes.iter().any(|c| c.document == Side::Old);
            let which = if old { " of the old document" } else { "" };
            writeln!(f, "{id}: {method} {path}  (#{pointer}{which})")
        }
        Subject::Schema { name, operations } => {
            let named: Vec<_> = operations.iter().take(NAMED).map(String::as_str).collect();
            let rest = operations.len().saturating_sub(NAMED);
            let more = if rest > 0 {
                format!(" and {rest} more")
            } else {
                String::new()
            };
            writeln!(f, "{name}, in {}{more}", named.join(", "))
        }
    }
}

fn line(f: &mut fmt::Formatter<'_>, change: &Change) -> fmt::Result {
    let word = change.severity.word();
    let place = if change.place.is_empty() {
        String::new()
    } else {
        format!("{} ", change.place)
    };
    writeln!(
        f,
        "  {word:<10}  {place}{} [{}]",
        change.message, change.rule
    )
}
