//! Long lists that come page by page.

use futures_util::stream::{Stream, try_unfold};
use http::header::{HeaderMap, LINK};
use progenitor_client::{Error, ResponseValue};
use reqwest::StatusCode;
use serde_json::Value;
use url::Url;

use super::super::Failure;
use super::call::Call;
use super::read::Read;

/// How a page tells where the next one is.
#[derive(Debug, Clone, Copy)]
pub enum Next {
    /// By a header `Link: <…>; rel="next"` (RFC 8288). Only the query of that link is taken, so
    /// that no server can send a caller, and its credentials, elsewhere.
    Link,
    /// By a member of the body, which is the value of a query parameter for the next page.
    Token {
        /// Name of the member.
        member: &'static str,
        /// Name of the parameter.
        parameter: &'static str,
    },
}

/// The pages from this call on, each got when it is asked for. After an error there are no more.
pub fn pages<'a, T: Read + 'a, E: 'a>(
    call: Call<'a>,
    next: Next,
    refusal: fn(StatusCode, &str) -> Option<E>,
) -> impl Stream<Item = Result<ResponseValue<T>, Error<Failure<E>>>> + 'a {
    try_unfold(Some(call), move |call| async move {
        let Some(call) = call else { return Ok(None) };
        let mut following = call.again();
        let page: ResponseValue<Value> = call.send(refusal).await?.json().await?;
        let (status, headers) = (page.status(), page.headers().clone());
        let body = page.into_inner();
        let more = match next {
            Next::Link => {
                let link = link(&headers);
                link.is_some_and(|query| following.query_as_it_is(query))
            }
            Next::Token { member, parameter } => match body.get(member) {
                Some(Value::String(token)) if !token.is_empty() => {
                    following.query(parameter, token);
                    true
                }
                Some(Value::Number(number)) => {
                    following.query(parameter, number);
                    true
                }
                _ => false,
            },
        };
        let read = T::read(body).map_err(|e| {
            Error::InvalidResponsePayload(bytes::Bytes::new(), serde::de::Error::custom(e))
        })?;
        let page = ResponseValue::new(read, status, headers);
        Ok(Some((page, more.then_some(following))))
    })
}

/// The query of the link to the next page.
fn link(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(LINK).iter();
    for value in values.filter_map(|v| v.to_str().ok()) {
        let mut rest = value;
        while let Some((_, after)) = rest.split_once('<') {
            let (target, after) = after.split_once('>')?;
            let end = after.find('<').unwrap_or(after.len());
            let (parameters, after) = after.split_at(end);
            let next = parameters.split(';').any(|parameter| {
                let Some((name, text)) = parameter.split_once('=') else {
                    return false;
                };
                let text = text.trim().trim_end_matches(',').trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel")
                    && text
                        .split(' ')
                        .any(|word| word.eq_ignore_ascii_case("next"))
            });
            if next {
                // A link may be relative; of which place, only its query is needed.
                let base = Url::parse("http://localhost").ok()?;
                return base.join(target).ok()?.query().map(str::to_owned);
            }
            rest = after;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_link_is_found() {
        for (value, expected) in [
            (r#"</a?page=2>; rel="next""#, Some("page=2")),
            (
                r#"<https://x.example/a?page=1>; rel="prev first", <https://x.example/a?page=3,4>; rel=next"#,
                Some("page=3,4"),
            ),
            (r#"</a?page=2>; rel="last next"; title="x""#, Some("page=2")),
            (r#"</a?page=2>; rel="last""#, None),
            ("</a?page=2", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, http::HeaderValue::from_str(value).unwrap());
            assert_eq!(link(&headers).as_deref(), expected, "{value}");
        }
    }
}
