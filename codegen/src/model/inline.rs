//! Names for inline schemas.
