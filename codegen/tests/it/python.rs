//! Python packages: what comes out, that Python understands it, and that the native module compiles.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use hydra_codegen::emit::{Backend, File, Options, python};
use hydra_codegen::output::Plan;

use crate::models;

/// Prints what is wrong with sources that come in as JSON: `{path: source}`.
///
/// Besides being Python, a module may hold nothing at its top but what the emitter writes there:
/// a text of the document must not become code.
const CHECK: &str = r#"
import ast, json, sys
allowed = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.If, ast.Expr)
for path, source in json.load(sys.stdin).items():
    try:
        tree = ast.parse(source, path)
    except SyntaxError as e:
        print(path, e)
        continue
    for node in tree.body:
        if not isinstance(node, allowed) or isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            print(path, node.lineno, ast.dump(node)[:100])
"#;

fn emit(
    name: &str,
    model: &hydra_codegen::model::Model,
    package: &str,
    rust_sdk: Option<&str>,
) -> Vec<File> {
    let options = Options {
        package_name: package.to_owned(),
        package_version: "1.0.0".to_owned(),
        source: "api.json".to_owned(),
        rust_sdk: rust_sdk.map(str::to_owned),
        ..Options::default()
    };
    let files = python::emit(model, &options)
        .unwrap_or_else(|e| panic!("{name}: {e}"))
        .files;
    assert_eq!(
        python::emit(model, &options).unwrap().files,
        files,
        "same input, same files"
    );
    files
}

fn is_python(file: &&File) -> bool {
    Path::new(&file.path)
        .extension()
        .is_some_and(|e| e == "py" || e == "pyi")
}

#[test]
fn packages() {
    for (name, model) in models() {
        // One document has a bit of everything; of the others the names are of interest.
        let everything = name.starts_with("shop");
        for file in emit(&name, &model, "golden", everything.then_some("../sdk")) {
            let made_from_model = file.path.starts_with("golden/api/")
                || everything
                    && ["golden/models/", "golden/_about", "src/generated/dispatch"]
                        .iter()
                        .any(|prefix| file.path.starts_with(prefix));
            if made_from_model {
                let path = file.path.replace('/', "-");
                insta::assert_snapshot!(format!("python-{name}-{path}"), file.contents);
            }
        }
    }
}

#[test]
fn a_module_of_ones_own_becomes_part_of_the_native_module() {
    let (_, model) = models().remove(0);
    let options = Options {
        package_name: "golden".to_owned(),
        package_version: "1.0.0".to_owned(),
        source: "api.json".to_owned(),
        rust_sdk: None,
        native_module: Some("mine".to_owned()),
        ..Options::default()
    };
    let files = python::emit(&model, &options).unwrap().files;
    let text = |path: &str| {
        &files
            .iter()
            .find(|file| file.path == path)
            .unwrap()
            .contents
    };
    let library = text("src/lib.rs");
    assert!(library.contains("\nmod mine;\n"), "{library}");
    assert!(library.contains("    mine::init(module)\n}"), "{library}");
    syn::parse_file(library).unwrap();
    let stub = text("golden/_native.pyi");
    assert!(stub.ends_with("\nfrom ._native_mine import *\n"), "{stub}");
    // It is the user's: nothing is written in its place.
    assert!(files.iter().all(|file| !file.path.contains("mine")));
}

#[test]
fn packages_are_python() {
    for (name, model) in models() {
        let files = emit(&name, &model, "golden", None);
        let sources: serde_json::Map<String, serde_json::Value> = files
            .iter()
            .filter(is_python)
            .map(|file| (file.path.clone(), file.contents.clone().into()))
            .collect();
        let mut python = Command::new("python3")
            .args(["-c", CHECK])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let text = serde_json::Value::from(sources).to_string();
        python
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let output = python.wait_with_output().unwrap();
        let complaints = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && complaints.is_empty(),
            "{name}:\n{complaints}"
        );
    }
}

#[test]
fn native_modules_compile() {
    let dir = tempfile::tempdir().unwrap();
    let mut typed = None;
    let mut members = Vec::new();
    for (name, model) in models() {
        let package = format!(
            "golden_{}",
            name.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        );
        // One of them over the typed functions of a Rust client, the others over a transport.
        let sdk = (typed.is_none() && name.starts_with("shop")).then_some("../typed");
        if sdk.is_some() {
            let options = Options {
                package_name: package.replace('_', "-"),
                package_version: "1.0.0".to_owned(),
                source: name.clone(),
                rust_sdk: None,
                backend: Backend::Progenitor,
                ..Options::default()
            };
            typed = Some(dir.path().join("typed"));
            let emission = hydra_codegen::emit::rust::emit(&model, &options).unwrap();
            Plan::new(typed.as_ref().unwrap(), &emission.files)
                .unwrap()
                .apply()
                .unwrap();
        }
        let files = emit(&name, &model, &package, sdk);
        let folder = dir.path().join(&package);
        Plan::new(&folder, &files).unwrap().apply().unwrap();
        // Here all of them are members of one workspace.
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest)
            .unwrap()
            .replace("[workspace]", "");
        fs::write(&manifest, text).unwrap();
        members.push(format!("{package:?}"));
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
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden-python");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--workspace", "--offline", "--quiet"])
        .current_dir(dir.path())
        .env("CARGO_TARGET_DIR", &target)
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
