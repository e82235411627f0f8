//! hydra-sdk
