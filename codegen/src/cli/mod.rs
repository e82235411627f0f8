//! The command line: arguments in [`args`], commands here.
//!
//! Standard output carries data only; everything for people goes to standard error.

mod args;
mod diff;

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use hydra_codegen::emit::document::{Version, convert};
use hydra_codegen::emit::{LANGUAGES, Options};
use hydra_codegen::lint::{Severity, lint};
use hydra_codegen::model::Model;
use hydra_codegen::output::{Change, Plan};
use hydra_codegen::read::read;

use args::{Args, Command, Convert, Generate, Mode};

/// What a command ends with: 0, or 1 after saying why.
type Outcome = Result<(), String>;

/// Runs the program. Exit codes: 0 done, 1 not done, 2 wrong usage.
pub(crate) fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match args.command {
        Command::Generate(generate) => self::generate(&generate),
        Command::Convert(convert) => self::convert_document(&convert),
        Command::Lint { input } => self::lint_document(&input),
        Command::Diff(args) => diff::run(&args),
        Command::Dump { input } => dump(&input),
        Command::Langs => langs(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

/// Says something to people.
fn say(message: &str) {
    // If even standard error is gone, there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "{}", message.trim_end());
}

/// Writes data to standard output.
fn data(text: &str) -> Outcome {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough (`| head`).
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|e| format!("standard output: {e}")),
    }
}

/// Reads the document at a path, or standard input for `-`.
fn model(input: &str) -> Result<Model, String> {
    let (origin, text) = if input == "-" {
        let mut text = String::new();
        io::stdin()
            .lock()
            .read_to_string(&mut text)
            .map_err(|e| format!("standard input: {e}"))?;
        ("stdin", text)
    } else {
        (
            input,
            fs::read_to_string(input).map_err(|e| format!("{input}: {e}"))?,
        )
    };
    read(&text, origin).map_err(|e| e.to_string())
}

/// What to call a document in generated files: its name without folders, which differ by machine.
fn source_name(input: &str) -> String {
    match Path::new(input).file_name() {
        Some(name) if input != "-" => name.to_string_lossy().into_owned(),
        _ => "a document".to_owned(),
    }
}

fn generate(args: &Generate) -> Outcome {
    let language = LANGUAGES
        .iter()
        .find(|l| l.name == args.language)
        .ok_or_else(|| {
            let known: Vec<_> = LANGUAGES.iter().map(|l| l.name).collect();
            format!(
                "there is no language `{}`; there are: {}",
                args.language,
                known.join(", ")
            )
        })?;
    let model = model(&args.input)?;
    let options = Options {
        package_name: args.package_name.clone(),
        package_version: args.package_version.clone(),
        source: args
            .source
            .clone()
            .unwrap_or_else(|| source_name(&args.input)),
        rust_sdk: args.rust_sdk.clone(),
        native_module: args.native_module.clone(),
    };
    let files = (language.emit)(&model, &options).map_err(|e| {
        let lines: Vec<_> = e
            .to_string()
            .lines()
            .map(|l| format!("{}: {l}", args.input))
            .collect();
        lines.join("\n")
    })?;
    let plan = Plan::new(&args.output, &files).map_err(|e| e.to_string())?;
    match args.mode() {
        Mode::Write => {
            plan.apply().map_err(|e| e.to_string())?;
            say(&match plan.changes().len() {
                0 => format!("{} is up to date", args.output.display()),
                n => format!(
                    "{}: {n} of {} files written",
                    args.output.display(),
                    files.len() + 1
                ),
            });
            Ok(())
        }
        Mode::DryRun => data(&listing(&plan)),
        Mode::Check if plan.changes().is_empty() => Ok(()),
        Mode::Check => {
            data(&plan.diff())?;
            Err(format!(
                "{} differs from what {} gives in {} files. To mend it, run:\n  {}",
                args.output.display(),
                args.input,
                plan.changes().len(),
                args.command_line()
            ))
        }
    }
}

fn listing(plan: &Plan) -> String {
    plan.changes()
        .iter()
        .map(|(path, change)| {
            let verb = match change {
                Change::Create(_) => "create",
                Change::Update { .. } => "update",
                Change::Remove { .. } => "remove",
            };
            format!("{verb} {path}\n")
        })
        .collect()
}

fn convert_document(args: &Convert) -> Outcome {
    let model = model(&args.input)?;
    let version = Version::ALL
        .iter()
        .find(|(name, _)| *name == args.to)
        .map_or(Version::V2, |(_, version)| *version);
    let converted = convert(&model, version);
    for note in &model.notes {
        say(&format!(
            "{}: #{}: {}",
            args.input, note.pointer, note.message
        ));
    }
    for problem in &converted.report {
        say(&format!(
            "{}: #{}: {}",
            args.output, problem.pointer, problem.message
        ));
    }
    let yaml = args.output.ends_with(".yaml") || args.output.ends_with(".yml");
    let text = if yaml {
        serde_saphyr::to_string(&converted.document).map_err(|e| e.to_string())?
    } else {
        let text = serde_json::to_string_pretty(&converted.document).map_err(|e| e.to_string())?;
        text + "\n"
    };
    if args.output == "-" {
        return data(&text);
    }
    if args.check {
        let old = fs::read_to_string(&args.output).unwrap_or_default();
        if old == text {
            return Ok(());
        }
        let diff = similar::TextDiff::from_lines(&old, &text);
        data(
            &diff
                .unified_diff()
                .header("on disk", "converted")
                .to_string(),
        )?;
        return Err(format!(
            "{} differs from what {} gives",
            args.output, args.input
        ));
    }
    hydra_codegen::output::write_file(Path::new(&args.output), &text).map_err(|e| e.to_string())
}

fn lint_document(input: &str) -> Outcome {
    let findings = lint(&model(input)?);
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&format!("{input}: {finding}\n"));
    }
    data(&text)?;
    let errors = findings
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .count();
    match errors {
        0 => Ok(()),
        1 => Err("1 error".to_owned()),
        n => Err(format!("{n} errors")),
    }
}

fn dump(input: &str) -> Outcome {
    let text = serde_json::to_string_pretty(&model(input)?).map_err(|e| e.to_string())?;
    data(&(text + "\n"))
}

fn langs() -> Outcome {
    let lines: String = LANGUAGES
        .iter()
        .map(|l| format!("{}\t{}\n", l.name, l.about))
        .collect();
    data(&lines)
}
