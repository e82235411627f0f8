//! The document that a command is about.

use std::io::{self, Read as _};
use std::path::Path;

use hydra_codegen::model::Model;
use hydra_codegen::read::{MAX_BYTES, Options, decode, read, read_file};

/// Reads the document at a path, or standard input for `-`.
pub(super) fn load(input: &str) -> Result<Model, String> {
    if input != "-" {
        return read_file(Path::new(input), &Options::default()).map_err(|e| e.to_string());
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| format!("standard input: {e}"))?;
    let text = decode(bytes).map_err(|e| format!("standard input: {e}"))?;
    read(&text, "stdin").map_err(|e| e.to_string())
}
