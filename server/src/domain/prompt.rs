//! How much of a dialogue the client wants (OpenID Connect Core section 3.1.2.1, `prompt`).

use std::fmt;

use crate::domain::authorization_error::{ErrorCode, Refusal};

/// What `prompt` says. Nothing of it is the usual case: the person is asked what is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Nobody may be asked anything.
    pub none: bool,
    /// The person must log in again.
    pub login: bool,
    /// The person must consent again.
    pub consent: bool,
    /// The person must choose an account.
    pub select_account: bool,
}

impl Prompt {
    /// Reads a `prompt`; an empty one says nothing.
    ///
    /// # Errors
    /// A word is unknown, or `none` is not alone.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut prompt = Self::default();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            match word {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => {
                    return Err(Refusal::new(
                        ErrorCode::InvalidRequest,
                        "prompt may hold `none`, `login`, `consent` and `select_account`",
                    ));
                }
            }
        }
        if prompt.none && (prompt.login || prompt.consent || prompt.select_account) {
            return Err(Refusal::new(
                ErrorCode::InvalidRequest,
                "prompt `none` must stand alone",
            ));
        }
        Ok(prompt)
    }

    /// Whether a login of earlier will not do.
    #[must_use]
    pub const fn wants_login(self) -> bool {
        self.login || self.select_account
    }
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = [
            (self.none, "none"),
            (self.login, "login"),
            (self.consent, "consent"),
            (self.select_account, "select_account"),
        ]
        .into_iter()
        .filter_map(|(there, word)| there.then_some(word))
        .collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone() {
        assert!(Prompt::parse("none").unwrap().none);
        assert!(Prompt::parse("none login").is_err());
        assert!(Prompt::parse("create").is_err());
        assert_eq!(Prompt::parse("").unwrap(), Prompt::default());
        assert_eq!(
            Prompt::parse("consent login").unwrap().to_string(),
            "login consent"
        );
    }
}
