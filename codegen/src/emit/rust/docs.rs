//! Texts of the document as Rust documentation.

/// A text that rustdoc takes for nothing but text.
///
/// A code block without a language would be compiled as a test, angle brackets are HTML tags, and
/// a bracketed word is a link to an item.
pub(super) fn clean(text: &str) -> String {
    let mut out = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            let fence: String = trimmed
                .chars()
                .take_while(|c| matches!(c, '`' | '~'))
                .collect();
            out.push(if in_block {
                fence
            } else {
                format!("{fence}text")
            });
            in_block = !in_block;
        } else if in_block {
            out.push(line.to_owned());
        } else {
            // Four spaces would begin a code block, a test too.
            out.push(escaped(
                if line.starts_with("    ") || line.starts_with('\t') {
                    trimmed
                } else {
                    line
                },
            ));
        }
    }
    if in_block {
        out.push("```".to_owned());
    }
    out.join("\n").trim().to_owned()
}

fn escaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut in_code = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '`' => in_code = !in_code,
            '<' | '>' | '[' | ']' if !in_code && before != '\\' && !is_link(line, at) => {
                out.push('\\')
            }
            _ => {}
        }
        out.push(c);
        before = c;
    }
    out
}

/// True for the brackets of `[text](target)`.
fn is_link(line: &str, at: usize) -> bool {
    let Some(rest) = line.get(at..) else {
        return false;
    };
    if rest.starts_with('[') {
        rest.split_once(']').is_some_and(|(text, after)| {
            !text.get(1..).unwrap_or_default().contains('[') && after.starts_with('(')
        })
    } else if rest.starts_with("](") {
        line.get(..at).is_some_and(|before| before.contains('['))
    } else {
        false
    }
}
