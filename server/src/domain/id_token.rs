//! What an ID token says (OpenID Connect Core 1.0 section 2).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::domain::clock::UnixTime;
use crate::domain::grant::Grant;
use crate::domain::secret::Secret;

/// Claims that are this server's to make, or that it does not make and nobody else may: relying parties
/// decide by them whom, when and from whom a token is.
const OURS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "auth_time",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
];

/// What comes along with an ID token, so that its receiver can see that they belong together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hashes<'a> {
    /// The access token, for `at_hash`.
    pub access_token: Option<&'a Secret>,
    /// The code, for `c_hash`.
    pub code: Option<&'a Secret>,
}

/// The claims of an ID token about a grant.
#[must_use]
pub fn claims(
    issuer: &str,
    grant: &Grant,
    issued_at: UnixTime,
    expires_at: UnixTime,
    hashes: Hashes<'_>,
) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut claim = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    claim("iss", issuer.into());
    claim("sub", grant.subject.as_str().into());
    claim("aud", grant.client_id.as_str().into());
    claim("exp", expires_at.0.into());
    claim("iat", issued_at.0.into());
    if let Some(time) = grant.auth_time {
        claim("auth_time", time.0.into());
    }
    // Repeated if there was one and never made up: section 3.1.2.1.
    if let Some(nonce) = &grant.nonce {
        claim("nonce", nonce.as_str().into());
    }
    if let Some(token) = hashes.access_token {
        claim("at_hash", half_hash(token).into());
    }
    if let Some(code) = hashes.code {
        claim("c_hash", half_hash(code).into());
    }
    claims.extend(told_of(grant));
    claims
}

/// What the application that asked for consent wants to be told of the person, less what is not its to
/// tell.
pub fn told_of(grant: &Grant) -> impl Iterator<Item = (String, Value)> + '_ {
    grant
        .id_token_extra
        .iter()
        .flatten()
        .filter(|(name, _)| !OURS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
}

/// Section 3.1.3.6: the left half of the hash that the signature's algorithm uses, in base64url. That is
/// SHA-256 for RS256 and ES256 alike, and no other algorithm signs here.
fn half_hash(token: &Secret) -> String {
    let hash = digest(&SHA256, token.expose().as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::scope::Scopes;

    fn grant() -> Grant {
        Grant {
            id: "id".to_owned(),
            client_id: "app".to_owned(),
            subject: "user".to_owned(),
            scopes: Scopes::default(),
            nonce: None,
            auth_time: None,
            access_token_extra: None,
            id_token_extra: None,
            created_at: UnixTime(0),
        }
    }

    fn claims_of(grant: &Grant, hashes: Hashes<'_>) -> Value {
        Value::Object(claims(
            "https://issuer",
            grant,
            UnixTime(10),
            UnixTime(20),
            hashes,
        ))
    }

    #[test]
    fn nothing_is_claimed_that_is_not_known() {
        assert_eq!(
            claims_of(&grant(), Hashes::default()),
            json!({"iss": "https://issuer", "sub": "user", "aud": "app", "exp": 20, "iat": 10})
        );
    }

    #[test]
    fn what_the_request_and_the_login_said_is_repeated() {
        let grant = Grant {
            nonce: Some(" n-0S6_WzA2Mj\u{e9}".to_owned()),
            auth_time: Some(UnixTime(5)),
            ..grant()
        };
        let told = claims_of(&grant, Hashes::default());
        assert_eq!(told["nonce"], " n-0S6_WzA2Mj\u{e9}");
        assert_eq!(told["auth_time"], 5);
    }

    #[test]
    fn extras_are_added_and_override_nothing() {
        let mut extra = Map::new();
        for name in OURS {
            extra.insert((*name).to_owned(), json!("forged"));
        }
        extra.insert("email".to_owned(), json!("dan@acme.com"));
        extra.insert("address".to_owned(), json!({"country": "NZ"}));
        extra.insert("acr".to_owned(), json!("2"));
        let grant = Grant {
            id_token_extra: Some(extra),
            ..grant()
        };
        assert_eq!(
            claims_of(&grant, Hashes::default()),
            json!({
                "iss": "https://issuer", "sub": "user", "aud": "app", "exp": 20, "iat": 10,
                "email": "dan@acme.com", "address": {"country": "NZ"}, "acr": "2",
            })
        );
    }

    /// The examples of OpenID Connect Core 1.0 appendix A.3, A.4 and A.6.
    #[test]
    fn hashes_are_the_left_half_in_base64url() {
        let token = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        let code = Secret::new("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk");
        let hashes = Hashes {
            access_token: Some(&token),
            code: Some(&code),
        };
        let told = claims_of(&grant(), hashes);
        assert_eq!(told["at_hash"], "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(told["c_hash"], "LDktKdoQak3Pk0cnXxCltA");
    }
}
