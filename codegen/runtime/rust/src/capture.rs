//! A place for an answer that is to be had as it came.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Response;

/// Where [`CallOptions::capture`](super::CallOptions::capture) puts the answer of a call. Clones
/// are the same place.
#[derive(Clone, Default)]
pub struct Capture(Arc<Mutex<Option<Response>>>);

impl Capture {
    /// An empty place.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the answer out, its body not yet read; `None` if the call got none.
    pub fn take(&self) -> Option<Response> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    #[cfg(feature = "typed")]
    pub(crate) fn put(&self, response: Response) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
    }

    #[cfg(feature = "typed")]
    pub(crate) fn is_filled(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Capture")
    }
}
