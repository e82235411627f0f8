//! JSON Web Keys: made, imported, kept sealed.
//!
//! Every set is treated alike; what is special about the one that signs ID tokens is told in
//! [`signing_keys`](super::signing_keys).

use crate::crypto::jwk::{self, InvalidKey, KeyGenerationFailure, Kind};
use crate::crypto::seal::{SealError, Sealer};
use crate::crypto::system_secret::SystemSecret;
use crate::domain::client::is_id;
use crate::domain::jwk::{JsonWebKey, private_half, public_half};
use crate::domain::random;
use crate::flows::{Fault, Services};
use crate::storage::{Creation, SealedKey, StorageError};

/// The most keys that a set may have.
pub const LARGEST_SET: usize = 100;
/// The longest name of a key that is made, in characters: what is put before it must fit as well.
const LONGEST_NAME: usize = 200;

/// Why a key is not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A set of that name could not be told apart in policies, or not be reached.
    #[error(
        "the set must be 1 to 255 characters, without control characters, colons or spaces at the \
         ends, and neither `.` nor `..`"
    )]
    InvalidSet,
    /// A key of that name could not be reached.
    #[error(
        "`{0}` must be 1 to 255 characters, 200 for a key to be made, without control characters or \
         spaces at the ends, and neither `.` nor `..`"
    )]
    InvalidName(String),
    /// There is no way to make such a key.
    #[error("`alg` must be RS256, ES256, ES512, HS256 or HS512")]
    UnknownAlgorithm,
    /// A key is none.
    #[error("`{place}` is not a JSON Web Key: {problem}")]
    Invalid {
        /// Which one it is.
        place: String,
        /// What is wrong with it.
        problem: InvalidKey,
    },
    /// Nothing was sent.
    #[error("`keys` is missing or empty")]
    Nothing,
    /// One name for two keys.
    #[error("`{0}` has a `kid` that another key of the set has as well")]
    Ambiguous(String),
    /// A name is missing and cannot be made up.
    #[error("`{0}.kid` is missing: a symmetric key needs one")]
    Nameless(String),
    /// The body says something else than the path.
    #[error("`kid` is not the one in the path; leave it out, or make them the same")]
    OtherName,
    /// The set has room for no more.
    #[error("a set may have {LARGEST_SET} keys")]
    TooMany,
    /// There is a key of that name, which stays as it is.
    #[error("the set has a key with the kid `{0}` already")]
    Exists(String),
    /// It could not be done.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StorageError> for KeyError {
    fn from(error: StorageError) -> Self {
        Self::Fault(error.into())
    }
}

/// What seals keys.
///
/// # Errors
/// The cipher refused the key.
pub fn sealer(secret: &SystemSecret) -> Result<Sealer, SealError> {
    Sealer::new(secret, "json web key")
}

/// Where a key is sealed for: it opens in no other set and under no other name.
#[must_use]
pub fn place(set: &str, kid: &str) -> String {
    // The first slash ends the set.
    let set = set.replace('%', "%25").replace('/', "%2F");
    format!("{set}/{kid}")
}

/// Makes a key for signing and adds it to a set: one key if it is symmetric, else the two halves of a
/// pair, the private one first. Without a name it gets its thumbprint (RFC 7638), or, if it is symmetric,
/// a random one.
///
/// # Errors
/// There is no such algorithm, the name cannot be or is taken, or the set is full.
pub async fn create(
    services: &Services,
    set: &str,
    algorithm: &str,
    name: Option<&str>,
) -> Result<Vec<JsonWebKey>, KeyError> {
    check_set(set)?;
    let kind = Kind::named(algorithm).ok_or(KeyError::UnknownAlgorithm)?;
    if let Some(name) = name
        && (!is_id(name) || name.chars().count() > LONGEST_NAME)
    {
        return Err(KeyError::InvalidName("kid".to_owned()));
    }
    let keys = generate(services, kind, name).await?;
    let known = services.storage.keys(set).await?;
    if known.len() + keys.len() > LARGEST_SET {
        return Err(KeyError::TooMany);
    }
    match add(services, set, None, &keys).await? {
        Creation::Created => Ok(keys),
        Creation::Exists => Err(KeyError::Exists(
            keys.into_iter()
                .find_map(|key| {
                    key.kid
                        .filter(|kid| known.iter().any(|known| &known.kid == kid))
                })
                .unwrap_or_default(),
        )),
    }
}

