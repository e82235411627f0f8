//! `hydra-codegen.toml`: what to write, for a project that writes more than one client.
//!
//! Its members are the flags of `generate`: those at the top are for all clients, each `[[client]]`
//! has its own. A file thus becomes command lines, one per client, to which the flags that were
//! really given are added at the end, where they win. Whatever flag there is can be in the file.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// The file that is looked for.
const FILE: &str = concat!(env!("CARGO_PKG_NAME"), ".toml");
/// The list of clients in the file.
const CLIENT: &str = "client";
/// Flags whose value is a path, which in the file means: from the file's folder.
const PATHS: [&str; 4] = ["input", "output", "overlay", "ref-root"];

/// The command lines that stand for this one: itself, unless a file tells what to generate.
///
/// # Errors
/// If the file cannot be read or does not have this form.
pub(super) fn expand(given: Vec<OsString>) -> Result<Vec<Vec<OsString>>, String> {
    let Some((program, rest)) = given.split_first() else {
        return Ok(vec![given]);
    };
    let Some((command, flags)) = rest.split_first().filter(|(c, _)| *c == "generate") else {
        return Ok(vec![given]);
    };
    let named = config(flags);
    let explicit = flags.iter().any(|flag| {
        let flag = flag.to_string_lossy();
        flag.starts_with("-i") || flag.starts_with("--input") || flag == "-h" || flag == "--help"
    });
    let file = match &named {
        Some(file) => Path::new(file),
        None if explicit || !Path::new(FILE).exists() => return Ok(vec![given]),
        None => Path::new(FILE),
    };
    let shown = file.display();
    let text = fs::read_to_string(file).map_err(|e| format!("{shown}: {e}"))?;
    let mut shared: Table =
        toml::from_str(&text).map_err(|e| format!("{shown}: {}", e.to_string().trim_end()))?;
    let clients = match shared.remove(CLIENT) {
        Some(Value::Array(clients)) if !clients.is_empty() => clients,
        None => vec![Value::Table(Table::new())],
        Some(_) => return Err(format!("{shown}: `{CLIENT}` must be tables: [[{CLIENT}]]")),
    };
    let folder = file.parent().unwrap_or_else(|| Path::new(""));
    clients
        .iter()
        .map(|client| {
            let Value::Table(client) = client else {
                return Err(format!("{shown}: `{CLIENT}` must be tables: [[{CLIENT}]]"));
            };
            let mut line = vec![program.clone(), command.clone()];
            let all = shared
                .iter()
                .filter(|(name, _)| !client.contains_key(*name));
            for (name, value) in all.chain(client) {
                add(&mut line, name, value, folder).map_err(|e| format!("{shown}: {e}"))?;
            }
            line.extend(flags.iter().cloned());
            Ok(line)
        })
        .collect()
}

/// The value of `--config`.
fn config(flags: &[OsString]) -> Option<OsString> {
    let position = flags.iter().position(|flag| flag == "--config");
    let beside = position.and_then(|i| flags.get(i + 1)).cloned();
    beside.or_else(|| {
        flags
            .iter()
            .find_map(|flag| flag.to_str()?.strip_prefix("--config=").map(OsString::from))
    })
}

/// Adds a member of the file as the flag that it is.
fn add(line: &mut Vec<OsString>, name: &str, value: &Value, folder: &Path) -> Result<(), String> {
    let text = |value: &Value| match value {
        Value::String(text) if PATHS.contains(&name) && text != "-" => {
            Ok(folder.join(text).into_os_string())
        }
        Value::String(text) => Ok(OsString::from(text)),
        Value::Integer(number) => Ok(OsString::from(number.to_string())),
        _ => Err(format!(
            "`{name}` must be a text, true or false, or a list of texts"
        )),
    };
    // Joined to the flag, so that no value can be taken for another flag.
    let mut flag = |value: &Value| {
        let mut word = OsString::from(format!("--{name}="));
        word.push(text(value)?);
        line.push(word);
        Ok(())
    };
    match value {
        Value::Array(values) => values.iter().try_for_each(flag),
        Value::Boolean(false) => Ok(()),
        Value::Boolean(true) => {
            line.push(format!("--{name}").into());
            Ok(())
        }
        other => flag(other),
    }
}
