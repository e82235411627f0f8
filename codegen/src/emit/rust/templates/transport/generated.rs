//! What the API's description says: the table of operations.

pub mod operations;
