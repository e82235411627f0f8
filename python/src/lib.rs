//! hydra-sdk-python
