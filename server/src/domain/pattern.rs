//! The patterns of policies: text in which `<` and `>` enclose regular expressions.
//!
//! `rn:hydra:clients:<[a-z]+>` matches `rn:hydra:clients:app`. What stands outside the brackets is
//! literal; a text without `<` is wholly literal, a `>` in it included. A pattern matches a text from
//! its first to its last character, and `.` does not match a newline. Brackets inside the brackets,
//! which the names of groups need, must balance.
//!
//! What an expression may be, and when it is compiled, stands in [`expression`](crate::domain::expression).

use std::fmt;

use regex::Regex;

use crate::domain::expression::{self, Compiled, InvalidExpression};

/// A pattern, ready to be asked.
#[derive(Clone)]
pub struct Pattern {
    template: Box<str>,
    matcher: Matcher,
}

#[derive(Clone)]
enum Matcher {
    /// The template itself.
    Exact,
    /// A literal, `<.*>`, another literal. Nearly every pattern with an expression is of this kind, and it
    /// needs none.
    Around { before: usize, after: usize },
    /// Anything else. The literal at the beginning has this length.
    Expression { before: usize, compiled: Compiled },
}

/// Why a text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// A bracket has no counterpart.
    #[error("its brackets `<` and `>` do not balance")]
    Unbalanced,
    /// What stands between brackets, or all of it, is no expression that is taken.
    #[error(transparent)]
    Expression(#[from] InvalidExpression),
}

/// What a text must begin with, or be, for a pattern to match it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// It must be this.
    Exact(&'a str),
    /// It must begin with this.
    Prefix(&'a str),
}

impl Pattern {
    /// Reads a pattern. Its expressions are compiled when they are first needed.
    ///
    /// # Errors
    /// Its brackets do not balance, or it is too long.
    pub fn read(template: &str) -> Result<Self, InvalidPattern> {
        expression::check_text(template)?;
        Ok(Self {
            matcher: matcher(template)?,
            template: template.into(),
        })
    }

    /// Checks the expressions of a pattern.
    ///
    /// # Errors
    /// One is malformed or too large.
    pub fn check(&self) -> Result<(), InvalidPattern> {
        match &self.matcher {
            Matcher::Exact | Matcher::Around { .. } => Ok(()),
            Matcher::Expression { compiled, .. } => self.regex(compiled).map(drop),
        }
    }

    fn regex<'a>(&self, compiled: &'a Compiled) -> Result<&'a Regex, InvalidPattern> {
        compiled.get(|| compile(&self.template))
    }

    /// The pattern that matches `text` and nothing else.
    #[must_use]
    pub fn literal(text: &str) -> String {
        if !text.contains('<') {
            return text.to_owned();
        }
        // Brackets cannot stand for themselves here, but an expression can name them by number.
        let mut template = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            match c {
                '<' => template.push_str(r"<\x3c>"),
                '>' => template.push_str(r"<\x3e>"),
                c => template.push(c),
            }
        }
        template
    }

    /// Whether the whole of `text` matches.
    ///
    /// # Errors
    /// An expression is none, and was never checked.
    pub fn matches(&self, text: &str) -> Result<bool, InvalidPattern> {
        Ok(match &self.matcher {
            Matcher::Exact => *self.template == *text,
            Matcher::Around { before, after } => text
                .strip_prefix(&self.template[..*before])
                .and_then(|rest| rest.strip_suffix(&self.template[self.template.len() - after..]))
                .is_some_and(|middle| !middle.contains('\n')),
            Matcher::Expression { compiled, .. } => self.regex(compiled)?.is_match(text),
        })
    }

    /// What every text that matches begins with, for finding patterns without trying each.
    #[must_use]
    pub fn key(&self) -> Key<'_> {
        match &self.matcher {
            Matcher::Exact => Key::Exact(&self.template),
            Matcher::Around { before, .. } | Matcher::Expression { before, .. } => {
                Key::Prefix(&self.template[..*before])
            }
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.template, f)
    }
}

/// A part of a template.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Literal(&'a str),
    Expression(&'a str),
}

fn matcher(template: &str) -> Result<Matcher, InvalidPattern> {
    if !template.contains('<') {
        return Ok(Matcher::Exact);
    }
    let pieces = pieces(template)?;
    let before = match pieces.first() {
        Some(Piece::Literal(text)) => text.len(),
        _ => 0,
    };
    if let [
        Piece::Literal(before),
        Piece::Expression(".*"),
        Piece::Literal(after),
    ] = pieces.as_slice()
    {
        return Ok(Matcher::Around {
            before: before.len(),
            after: after.len(),
        });
    }
    Ok(Matcher::Expression {
        before,
        compiled: Compiled::default(),
    })
}

