//! Which operations answer page by page, as far as the document says so.

use super::answers::Success;
use super::items::Type;
use super::names::literal;
use super::schemas::bare;
use super::types::Types;
use super::whole::gather;
use crate::model::{Kind, Location, Method, Operation};

/// Pairs that mean only one thing: the member of a page, and the query parameter that it is for.
const TOKENS: &[(&str, &str)] = &[
    ("next_page_token", "page_token"),
    ("nextPageToken", "pageToken"),
    ("next_token", "next_token"),
    ("nextToken", "nextToken"),
    ("NextToken", "NextToken"),
    ("next_cursor", "cursor"),
    ("nextCursor", "cursor"),
    ("next_cursor", "next_cursor"),
    ("next_page_cursor", "page_cursor"),
    ("continuation_token", "continuation_token"),
];

/// How pages of an operation follow one another, as an expression of the runtime's type; `None`
/// if the document does not say.
pub(super) fn next(types: &Types<'_>, operation: &Operation, success: &Success) -> Option<String> {
    if operation.method != Method::Get || operation.body.is_some() {
        return None;
    }
    if !matches!(success, Success::Json(ty) if !matches!(ty, Type::Option(_))) {
        return None;
    }
    let (_, response) = operation.success()?;
    if response
        .headers
        .keys()
        .any(|n| n.eq_ignore_ascii_case("link"))
    {
        return Some("direct::Next::Link".to_owned());
    }
    let (schema, _) = bare(response.schema()?);
    let whole = gather(types.model, schema);
    let (member, parameter) = TOKENS.iter().find(|(member, parameter)| {
        let known = whole.properties.get(member).is_some_and(|m| {
            let kind = m.schema.and_then(|s| types.model.resolve(bare(s).0));
            kind.is_some_and(|s| matches!(s.kind, Kind::String | Kind::Integer))
        });
        let mut query = operation.parameters.iter();
        known && query.any(|p| p.location == Location::Query && p.name == *parameter)
    })?;
    Some(format!(
        "direct::Next::Token {{ member: {}, parameter: {} }}",
        literal(member),
        literal(parameter)
    ))
}
