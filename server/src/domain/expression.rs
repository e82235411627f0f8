//! Regular expressions that somebody else wrote.
//!
//! Whoever may write one could make a careless engine work for ever. These are the expressions of the
//! `regex` crate, which takes time linear in the text, and their length, nesting and compiled size are
//! bounded.
//!
//! A compiled expression takes tens of kilobytes and the time of many decisions, and of thousands of
//! policies few are ever asked. So an expression is compiled when it is checked, before it is stored, and
//! after that when it is first needed.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// The longest expression, in bytes.
pub const LONGEST: usize = 1024;
/// How deep an expression may nest.
const DEEPEST_NESTING: u32 = 32;
/// How large an expression may be once compiled, in bytes.
const LARGEST: usize = 256 * 1024;

/// Why a text is not an expression that is taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidExpression {
    /// It is too long.
    #[error("it is {0} bytes long; {LONGEST} are allowed")]
    TooLong(usize),
    /// It is too large.
    #[error("its regular expression is too large once compiled; make it simpler")]
    TooLarge,
    /// It is not one.
    #[error("its regular expression is not one: {0}")]
    Malformed(String),
    /// It holds a character that no database takes.
    #[error("it holds a NUL character")]
    Nul,
}

/// An expression that is looked for anywhere in a text.
#[derive(Debug, Clone)]
pub struct Expression {
    text: Box<str>,
    compiled: Compiled,
}

impl Expression {
    /// Takes a text for an expression; whether it is one shows when it is first needed.
    ///
    /// # Errors
    /// It is too long, or holds NUL.
    pub fn read(text: &str) -> Result<Self, InvalidExpression> {
        check_text(text)?;
        Ok(Self {
            text: text.into(),
            compiled: Compiled::default(),
        })
    }

    /// Checks that it is one within the bounds.
    ///
    /// # Errors
    /// It is malformed or too large.
    pub fn check(&self) -> Result<(), InvalidExpression> {
        self.regex().map(drop)
    }

    /// Whether it is found in `text`.
    ///
    /// # Errors
    /// It is none, and was never checked.
    pub fn is_found_in(&self, text: &str) -> Result<bool, InvalidExpression> {
        Ok(self.regex()?.is_match(text))
    }

    fn regex(&self) -> Result<&Regex, InvalidExpression> {
        self.compiled.get(|| compile(&self.text))
    }
}

/// A regular expression that is compiled when it is first needed, and once.
#[derive(Debug, Clone, Default)]
pub(super) struct Compiled(OnceLock<Regex>);

impl Compiled {
    /// The expression, which `make` makes if it is not there yet.
    pub(super) fn get<E>(&self, make: impl FnOnce() -> Result<Regex, E>) -> Result<&Regex, E> {
        match self.0.get() {
            Some(regex) => Ok(regex),
            None => {
                let regex = make()?;
                Ok(self.0.get_or_init(|| regex))
            }
        }
    }
}

/// Checks what must hold of any text that is, or contains, an expression.
pub(super) fn check_text(text: &str) -> Result<(), InvalidExpression> {
    if text.len() > LONGEST {
        return Err(InvalidExpression::TooLong(text.len()));
    }
    if text.contains('\0') {
        return Err(InvalidExpression::Nul);
    }
    Ok(())
}

/// Checks that `text` is an expression by itself: `a)|(b` is one only between brackets.
pub(super) fn check_syntax(text: &str) -> Result<(), InvalidExpression> {
    regex_syntax::ParserBuilder::new()
        .nest_limit(DEEPEST_NESTING)
        .build()
        .parse(text)
        .map(drop)
        .map_err(|error| malformed(&error.to_string()))
}

/// Compiles an expression, not anchored, within the bounds.
pub(super) fn compile(text: &str) -> Result<Regex, InvalidExpression> {
    RegexBuilder::new(text)
        .size_limit(LARGEST)
        .dfa_size_limit(LARGEST)
        .nest_limit(DEEPEST_NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => InvalidExpression::TooLarge,
            error => malformed(&error.to_string()),
        })
}

/// The last line says what is wrong; those before it draw the expression.
fn malformed(error: &str) -> InvalidExpression {
    let last = error.lines().last().unwrap_or_default();
    InvalidExpression::Malformed(last.trim_start_matches("error: ").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_compiled_when_it_is_first_needed_and_once() {
        let expression = Expression::read("^a+$").unwrap();
        assert!(expression.compiled.0.get().is_none());
        assert!(expression.is_found_in("aaa").unwrap());
        let compiled: *const Regex = expression.regex().unwrap();
        assert!(!expression.is_found_in("ab").unwrap());
        assert!(std::ptr::eq(compiled, expression.regex().unwrap()));
    }

    #[test]
    fn what_was_never_checked_fails_each_time_it_is_needed() {
        for text in ["[", "(a{100}){100}", r"(a)\1"] {
            let expression = Expression::read(text).unwrap();
            for _ in 0..2 {
                assert!(expression.is_found_in("a").is_err(), "{text}");
            }
            assert!(expression.check().is_err(), "{text}");
        }
    }

    #[test]
    fn length_and_nul_are_checked_at_once() {
        let long = "a".repeat(LONGEST + 1);
        assert!(matches!(
            Expression::read(&long),
            Err(InvalidExpression::TooLong(_))
        ));
        assert!(matches!(
            Expression::read("a\0"),
            Err(InvalidExpression::Nul)
        ));
    }
}
