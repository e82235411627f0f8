//! Prints the OpenAPI 3.1 document that the handlers' annotations make up.
//!
//! Built without the default features it needs neither the SDK nor the file generated from this
//! very document, so a mistake in either cannot stand in the way of making them anew.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &hydra_server::contract())?;
    out.write_all(b"\n")
}
