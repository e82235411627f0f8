//! Where randomness comes from.

use std::sync::Mutex;

use aws_lc_rs::digest::{SHA256, digest};

use crate::domain::random::{RandomFailure, Rng};

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailure> {
        aws_lc_rs::rand::fill(bytes).map_err(|_| RandomFailure)
    }
}

/// The same bytes each time, for tests that compare whole answers. Never for a real server: who knows
/// the seed knows every token.
#[derive(Debug)]
pub struct SeededRng(Mutex<(u64, u64)>);

impl SeededRng {
    /// A generator that starts from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new((seed, 0)))
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailure> {
        let mut state = self.0.lock().map_err(|_| RandomFailure)?;
        for chunk in bytes.chunks_mut(32) {
            let mut block = [0; 16];
            block[..8].copy_from_slice(&state.0.to_be_bytes());
            block[8..].copy_from_slice(&state.1.to_be_bytes());
            state.1 += 1;
            chunk.copy_from_slice(&digest(&SHA256, &block).as_ref()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random::bytes;

    #[test]
    fn a_seed_repeats_itself_and_the_system_does_not() {
        let first = bytes::<40>(&SeededRng::new(7)).unwrap();
        assert_eq!(first, bytes::<40>(&SeededRng::new(7)).unwrap());
        assert_ne!(first, bytes::<40>(&SeededRng::new(8)).unwrap());
        assert_ne!(
            bytes::<40>(&SystemRng).unwrap(),
            bytes::<40>(&SystemRng).unwrap()
        );
    }
}
