//! `/userinfo`: whom does an access token speak for (OpenID Connect Core 1.0 section 5.3)?

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderName};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::secret::Secret;
use crate::flows::userinfo;
use crate::http::App;
use crate::http::error::{Failure, OAuth2, OAuth2Error};
use crate::http::extract::authorization::Authorization;
use crate::http::extract::form::Form;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_userinfo, userinfo))
}

/// What is told of a person: `sub`, and whatever the application that asked for consent gave as
/// `idTokenExtra`.
#[derive(Serialize)]
pub(crate) struct Userinfo {
    sub: String,
    #[serde(flatten)]
    claims: BTreeMap<String, Value>,
}

/// What is told of a person. Beside `sub` that is whatever the application that asked for consent gave as
/// `idTokenExtra`; the standard claims (OpenID Connect Core 1.0 section 5.1) are these.
#[derive(ToSchema)]
#[schema(as = userinfo)]
#[expect(
    dead_code,
    reason = "documents the answer, whose claims come as the application gave them"
)]
pub(crate) struct StandardClaims {
    /// Names the person; the same as in ID tokens. Go by this and by nothing else to tell people apart.
    sub: String,
    /// The full name, for people to read.
    #[schema(nullable = false)]
    name: Option<String>,
    /// The given name or names.
    #[schema(nullable = false)]
    given_name: Option<String>,
    /// The family name or names.
    #[schema(nullable = false)]
    family_name: Option<String>,
    /// The middle name or names.
    #[schema(nullable = false)]
    middle_name: Option<String>,
    /// What friends say.
    #[schema(nullable = false)]
    nickname: Option<String>,
    /// What the person wants to be called; somebody else may be called the same.
    #[schema(nullable = false)]
    preferred_username: Option<String>,
    /// URL of a page about the person.
    #[schema(nullable = false)]
    profile: Option<String>,
    /// URL of a picture of the person.
    #[schema(nullable = false)]
    picture: Option<String>,
    /// URL of a page by the person.
    #[schema(nullable = false)]
    website: Option<String>,
    /// The e-mail address; it may belong to somebody else next year.
    #[schema(nullable = false)]
    email: Option<String>,
    /// Whether somebody made sure that the address is the person's.
    #[schema(nullable = false)]
    email_verified: Option<bool>,
    /// `female`, `male`, or another word.
    #[schema(nullable = false)]
    gender: Option<String>,
    /// The birthday, `YYYY-MM-DD` or `YYYY`; the year may be `0000`.
    #[schema(nullable = false)]
    birthdate: Option<String>,
    /// The time zone, such as `Europe/Paris`.
    #[schema(nullable = false)]
    zoneinfo: Option<String>,
    /// The language, such as `de-AT`.
    #[schema(nullable = false)]
    locale: Option<String>,
    /// The telephone number, best as `+1 (425) 555-1212`.
    #[schema(nullable = false)]
    phone_number: Option<String>,
    /// Whether somebody made sure that the number is the person's.
    #[schema(nullable = false)]
    phone_number_verified: Option<bool>,
    /// When any of this changed last, in seconds since 1 January 1970 UTC.
    #[schema(nullable = false)]
    updated_at: Option<i64>,
    /// Any other claim.
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// The form, as the contract tells it.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "documents the form; the handler reads the fields by name"
)]
pub(crate) struct UserinfoForm {
    /// The access token, if it is not sent in the header `Authorization`.
    #[schema(nullable = false, format = Password)]
    access_token: Option<String>,
}

type Answer = ([(HeaderName, &'static str); 1], Json<Userinfo>);

/// Tell whom an access token speaks for
///
/// The access token stands in the header `Authorization: Bearer <token>` and must have been granted
/// `openid`. No policy is asked: a person agreed to it.
#[utoipa::path(
    get,
    path = "/userinfo",
    operation_id = "getUserinfo",
    tag = "oAuth2",
    security(("oauth2" = ["openid"])),
    responses(
        (status = 200, description = "What is told of the person.", body = StandardClaims),
        (status = 400, description = "The request is malformed.", body = OAuth2Error),
        (status = 401, description = "The access token is missing, unknown, expired or revoked.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 6750 section 3."))),
        (status = 403, description = "The access token was not granted `openid`.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 6750 section 3."))),
        (status = 500, description = "The server failed.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached.", body = OAuth2Error),
    ),
)]
pub(crate) async fn get_userinfo(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Answer, OAuth2> {
    let token = in_header(&headers)?;
    Ok(tell(&app, token.as_ref().map(Secret::expose)).await?)
}

/// Tell whom an access token speaks for
///
/// As `GET /userinfo`; the access token may stand in the body instead of the header, but not in both.
#[utoipa::path(
    post,
    path = "/userinfo",
    operation_id = "userinfo",
    tag = "oAuth2",
    security(("oauth2" = ["openid"])),
    request_body(content = inline(UserinfoForm), content_type = "application/x-www-form-urlencoded", description = "The access token."),
    responses(
        (status = 200, description = "What is told of the person.", body = StandardClaims),
        (status = 400, description = "The request is malformed.", body = OAuth2Error),
        (status = 401, description = "The access token is missing, unknown, expired or revoked.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 6750 section 3."))),
        (status = 403, description = "The access token was not granted `openid`.", body = OAuth2Error,
            headers(("WWW-Authenticate" = String, description = "The challenge of RFC 6750 section 3."))),
        (status = 413, description = "The body is larger than 1 MiB.", body = OAuth2Error),
        (status = 500, description = "The server failed.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached.", body = OAuth2Error),
    ),
)]
pub(crate) async fn userinfo(
    State(app): State<App>,
    headers: HeaderMap,
    form: Option<Form>,
) -> Result<Answer, OAuth2> {
    let in_header = in_header(&headers)?;
    let in_body = form.as_ref().and_then(|form| form.get("access_token"));
    let token = match (in_header.as_ref(), in_body) {
        // RFC 6750 section 2: "Clients MUST NOT use more than one method".
        (Some(_), Some(_)) => {
            return Err(Failure::invalid_request(
                "the access token is in the header and in the body; only one is allowed",
            )
            .into());
        }
        (header, body) => header.map(Secret::expose).or(body),
    };
    Ok(tell(&app, token).await?)
}

/// RFC 6750 section 2.3 would allow the query as well; there it ends in logs and histories.
fn in_header(headers: &HeaderMap) -> Result<Option<Secret>, Failure> {
    Ok(match Authorization::of(headers)? {
        Authorization::Bearer(token) => Some(token),
        Authorization::Basic(_) | Authorization::None => None,
    })
}

async fn tell(app: &App, token: Option<&str>) -> Result<Answer, Failure> {
    let told = userinfo::userinfo(app, token).await?;
    let body = Userinfo {
        sub: told.subject,
        claims: told.claims.into_iter().collect(),
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)))
}
