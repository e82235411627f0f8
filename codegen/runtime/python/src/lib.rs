//! sdk-runtime-python
