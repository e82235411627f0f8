//! How a request reached us, and whether that is good enough.
//!
//! Tokens and secrets must not travel in clear. A request is served if it came over TLS, if the
//! operator said that plain HTTP will do, or if it came from a proxy that says it terminated TLS.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use http::request::Parts;
use ipnet::IpNet;

use crate::http::error::{Failure, Generic};

/// What the listener knows of the connection a request came by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Transport {
    /// The other end.
    pub peer: Option<SocketAddr>,
    /// Whether the connection is TLS.
    pub tls: bool,
}

impl Transport {
    pub(crate) fn peer_ip(self) -> Option<IpAddr> {
        self.peer.map(|peer| peer.ip().to_canonical())
    }
}

impl<S: Sync> FromRequestParts<S> for Transport {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// Where a request comes from, as far as can be known: the other end of the connection, or what a proxy
/// that the operator named says of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// Which connections will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportPolicy {
    /// TLS only.
    Tls,
    /// TLS or plain HTTP.
    Any,
    /// Plain HTTP from proxies in these networks that say they terminated TLS.
    TerminatedBy(Vec<IpNet>),
}

/// Turns away requests that came by an insecure connection, and tells the others where they come from.
pub(crate) async fn gate(
    State(policy): State<Arc<TransportPolicy>>,
    transport: Transport,
    mut request: Request,
    next: Next,
) -> Response {
    match objection(&policy, transport, &request) {
        None => {
            let address = client_address(&policy, transport, request.headers());
            request.extensions_mut().insert(ClientAddress(address));
            next.run(request).await
        }
        Some(why) => {
            tracing::warn!(
                peer = transport.peer_ip().map(tracing::field::display),
                why,
                "turned away"
            );
            Generic::from(Failure::insecure_transport(why)).into_response()
        }
    }
}

fn objection(
    policy: &TransportPolicy,
    transport: Transport,
    request: &Request,
) -> Option<&'static str> {
    match policy {
        _ if transport.tls => None,
        TransportPolicy::Any => None,
        TransportPolicy::Tls => Some(
            "use https, or start the server with --dangerous-force-http or behind a proxy named by \
             HTTPS_ALLOW_TERMINATION_FROM",
        ),
        // A load balancer asks without the header.
        TransportPolicy::TerminatedBy(_)
            if matches!(request.uri().path(), "/health/status" | "/health/ready") =>
        {
            None
        }
        TransportPolicy::TerminatedBy(networks) => {
            let from_proxy = transport
                .peer_ip()
                .is_some_and(|ip| networks.iter().any(|network| network.contains(&ip)));
            if !from_proxy {
                return Some(
                    "the request does not come from a network in HTTPS_ALLOW_TERMINATION_FROM",
                );
            }
            let mut values = request.headers().get_all("x-forwarded-proto").iter();
            match (values.next(), values.next()) {
                (Some(value), None) if value.as_bytes() == b"https" => None,
                _ => Some("the header X-Forwarded-Proto is not `https`"),
            }
        }
    }
}

/// The last address of `X-Forwarded-For` that is none of the operator's proxies. Each proxy adds whom it
/// heard, at the end; what stands before the first one that is known could be anybody's invention.
fn client_address(
    policy: &TransportPolicy,
    transport: Transport,
    headers: &HeaderMap,
) -> Option<IpAddr> {
    let mut address = transport.peer_ip()?;
    let TransportPolicy::TerminatedBy(networks) = policy else {
        return Some(address);
    };
    let said: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for text in said.into_iter().rev() {
        if !networks.iter().any(|network| network.contains(&address)) {
            break;
        }
        match text.trim().trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(further) => address = further.to_canonical(),
            Err(_) => break,
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn request(path: &str, protocols: &[&str]) -> Request {
        let mut builder = Request::builder().uri(path);
        for protocol in protocols {
            builder = builder.header("x-forwarded-proto", *protocol);
        }
        builder.body(Body::empty()).unwrap()
    }

    fn from(peer: &str, tls: bool) -> Transport {
        Transport {
            peer: Some(peer.parse().unwrap()),
            tls,
        }
    }

    #[test]
    fn tls_always_passes_and_plain_http_only_when_allowed() {
        let plain = from("192.0.2.1:5000", false);
        let tls = from("192.0.2.1:5000", true);
        let request = request("/clients", &[]);
        assert_eq!(objection(&TransportPolicy::Tls, tls, &request), None);
        assert_eq!(objection(&TransportPolicy::Any, plain, &request), None);
        assert!(objection(&TransportPolicy::Tls, plain, &request).is_some());
    }

    #[test]
    fn a_proxy_must_be_known_and_say_https() {
        let policy = TransportPolicy::TerminatedBy(vec!["10.0.0.0/8".parse().unwrap()]);
        let proxy = from("10.1.2.3:5000", false);
        let mapped = from("[::ffff:10.1.2.3]:5000", false);
        let stranger = from("192.0.2.1:5000", false);
        let ok = |transport, path, protocols| {
            objection(&policy, transport, &request(path, protocols)).is_none()
        };
        assert!(ok(proxy, "/clients", &["https"]));
        assert!(ok(mapped, "/clients", &["https"]));
        assert!(!ok(stranger, "/clients", &["https"]));
        assert!(!ok(proxy, "/clients", &[]));
        assert!(!ok(proxy, "/clients", &["http"]));
        assert!(!ok(proxy, "/clients", &["https", "http"]));
        assert!(ok(stranger, "/health/status", &[]));
        assert!(ok(stranger, "/health/ready", &[]));
        assert!(!ok(stranger, "/health/metrics", &[]));
    }

    #[test]
    fn only_known_proxies_are_believed_when_they_say_whom_they_heard() {
        let behind = TransportPolicy::TerminatedBy(vec!["10.0.0.0/8".parse().unwrap()]);
        let proxy = from("10.1.2.3:5000", false);
        for (said, address) in [
            (vec![], "10.1.2.3"),
            (vec!["198.51.100.7"], "198.51.100.7"),
            (vec!["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
            (
                vec!["203.0.113.9", "198.51.100.7, 10.9.9.9"],
                "198.51.100.7",
            ),
            (vec!["[2001:db8::1]"], "2001:db8::1"),
            (vec!["unknown"], "10.1.2.3"),
            (vec!["198.51.100.7, unknown"], "10.1.2.3"),
        ] {
            let mut headers = HeaderMap::new();
            for value in &said {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            let ip = |policy, transport| client_address(policy, transport, &headers).unwrap();
            assert_eq!(ip(&behind, proxy).to_string(), address, "{said:?}");
            // Nobody else is believed.
            assert_eq!(ip(&TransportPolicy::Any, proxy).to_string(), "10.1.2.3");
            let stranger = from("192.0.2.1:5000", false);
            assert_eq!(ip(&behind, stranger).to_string(), "192.0.2.1");
        }
    }
}
