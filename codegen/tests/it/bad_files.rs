//! Broken documents given to the command: one clear error with a place, exit code 1, nothing
//! written.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the generator on the document in `dir`, with bounded memory.
fn generate(dir: &Path, more: &[&str]) -> Output {
    // 1.5 GiB of address space, in the units of `ulimit -v`.
    let script = "ulimit -v 1572864; exec \"$0\" \"$@\"";
    Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_hydra-codegen")])
        .args(["generate", "-i", "api.yaml", "-l", "python", "-o", "out"])
        .args(["--package-name", "p", "--rust-sdk", "../sdk"])
        .args(more)
        .current_dir(dir)
        .output()
        .unwrap()
}

/// Asserts that a document is refused with a message that has this in it.
fn refused(document: &[u8], expected: &str) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("api.yaml"), document).unwrap();
    refused_in(dir.path(), expected);
}

fn refused_in(dir: &Path, expected: &str) {
    let output = generate(dir, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(expected), "{said}\nhas no: {expected}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.len() < 2000, "one error, not a flood");
    assert!(!dir.join("out").exists(), "nothing is written");
}

const HEAD: &str = "swagger: '2.0'\ninfo: {title: t, version: '1'}\n";

#[test]
fn broken_documents_are_refused_with_their_place() {
    let cases: [(&str, &str); 34] = [
        ("", "the document must be an object"),
        ("{", "api.yaml:1:1: not valid JSON"),
        (
            "{\"swagger\": \"2.0\", \"info\"",
            "api.yaml:1:25: not valid JSON",
        ),
        ("{\"swagger\": \"2.0\",}", "not valid JSON: trailing comma"),
        ("{} {}", "not valid JSON: trailing characters"),
        ("a: [1", "api.yaml:1:"),
        ("a: b: c", "api.yaml:1:"),
        ("a:\n\t- b", "api.yaml:2:"),
        ("a: *nowhere", "api.yaml:1:4: not valid YAML"),
        ("- 1\n- 2", "the document must be an object"),
        ("just text", "the document must be an object"),
        ("42", "the document must be an object"),
        ("a: 1", "this is no API description"),
        ("swagger: '1.2'", "api.yaml:1:10: #/swagger: version 1.2"),
        ("openapi: 4.0.0", "api.yaml:1:10: #/openapi: version 4.0.0"),
        (
            "paths: []",
            "#/paths: an object is expected here, found a list",
        ),
        (
            "paths: {/a: []}",
            "api.yaml:3:13: #/paths/~1a: an object is expected",
        ),
        (
            "paths: {/a: {get: text}}",
            "#/paths/~1a/get: an object is expected",
        ),
        (
            "paths: {/a: {get: {parameters: {}}}}",
            "#/paths/~1a/get/parameters: a list",
        ),
        (
            "paths: {/a: {get: {parameters: [7]}}}",
            "parameters/0: an object is expected",
        ),
        (
            "paths: {/a: {get: {responses: []}}}",
            "#/paths/~1a/get/responses: an object",
        ),
        ("definitions: []", "#/definitions: an object is expected"),
        (
            "definitions: {A: {type: object, properties: []}}",
            "#/definitions/A/properties: an object",
        ),
        (
            "definitions: {A: {allOf: {}}}",
            "#/definitions/A/allOf: a list is expected",
        ),
        (
            "securityDefinitions: {a: 7}",
            "#/securityDefinitions/a: an object is expected",
        ),
        ("tags: {a: b}", "#/tags: a list is expected"),
        (
            "definitions: {A: {$ref: '#/definitions/B'}}",
            "#/definitions/A/$ref: `#/definitions/B`",
        ),
        (
            "definitions: {A: {$ref: '#/definitions/A'}}",
            "leads back to itself",
        ),
        (
            "definitions: {A: {$ref: '#/definitions/B'}, B: {$ref: '#/definitions/A'}}",
            "leads back to itself",
        ),
        (
            "definitions: {A: {$ref: '#nowhere'}}",
            "nor the name of an `$anchor`",
        ),
        (
            "paths: {/a: {$ref: '#/paths/~1b'}, /b: {$ref: '#/paths/~1a'}}",
            "go round in a circle",
        ),
        (
            "definitions: {A: {$ref: 'https://example.com/a.yaml'}}",
            "nothing is fetched",
        ),
        (
            "definitions: {A: {$ref: 'file:///etc/passwd'}}",
            "nothing is fetched",
        ),
        (
            "definitions: {A: {$ref: '//example.com/a'}}",
            "nothing is fetched",
        ),
    ];
    for (text, expected) in cases {
        let whole = ["paths", "definitions", "securityDefinitions", "tags"];
        let text = if whole.iter().any(|word| text.starts_with(word)) {
            format!("{HEAD}{text}\n")
        } else {
            text.to_owned()
        };
        refused(text.as_bytes(), expected);
    }
}

#[test]
fn the_line_is_quoted() {
    let text = format!("{HEAD}paths:\n  /a:\n    get: text\n");
    refused(text.as_bytes(), "5 |     get: text\n  |          ^");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    refused(
        b"swagger: '2.0'\ninfo: \xff\n",
        "line 2, byte 7: not valid UTF-8",
    );
    refused(b"\xff\xfea\0b", "not valid UTF-16");
}

#[test]
fn references_stay_in_the_folder_of_the_document() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(dir.path().join("secret.yaml"), "type: string").unwrap();
    for target in [
        "../secret.yaml",
        "%2e%2e/secret.yaml",
        "x/../../secret.yaml",
        "/etc/passwd",
    ] {
        let text = format!("{HEAD}paths: {{}}\ndefinitions: {{A: {{$ref: '{target}'}}}}\n");
        fs::write(inner.join("api.yaml"), text).unwrap();
        refused_in(&inner, "leads out of the folder");
    }
    std::os::unix::fs::symlink("../secret.yaml", inner.join("link.yaml")).unwrap();
    let text = format!("{HEAD}paths: {{}}\ndefinitions: {{A: {{$ref: 'link.yaml'}}}}\n");
    fs::write(inner.join("api.yaml"), text).unwrap();
    refused_in(&inner, "leads out of the folder");
    let output = generate(&inner, &["--ref-root", ".."]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn files_that_are_missing_or_broken_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("{HEAD}paths: {{}}\ndefinitions: {{A: {{$ref: 'b.yaml#/B'}}}}\n");
    fs::write(dir.path().join("api.yaml"), text).unwrap();
    refused_in(dir.path(), "#/definitions/A/$ref: `b.yaml`: ");
    fs::write(dir.path().join("b.yaml"), "B: [").unwrap();
    refused_in(dir.path(), "b.yaml:1:");
    fs::write(dir.path().join("b.yaml"), "C: {}").unwrap();
    refused_in(dir.path(), "`b.yaml#/B` does not exist");
    fs::write(
        dir.path().join("b.yaml"),
        "B:\n  type: object\n  properties: []\n",
    )
    .unwrap();
    refused_in(
        dir.path(),
        "b.yaml:3:15: #/B/properties: an object is expected",
    );
}

#[test]
fn what_is_too_large_is_refused_before_it_takes_the_memory() {
    // 100 MB of text.
    let large = format!(
        "{{\"swagger\":\"2.0\",\"x-a\":\"{}\"}}",
        "a".repeat(100 << 20)
    );
    refused(large.as_bytes(), "more than 64 MiB");
    // Small text, many values.
    let many = format!(
        "{{\"swagger\":\"2.0\",\"x-a\":[{}0]}}",
        "0,".repeat(6_000_000)
    );
    refused(many.as_bytes(), "too many values");
    let deep = format!("{{\"a\":{}", "[".repeat(10_000));
    refused(deep.as_bytes(), "recursion limit");
    let deep = format!("a: {}", "[".repeat(10_000));
    refused(deep.as_bytes(), "not valid YAML");
    let bomb: String = (1..40)
        .map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}, *a{m}]\n", m = n - 1))
        .collect();
    refused(format!("a0: &a0 [x]\n{bomb}").as_bytes(), "not valid YAML");
}
