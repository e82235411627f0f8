//! What a page may load, run and send (Content Security Policy Level 3).

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

/// The style sheet of every page.
pub(super) const STYLE: &str = include_str!("templates/style.css");
/// The only script: a page that answers by form sends it.
pub(super) const SCRIPT: &str = "document.forms[0].submit()";

/// For answers that are no page at all.
pub(super) const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

static STYLE_HASH: LazyLock<String> = LazyLock::new(|| hash(STYLE));
static SCRIPT_HASH: LazyLock<String> = LazyLock::new(|| hash(SCRIPT));

fn hash(text: &str) -> String {
    let hash = STANDARD.encode(digest(&SHA256, text.as_bytes()));
    format!("'sha256-{hash}'")
}

/// The form on a page.
pub(super) enum Form {
    /// There is none.
    None,
    /// It comes back to this server, which may then send the browser on.
    ToUs { then: Option<String> },
    /// It sends itself to a client. Browsers apply `form-action` to redirects as well, and where the client
    /// sends the browser next is its own affair, so nothing is said.
    ByItself,
}

impl Form {
    pub(super) fn policy(&self) -> String {
        let style = &*STYLE_HASH;
        let common = format!(
            "default-src 'none'; style-src {style}; base-uri 'none'; frame-ancestors 'none'"
        );
        match self {
            Self::None => format!("{common}; form-action 'none'"),
            Self::ToUs { then } => {
                let then = then.as_deref().and_then(source).unwrap_or_default();
                format!("{common}; form-action 'self'{then}")
            }
            Self::ByItself => format!("{common}; script-src {}", &*SCRIPT_HASH),
        }
    }
}

/// The origin of a URI, or its scheme if it has none, as a source of a policy.
fn source(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let origin = url.origin();
    Some(if origin.is_tuple() {
        format!(" {}", origin.ascii_serialization())
    } else {
        format!(" {}:", url.scheme())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_goes_where_it_must_and_nowhere_else() {
        assert!(Form::None.policy().ends_with("form-action 'none'"));
        let to = |then: &str| {
            Form::ToUs {
                then: Some(then.to_owned()),
            }
            .policy()
        };
        assert!(to("https://app:8443/bye?x").ends_with("form-action 'self' https://app:8443"));
        assert!(to("com.example.app:/bye").ends_with("form-action 'self' com.example.app:"));
        assert!(to("; script-src *").ends_with("form-action 'self'"));
        assert!(!Form::ByItself.policy().contains("unsafe"));
    }
}
