//! Client secrets: hashed slowly, verified often.
//!
//! A secret is stored as a bcrypt hash, so that a stolen database does not give the secrets away. That
//! makes each verification slow by design, and a busy client would pay it on every request; so the
//! hasher remembers, for this process, which pairs of secret and stored hash it has seen to match. It
//! remembers them by a MAC under a key made at start, not by value, and since the stored hash is part
//! of what is remembered, a rotated secret is forgotten by itself.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Semaphore;

use crate::domain::random::{self, RandomFailure, Rng};
use crate::domain::secret::Secret;

/// How many verified secrets are remembered at least; twice as many at most.
const REMEMBERED: usize = 4096;

/// What bcrypt may cost: the work doubles with each step.
pub const COSTS: std::ops::RangeInclusive<u32> = 4..=31;

/// Why a secret could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// There is no randomness to be had.
    #[error(transparent)]
    Random(#[from] RandomFailure),
    /// bcrypt refused: the cost is out of range, or what is stored is not a hash.
    #[error("the secret cannot be hashed or verified: {0}")]
    Bcrypt(#[from] bcrypt::BcryptError),
    /// The thread that did the work is gone.
    #[error("the hashing thread failed")]
    Thread,
}

/// Hashes and verifies client secrets.
#[derive(Debug)]
pub struct PasswordHasher {
    cost: u32,
    /// The hash of a secret that nobody knows, for clients that do not exist.
    nobody: String,
    /// Hashing takes a core each; more at a time would only starve the rest of the server.
    cores: Arc<Semaphore>,
    /// How many hashes were computed, to be counted where time could only be measured.
    computed: AtomicU64,
    memory_key: hmac::Key,
    memory: Mutex<Memory>,
}

impl PasswordHasher {
    /// A hasher of bcrypt cost `cost`.
    ///
    /// # Errors
    /// The cost is not in [`COSTS`], or there is no randomness to be had.
    pub fn new(cost: u32, rng: &dyn Rng) -> Result<Self, PasswordError> {
        if !COSTS.contains(&cost) {
            return Err(bcrypt::BcryptError::CostNotAllowed(cost).into());
        }
        let memory_key = random::bytes::<32>(rng)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            cost,
            nobody: nobody(cost, rng)?,
            cores: Arc::new(Semaphore::new(cores)),
            computed: AtomicU64::new(0),
            memory_key: hmac::Key::new(hmac::HMAC_SHA256, &memory_key),
            memory: Mutex::default(),
        })
    }

    /// The hash to store for `secret`.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub async fn hash(&self, secret: &Secret, rng: &dyn Rng) -> Result<String, PasswordError> {
        let salt = random::bytes::<16>(rng)?;
        let (secret, cost) = (secret.clone(), self.cost);
        self.slowly(move || hash_now(&secret, cost, salt)).await
    }

    /// Whether `secret` is the one behind `stored`. With nothing stored the answer is no, and takes as
    /// long, so that the time does not tell which clients exist.
    ///
    /// # Errors
    /// What is stored is not a hash.
    pub async fn verify(
        &self,
        secret: &Secret,
        stored: Option<&str>,
    ) -> Result<bool, PasswordError> {
        let Some(stored) = stored else {
            let (secret, nobody) = (secret.clone(), self.nobody.clone());
            self.slowly(move || verify_now(&secret, &nobody)).await?;
            return Ok(false);
        };
        let memento = self.memento(secret, stored);
        if self.memory().contains(&memento) {
            return Ok(true);
        }
        let (secret, stored) = (secret.clone(), stored.to_owned());
        let matches = self.slowly(move || verify_now(&secret, &stored)).await?;
        if matches {
            self.memory().insert(memento);
        }
        Ok(matches)
    }

    /// How many hashes this hasher has computed since it was made.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let core = Arc::clone(&self.cores)
            .acquire_owned()
            .await
            .map_err(|_| PasswordError::Thread)?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || {
            // The work goes on when the client hangs up, and keeps its core until it is done: else
            // whoever asks and hangs up, again and again, would have it done without end.
            let _core = core;
            work()
        })
        .await
        .map_err(|_| PasswordError::Thread)?
    }

    fn memento(&self, secret: &Secret, stored: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.memory_key);
        // bcrypt hashes are all of one length, so the two cannot run into each other.
        context.update(stored.as_bytes());
        context.update(secret.expose().as_bytes());
        let mut memento = [0; 32];
        memento.copy_from_slice(context.sign().as_ref());
        memento
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        // Nothing that holds the lock can leave the sets half-changed.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The least recently used half is dropped when the newer half is full.
#[derive(Debug, Default)]
struct Memory {
    young: HashSet<[u8; 32]>,
    old: HashSet<[u8; 32]>,
}