/// Compiles the template to one expression.
fn compile(template: &str) -> Result<Regex, InvalidPattern> {
    let mut whole = String::from("^");
    for piece in pieces(template)? {
        match piece {
            Piece::Literal(text) => whole.push_str(&regex::escape(text)),
            Piece::Expression(text) => {
                // By itself first: `a)|(b` would break out of the group and of the anchors.
                expression::check_syntax(text)?;
                whole.push_str("(?:");
                whole.push_str(text);
                whole.push(')');
            }
        }
    }
    whole.push('$');
    Ok(expression::compile(&whole)?)
}

/// Cuts a template at its outer brackets: literal, expression, literal and so on, literals at both ends
/// even if they are empty.
fn pieces(template: &str) -> Result<Vec<Piece<'_>>, InvalidPattern> {
    let mut pieces = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    for (index, c) in template.char_indices() {
        match c {
            '<' => {
                if depth == 0 {
                    pieces.push(Piece::Literal(&template[start..index]));
                    start = index + 1;
                }
                depth += 1;
            }
            '>' => {
                depth = depth.checked_sub(1).ok_or(InvalidPattern::Unbalanced)?;
                if depth == 0 {
                    pieces.push(Piece::Expression(&template[start..index]));
                    start = index + 1;
                }
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(InvalidPattern::Unbalanced);
    }
    pieces.push(Piece::Literal(&template[start..]));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expression::LONGEST;

    /// A pattern that somebody wants to store.
    fn parse(template: &str) -> Result<Pattern, InvalidPattern> {
        let pattern = Pattern::read(template)?;
        pattern.check()?;
        Ok(pattern)
    }

    fn matches(pattern: &Pattern, text: &str) -> bool {
        pattern.matches(text).unwrap()
    }

    #[test]
    fn the_pattern_table() {
        let table: &[(&str, &[&str], &[&str])] = &[
            (
                "peter",
                &["peter"],
                &["Peter", "peter ", "pete", "peterr", ""],
            ),
            ("a>b", &["a>b"], &["a", "b"]),
            ("<.*>", &["anything", "a:b", ""], &["a\nb", "\n"]),
            ("<.+>", &["a"], &["", "a\nb"]),
            (
                "rn:hydra:oauth2:consent:requests:<.*>",
                &[
                    "rn:hydra:oauth2:consent:requests:",
                    "rn:hydra:oauth2:consent:requests:x:y",
                ],
                &[
                    "rn:hydra:oauth2:consent:requests",
                    "xrn:hydra:oauth2:consent:requests:",
                ],
            ),
            ("a<.*>a", &["aa", "aba"], &["a", "ab", "a\na"]),
            ("<a|b>", &["a", "b"], &["ab", "a|b", ""]),
            ("x<a|b>y", &["xay", "xby"], &["xa", "by"]),
            ("<[a|b]>", &["a", "b", "|"], &["ab"]),
            ("rn.hydra", &["rn.hydra"], &["rnxhydra"]),
            ("rn.<x>", &["rn.x"], &["rnax", "rn.xx"]),
            ("^<x>$", &["^x$"], &["x"]),
            (
                "<[0-9]+>:<[a-z]+>",
                &["1:a", "42:xyz"],
                &["1:", ":a", "1:A"],
            ),
            ("<(?P<word>[a-z]+)>", &["abc"], &["ABC"]),
            ("<(?i)peter>", &["peter", "PETER"], &["pete"]),
            ("<(?i)peter>:pan", &["PETER:pan"], &["PETER:PAN"]),
            ("größe:<ä+>", &["größe:ää"], &["größe:a"]),
            ("<(?s).*>", &["a\nb"], &[]),
            ("<>", &[""], &["a"]),
        ];
        for (template, yes, no) in table {
            let pattern = parse(template).unwrap();
            for text in *yes {
                assert!(matches(&pattern, text), "{template} must match {text:?}");
            }
            for text in *no {
                assert!(
                    !matches(&pattern, text),
                    "{template} must not match {text:?}"
                );
            }
        }
    }

    #[test]
    fn brackets_must_balance() {
        for template in ["<", "a<b", "<a>>", "><", "a><b>", "<a<b>", "<<a>"] {
            let refused = parse(template).unwrap_err();
            assert_eq!(refused, InvalidPattern::Unbalanced, "{template}");
        }
    }

    #[test]
    fn an_expression_cannot_break_out_of_its_brackets() {
        for template in ["<a)|(b>", "<a)(?:b>", "<)>", "<(>", "<(?x)a # >b", r"<a\>b"] {
            assert!(parse(template).is_err(), "{template}");
        }
    }

    #[test]
    fn what_is_not_an_expression_or_not_linear_is_refused() {
        for template in [
            "<[>",
            "<*>",
            "<a{2,1}>",
            r"<(a)\1>",
            "<(?=a)>",
            r"<\p{Nonsense}>",
        ] {
            assert!(
                matches!(
                    parse(template),
                    Err(InvalidPattern::Expression(InvalidExpression::Malformed(_)))
                ),
                "{template}"
            );
        }
        let message = parse("<[>").unwrap_err().to_string();
        assert!(message.ends_with("unclosed character class"), "{message}");
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let cases = [
            (format!("<{}>", "a".repeat(LONGEST)), "bytes long"),
            ("<(a{100}){100}>".to_owned(), "too large"),
            (r"<\w{200}>".to_owned(), "too large"),
            (format!("<{}a{}>", "(".repeat(40), ")".repeat(40)), "nested"),
            ("a\0".to_owned(), "NUL"),
        ];
        for (template, problem) in cases {
            let refused = parse(&template).unwrap_err().to_string();
            assert!(refused.contains(problem), "{template}: {refused}");
        }
        for template in [r"<\w+>", r"<\w+>:<\w+>@<[[:alpha:]]{1,64}>", r"<\pL*>"] {
            assert!(parse(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn what_blows_up_a_backtracking_engine_takes_no_time() {
        let pattern = parse("<(a+)+b>").unwrap();
        assert!(!matches(&pattern, &"a".repeat(4096)));
        let pattern = parse("<(a|aa)*>!").unwrap();
        assert!(!matches(&pattern, &"a".repeat(4096)));
    }

    /// Thousands of patterns of parts that are hard on engines: each is refused, or decides a text that is
    /// made for it to fail late, and what it matches begins with its key.
    #[test]
    fn whatever_is_taken_decides_in_linear_time_and_keeps_to_its_key() {
        const PARTS: [&str; 20] = [
            "a", "b", ":", "(a+)+", "(a|aa)*", "(a*)*", "(.*)*", "a{0,9}", "<", ">", "<.*>", "<a",
            "b>", "|", ")", "(", "\\", "ä", "[^b]+", "(?i)A?",
        ];
        let long = format!("{}!", "a".repeat(1000));
        let mut state = 1_u64;
        let mut next = |bound: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % bound
        };
        let mut taken = 0;
        for round in 0..3000 {
            let inner: String = (0..=next(6)).map(|_| PARTS[next(PARTS.len())]).collect();
            let template = if round % 2 == 0 {
                format!("a<{inner}>b")
            } else {
                inner
            };
            let Ok(pattern) = parse(&template) else {
                continue;
            };
            taken += 1;
            for text in ["", "a", "aab", "ab", ":", "aä", "a:b", &long] {
                let begins = match pattern.key() {
                    Key::Exact(key) => text == key,
                    Key::Prefix(key) => text.starts_with(key),
                };
                assert!(begins || !matches(&pattern, text), "{template} {text}");
            }
        }
        assert!((500..2900).contains(&taken), "{taken} were taken");
    }

    #[test]
    fn a_literal_matches_itself_alone() {
        for text in ["admin", "a>b", "a<b", "<.*>", "a<b>c", "\\<", "größe<"] {
            let pattern = parse(&Pattern::literal(text)).unwrap();
            assert!(matches(&pattern, text), "{text}");
            assert!(!matches(&pattern, "anything"), "{text}");
        }
        assert_eq!(Pattern::literal("admin"), "admin");
    }

    #[test]
    fn keys_are_what_every_match_begins_with() {
        for (template, key) in [
            ("peter", Key::Exact("peter")),
            ("<.*>", Key::Prefix("")),
            ("rn:<.*>", Key::Prefix("rn:")),
            ("rn:<[a-z]+>:x", Key::Prefix("rn:")),
        ] {
            assert_eq!(parse(template).unwrap().key(), key);
        }
    }
}
