//! Why the server could not be reached, and what to do about it.
//!
//! HTTP clients wrap the one interesting error (a certificate, a name, a closed port) in several of
//! their own. Here the chain is searched for it.

use std::error::Error;
use std::io;

/// Why a request failed with `error`: the innermost cause. What wraps it says only that a request failed.
pub(crate) fn cause(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map_or_else(|| error.to_string(), |cause| cause.to_string())
}

/// Advice for a request to `cluster_url` that failed with `error`, where there is some to give.
pub(crate) fn advice(error: &(dyn Error + 'static), cluster_url: &str) -> Option<String> {
    let causes = causes(error);
    if let Some(tls) = find::<rustls::Error>(&causes) {
        return Some(tls_advice(tls, cluster_url));
    }
    let told = |text| causes.iter().any(|cause| cause.to_string().contains(text));
    if told("tls handshake eof") {
        return Some(no_tls(cluster_url));
    }
    if told("dns error") {
        return Some(
            "no such host: check the name in the cluster URL, or run `hydra connect` again"
                .to_owned(),
        );
    }
    match find::<io::Error>(&causes).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => Some(
            "nothing listens there: start the server with `hydra host`, or check the cluster URL"
                .to_owned(),
        ),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof) => {
            let tls = if cluster_url.starts_with("http:") {
                "; if it wants TLS, use https://"
            } else {
                ""
            };
            Some(format!(
                "the server, or something before it, broke the connection off{tls}"
            ))
        }
        _ => None,
    }
}

fn tls_advice(error: &rustls::Error, cluster_url: &str) -> String {
    match error {
        rustls::Error::InvalidCertificate(_) => {
            "the server's certificate is not trusted on this machine; for a self-signed one, add --skip-tls-verify"
                .to_owned()
        }
        rustls::Error::InvalidMessage(_) => {
            no_tls(cluster_url)
        }
        _ => "client and server cannot agree on TLS; the server's log may say why".to_owned(),
    }
}

fn no_tls(cluster_url: &str) -> String {
    format!("what answers at {cluster_url} does not speak TLS: try http:// instead of https://")
}

/// `error` and everything below it, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        causes.push(error);
        // An I/O error made from another error hides it: its `source` is the other one's source.
        let wrapped = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    causes
}

/// The innermost error of type `E`.
fn find<'a, E: Error + 'static>(causes: &[&'a (dyn Error + 'static)]) -> Option<&'a E> {
    causes
        .iter()
        .rev()
        .find_map(|cause| cause.downcast_ref::<E>())
}

#[cfg(test)]
mod tests {
    use rustls::{CertificateError, InvalidMessage};

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("error sending request")]
    struct Wrapped(#[source] io::Error);

    fn advice_for(cause: io::Error) -> Option<String> {
        let wrapped = Wrapped(io::Error::other(Wrapped(cause)));
        advice(&wrapped, "https://localhost:4444")
    }

    #[test]
    fn the_cause_is_found_however_deep() {
        for (cause, expected) in [
            (
                io::Error::other(rustls::Error::InvalidCertificate(
                    CertificateError::UnknownIssuer,
                )),
                "--skip-tls-verify",
            ),
            (
                io::Error::other(rustls::Error::InvalidMessage(
                    InvalidMessage::InvalidContentType,
                )),
                "try http://",
            ),
            (
                io::Error::other(rustls::Error::HandshakeNotComplete),
                "agree on TLS",
            ),
            (
                io::ErrorKind::UnexpectedEof.into(),
                "broke the connection off",
            ),
            (
                io::Error::new(io::ErrorKind::UnexpectedEof, "tls handshake eof"),
                "try http://",
            ),
            (io::ErrorKind::ConnectionRefused.into(), "hydra host"),
            (
                io::ErrorKind::ConnectionReset.into(),
                "broke the connection off",
            ),
            (
                io::Error::other("dns error: failed to lookup"),
                "check the name",
            ),
        ] {
            let told = format!("{cause:?}");
            let advice = advice_for(cause).unwrap();
            assert!(advice.contains(expected), "{told}: {advice}");
        }
        assert_eq!(advice_for(io::ErrorKind::OutOfMemory.into()), None);
    }

    #[test]
    fn only_the_innermost_cause_is_told() {
        assert_eq!(
            cause(&Wrapped(io::Error::other(Wrapped(io::Error::other(
                "refused"
            ))))),
            "refused"
        );
    }
}