impl Memory {
    fn contains(&mut self, memento: &[u8; 32]) -> bool {
        if self.young.contains(memento) {
            return true;
        }
        let known = self.old.contains(memento);
        if known {
            self.insert(*memento);
        }
        known
    }

    fn insert(&mut self, memento: [u8; 32]) {
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(memento);
    }
}

/// bcrypt reads 72 bytes and stops at a NUL; hashing first lets every byte of a long secret count.
fn prehash(secret: &Secret) -> String {
    STANDARD.encode(digest(&SHA256, secret.expose().as_bytes()))
}

fn hash_now(secret: &Secret, cost: u32, salt: [u8; 16]) -> Result<String, PasswordError> {
    Ok(bcrypt::hash_with_salt(prehash(secret), cost, salt)?.to_string())
}

/// A hash that takes `cost` to compare with. It was made at the lowest cost and says another, so that a server
/// need not spend the time of a real one before it answers for the first time; whatever it may be the hash of,
/// nobody has seen it.
fn nobody(cost: u32, rng: &dyn Rng) -> Result<String, PasswordError> {
    let secret = Secret::new(random::secret(rng, 32)?);
    let cheap = hash_now(&secret, *COSTS.start(), random::bytes(rng)?)?;
    Ok(cheap.replacen(
        &format!("${:02}$", COSTS.start()),
        &format!("${cost:02}$"),
        1,
    ))
}

fn verify_now(secret: &Secret, stored: &str) -> Result<bool, PasswordError> {
    Ok(bcrypt::verify(prehash(secret), stored)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::random::SystemRng;

    #[test]
    fn the_hash_for_nobody_says_the_cost_that_comparing_with_it_takes() {
        for cost in [4, 10, 12, 31] {
            let hasher = PasswordHasher::new(cost, &SystemRng).unwrap();
            let parts: bcrypt::HashParts = hasher.nobody.parse().unwrap();
            assert_eq!(parts.get_cost(), cost);
        }
        for cost in [0, 3, 32] {
            assert!(PasswordHasher::new(cost, &SystemRng).is_err(), "{cost}");
        }
        let hasher = PasswordHasher::new(5, &SystemRng).unwrap();
        assert!(!verify_now(&Secret::new("anything"), &hasher.nobody).unwrap());
    }

    #[tokio::test]
    async fn the_right_secret_verifies_the_wrong_one_does_not_and_a_missing_one_neither() {
        let hasher = PasswordHasher::new(4, &SystemRng).unwrap();
        let secret = Secret::new("consumer-secret");
        let stored = hasher.hash(&secret, &SystemRng).await.unwrap();
        for _ in 0..2 {
            assert!(hasher.verify(&secret, Some(&stored)).await.unwrap());
        }
        let wrong = Secret::new("consumer-secre");
        assert!(!hasher.verify(&wrong, Some(&stored)).await.unwrap());
        assert!(!hasher.verify(&secret, None).await.unwrap());
    }

    #[tokio::test]
    async fn every_byte_of_a_long_secret_counts() {
        let hasher = PasswordHasher::new(4, &SystemRng).unwrap();
        let long = "x".repeat(100);
        let stored = hasher
            .hash(&Secret::new(long.as_str()), &SystemRng)
            .await
            .unwrap();
        let other = Secret::new(format!("{}y", &long[..99]));
        assert!(!hasher.verify(&other, Some(&stored)).await.unwrap());
    }

    #[tokio::test]
    async fn a_rotated_secret_is_forgotten() {
        let hasher = PasswordHasher::new(4, &SystemRng).unwrap();
        let old = Secret::new("old-secret");
        let before = hasher.hash(&old, &SystemRng).await.unwrap();
        assert!(hasher.verify(&old, Some(&before)).await.unwrap());
        let after = hasher
            .hash(&Secret::new("new-secret"), &SystemRng)
            .await
            .unwrap();
        assert!(!hasher.verify(&old, Some(&after)).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_that_nobody_waits_for_any_more_keeps_its_core() {
        let hasher = PasswordHasher::new(4, &SystemRng).unwrap();
        let cores = hasher.cores.available_permits();
        let (finish, finished) = std::sync::mpsc::channel::<()>();
        let work = hasher.slowly(move || {
            let _ = finished.recv();
            Ok(())
        });
        // The client hangs up.
        let outcome = tokio::time::timeout(std::time::Duration::ZERO, work).await;
        assert!(outcome.is_err());
        assert_eq!(hasher.cores.available_permits(), cores - 1);
        drop(finish);
        let all = u32::try_from(cores).unwrap();
        assert!(hasher.cores.acquire_many(all).await.is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let mut memory = Memory::default();
        for number in 0..(REMEMBERED as u64 * 5) {
            let mut memento = [0; 32];
            memento[..8].copy_from_slice(&number.to_be_bytes());
            memory.insert(memento);
        }
        assert!(memory.young.len() + memory.old.len() <= 2 * REMEMBERED);
    }
}
