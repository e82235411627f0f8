//! sdk-runtime
