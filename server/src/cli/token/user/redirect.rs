//! Where the browser brings the answer: an address of this machine, and the sockets behind it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;
use url::{Host, Url};

use crate::cli::failure::Failure;

/// A redirect URI that this program can answer at: `http`, on this machine alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redirect {
    /// As it was given: the authorization server compares it letter by letter.
    uri: String,
    /// The path to answer at, percent-encoded.
    path: String,
    query: Option<String>,
    addresses: Vec<SocketAddr>,
}

/// The sockets of a redirect URI, listening.
#[derive(Debug)]
pub(super) struct Listening {
    /// The redirect URI, its port the one that the system chose if that was left to it.
    pub(super) uri: String,
    /// The path to answer at, percent-encoded.
    pub(super) path: String,
    /// The sockets.
    pub(super) listeners: Vec<TcpListener>,
}

impl Redirect {
    /// Reads `--redirect`.
    ///
    /// # Errors
    /// It is no URL, or an answer to it would not arrive here.
    pub(super) fn parse(uri: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::new(format!("the redirect URI `{uri}` cannot be used"))
                .cause(why)
                .hint("name a port of this machine, like http://localhost:4445/callback, and register it with `hydra clients create --callbacks`")
        };
        let url = Url::parse(uri).map_err(|error| wrong(&error.to_string()))?;
        if url.scheme() != "http" {
            return Err(wrong(
                "this command answers plain HTTP only, so it has to begin with http://",
            ));
        }
        // RFC 6749 section 3.1.2.
        if url.fragment().is_some() {
            return Err(wrong("it must not have a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it must not hold a user name or password"));
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let ips = match url.host() {
            // RFC 8252 section 7.3 leaves the port open for the addresses only.
            Some(Host::Domain("localhost")) if port == 0 => {
                return Err(wrong(
                    "the port can be left to the system with 127.0.0.1 and [::1] only",
                ));
            }
            // Browsers try both, and whichever answers first gets the code.
            Some(Host::Domain("localhost")) => {
                vec![
                    IpAddr::V4(Ipv4Addr::LOCALHOST),
                    IpAddr::V6(Ipv6Addr::LOCALHOST),
                ]
            }
            Some(Host::Ipv4(ip)) if ip.is_loopback() => vec![IpAddr::V4(ip)],
            Some(Host::Ipv6(ip)) if ip.is_loopback() => vec![IpAddr::V6(ip)],
            _ => {
                return Err(wrong(
                    "it does not lead to this machine, so the answer would not arrive here",
                ));
            }
        };
        Ok(Self {
            uri: uri.to_owned(),
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
            addresses: ips.into_iter().map(|ip| (ip, port).into()).collect(),
        })
    }

    /// Listens where the answer will arrive.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub(super) async fn listen(self) -> Result<Listening, Failure> {
        let mut listeners = Vec::new();
        for address in &self.addresses {
            match TcpListener::bind(address).await {
                Ok(listener) => listeners.push(listener),
                // There are machines without IPv6. But another program must not get the code.
                Err(error) if !listeners.is_empty() && error.kind() != io::ErrorKind::AddrInUse => {
                }
                Err(error) => return Err(self.cannot_listen(*address, &error)),
            }
        }
        let uri = match (self.addresses.as_slice(), listeners.as_slice()) {
            ([asked], [listener]) if asked.port() == 0 => {
                let address = listener
                    .local_addr()
                    .map_err(|error| self.cannot_listen(*asked, &error))?;
                let query = self.query.map(|query| format!("?{query}"));
                format!("http://{address}{}{}", self.path, query.unwrap_or_default())
            }
            _ => self.uri,
        };
        Ok(Listening {
            uri,
            path: self.path,
            listeners,
        })
    }

    fn cannot_listen(&self, address: SocketAddr, error: &io::Error) -> Failure {
        let failure = Failure::because(
            format!("cannot listen on {address} for {}", self.uri),
            error,
        );
        match error.kind() {
            io::ErrorKind::AddrInUse => failure.hint(
                "stop the program that uses this port, or take another port in --redirect and register it with the client",
            ),
            io::ErrorKind::PermissionDenied => failure.hint(
                "ports below 1024 are not for everybody: take another one in --redirect and register it with the client",
            ),
            _ => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_arrive_on_the_port_and_path_of_the_redirect_uri() {
        for (uri, addresses, path) in [
            (
                "http://localhost:9010/callback",
                "127.0.0.1:9010 [::1]:9010",
                "/callback",
            ),
            ("http://127.0.0.1/a%20b?c=d", "127.0.0.1:80", "/a%20b"),
            ("http://[::1]:4445", "[::1]:4445", "/"),
        ] {
            let redirect = Redirect::parse(uri).unwrap();
            let listens: Vec<_> = redirect.addresses.iter().map(ToString::to_string).collect();
            assert_eq!(
                (listens.join(" ").as_str(), redirect.path.as_str()),
                (addresses, path),
                "{uri}"
            );
            assert_eq!(redirect.uri, uri);
        }
    }

    #[test]
    fn what_does_not_lead_here_is_refused() {
        for (uri, why) in [
            ("callback", "relative URL"),
            ("https://localhost:9010/callback", "http://"),
            ("http://example.org/callback", "this machine"),
            ("http://localhost.example.org/callback", "this machine"),
            ("http://192.168.1.2/callback", "this machine"),
            ("http://0.0.0.0:9010/callback", "this machine"),
            ("http://localhost:0/callback", "127.0.0.1 and [::1]"),
            ("http://localhost:9010/callback#a", "fragment"),
            ("http://localhost:80@evil.example/", "user name"),
            ("com.example.app:/callback", "http://"),
        ] {
            let failure = Redirect::parse(uri).unwrap_err();
            assert!(failure.message().contains(why), "{uri}: {failure:?}");
            assert!(failure.advice().is_some(), "{uri}");
        }
    }

    /// RFC 8252 section 7.3.
    #[tokio::test]
    async fn the_port_can_be_left_to_the_system() {
        let redirect = Redirect::parse("http://127.0.0.1:0/callback?a=b").unwrap();
        let listening = redirect.listen().await.unwrap();
        let address = listening.listeners[0].local_addr().unwrap();
        assert_eq!(listening.uri, format!("http://{address}/callback?a=b"));
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_told() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let redirect = Redirect::parse(&format!("http://localhost:{port}/")).unwrap();
        let failure = redirect.listen().await.unwrap_err();
        assert!(failure.message().contains(&port.to_string()), "{failure:?}");
        assert!(failure.advice().unwrap().contains("another port"));
    }
}
