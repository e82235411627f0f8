//! JSON Web Keys (RFC 7517, RFC 7518), and how keys of a set are named.
//!
//! A key pair that the server makes is kept as two keys, `private:<name>` and `public:<name>`, so that
//! rules can let somebody read the one and not the other. What the two have in common, [`public_name`],
//! is the `kid` by which the outside world knows the pair.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The set whose keys sign ID tokens.
pub const ID_TOKEN_SET: &str = "hydra.openid.id-token";

/// A key. Every member is optional in the format; which ones a kind of key needs, RFC 7518 section 6
/// says. Binary members are base64url without padding.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "the members are those of the RFCs, by their names"
)]
pub struct JsonWebKey {
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub k: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dq: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qi: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub x5c: Vec<String>,
}

impl JsonWebKey {
    /// Whether the key holds anything that must stay secret.
    #[must_use]
    pub fn is_private(&self) -> bool {
        [
            &self.k, &self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi,
        ]
        .into_iter()
        .any(Option::is_some)
    }

    /// The key without what must stay secret. Of a symmetric key (`oct`) nothing may be told, so
    /// there is no public form of it.
    #[must_use]
    pub fn public(&self) -> Option<Self> {
        if self.kty.as_deref() == Some("oct") {
            return None;
        }
        Some(Self {
            k: None,
            d: None,
            p: None,
            q: None,
            dp: None,
            dq: None,
            qi: None,
            ..self.clone()
        })
    }
}

/// The `kid` of the private half of a key pair.
#[must_use]
pub fn private_half(name: &str) -> String {
    format!("{PRIVATE}{name}")
}

/// The `kid` of the public half of a key pair.
#[must_use]
pub fn public_half(name: &str) -> String {
    format!("{PUBLIC}{name}")
}

/// The name by which a key is known outside: that of its pair, or its own if it is no half of one.
///
/// Hydra 0.10 called the pair that signs ID tokens `private` and `public`, and told the world the latter.
#[must_use]
pub fn public_name(kid: &str) -> &str {
    match kid {
        "private" => "public",
        _ => kid
            .strip_prefix(PRIVATE)
            .or_else(|| kid.strip_prefix(PUBLIC))
            .filter(|name| !name.is_empty())
            .unwrap_or(kid),
    }
}

const PRIVATE: &str = "private:";
const PUBLIC: &str = "public:";

/// Shows what names the key and nothing of the key itself.
impl fmt::Debug for JsonWebKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonWebKey")
            .field("kty", &self.kty)
            .field("kid", &self.kid)
            .field("alg", &self.alg)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_form_tells_no_secret() {
        let secret = || Some("secret".to_owned());
        let key = JsonWebKey {
            kty: Some("RSA".into()),
            n: Some("modulus".into()),
            e: Some("AQAB".into()),
            k: secret(),
            d: secret(),
            p: secret(),
            q: secret(),
            dp: secret(),
            dq: secret(),
            qi: secret(),
            ..JsonWebKey::default()
        };
        let told = serde_json::to_string(&key.public().unwrap()).unwrap();
        assert_eq!(told, r#"{"kty":"RSA","n":"modulus","e":"AQAB"}"#);
        assert!(!format!("{key:?}").contains("secret"));
    }

    #[test]
    fn a_symmetric_key_has_no_public_form() {
        let key = JsonWebKey {
            kty: Some("oct".into()),
            ..JsonWebKey::default()
        };
        assert_eq!(key.public(), None);
    }

    #[test]
    fn the_halves_of_a_pair_have_one_public_name() {
        assert_eq!(public_name(&private_half("a:b")), "a:b");
        assert_eq!(public_name(&public_half("a:b")), "a:b");
        for own in ["a", "private:", "public:", "public", "Private:a"] {
            assert_eq!(public_name(own), own);
        }
        assert_eq!(public_name("private"), "public");
    }
}
