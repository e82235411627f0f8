//! Randomness as a parameter, for the same reason as the clock.

use std::fmt::Debug;

use uuid::Uuid;

/// The source of randomness failed; nothing secret may be made until it works again.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system's source of randomness failed")]
pub struct RandomFailure;

/// A source of random bytes fit for secrets.
pub trait Rng: Debug + Send + Sync {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// The source failed.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailure>;
}

/// `N` random bytes.
///
/// # Errors
/// The source failed.
pub fn bytes<const N: usize>(rng: &dyn Rng) -> Result<[u8; N], RandomFailure> {
    let mut bytes = [0; N];
    rng.fill(&mut bytes)?;
    Ok(bytes)
}

/// A random UUID, version 4.
///
/// # Errors
/// The source failed.
pub fn uuid(rng: &dyn Rng) -> Result<Uuid, RandomFailure> {
    Ok(uuid::Builder::from_random_bytes(bytes(rng)?).into_uuid())
}

/// Characters for secrets that people copy: none needs encoding in a URL, a shell or YAML.
const SECRET_ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// A random secret of `length` characters, six bits each.
///
/// # Errors
/// The source failed.
pub fn secret(rng: &dyn Rng, length: usize) -> Result<String, RandomFailure> {
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(SECRET_ALPHABET[usize::from(byte % 64)]))
        .collect())
}
