//! The command line: arguments in [`args`], commands here.
//!
//! Standard output carries data only; everything for people goes to standard error.

mod args;
mod config;
mod diff;
mod input;
mod progress;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use hydra_codegen::emit::document::{Version, convert};
use hydra_codegen::emit::{Emission, LANGUAGES, Options};
use hydra_codegen::lint::{Severity, lint};
use hydra_codegen::model;
use hydra_codegen::output::{Change, Plan};

use args::{Args, Command, Convert, Generate, Mode};
use input::{Reading, load};
use progress::Progress;

/// What a command ends with: 0, or 1 after saying why.
type Outcome = Result<(), String>;

/// Runs the program. Exit codes: 0 done, 1 not done, 2 wrong usage.
pub(crate) fn main() -> ExitCode {
    let lines = match config::expand(std::env::args_os().collect()) {
        Ok(lines) => lines,
        Err(message) => {
            say(&message);
            return ExitCode::FAILURE;
        }
    };
    // Wrong usage of any is found before the first is carried out.
    let all: Vec<Args> = lines.into_iter().map(Args::parse_from).collect();
    // One that is not up to date does not hide that another is not either.
    let failed = all.into_iter().filter(|args| !run(args)).count();
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Carries out one command; false after saying what went wrong.
fn run(args: &Args) -> bool {
    let outcome = match &args.command {
        Command::Generate(generate) => self::generate(generate),
        Command::Convert(convert) => self::convert_document(convert),
        Command::Lint {
            input,
            reading,
            strict,
        } => self::lint_document(input, reading, *strict),
        Command::Diff(args) => diff::run(args),
        Command::Dump { input, reading } => dump(input, reading),
        Command::Langs => langs(),
    };
    if let Err(message) = &outcome {
        say(message);
    }
    outcome.is_ok()
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
    let progress = Progress::new();
    progress.step(format!("reading {}", args.input));
    let model = load(&args.input, &args.reading)?;
    let options = Options {
        package_name: args.package_name.clone(),
        package_version: args.package_version.clone(),
        source: args
            .source
            .clone()
            .unwrap_or_else(|| source_name(&args.input)),
        rust_sdk: args.rust_sdk.clone(),
        native_module: args.native_module.clone(),
        backend: args.backend.into(),
        interface: args.interface.into(),
    };
    let mut warnings: Vec<String> = model
        .notes
        .iter()
        .filter(|note| note.severity > model::Severity::Remark)
        .map(|note| {
            format!(
                "{}: {}: {}",
                args.input,
                model::shown(&note.pointer),
                note.message
            )
        })
        .collect();
    progress.step(format!("generating {}", args.output.display()));
    let Emission { files, problems } = (language.emit)(&model, &options).map_err(|e| {
        let lines: Vec<_> = e
            .to_string()
            .lines()
            .map(|l| format!("{}: {l}", args.input))
            .collect();
        lines.join("\n")
    })?;
    drop(progress);
    warnings.extend(
        problems
            .iter()
            .map(|problem| format!("{}: {problem}", args.input)),
    );
    for warning in &warnings {
        say(warning);
    }
    if args.strict && !warnings.is_empty() {
        return Err(format!(
            "{} is not written: there are warnings, and --strict",
            args.output.display()
        ));
    }
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
    let model = load(&args.input, &args.reading)?;
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
    if args.strict && !(model.notes.is_empty() && converted.report.is_empty()) {
        return Err(format!(
            "{} is not written: not all of {} can be said",
            args.output, args.input
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

fn lint_document(input: &str, reading: &Reading, strict: bool) -> Outcome {
    let findings = lint(&load(input, reading)?);
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&format!("{input}: {finding}\n"));
    }
    data(&text)?;
    let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if errors == 0 && !(strict && warnings > 0) {
        return Ok(());
    }
    let shown = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    Err(format!(
        "{}, {}",
        shown(errors, "error"),
        shown(warnings, "warning")
    ))
}

fn dump(input: &str, reading: &Reading) -> Outcome {
    let text = serde_json::to_string_pretty(&load(input, reading)?).map_err(|e| e.to_string())?;
    data(&(text + "\n"))
}

fn langs() -> Outcome {
    let lines: String = LANGUAGES
        .iter()
        .map(|l| format!("{}\t{}\n", l.name, l.about))
        .collect();
    data(&lines)
}
