//! `hydra-codegen diff`.

use hydra_codegen::diff::{Severity, diff};
use serde_json::json;

use super::args::Diff;
use super::input::{Reading, load};
use super::{Outcome, data};

/// Compares two documents. Fails if callers break, unless the version number tells them.
pub(super) fn run(args: &Diff) -> Outcome {
    if args.old == "-" && args.new == "-" {
        return Err("only one of the documents can come from standard input".to_owned());
    }
    let reading = Reading::default();
    let (old, new) = (load(&args.old, &reading)?, load(&args.new, &reading)?);
    let mut found = diff(&old, &new);
    let (breaking, warnings) = (
        found.count(Severity::Breaking),
        found.count(Severity::Warning),
    );
    let summary = found.summary();
    if args.breaking {
        found.changes.retain(|c| c.severity != Severity::Compatible);
    }
    if args.json {
        let document = json!({
            "breaking": breaking,
            "warnings": warnings,
            "changes": found.changes,
        });
        let text = serde_json::to_string_pretty(&document).map_err(|e| e.to_string())?;
        data(&(text + "\n"))?;
    } else {
        data(&found.to_string())?;
    }
    let fails = breaking > 0 || args.strict && warnings > 0;
    if !fails {
        return Ok(());
    }
    let (was, is) = (&old.info.version, &new.info.version);
    if args.semver && is_incompatible(was, is) {
        return Ok(());
    }
    Err(if args.semver {
        format!(
            "{summary}, and the version only went from {was} to {is}. Mend them, or raise \
             info.version so that callers are told"
        )
    } else {
        summary
    })
}

/// True if the second version does not promise to be compatible with the first (Semantic
/// Versioning 2.0.0, items 4 and 8).
fn is_incompatible(old: &str, new: &str) -> bool {
    let numbers = |text: &str| -> Option<(u64, u64)> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.split(['.', '-', '+']).map(str::parse::<u64>);
        let major = parts.next()?.ok()?;
        let minor = parts.next().and_then(Result::ok).unwrap_or(0);
        Some((major, minor))
    };
    let (Some(old), Some(new)) = (numbers(old), numbers(new)) else {
        return false;
    };
    new.0 > old.0 || new.0 == 0 && old.0 == 0 && new.1 > old.1
}

#[cfg(test)]
mod tests {
    use super::is_incompatible;

    #[test]
    fn a_new_major_version_promises_nothing() {
        for (old, new) in [
            ("1.4.0", "2.0.0"),
            ("v1", "v2"),
            ("0.1.9", "0.2.0"),
            ("0.9", "1.0.0-rc.1"),
        ] {
            assert!(is_incompatible(old, new), "{old} {new}");
        }
        for (old, new) in [
            ("1.4.0", "1.5.0"),
            ("2.0", "1.0"),
            ("0.1.0", "0.1.1"),
            ("1.0", "1.0"),
            ("x", "y"),
        ] {
            assert!(!is_incompatible(old, new), "{old} {new}");
        }
    }
}
