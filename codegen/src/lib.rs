//! hydra-codegen
