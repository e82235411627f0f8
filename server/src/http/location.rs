//! Where a new thing is found.

use http::HeaderName;
use http::header::LOCATION;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a path segment may hold unescaped: RFC 3986 section 2.3.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The header `Location` of an answer.
pub(crate) type Location = [(HeaderName, String); 1];

/// The thing of that id in the collection at that path, such as `/clients`.
pub(crate) fn location(collection: &str, id: &str) -> Location {
    let id = utf8_percent_encode(id, SEGMENT);
    [(LOCATION, format!("{collection}/{id}"))]
}
