//! The generator on documents of its own.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, helpers included"
)]

mod bad_files;
mod bad_input;
mod calls;
mod command_line;
mod compiled;
mod convert;
mod diff;
mod golden;
mod odd_input;
mod overlay;
mod python;

use std::path::{Path, PathBuf};

use hydra_codegen::model::Model;
use hydra_codegen::read::read;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Documents of the corpus, by file name.
fn documents() -> Vec<(String, String)> {
    let mut found: Vec<_> = std::fs::read_dir(corpus())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// Models of the corpus, by the file name of their document.
fn models() -> Vec<(String, Model)> {
    documents()
        .into_iter()
        .map(|(name, text)| {
            let model = read(&text, &name).unwrap_or_else(|e| panic!("{e}"));
            (name, model)
        })
        .collect()
}