/// Makes a key; off the threads that serve requests, since finding primes takes a while.
pub(super) async fn generate(
    services: &Services,
    kind: Kind,
    name: Option<&str>,
) -> Result<Vec<JsonWebKey>, Fault> {
    let rng = services.rng.clone();
    let key = tokio::task::spawn_blocking(move || jwk::generate(kind, rng.as_ref()))
        .await
        .map_err(|_| KeyGenerationFailure)??;
    let name = match (name, jwk::thumbprint(&key)) {
        (Some(name), _) => name.to_owned(),
        (None, Some(thumbprint)) => thumbprint,
        (None, None) => random::uuid(services.rng.as_ref())?.to_string(),
    };
    let named = |key: JsonWebKey, kid: String| JsonWebKey {
        kid: Some(kid),
        ..key
    };
    Ok(match key.public() {
        Some(public) => vec![
            named(key, private_half(&name)),
            named(public, public_half(&name)),
        ],
        None => vec![named(key, name)],
    })
}

/// Adds keys to a set, if it holds those `known` and no others.
pub(super) async fn add(
    services: &Services,
    set: &str,
    known: Option<&[String]>,
    keys: &[JsonWebKey],
) -> Result<Creation, Fault> {
    let sealed = seal(services, set, keys)?;
    Ok(services
        .storage
        .add_keys(set, known, &sealed, services.clock.now())
        .await?)
}

/// Puts keys that were made elsewhere into a set: one of the same name is replaced, others stay. A key
/// without a name gets its thumbprint.
///
/// # Errors
/// One is not a key, two have the same name, or the set is full.
pub async fn put(
    services: &Services,
    set: &str,
    mut keys: Vec<JsonWebKey>,
) -> Result<Vec<JsonWebKey>, KeyError> {
    check_set(set)?;
    if keys.is_empty() {
        return Err(KeyError::Nothing);
    }
    if keys.len() > LARGEST_SET {
        return Err(KeyError::TooMany);
    }
    for (number, key) in keys.iter_mut().enumerate() {
        let place = || format!("keys[{number}]");
        key.kid = key.kid.take().filter(|kid| !kid.is_empty());
        if key.kid.is_none() {
            key.kid = jwk::thumbprint(key);
        }
        match &key.kid {
            Some(kid) if !is_id(kid) => {
                return Err(KeyError::InvalidName(format!("{}.kid", place())));
            }
            None if key.kty.as_deref() == Some("oct") => return Err(KeyError::Nameless(place())),
            _ => {}
        }
    }
    let keys = checked(keys, |number| format!("keys[{number}]")).await?;
    let mut names: Vec<String> = keys.iter().filter_map(|key| key.kid.clone()).collect();
    for (number, name) in names.iter().enumerate() {
        if names[..number].contains(name) {
            return Err(KeyError::Ambiguous(format!("keys[{number}]")));
        }
    }
    names.extend(
        services
            .storage
            .keys(set)
            .await?
            .into_iter()
            .map(|key| key.kid),
    );
    names.sort_unstable();
    names.dedup();
    if names.len() > LARGEST_SET {
        return Err(KeyError::TooMany);
    }
    replace(services, set, &keys).await?;
    Ok(keys)
}

