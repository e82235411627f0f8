//! Arguments into URLs and bodies.

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use super::{Operation, TransportError};

/// What a call is given, by the names of the document. Made for programs that learn what to call
/// only at run time; a generated function is nicer.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Pieces of the path, not encoded.
    pub path: Vec<(String, String)>,
    /// The query, not encoded. A repeated name is sent repeatedly.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Cookies.
    pub cookies: Vec<(String, String)>,
    /// The request body.
    pub body: Body,
}

/// A request body.
#[derive(Debug, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    None,
    /// JSON, already written.
    Json(Bytes),
    /// Fields of an `application/x-www-form-urlencoded` form.
    Form(Vec<(String, String)>),
    /// Parts of a `multipart/form-data` form.
    Multipart(Vec<Part>),
    /// Bytes, with a media type if it is another than the operation's.
    Raw {
        /// The bytes.
        bytes: Bytes,
        /// The media type.
        content_type: Option<String>,
    },
}

/// A part of a `multipart/form-data` form.
#[derive(Debug, Default)]
pub struct Part {
    /// Name of the field.
    pub name: String,
    /// Name of the file, if it is one.
    pub file_name: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
    /// Content.
    pub bytes: Bytes,
}

/// Characters that cannot stand for themselves in a piece of a path: those of the URL standard's
/// path percent-encode set, and `/` and `%`, which would mean something else.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'/')
    .add(b'%');

/// The URL of a call. The query is in the order of names, as generated functions have it.
pub(crate) fn url(
    base: &str,
    operation: &Operation,
    arguments: &mut Arguments,
) -> Result<Url, TransportError> {
    let mut text = base.to_owned();
    let mut rest = operation.path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let value = arguments
            .path
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str());
        let Some(value) = value else {
            return Err(TransportError::Request(format!(
                "`{}` needs the path parameter `{name}`",
                operation.name
            )));
        };
        text.push_str(before);
        text.extend(utf8_percent_encode(value, PATH));
        rest = after;
    }
    text.push_str(rest);
    let mut url = Url::parse(&text)
        .map_err(|e| TransportError::Request(format!("the call makes no URL: {e}")))?;
    if !arguments.query.is_empty() {
        arguments.query.sort_by(|a, b| a.0.cmp(&b.0));
        url.query_pairs_mut().extend_pairs(&arguments.query);
    }
    Ok(url)
}

/// Makes sure that a URL still leads where its template says.
///
/// A piece `..` or `.` is taken out of a URL, dots percent-encoded or not, a backslash counts as a
/// slash (URL standard, section 4.4), and an empty one turns
/// `/things/{id}` into `/things/`: `DELETE` of one thing would reach another place.
pub(crate) fn check_path(
    base: &Url,
    operation: &Operation,
    url: &Url,
) -> Result<(), TransportError> {
    let base_depth = base.path().trim_end_matches('/').split('/').count();
    let mut actual = url.path().split('/').skip(base_depth);
    let mut wanted = operation.path.split('/').skip(1);
    let astray = loop {
        match (actual.next(), wanted.next()) {
            (None, None) => break false,
            (Some(actual), Some(wanted)) if !actual.is_empty() || !wanted.contains('{') => {}
            _ => break true,
        }
    };
    if astray {
        return Err(TransportError::Request(format!(
            "an argument for the path `{}` of `{}` is empty, `.`, `..` or holds a backslash, which \
             leads to another path",
            operation.path, operation.name
        )));
    }
    Ok(())
}

/// Fields as `application/x-www-form-urlencoded`.
pub(crate) fn urlencoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}
