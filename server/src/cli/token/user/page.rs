//! What the browser shows in the end.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use minijinja::{Environment, context};

use crate::cli::failure::Failure;

/// The name ends in `.html`, which is what turns escaping on.
const TEMPLATE: &str = "page.html";
const STYLE: &str = include_str!("page.css");

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// The Content-Security-Policy of the pages: the one style sheet, and nothing else.
pub(super) fn policy() -> &'static str {
    &POLICY
}

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    status: StatusCode,
    title: &'static str,
    text: String,
    values: Vec<(&'static str, String)>,
}

impl Page {
    /// The tokens are there. `values` are named, and hidden until somebody asks for them: there may be
    /// onlookers.
    pub(super) fn done(values: Vec<(&'static str, String)>) -> Self {
        Self {
            values,
            ..Self::new(
                StatusCode::OK,
                "You are signed in",
                "The tokens are in your terminal. You can close this window.",
            )
        }
    }

    /// It came to nothing, but may be tried again.
    pub(super) fn refused(why: &Failure) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "That did not work",
            format!(
                "{}. To try again, open the address in your terminal once more.",
                sentence(why.message())
            ),
        )
    }

    /// It came to nothing, and the command has ended.
    pub(super) fn failed(why: &Failure) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "That did not work",
            format!(
                "{}. Your terminal tells more. You can close this window.",
                sentence(why.message())
            ),
        )
    }

    /// Another path than that of the redirect URI.
    pub(super) fn elsewhere() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "There is nothing here",
            "This is not the address that people are sent back to after signing in.",
        )
    }

    /// Everything has been said.
    pub(super) fn over() -> Self {
        Self::new(
            StatusCode::GONE,
            "This is over",
            "The command that waited for you has ended. You can close this window.",
        )
    }

    fn new(status: StatusCode, title: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            title,
            text: text.into(),
            values: Vec::new(),
        }
    }

    pub(super) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The page as HTML, everything escaped.
    ///
    /// # Errors
    /// The template is broken.
    pub(super) fn html(&self) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.add_template(TEMPLATE, include_str!("page.html"))?;
        let values: Vec<_> = self
            .values
            .iter()
            .map(|(name, text)| context! { name => *name, text => text.as_str() })
            .collect();
        environment.get_template(TEMPLATE)?.render(context! {
            title => self.title, text => self.text.as_str(), style => STYLE, values => values,
        })
    }
}

/// A failure begins in lower case, as it follows a label in the terminal.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_shown_and_not_run() {
        let why = Failure::new("refused: <script>alert(1)</script> & \"more\"");
        for page in [Page::refused(&why), Page::failed(&why)] {
            let html = page.html().unwrap();
            assert!(!html.contains("<script"), "{html}");
            assert!(html.contains("Refused: &lt;script&gt;"), "{html}");
        }
        let page = Page::done(vec![("Access token", "<b>".to_owned())]);
        assert!(page.html().unwrap().contains("<code>&lt;b&gt;</code>"));
    }

    #[test]
    fn tokens_are_hidden_until_somebody_asks() {
        let html = Page::done(vec![("Access token", "a.b".to_owned())])
            .html()
            .unwrap();
        let (before, inside) = html.split_once("<details>").unwrap();
        assert!(!before.contains("a.b") && inside.contains("<code>a.b</code>"));
        assert!(!Page::elsewhere().html().unwrap().contains("<details>"));
    }

    /// The policy names the hash of the style sheet as it stands between the tags.
    #[test]
    fn the_style_sheet_is_the_one_that_the_policy_allows() {
        let html = Page::over().html().unwrap();
        assert!(html.contains(&format!("<style>{STYLE}</style>")));
        assert!(!STYLE.contains("</"));
        assert!(policy().contains("style-src 'sha256-"));
    }
}
