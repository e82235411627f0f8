//! The program, from outside.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::corpus;

fn run(args: &[&str], folder: &Path, input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hydra-codegen"))
        .args(args)
        .current_dir(folder)
        .env("COLUMNS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments ends without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn shown(output: &Output) -> String {
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn helps() {
    let here = Path::new(".");
    for command in ["", "generate", "convert", "lint", "diff", "dump", "langs"] {
        let args: Vec<_> = [command, "--help"]
            .into_iter()
            .filter(|a| !a.is_empty())
            .collect();
        insta::assert_snapshot!(format!("help-{command}"), shown(&run(&args, here, "")));
    }
}

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let dir = tempfile::tempdir().unwrap();
    let code = |args: &[&str]| run(args, dir.path(), "").status.code().unwrap();
    assert_eq!(code(&[]), 2);
    assert_eq!(code(&["generate", "-i", "x"]), 2);
    assert_eq!(code(&["convert", "-i", "x", "--to", "9"]), 2);
    let bad_name = [
        "generate",
        "-i",
        "x",
        "-l",
        "rust",
        "-o",
        "o",
        "--package-name",
        "../x",
    ];
    assert_eq!(code(&bad_name), 2);
    assert_eq!(code(&["dump", "-i", "missing.json"]), 1);
    assert_eq!(
        code(&["generate", "-i", "missing.json", "-l", "rust", "-o", "o"]),
        1
    );
    let output = run(&["dump", "-i", "-"], dir.path(), "{\"swagger\": \"1.2\"}");
    assert_eq!(
        shown(&output),
        "exit 1\n--- stdout\n--- stderr\nstdin:1:13: #/swagger: version 1.2 is not known; it must be \"2.0\"\n\
         1 | {\"swagger\": \"1.2\"}\n  |             ^\n"
    );
    let output = run(
        &["generate", "-i", "-", "-l", "cobol", "-o", "o"],
        dir.path(),
        "",
    );
    assert!(shown(&output).contains("there is no language `cobol`; there are: rust"));
}

#[test]
fn the_long_flags_of_swagger_codegen_are_understood() {
    let dir = tempfile::tempdir().unwrap();
    let document = r#"{"swagger":"2.0","info":{"title":"t","version":"1"},"paths":{}}"#;
    let args = [
        "generate",
        "--input-spec",
        "-",
        "--lang",
        "rust",
        "--output",
        "o",
    ];
    let output = run(&args, dir.path(), document);
    assert!(output.status.success(), "{}", shown(&output));
    assert!(dir.path().join("o/src/lib.rs").exists());
}

#[test]
fn generating_checking_and_converting() {
    let dir = tempfile::tempdir().unwrap();
    let input = corpus().join("shop-2.0.yaml");
    let input = input.to_str().unwrap();
    let generate = |more: &[&str]| {
        let args = [
            "generate",
            "-i",
            input,
            "-l",
            "rust",
            "-o",
            "out",
            "--package-name",
            "shop-sdk",
        ];
        run(&[&args[..], more].concat(), dir.path(), "")
    };
    assert_eq!(generate(&["--check"]).status.code(), Some(1));
    let dry = generate(&["--dry-run"]);
    assert!(String::from_utf8_lossy(&dry.stdout).contains("create src/generated/client.rs\n"));
    assert!(!dir.path().join("out").exists());
    assert_eq!(generate(&[]).status.code(), Some(0));
    assert_eq!(
        shown(&generate(&["--check"])),
        "exit 0\n--- stdout\n--- stderr\n"
    );

    let file = dir.path().join("out/src/generated/operations.rs");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("listThings", "changed")).unwrap();
    let check = shown(&generate(&["--check"]));
    assert!(check.starts_with("exit 1"), "{check}");
    assert!(
        check.contains("+            id: \"listThings\","),
        "{check}"
    );
    assert!(check.contains("hydra-codegen generate -i"), "{check}");

    let convert = ["convert", "-i", input, "--to", "3.1", "-o", "new.yaml"];
    assert_eq!(run(&convert, dir.path(), "").status.code(), Some(0));
    let checked = [&convert[..], &["--check"]].concat();
    assert_eq!(run(&checked, dir.path(), "").status.code(), Some(0));
    let back = run(
        &["convert", "-i", "new.yaml", "--to", "2.0"],
        dir.path(),
        "",
    );
    assert!(String::from_utf8_lossy(&back.stdout).starts_with("{\n  \"swagger\": \"2.0\""));
    let lint = run(&["lint", "-i", "new.yaml"], dir.path(), "");
    assert_eq!(lint.status.code(), Some(0), "{}", shown(&lint));
}

