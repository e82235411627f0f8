//! Files that hold something for the server, as JSON.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::cli::failure::Failure;

/// The server takes no more.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads the file at `path`, or standard input if it is called `-`. `what` says what it should hold, such as
/// "one client as a JSON object".
///
/// # Errors
/// It cannot be read, is too large, or holds something else.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Failure> {
    let mut text = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(MAX_BYTES + 1)
            .read_to_end(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut text))
    };
    read.map_err(|error| Failure::because("it cannot be read", &error))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(Failure::new("it is larger than 1 MiB"));
    }
    // The parser's message would quote the value that does not fit, and that may be a secret.
    serde_json::from_slice(&text).map_err(|error| {
        let place = match (error.line(), error.column()) {
            (_, 0) => String::new(),
            (line, column) => format!(" (line {line}, column {column})"),
        };
        Failure::new(format!("it is not {what}{place}"))
    })
}
