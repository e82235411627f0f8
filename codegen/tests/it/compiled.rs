//! Generated crates compile, with warnings denied and without the typed client too.

use std::fs;
use std::process::Command;

use hydra_codegen::emit::{Backend, Interface, Options, rust};
use hydra_codegen::output::Plan;

use crate::models;

#[test]
fn rust_crates_compile() {
    let dir = tempfile::tempdir().unwrap();
    let mut members = Vec::new();
    let kinds = [
        ("direct", Backend::Direct, Interface::Positional),
        ("builder", Backend::Direct, Interface::Builder),
        ("progenitor", Backend::Progenitor, Interface::Positional),
    ];
    for (name, model) in models() {
        for (kind, backend, interface) in kinds {
            let package = format!(
                "golden-{kind}-{}",
                name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
            );
            let options = Options {
                package_name: package.clone(),
                package_version: "1.0.0".to_owned(),
                source: name.clone(),
                backend,
                interface,
                ..Options::default()
            };
            let files = rust::emit(&model, &options)
                .unwrap_or_else(|e| panic!("{name}: {e}"))
                .files;
            Plan::new(&dir.path().join(&package), &files)
                .unwrap()
                .apply()
                .unwrap();
            members.push(format!("{package:?}"));
        }
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n",
        members.join(", ")
    );
    fs::write(dir.path().join("Cargo.toml"), manifest).unwrap();
    // The versions that the rest is tested with; then nothing has to be fetched.
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    fs::copy(format!("{root}/Cargo.lock"), dir.path().join("Cargo.lock")).unwrap();
    // Dependencies are compiled once for all runs of this test.
    let target = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    for features in [
        &["--all-targets"][..],
        &["--no-default-features", "--features", "transport"],
    ] {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--workspace", "--offline", "--quiet"])
            .args(features)
            .current_dir(dir.path())
            .env("CARGO_TARGET_DIR", &target)
            .env("RUSTFLAGS", "-D warnings")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{features:?}\n{text}");
    }
}