#[test]
fn comparing_fails_if_callers_break_unless_the_version_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, version: &str, paths: &str| {
        let text =
            format!("swagger: '2.0'\ninfo: {{title: t, version: {version}}}\npaths: {paths}\n");
        std::fs::write(dir.path().join(name), text).unwrap();
    };
    let operation = "{/a: {get: {operationId: a, responses: {200: {description: ok}}}}}";
    write("old", "1.0.0", operation);
    write("same", "1.0.1", operation);
    write("new", "1.1.0", "{}");
    write("next", "2.0.0", "{}");
    let code = |args: &[&str]| run(args, dir.path(), "").status.code().unwrap();
    assert_eq!(code(&["diff", "old", "same"]), 0);
    assert_eq!(code(&["diff", "new", "old"]), 0);
    assert_eq!(code(&["diff", "old", "new"]), 1);
    assert_eq!(code(&["diff", "old", "new", "--semver"]), 1);
    assert_eq!(code(&["diff", "old", "next", "--semver"]), 0);
    assert_eq!(code(&["diff", "old", "next"]), 1);
    assert_eq!(code(&["diff", "-", "-"]), 1);
    let json = run(&["diff", "old", "new", "--json"], dir.path(), "");
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["breaking"], 1);
    assert_eq!(json["changes"][0]["rule"], "operation-removed");
}

#[test]
fn a_file_tells_what_to_write_and_flags_beat_it() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write(
        "api.json",
        r#"{"swagger":"2.0","info":{"title":"t","version":"1"},"paths":{}}"#,
    );
    let file = "input = 'api.json'\npackage-version = '1.2.3'\n\n\
                [[client]]\nlanguage = 'rust'\noutput = 'one'\npackage-name = 'one-sdk'\n\n\
                [[client]]\nlanguage = 'rust'\noutput = 'two'\npackage-version = '2.0.0'\n";
    write("hydra-codegen.toml", file);
    let output = |args: &[&str]| run(args, dir.path(), "");
    let code = |args: &[&str]| output(args).status.code().unwrap();
    let manifest = |name: &str| {
        let path = dir.path().join(name).join("Cargo.toml");
        std::fs::read_to_string(path).unwrap()
    };
    assert_eq!(code(&["generate", "--check"]), 1);
    assert_eq!(code(&["generate"]), 0);
    assert_eq!(code(&["generate", "--check"]), 0);
    assert!(manifest("one").contains("name = \"one-sdk\"\nversion = \"1.2.3\""));
    assert!(manifest("two").contains("version = \"2.0.0\""));

    // Flags come last, and paths in the file start at the file.
    std::fs::create_dir(dir.path().join("etc")).unwrap();
    write(
        "etc/clients.toml",
        "input = '../api.json'\nlanguage = 'rust'\noutput = 'three'\n",
    );
    assert_eq!(
        code(&[
            "generate",
            "--config",
            "etc/clients.toml",
            "--package-version",
            "3.0.0"
        ]),
        0
    );
    assert!(manifest("etc/three").contains("version = \"3.0.0\""));

    for (text, expected) in [
        ("client = 1", "must be tables: [[client]]"),
        ("input = ", "hydra-codegen.toml: "),
        ("input = 1.5", "`input` must be a text"),
    ] {
        write("hydra-codegen.toml", text);
        let output = output(&["generate"]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(shown(&output).contains(expected), "{}", shown(&output));
    }
    write("hydra-codegen.toml", "input = 'api.json'\ncolour = 'red'\n");
    let output = output(&["generate"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(shown(&output).contains("--colour"), "{}", shown(&output));
}

#[test]
fn strict_writes_nothing_if_something_was_not_understood() {
    let dir = tempfile::tempdir().unwrap();
    let document = r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{},
        "components":{"schemas":{"A":{"oneOf":[{"type":"string"},{"type":"integer"}]}}}}"#;
    let convert = ["convert", "-i", "-", "--to", "2.0", "-o", "out.json"];
    let code = |args: &[&str]| run(args, dir.path(), document).status.code().unwrap();
    assert_eq!(code(&[&convert[..], &["--strict"]].concat()), 1);
    assert!(!dir.path().join("out.json").exists());
    assert_eq!(code(&convert), 0);
    assert_eq!(code(&["lint", "-i", "-"]), 0);
    assert_eq!(code(&["lint", "-i", "-", "--strict"]), 1);
}
