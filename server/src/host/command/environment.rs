//! What `hydra host` takes from the environment alone: secrets, since anybody on the machine can read the flags
//! of a process.

use std::path::Path;

use percent_encoding::percent_decode_str;

use super::{CommandError, setting};
use crate::domain::secret::Secret;
use crate::flows::setup::RootCredentials;
use crate::host::config::TlsFiles;

/// What `--help` says of it.
pub(super) const HELP: &str = "\
Secrets, from the environment alone:
  SYSTEM_SECRET
          What everything in the database is sealed and signed with, at least 16 characters. Needed
          with a real database [default with one in memory: random, and logged once]
  SYSTEM_SECRET_PREVIOUS
          Earlier system secrets, after SYSTEM_SECRET was changed: separated by commas, each
          percent-encoded. What they sealed is sealed anew at the start; tokens of their time are good
          for as long as they are named here
  COOKIE_SECRET
          What cookies are made with, at least 16 characters [default: SYSTEM_SECRET]
  FORCE_ROOT_CLIENT_CREDENTIALS
          Id and secret of the root client, which is created when there is no client at all, as
          `id:secret`, each percent-encoded [default: random, and logged once]
  HTTPS_TLS_CERT, HTTPS_TLS_KEY
          TLS certificate chain and private key, PEM text; `\\n` stands for a newline. The files count
          if both are given";

/// A secret; an empty variable counts as unset.
pub(super) fn secret_variable(name: &'static str) -> Result<Option<Secret>, CommandError> {
    match std::env::var(name) {
        Ok(text) => Ok(Some(text).filter(|text| !text.is_empty()).map(Secret::new)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(setting(name, "it is not UTF-8")),
    }
}

/// Earlier system secrets: separated by commas, each percent-encoded.
pub(super) fn previous_system_secrets() -> Result<Vec<Secret>, CommandError> {
    const NAME: &str = "SYSTEM_SECRET_PREVIOUS";
    let Some(text) = secret_variable(NAME)? else {
        return Ok(Vec::new());
    };
    text.expose()
        .split(',')
        .filter(|secret| !secret.is_empty())
        .map(|secret| {
            let decoded = percent_decode_str(secret).decode_utf8();
            decoded
                .map(Secret::new)
                .map_err(|_| setting(NAME, "it is not UTF-8 once it is percent-decoded"))
        })
        .collect()
}

/// The credentials of the root client: `id:secret`, each percent-encoded.
pub(super) fn root_credentials() -> Result<Option<RootCredentials>, CommandError> {
    const NAME: &str = "FORCE_ROOT_CLIENT_CREDENTIALS";
    let Some(text) = secret_variable(NAME)? else {
        return Ok(None);
    };
    parse_credentials(text.expose())
        .map(Some)
        .ok_or_else(|| setting(NAME, "it must be `id:secret`, each percent-encoded"))
}

fn parse_credentials(text: &str) -> Option<RootCredentials> {
    let (id, secret) = text
        .split_once(':')
        .filter(|(_, secret)| !secret.contains(':'))?;
    let decode = |text| percent_decode_str(text).decode_utf8().ok();
    Some(RootCredentials {
        client_id: decode(id)?.into_owned(),
        client_secret: Secret::new(decode(secret)?),
    })
}

/// The operator's certificate: from files if they are named, else from the environment.
pub(super) fn tls(
    certificates: Option<&Path>,
    key: Option<&Path>,
) -> Result<Option<TlsFiles>, CommandError> {
    // An empty variable counts as unset.
    let named = |path: &&Path| !path.as_os_str().is_empty();
    match (certificates.filter(named), key.filter(named)) {
        (Some(certificates), Some(key)) => Ok(Some(TlsFiles {
            certificates: read(certificates)?,
            key: Secret::new(read(key)?),
        })),
        (None, None) => {
            let unescape = |secret: Secret| secret.expose().replace("\\n", "\n");
            let certificates = secret_variable("HTTPS_TLS_CERT")?.map(unescape);
            let key = secret_variable("HTTPS_TLS_KEY")?.map(unescape);
            match (certificates, key) {
                (Some(certificates), Some(key)) => Ok(Some(TlsFiles {
                    certificates,
                    key: Secret::new(key),
                })),
                (None, None) => Ok(None),
                _ => Err(setting(
                    "HTTPS_TLS_CERT",
                    "HTTPS_TLS_KEY must be given with it",
                )),
            }
        }
        _ => Err(setting(
            "--https-tls-cert-path",
            "--https-tls-key-path must be given with it",
        )),
    }
}

fn read(path: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(path).map_err(|source| CommandError::Read {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_credentials_are_decoded() {
        let parsed = parse_credentials("ad%3Amin:s%25ecret%20").unwrap();
        assert_eq!(parsed.client_id, "ad:min");
        assert_eq!(parsed.client_secret.expose(), "s%ecret ");
        for text in ["admin", "a:b:c", "%ff:secret"] {
            assert!(parse_credentials(text).is_none(), "{text}");
        }
    }
}
