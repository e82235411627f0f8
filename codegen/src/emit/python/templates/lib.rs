//! The native module of the Python package `{package}`.

#[rustfmt::skip]
pub mod generated;
#[rustfmt::skip]
pub mod runtime;

use pyo3::prelude::*;

static SDK: runtime::Sdk = runtime::Sdk {
    api: &rust_sdk::API,
    dispatch: generated::dispatch::DISPATCH,
};

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    runtime::init(module, &SDK)
}
