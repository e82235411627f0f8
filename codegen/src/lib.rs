//! A generator of client libraries.
//!
//! [`read`](mod@read) turns a Swagger 2.0 or OpenAPI 3.x document into a [`model::Model`];
//! `lint` judges it; [`diff`](mod@diff) compares two; `emit` turns it into files in memory;
//! `output` puts them on disk or compares them with what is there.

pub mod diff;
pub mod emit;
pub mod lint;
pub mod model;
pub mod output;
pub mod read;
