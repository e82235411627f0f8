//! Ids on the command line.

/// An id that can stand in a path: RFC 3986 section 5.2.4 takes `.` and `..` out of every URL, so that a
/// request would go elsewhere.
///
/// # Errors
/// It cannot.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    match text {
        "" => Err("an id is not empty".to_owned()),
        "." | ".." => Err("this id cannot stand in a URL".to_owned()),
        id => Ok(id.to_owned()),
    }
}
