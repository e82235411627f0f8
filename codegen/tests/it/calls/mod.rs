//! Small documents, one construct each: generated, compiled, and called against a server that
//! checks what arrives and a table that says what comes back.

mod compare;
mod programs;
mod server;
mod signatures;
mod source;
mod table;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use hydra_codegen::model::{Location, Model};
use serde_json::{Map, Value, json};

use programs::PROGRAMS;
use server::Server;
use table::{Call, Case, Credential, Language};

/// The documents whose code there is.
fn cases(language: Language) -> impl Iterator<Item = &'static Case> {
    let place = match language {
        Language::Rust => "calls/src",
        Language::Python => "native/src",
    };
    PROGRAMS.cases.iter().filter(move |case| {
        let source = PROGRAMS
            .folder
            .join(place)
            .join(format!("{}.rs", case.module));
        case.is_done(language) && source.exists()
    })
}

/// Servers for all calls of a document.
fn servers(case: &Case) -> Vec<Server> {
    case.calls
        .iter()
        .map(|call| Server::start(call.answers()))
        .collect()
}

fn urls(servers: &[Server]) -> Vec<&str> {
    servers.iter().map(|s| s.url.as_str()).collect()
}

/// Runs a program: JSON in, JSON out.
fn run(command: &mut Command, input: &Value) -> Value {
    let mut program = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    stdin.write_all(input.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn judge(
    case: &Case,
    language: Language,
    servers: &[Server],
    outcomes: &Value,
    faults: &mut String,
) {
    for (at, call) in case.calls.iter().enumerate() {
        if call.is_done(language) {
            for fault in compare::faults(call, language, &servers[at].seen(), &outcomes[at]) {
                writeln!(faults, "{} #{at} {}: {fault}", case.name, call.call).unwrap();
            }
        }
    }
}

#[test]
fn rust_calls() {
    PROGRAMS.build("calls");
    let all: Vec<_> = cases(Language::Rust)
        .map(|case| (case, servers(case)))
        .collect();
    let input: Map<_, _> = all
        .iter()
        .map(|(case, servers)| (case.name.clone(), json!(urls(servers))))
        .collect();
    let program = PROGRAMS.target().join("debug/calls");
    let outcomes = run(&mut Command::new(program), &input.into());
    let mut faults = PROGRAMS.faults.join("\n");
    for (case, servers) in &all {
        judge(
            case,
            Language::Rust,
            servers,
            &outcomes[&case.name],
            &mut faults,
        );
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn python_calls() {
    PROGRAMS.build("native");
    let packages = PROGRAMS.folder.join("packages");
    let library = PROGRAMS.target().join("debug/libnative.so");
    let mut faults = PROGRAMS.faults.join("\n");
    for case in cases(Language::Python) {
        let native = packages.join(&case.module).join("_native.abi3.so");
        // A link of an earlier run may be there.
        let _ = std::fs::remove_file(&native);
        std::os::unix::fs::symlink(&library, &native).unwrap();
        let (model, servers) = (programs::model(case), servers(case));
        let calls: Vec<_> = case
            .calls
            .iter()
            .zip(urls(&servers))
            .map(|(call, url)| python_call(&model, call, url))
            .collect();
        let input = json!({ "package": case.module, "calls": calls });
        let mut command = Command::new(python());
        command
            .arg(crate::corpus().join("programs/call.py"))
            .env("PYTHONPATH", &packages)
            .env("DOCUMENT", &case.name);
        let outcomes = run(&mut command, &input);
        judge(case, Language::Python, &servers, &outcomes, &mut faults);
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// A call as the Python program takes it: arguments under the names that Python has for them.
fn python_call(model: &Model, call: &Call, url: &str) -> Value {
    if !call.is_done(Language::Python) {
        return Value::Null;
    }
    let credentials: Map<_, _> = call
        .credentials
        .iter()
        .map(|(scheme, credential)| {
            let value = match credential {
                Credential::ApiKey(key) => json!({ "api_key": key }),
                Credential::Basic(user, password) => json!({ "basic": [user, password] }),
                Credential::Bearer(token) => json!({ "bearer": token }),
                Credential::Client(id, secret) => json!({ "client": [id, secret] }),
            };
            (scheme.clone(), value)
        })
        .collect();
    let (wanted, in_rust) = (
        call.function(Language::Python),
        call.function(Language::Rust),
    );
    let members = || model.groups.iter().flat_map(|group| &group.members);
    let operation = |at: usize| &model.operations[at];
    let member = members()
        .find(|member| member.python == wanted)
        .or_else(|| members().find(|member| operation(member.operation).rust == in_rust))
        .unwrap_or_else(|| panic!("no function is called {wanted}"));
    let operation = operation(member.operation);
    let mut given = call.arguments(Language::Python).clone();
    given.extend(call.form.clone().unwrap_or_default());
    let mut arguments: Map<_, _> = given
        .into_iter()
        .map(|(name, value)| {
            let known = operation.parameters.iter().find(|p| p.name == name);
            (known.map_or(name, |p| p.python.clone()), value)
        })
        .collect();
    if let Some(body) = call.body.clone().or(call.raw.clone().map(Value::from)) {
        let parameter = operation
            .parameters
            .iter()
            .find(|p| p.location == Location::Body);
        let name = parameter.map_or("body", |p| p.python.as_str());
        arguments.insert(name.to_owned(), body);
    }
    json!({ "url": url, "function": member.python, "arguments": arguments, "credentials": credentials })
}

/// The interpreter that has the packages' dependencies, if there is one.
fn python() -> String {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.venv/bin/python");
    if own.exists() {
        own.display().to_string()
    } else {
        "python3".to_owned()
    }
}

/// Functions and types of every document, as a person would review them.
#[test]
fn signatures() {
    for case in table::cases() {
        let rust = programs::rust_files(&case).map(|files| signatures::rust(&files));
        let python =
            programs::python_files(&case).map(|files| signatures::python(&files, &case.module));
        let text = [rust, python]
            .map(|made| made.unwrap_or_else(|why| why))
            .join("\n");
        insta::assert_snapshot!(format!("calls-{}", case.name), text);
    }
}

/// What waits is there, so that the list shrinks as things come right.
#[test]
fn what_waits_is_there() {
    let cases = table::cases();
    for (key, reasons) in table::waiting() {
        let (name, at) = key.split_once('#').unwrap_or((&key, "0"));
        let case = cases.iter().find(|case| case.name == name);
        let call = case.and_then(|case| case.calls.get(at.parse::<usize>().ok()?));
        assert!(call.is_some() && !reasons.is_empty(), "waiting.yaml: {key}");
    }
}
