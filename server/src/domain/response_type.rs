//! What an authorization request asks for, and how the answer travels.

use std::fmt;

/// A set of what the authorization endpoint can hand out: `code`, `token`, `id_token` or several of
/// them (RFC 6749 section 3.1.1, OAuth 2.0 Multiple Response Type Encoding Practices sections 3 and 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseType {
    /// An authorization code.
    pub code: bool,
    /// An access token.
    pub token: bool,
    /// An ID token.
    pub id_token: bool,
}

impl ResponseType {
    /// Reads a `response_type`; the order of its words means nothing. `None` if a word is unknown, is
    /// there twice, or there is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut found = Self {
            code: false,
            token: false,
            id_token: false,
        };
        for word in text.split(' ') {
            let part = match word {
                "code" => &mut found.code,
                "token" => &mut found.token,
                "id_token" => &mut found.id_token,
                _ => return None,
            };
            if std::mem::replace(part, true) {
                return None;
            }
        }
        Some(found)
    }

    /// Whether a token would pass through the browser, as it does in the implicit and hybrid flows.
    #[must_use]
    pub const fn hands_tokens_to_the_browser(self) -> bool {
        self.token || self.id_token
    }

    /// The response mode unless the request names one (Multiple Response Types section 3: tokens go
    /// into the fragment, which browsers keep from servers and their logs).
    #[must_use]
    pub const fn default_mode(self) -> ResponseMode {
        if self.hands_tokens_to_the_browser() {
            ResponseMode::Fragment
        } else {
            ResponseMode::Query
        }
    }

    fn words(self) -> impl Iterator<Item = &'static str> {
        [
            (self.code, "code"),
            (self.token, "token"),
            (self.id_token, "id_token"),
        ]
        .into_iter()
        .filter_map(|(there, word)| there.then_some(word))
    }

    /// Whether a client that registered `registered` may ask for this: either the whole is listed,
    /// words in any order, or each word is. An empty list means `code`.
    #[must_use]
    pub fn is_among(self, registered: &[String]) -> bool {
        if registered.is_empty() {
            return self.code && !self.hands_tokens_to_the_browser();
        }
        let listed = |words: &str| registered.iter().any(|entry| entry == words);
        registered
            .iter()
            .any(|entry| Self::parse(entry) == Some(self))
            || self.words().all(listed)
    }
}

impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, word) in self.words().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
        }
        Ok(())
    }
}

/// How the answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect URI.
    Query,
    /// In its fragment.
    Fragment,
    /// By a form that the browser posts to it (OAuth 2.0 Form Post Response Mode).
    FormPost,
}

impl ResponseMode {
    /// Reads a `response_mode`; `None` if it is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_any_order_and_once() {
        for (text, told) in [
            ("code", "code"),
            ("token", "token"),
            ("id_token", "id_token"),
            ("id_token token", "token id_token"),
            ("token id_token code", "code token id_token"),
        ] {
            assert_eq!(ResponseType::parse(text).unwrap().to_string(), told);
        }
        for text in ["", "none", "Code", "code code", "code  token", "code,token"] {
            assert_eq!(ResponseType::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn tokens_go_into_the_fragment() {
        let mode = |text: &str| ResponseType::parse(text).unwrap().default_mode();
        assert_eq!(mode("code"), ResponseMode::Query);
        for text in ["token", "id_token", "code id_token"] {
            assert_eq!(mode(text), ResponseMode::Fragment);
        }
    }

    #[test]
    fn a_client_registers_words_or_wholes() {
        let among = |asked: &str, registered: &[&str]| {
            let registered: Vec<String> = registered.iter().map(|&it| it.to_owned()).collect();
            ResponseType::parse(asked).unwrap().is_among(&registered)
        };
        assert!(among("code", &[]));
        assert!(!among("token", &[]));
        assert!(!among("code token", &[]));
        assert!(among("code id_token", &["code", "id_token"]));
        assert!(among("code id_token", &["id_token code"]));
        assert!(!among("code", &["id_token code"]));
        assert!(!among("code token", &["code"]));
    }
}
