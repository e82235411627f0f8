//! The document that a command is about.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use hydra_codegen::model::Model;
use hydra_codegen::read::{MAX_BYTES, Options, decode, read_file, read_with};

/// How to read a document: flags of every command that reads one.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Reading {
    /// Change the document first, as an OpenAPI Overlay says; may be repeated
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// Folder that references to other files may lead into [default: the document's own]
    #[arg(long, value_name = "DIR")]
    ref_root: Option<PathBuf>,
}

impl Reading {
    /// The flags again, as they would be typed.
    pub(super) fn words(&self) -> Vec<String> {
        let overlays = self.overlay.iter();
        let overlays = overlays.map(|file| format!("--overlay {}", file.display()));
        let root = self.ref_root.iter();
        let root = root.map(|dir| format!("--ref-root {}", dir.display()));
        overlays.chain(root).collect()
    }
}

/// Reads the document at a path, or standard input for `-`.
pub(super) fn load(input: &str, reading: &Reading) -> Result<Model, String> {
    let options = Options {
        ref_root: reading.ref_root.clone(),
        overlays: reading.overlay.clone(),
    };
    if input != "-" {
        return read_file(Path::new(input), &options).map_err(|e| e.to_string());
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| format!("standard input: {e}"))?;
    let text = decode(bytes).map_err(|e| format!("standard input: {e}"))?;
    read_with(&text, "stdin", &options).map_err(|e| e.to_string())
}
