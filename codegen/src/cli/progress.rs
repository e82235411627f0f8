//! What the program is doing, for a person who waits.
//!
//! Nothing is said on short runs, and nothing at all unless standard error is a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a step may take before it is worth a word.
const PATIENCE: Duration = Duration::from_millis(400);
/// Back to the start of the line, which is then empty.
const CLEAR: &str = "\r\x1b[K";

/// Says what takes long. Dropping it leaves an empty line.
pub(super) struct Progress {
    running: Option<(Sender<String>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to watch.
    pub(super) fn new() -> Self {
        let running = io::stderr().is_terminal().then(|| {
            let (steps, received) = mpsc::channel::<String>();
            let watch = move || {
                let mut step: Option<String> = None;
                let mut shown = false;
                loop {
                    match received.recv_timeout(PATIENCE) {
                        Ok(next) => step = Some(next),
                        Err(RecvTimeoutError::Timeout) => {
                            if let Some(step) = step.take() {
                                shown = true;
                                // A terminal that is gone needs no word.
                                let _ = write!(io::stderr(), "{CLEAR}{step} …");
                            }
                        }
                        Err(RecvTimeoutError::Disconnected) => break,
                    }
                }
                if shown {
                    let _ = write!(io::stderr(), "{CLEAR}");
                }
            };
            (steps, thread::spawn(watch))
        });
        Self { running }
    }

    /// Says what comes next.
    pub(super) fn step(&self, what: impl Into<String>) {
        if let Some((steps, _)) = &self.running {
            // It only stops listening when it is dropped.
            let _ = steps.send(what.into());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((steps, watch)) = self.running.take() {
            drop(steps);
            let _ = watch.join();
        }
    }
}
