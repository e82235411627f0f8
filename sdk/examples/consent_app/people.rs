//! The one person who can sign in here.
//!
//! A real application would ask its own database.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::{Map, Value, json};

/// Somebody who can sign in.
pub(crate) struct Person {
    email: &'static str,
    password: &'static str,
    /// Names the person to clients, for ever: not the e-mail address, which may change.
    pub(crate) subject: &'static str,
    pub(crate) name: &'static str,
    nickname: &'static str,
}

const PEOPLE: [Person; 1] = [Person {
    email: "dan@acme.com",
    password: "secret",
    subject: "user:12345:dandean",
    name: "Dan Dean",
    nickname: "Danny",
}];

impl Person {
    /// Whoever has this address and this password.
    pub(crate) fn with_password(email: &str, password: &str) -> Option<&'static Self> {
        let right = |given: &str, wanted: &str| {
            verify_slices_are_equal(given.as_bytes(), wanted.as_bytes()).is_ok()
        };
        PEOPLE
            .iter()
            .find(|person| person.email.eq_ignore_ascii_case(email.trim()))
            .filter(|person| right(password, person.password))
    }

    /// Whoever is known to clients by this subject.
    pub(crate) fn with_subject(subject: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.subject == subject)
    }

    /// What the ID token may say of the person, by what was granted (OpenID Connect Core 1.0
    /// section 5.4).
    pub(crate) fn claims(&self, granted: &[String]) -> Map<String, Value> {
        let mut claims = Map::new();
        if granted.iter().any(|scope| scope == "profile") {
            claims.insert("name".to_owned(), json!(self.name));
            claims.insert("nickname".to_owned(), json!(self.nickname));
        }
        if granted.iter().any(|scope| scope == "email") {
            claims.insert("email".to_owned(), json!(self.email));
            claims.insert("email_verified".to_owned(), json!(true));
        }
        claims
    }
}
