//! The native module of all packages of the corpus; `DOCUMENT` says whose it is in this process.

#![allow(unused_imports, missing_docs)]

// mods

use pyo3::prelude::*;
use sdk_runtime_python::Sdk;

static SDKS: &[(&str, Sdk)] = &[
    // sdks
];

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let document = std::env::var("DOCUMENT").unwrap();
    let (_, sdk) = SDKS.iter().find(|(name, _)| *name == document).unwrap();
    sdk_runtime_python::init(module, sdk)
}
