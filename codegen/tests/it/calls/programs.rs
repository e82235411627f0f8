//! The programs that make the calls: one crate with the generated code of all documents, a
//! program over it for Rust, a native module over it for Python, and the Python packages.
//!
//! All documents are modules of one crate with one runtime, so that neither the runtime nor any
//! dependency is compiled once per document.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use hydra_codegen::emit::{File, Options, python, rust};
use hydra_codegen::model::Model;
use hydra_codegen::read::read;

use super::source;
use super::table::{Case, Language, cases};
use crate::corpus;

pub(super) struct Programs {
    pub(super) folder: PathBuf,
    pub(super) cases: Vec<Case>,
    /// What could not even be generated or called.
    pub(super) faults: Vec<String>,
}

/// Written once for all tests of this process; files that are the same stay as they are, so that
/// what was compiled before is compiled no more.
pub(super) static PROGRAMS: LazyLock<Programs> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("calls");
    let cases = cases();
    let faults = write(&folder, &cases);
    Programs {
        folder,
        cases,
        faults,
    }
});

impl Programs {
    /// Compiles a member of the workspace.
    pub(super) fn build(&self, package: &str) {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--offline", "--quiet", "--package", package])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env("PYO3_BUILD_EXTENSION_MODULE", "1")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{package}\n{text}");
    }

    pub(super) fn target(&self) -> PathBuf {
        self.folder.join("target")
    }
}

fn options(package: &str, case: &str) -> Options {
    Options {
        package_name: package.to_owned(),
        package_version: "1.0.0".to_owned(),
        source: case.to_owned(),
        ..Options::default()
    }
}

/// The Rust crate of a document.
pub(super) fn rust_files(case: &Case) -> Result<Vec<File>, String> {
    rust::emit(&model(case), &options("documents", &case.name))
        .map(|emission| emission.files)
        .map_err(|e| format!("{}: {e}", case.name))
}

/// The Python package of a document, and the Rust sources of its native module.
pub(super) fn python_files(case: &Case) -> Result<Vec<File>, String> {
    python::emit(&model(case), &options(&case.module, &case.name))
        .map(|emission| emission.files)
        .map_err(|e| format!("{}: {e}", case.name))
}

/// A document, read.
pub(super) fn model(case: &Case) -> Model {
    let text = fs::read_to_string(&case.path).unwrap();
    read(&text, &case.name).unwrap_or_else(|e| panic!("{}: {e}", case.name))
}

fn write(folder: &Path, cases: &[Case]) -> Vec<String> {
    let mut faults = Vec::new();
    let members = "[workspace]\nresolver = \"3\"\nmembers = [\"documents\", \"calls\", \"native\"]\n\
                   [profile.dev]\ndebug = false\nincremental = true\n";
    put(&folder.join("Cargo.toml"), members);
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    if !folder.join("Cargo.lock").exists() {
        put(
            &folder.join("Cargo.lock"),
            &fs::read_to_string(lock).unwrap(),
        );
    }
    let mut library = "#![allow(warnings)]\npub mod runtime;\n".to_owned();
    let (mut calls, mut runs) = (String::new(), String::new());
    let (mut natives, mut sdks) = (String::new(), String::new());
    for case in cases {
        let module = &case.module;
        if case.is_done(Language::Rust) {
            match rust_files(case) {
                Ok(files) => {
                    faults.extend(write_rust(folder, case, &files));
                    writeln!(library, "pub mod {module};").unwrap();
                    writeln!(calls, "mod {module};").unwrap();
                    let run = format!(
                        "{:?} => {module}::run(&urls, &mut outcomes).await,",
                        case.name
                    );
                    writeln!(runs, "        {run}").unwrap();
                }
                Err(why) => faults.push(format!("Rust: {why}")),
            }
        }
        if case.is_done(Language::Python) {
            match python_files(case) {
                Ok(files) => {
                    write_python(folder, case, &files);
                    writeln!(natives, "mod {module};").unwrap();
                    writeln!(
                        sdks,
                        "    ({:?}, Sdk {{ api: &{module}::API, dispatch: None }}),",
                        case.name
                    )
                    .unwrap();
                }
                Err(why) => faults.push(format!("Python: {why}")),
            }
        }
    }
    put(&folder.join("documents/src/lib.rs"), &library);
    let template = |name: &str| fs::read_to_string(corpus().join("programs").join(name)).unwrap();
    put(&folder.join("calls/Cargo.toml"), &template("calls.toml"));
    let main = template("calls.rs")
        .replace("// mods\n", &calls)
        .replace("        // runs\n", &runs);
    put(&folder.join("calls/src/main.rs"), &main);
    let manifest = template("native.toml")
        .replace("{runtime}", concat!(env!("CARGO_MANIFEST_DIR"), "/runtime"));
    put(&folder.join("native/Cargo.toml"), &manifest);
    let module = template("native.rs")
        .replace("// mods\n", &natives)
        .replace("    // sdks\n", &sdks);
    put(&folder.join("native/src/lib.rs"), &module);
    faults
}

/// The client of a document as a module of the one crate, and the program that calls it; gives
/// back what cannot be called.
fn write_rust(folder: &Path, case: &Case, files: &[File]) -> Vec<String> {
    let manifest = &files
        .iter()
        .find(|f| f.path == "Cargo.toml")
        .unwrap()
        .contents;
    put(&folder.join("documents/Cargo.toml"), manifest);
    // The runtime, which is the same in every crate.
    for file in files.iter().filter(|f| f.path.starts_with("src/runtime/")) {
        put(&folder.join("documents").join(&file.path), &file.contents);
    }
    let place = folder.join("documents/src").join(&case.module);
    for file in generated(files) {
        let path = file
            .path
            .trim_start_matches("src/")
            .replace("lib.rs", "mod.rs");
        put(&place.join(path), &moved(&file.contents, &case.module));
    }
    let client = source::Client::new(generated(files), &case.module);
    let (made, faults) = source::module(case, &client);
    put(
        &folder.join("calls/src").join(format!("{}.rs", case.module)),
        &made,
    );
    faults
}

/// The package of a document, and its operations for the one native module.
fn write_python(folder: &Path, case: &Case, files: &[File]) {
    let package = format!("{}/", case.module);
    for file in files.iter().filter(|f| f.path.starts_with(&package)) {
        put(&folder.join("packages").join(&file.path), &file.contents);
    }
    let table = files
        .iter()
        .find(|f| f.path.ends_with("/operations.rs"))
        .unwrap();
    let table = table.contents.replace("crate::runtime", "sdk_runtime");
    put(
        &folder
            .join("native/src")
            .join(format!("{}.rs", case.module)),
        &table,
    );
}

/// The sources that are made from a document.
fn generated(files: &[File]) -> impl Iterator<Item = &File> {
    files
        .iter()
        .filter(|f| f.path.starts_with("src/") && !f.path.starts_with("src/runtime/"))
}

/// A source of a crate, as a source of a module.
fn moved(source: &str, module: &str) -> String {
    source
        .replace("pub mod runtime;", "pub use crate::runtime;")
        .replace("crate::", &format!("crate::{module}::"))
        .replace(&format!("crate::{module}::runtime"), "crate::runtime")
}

fn put(path: &Path, contents: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == contents) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}
