//! Certificates.
//!
//! An operator brings one; else the server makes its own, good for a month, and makes the next one ten
//! days before that is over, while it runs.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;

use super::config::TlsFiles;
use crate::domain::clock::{Clock as _, SystemClock, UnixTime};

/// How long a self-signed certificate is good.
const VALIDITY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How often it is replaced.
const RENEWAL: Duration = Duration::from_secs(20 * 24 * 60 * 60);
/// Clocks differ; a certificate that is not good yet helps nobody.
const HEAD_START: i64 = 60 * 60;

/// Why there is no certificate to serve TLS with.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The operator's certificate is no PEM file, or holds none.
    #[error("the TLS certificate cannot be read: {0}")]
    Certificate(String),
    /// The operator's key is no PEM file, or holds none.
    #[error("the TLS key cannot be read: {0}")]
    Key(String),
    /// Certificate and key do not go together, or are of a kind that TLS cannot use.
    #[error("the TLS certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// No certificate could be made.
    #[error("no self-signed certificate could be made: {0}")]
    SelfSigned(#[from] rcgen::Error),
}

/// The certificate in use.
#[derive(Debug)]
pub(super) struct Certificates {
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificates {
    /// The operator's certificate, or one of our own for these names and addresses.
    pub(super) fn new(files: Option<&TlsFiles>, names: &[String]) -> Result<Self, TlsError> {
        let key = match files {
            Some(files) => load(files)?,
            None => self_signed(names)?,
        };
        Ok(Self {
            current: RwLock::new(Arc::new(key)),
        })
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The server's certificate, DER.
    pub(super) fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.current().cert.first().cloned()
    }

    /// Replaces a self-signed certificate before it runs out, for ever.
    pub(super) async fn renew(self: Arc<Self>, names: Vec<String>) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match self_signed(&names) {
                Ok(key) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                    tracing::info!("renewed the self-signed certificate");
                }
                Err(error) => {
                    tracing::error!(cause = %error, "the self-signed certificate could not be renewed");
                }
            }
        }
    }

    /// TLS 1.2 and 1.3, HTTP/2 before HTTP/1.1.
    pub(super) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, TlsError> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::clone(self) as _;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn load(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let chain = CertificateDer::pem_slice_iter(files.certificates.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| TlsError::Certificate(error.to_string()))?;
    if chain.is_empty() {
        return Err(TlsError::Certificate("it holds no certificate".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(files.key.expose().as_bytes())
        .map_err(|error| TlsError::Key(error.to_string()))?;
    Ok(CertifiedKey::from_der(chain, key, &provider())?)
}

fn self_signed(names: &[String]) -> Result<CertifiedKey, TlsError> {
    // Peers judge a certificate by the real time, whatever time the server is made to believe.
    let now = SystemClock.now();
    let mut params = CertificateParams::default();
    params.subject_alt_names = names
        .iter()
        .filter_map(|name| match name.parse::<IpAddr>() {
            Ok(address) => Some(SanType::IpAddress(address)),
            // A machine's name may be anything; what no certificate can hold is left out.
            Err(_) => name.as_str().try_into().ok().map(SanType::DnsName),
        })
        .collect();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Hydra");
    params.distinguished_name.push(DnType::CommonName, "Hydra");
    params.not_before = date(UnixTime(now.0 - HEAD_START));
    params.not_after = date(now.after(VALIDITY));
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let pair = KeyPair::generate()?;
    let certificate = params.self_signed(&pair)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.serialize_der()));
    Ok(CertifiedKey::from_der(
        vec![certificate.der().clone()],
        key,
        &provider(),
    )?)
}

fn date(time: UnixTime) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(time.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secret::Secret;

    #[test]
    fn a_self_signed_certificate_is_made_for_any_names() {
        let names = ["localhost", "127.0.0.1", "::1", "not a dns name ö"].map(String::from);
        let certificates = Arc::new(Certificates::new(None, &names).unwrap());
        assert!(certificates.certificate().is_some());
        assert!(certificates.server_config().is_ok());
    }

    #[test]
    fn an_operators_certificate_is_used_and_a_bad_one_refused() {
        let pair = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["hydra.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&pair).unwrap();
        let files = |certificates: &str, key: &str| TlsFiles {
            certificates: certificates.to_owned(),
            key: Secret::new(key),
        };
        let (pem, key) = (certificate.pem(), pair.serialize_pem());
        let loaded = Certificates::new(Some(&files(&pem, &key)), &[]).unwrap();
        assert_eq!(loaded.certificate().unwrap(), *certificate.der());

        let other = KeyPair::generate().unwrap().serialize_pem();
        for (certificates, key) in [
            ("", &key),
            ("nonsense", &key),
            (&pem, &String::new()),
            (&pem, &other),
        ] {
            assert!(Certificates::new(Some(&files(certificates, key)), &[]).is_err());
        }
    }
}
