//! The patterns of policies: text in which `<` and `>` enclose regular expressions.
//!
//! `rn:hydra:clients:<[a-z]+>` matches `rn:hydra:clients:app`. What stands outside the brackets is
//! literal; a text without `<` is wholly literal, a `>` in it included. A pattern matches a text from
//! its first to its last character, and `.` does not match a newline. Brackets inside the brackets,
//! which the names of groups need, must balance.
//!
//! Whoever may write a policy could make a careless engine work for ever: the expressions are those of
//! the `regex` crate, which takes time linear in the text, and their length, nesting and compiled size
//! are bounded.

use std::fmt;

use regex::{Regex, RegexBuilder};

/// The longest pattern or expression, in bytes.
pub const LONGEST_PATTERN: usize = 1024;
/// How deep an expression may nest.
const DEEPEST_NESTING: u32 = 32;
/// How large an expression may be once compiled, in bytes.
const LARGEST_EXPRESSION: usize = 256 * 1024;

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern {
    template: Box<str>,
    matcher: Matcher,
}

#[derive(Clone)]
enum Matcher {
    /// The template itself.
    Exact,
    /// A literal, `<.*>`, another literal. Nearly every pattern with an expression is of this kind, and
    /// thousands of them must cost little memory.
    Around { before: usize, after: usize },
    /// Anything else. The literal at the beginning has this length.
    Expression { before: usize, regex: Regex },
}

/// Why a text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPattern {
    /// It is too long.
    #[error("it is {0} bytes long; {LONGEST_PATTERN} are allowed")]
    TooLong(usize),
    /// A bracket has no counterpart.
    #[error("its brackets `<` and `>` do not balance")]
    Unbalanced,
    /// The regular expression is too large.
    #[error("its regular expression is too large once compiled; make it simpler")]
    TooLarge,
    /// The regular expression is not one.
    #[error("its regular expression is not one: {0}")]
    Malformed(String),
    /// It holds a character that no database takes.
    #[error("it holds a NUL character")]
    Nul,
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
    /// Compiles a pattern.
    ///
    /// # Errors
    /// Its brackets do not balance, or an expression in it is malformed or too large.
    pub fn parse(template: &str) -> Result<Self, InvalidPattern> {
        check_text(template)?;
        Ok(Self {
            matcher: matcher(template)?,
            template: template.into(),
        })
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
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Exact => *self.template == *text,
            Matcher::Around { before, after } => text
                .strip_prefix(&self.template[..*before])
                .and_then(|rest| rest.strip_suffix(&self.template[self.template.len() - after..]))
                .is_some_and(|middle| !middle.contains('\n')),
            Matcher::Expression { regex, .. } => regex.is_match(text),
        }
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
    let mut whole = String::from("^");
    for piece in pieces {
        match piece {
            Piece::Literal(text) => whole.push_str(&regex::escape(text)),
            Piece::Expression(text) => {
                // By itself first: `a)|(b` would break out of the group and of the anchors.
                expression(text)?;
                whole.push_str("(?:");
                whole.push_str(text);
                whole.push(')');
            }
        }
    }
    whole.push('$');
    Ok(Matcher::Expression {
        before,
        regex: expression(&whole)?,
    })
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

fn check_text(text: &str) -> Result<(), InvalidPattern> {
    if text.len() > LONGEST_PATTERN {
        return Err(InvalidPattern::TooLong(text.len()));
    }
    if text.contains('\0') {
        return Err(InvalidPattern::Nul);
    }
    Ok(())
}

/// Compiles a bare expression, not anchored, within the bounds.
///
/// # Errors
/// It is malformed, too long or too large.
pub fn compile(text: &str) -> Result<Regex, InvalidPattern> {
    check_text(text)?;
    expression(text)
}

fn expression(text: &str) -> Result<Regex, InvalidPattern> {
    RegexBuilder::new(text)
        .size_limit(LARGEST_EXPRESSION)
        .dfa_size_limit(LARGEST_EXPRESSION)
        .nest_limit(DEEPEST_NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => InvalidPattern::TooLarge,
            // The last line says what is wrong; those before it draw the expression.
            error => InvalidPattern::Malformed(
                error
                    .to_string()
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ")
                    .to_owned(),
            ),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let pattern = Pattern::parse(template).unwrap();
            for text in *yes {
                assert!(pattern.matches(text), "{template} must match {text:?}");
            }
            for text in *no {
                assert!(!pattern.matches(text), "{template} must not match {text:?}");
            }
        }
    }

    #[test]
    fn brackets_must_balance() {
        for template in ["<", "a<b", "<a>>", "><", "a><b>", "<a<b>", "<<a>"] {
            let refused = Pattern::parse(template).unwrap_err();
            assert_eq!(refused, InvalidPattern::Unbalanced, "{template}");
        }
    }

    #[test]
    fn an_expression_cannot_break_out_of_its_brackets() {
        for template in ["<a)|(b>", "<a)(?:b>", "<)>", "<(>", "<(?x)a # >b", r"<a\>b"] {
            assert!(Pattern::parse(template).is_err(), "{template}");
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
                matches!(Pattern::parse(template), Err(InvalidPattern::Malformed(_))),
                "{template}"
            );
        }
        let message = Pattern::parse("<[>").unwrap_err().to_string();
        assert!(message.ends_with("unclosed character class"), "{message}");
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let cases = [
            (format!("<{}>", "a".repeat(LONGEST_PATTERN)), "bytes long"),
            ("<(a{100}){100}>".to_owned(), "too large"),
            (r"<\w{200}>".to_owned(), "too large"),
            (format!("<{}a{}>", "(".repeat(40), ")".repeat(40)), "nested"),
            ("a\0".to_owned(), "NUL"),
        ];
        for (template, problem) in cases {
            let refused = Pattern::parse(&template).unwrap_err().to_string();
            assert!(refused.contains(problem), "{template}: {refused}");
        }
        for template in [r"<\w+>", r"<\w+>:<\w+>@<[[:alpha:]]{1,64}>", r"<\pL*>"] {
            assert!(Pattern::parse(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn what_blows_up_a_backtracking_engine_takes_no_time() {
        let pattern = Pattern::parse("<(a+)+b>").unwrap();
        assert!(!pattern.matches(&"a".repeat(4096)));
        let pattern = Pattern::parse("<(a|aa)*>!").unwrap();
        assert!(!pattern.matches(&"a".repeat(4096)));
    }

    #[test]
    fn a_literal_matches_itself_alone() {
        for text in ["admin", "a>b", "a<b", "<.*>", "a<b>c", "\\<", "größe<"] {
            let pattern = Pattern::parse(&Pattern::literal(text)).unwrap();
            assert!(pattern.matches(text), "{text}");
            assert!(!pattern.matches("anything"), "{text}");
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
            assert_eq!(Pattern::parse(template).unwrap().key(), key);
        }
    }
}