/// Puts one key that was made elsewhere into a set, under the name `kid`.
///
/// # Errors
/// It is not a key, has another name, or the set is full.
pub async fn put_one(
    services: &Services,
    set: &str,
    kid: &str,
    mut key: JsonWebKey,
) -> Result<JsonWebKey, KeyError> {
    check_set(set)?;
    if !is_id(kid) {
        return Err(KeyError::InvalidName("kid".to_owned()));
    }
    if key
        .kid
        .as_ref()
        .is_some_and(|it| !it.is_empty() && it != kid)
    {
        return Err(KeyError::OtherName);
    }
    key.kid = Some(kid.to_owned());
    let known = services.storage.keys(set).await?;
    if known.len() >= LARGEST_SET && known.iter().all(|known| known.kid != kid) {
        return Err(KeyError::TooMany);
    }
    let keys = checked(vec![key], |_| "the body".to_owned()).await?;
    replace(services, set, &keys).await?;
    keys.into_iter().next().ok_or(KeyError::Nothing)
}

/// Checks keys off the threads that serve requests: a hundred large RSA keys take a second.
async fn checked(
    keys: Vec<JsonWebKey>,
    place: impl Fn(usize) -> String,
) -> Result<Vec<JsonWebKey>, KeyError> {
    let (keys, problem) = tokio::task::spawn_blocking(move || {
        let problem = keys
            .iter()
            .enumerate()
            .find_map(|(number, key)| Some((number, jwk::check(key).err()?)));
        (keys, problem)
    })
    .await
    .map_err(|_| Fault::from(KeyGenerationFailure))?;
    match problem {
        None => Ok(keys),
        Some((number, problem)) => Err(KeyError::Invalid {
            place: place(number),
            problem,
        }),
    }
}

async fn replace(services: &Services, set: &str, keys: &[JsonWebKey]) -> Result<(), Fault> {
    let sealed = seal(services, set, keys)?;
    services
        .storage
        .put_keys(set, &sealed, services.clock.now())
        .await?;
    Ok(())
}

/// The keys of a set, opened, the newest first.
///
/// # Errors
/// The database fails, or a key does not open.
pub async fn all(services: &Services, set: &str) -> Result<Vec<JsonWebKey>, Fault> {
    let sealed = services.storage.keys(set).await?;
    sealed.iter().map(|key| open(services, set, key)).collect()
}

/// A key of a set, opened.
///
/// # Errors
/// The database fails, or the key does not open.
pub async fn one(services: &Services, set: &str, kid: &str) -> Result<Option<JsonWebKey>, Fault> {
    let sealed = services.storage.key(set, kid).await?;
    sealed.map(|key| open(services, set, &key)).transpose()
}

fn check_set(set: &str) -> Result<(), KeyError> {
    // A colon would make the resources of two sets look alike: `a:b` and `c`, `a` and `b:c`.
    if is_id(set) && !set.contains(':') {
        Ok(())
    } else {
        Err(KeyError::InvalidSet)
    }
}

fn seal(services: &Services, set: &str, keys: &[JsonWebKey]) -> Result<Vec<SealedKey>, Fault> {
    keys.iter()
        .map(|key| {
            let kid = key.kid.clone().unwrap_or_default();
            let text = serde_json::to_vec(key).map_err(Fault::MalformedKey)?;
            Ok(SealedKey {
                key_data: services.signing_keys.sealer().seal(
                    services.rng.as_ref(),
                    &place(set, &kid),
                    &text,
                )?,
                kid,
            })
        })
        .collect()
}

/// Opens a key.
pub(super) fn open(services: &Services, set: &str, key: &SealedKey) -> Result<JsonWebKey, Fault> {
    let place = place(set, &key.kid);
    let text = services.signing_keys.sealer().open(&place, &key.key_data)?;
    serde_json::from_slice(&text).map_err(Fault::MalformedKey)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn no_two_keys_have_one_place() {
        assert_eq!(
            place("hydra.openid.id-token", "a/b"),
            "hydra.openid.id-token/a/b"
        );
        let places = [("a/b", "c"), ("a", "b/c"), ("a%2Fb", "c"), ("a", "b%2Fc")]
            .map(|(set, kid)| place(set, kid));
        for (number, one) in places.iter().enumerate() {
            assert!(!places[number + 1..].contains(one), "{one}");
        }
    }
}
