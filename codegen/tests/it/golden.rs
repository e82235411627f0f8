//! What comes out, as snapshots that a person has looked at.

use hydra_codegen::emit::document::{Version, convert};
use hydra_codegen::emit::{Options, rust};
use hydra_codegen::lint::lint;
use hydra_codegen::read::read;

use crate::models;

#[test]
fn dumps() {
    for (name, model) in models() {
        insta::assert_json_snapshot!(format!("dump-{name}"), model);
    }
}

#[test]
fn conversions() {
    for (name, model) in models() {
        for (word, version) in Version::ALL {
            let converted = convert(&model, version);
            let report: Vec<_> = converted
                .report
                .iter()
                .map(|p| format!("#{}: {}", p.pointer, p.message))
                .collect();
            let text = serde_json::to_string_pretty(&converted.document).unwrap();
            insta::assert_snapshot!(
                format!("convert-{name}-to-{word}"),
                format!("{}\n\n{text}", report.join("\n"))
            );
            assert_eq!(
                convert(&model, version),
                converted,
                "same input, same bytes"
            );
        }
    }
}

/// What is written can be read again, and then says the same.
#[test]
fn conversions_are_understood() {
    for (name, model) in models() {
        for (word, version) in Version::ALL {
            let first = convert(&model, version).document;
            let again = read(&first.to_string(), "converted")
                .unwrap_or_else(|e| panic!("{name} to {word}: {e}"));
            let second = convert(&again, version).document;
            // Order does not count here: a member that was an extension may have moved.
            assert!(
                first == second,
                "{name} to {word}:\n{}",
                difference(&first, &second)
            );
        }
    }
}

#[test]
fn rust_crates() {
    for (name, model) in models() {
        let emission = rust::emit(&model, &options()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let files = &emission.files;
        for file in files
            .iter()
            .filter(|f| f.path.starts_with("src/generated/") && !f.path.ends_with("mod.rs"))
        {
            let path = file.path.replace('/', "-");
            insta::assert_snapshot!(format!("rust-{name}-{path}"), file.contents);
        }
        assert_eq!(
            rust::emit(&model, &options()).unwrap(),
            emission,
            "same input, same bytes"
        );
    }
}

#[test]
fn findings() {
    for (name, model) in models() {
        let lines: Vec<_> = lint(&model).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(format!("lint-{name}"), lines.join("\n"));
    }
}

fn options() -> Options {
    Options {
        package_name: "golden".to_owned(),
        package_version: "1.0.0".to_owned(),
        source: "api.json".to_owned(),
        ..Options::default()
    }
}

fn difference(a: &serde_json::Value, b: &serde_json::Value) -> String {
    let text = |v| serde_json::to_string_pretty(v).unwrap();
    let (a, b) = (text(a), text(b));
    similar::TextDiff::from_lines(&a, &b)
        .unified_diff()
        .to_string()
}
