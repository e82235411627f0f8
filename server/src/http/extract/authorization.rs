//! The `Authorization` header, and client credentials wherever they stand.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;

use crate::domain::secret::Secret;
use crate::flows::client_authentication::Credentials;
use crate::http::error::Failure;
use crate::http::extract::form::Form;

/// Some clients leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What the header holds.
#[derive(Debug)]
pub(crate) enum Authorization {
    /// There is none, or it is of a scheme nobody here knows.
    None,
    /// A bearer token (RFC 6750 section 2.1).
    Bearer(Secret),
    /// A client's credentials (RFC 6749 section 2.3.1).
    Basic(Credentials),
}

impl Authorization {
    /// Reads the header.
    ///
    /// # Errors
    /// It is there twice, or what claims to be Basic is not.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Ok(Self::None);
        };
        if values.next().is_some() {
            return Err(Failure::invalid_request(
                "there are two Authorization headers",
            ));
        }
        // RFC 9110 section 11.1: the scheme is case-insensitive.
        let Some((scheme, rest)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
            return Ok(Self::None);
        };
        if scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Self::Bearer(Secret::new(rest.trim_start())));
        }
        if scheme.eq_ignore_ascii_case("basic") {
            return basic(rest.trim()).map(Self::Basic).ok_or_else(|| {
                Failure::invalid_request(
                    "the Authorization header is not Basic: it must be the base64 form of \
                     `<client id>:<client secret>`, each percent-encoded",
                )
            });
        }
        Ok(Self::None)
    }
}

/// RFC 6749 section 2.3.1: id and secret are each form-encoded, joined by a colon, then encoded again
/// in base64.
fn basic(text: &str) -> Option<Credentials> {
    let text = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some(Credentials {
        client_id: form_decode(id)?,
        client_secret: Some(Secret::new(form_decode(secret)?)),
    })
}

/// A `%` that begins no escape stands for itself, for the sake of clients that do not encode.
pub(super) fn form_decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_decode_str(&text)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// The credentials of a client, from the header or the body; `None` if there are none.
///
/// # Errors
/// They are in both, or in the query string.
pub(crate) fn client_credentials(
    headers: &HeaderMap,
    form: &Form,
) -> Result<Option<Credentials>, Failure> {
    let client_id = form.get("client_id");
    let client_secret = form.get("client_secret");
    match Authorization::of(headers)? {
        Authorization::Basic(credentials) => {
            // RFC 6749 section 2.3: "MUST NOT use more than one authentication method in each
            // request." Naming itself in the body as well does a client no harm.
            if client_secret.is_some() || client_id.is_some_and(|id| id != credentials.client_id) {
                return Err(Failure::invalid_request(
                    "the client authenticates by HTTP Basic and in the body; only one is allowed",
                ));
            }
            Ok(Some(credentials))
        }
        Authorization::Bearer(_) | Authorization::None => Ok(client_id.map(|id| Credentials {
            client_id: id.to_owned(),
            client_secret: client_secret.map(Secret::new),
        })),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn header(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(value).unwrap())])
    }

    fn basic_of(plain: &str) -> Option<(String, String)> {
        let header = header(&format!("Basic {}", BASE64.encode(plain)));
        match Authorization::of(&header) {
            Ok(Authorization::Basic(it)) => {
                Some((it.client_id, it.client_secret.unwrap().expose().to_owned()))
            }
            _ => None,
        }
    }

    #[test]
    fn basic_is_split_at_the_first_colon_and_then_decoded() {
        let pair = |id: &str, secret: &str| Some((id.to_owned(), secret.to_owned()));
        assert_eq!(basic_of("id:secret"), pair("id", "secret"));
        assert_eq!(basic_of("id:a:b"), pair("id", "a:b"));
        assert_eq!(basic_of("a%3Ab:c%20d+e%2B"), pair("a:b", "c d e+"));
        assert_eq!(basic_of("id:100%"), pair("id", "100%"));
        assert_eq!(basic_of("id:"), pair("id", ""));
        assert_eq!(basic_of("no colon"), None);
        assert_eq!(basic_of("id:%ff"), None);
    }

    #[test]
    fn the_scheme_is_case_insensitive() {
        let bearer = Authorization::of(&header("bEaReR abc")).unwrap();
        assert!(matches!(bearer, Authorization::Bearer(token) if token.expose() == "abc"));
        assert!(matches!(
            Authorization::of(&header("Digest x")),
            Ok(Authorization::None)
        ));
        assert!(matches!(
            Authorization::of(&header("Bearer")),
            Ok(Authorization::None)
        ));
    }

    #[test]
    fn two_headers_are_refused() {
        let mut headers = header("Bearer a");
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer b"));
        assert!(Authorization::of(&headers).is_err());
    }
}
