//! `/warden/allowed` and `/warden/token/allowed`: may somebody do something?
//!
//! Whoever may ask is always answered with 200; a refusal is an answer, not an error.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::clock::UnixTime;
use crate::domain::policy::{AccessRequest, Context};
use crate::flows::access::allow;
use crate::flows::warden;
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Warden};
use crate::http::extract::json;
use crate::storage::GrantedToken;

/// The longest text that is compared with patterns, in bytes. Patterns take time linear in it, and some
/// of them a thousand steps per character.
const LONGEST_TEXT: usize = 4096;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(does_warden_allow_access_request))
        .routes(routes!(does_warden_allow_token_access_request))
}

/// May this subject do that? What is left out is empty; nobody may do anything under an empty name.
#[derive(Deserialize, ToSchema)]
#[schema(as = wardenAccessRequest)]
pub(crate) struct WardenAccessRequest {
    /// What shall be done.
    #[schema(nullable = false, max_length = 4096)]
    action: Option<String>,
    /// What the conditions of policies look at.
    #[schema(nullable = false)]
    context: Option<BTreeMap<String, Value>>,
    /// What it shall be done to.
    #[schema(nullable = false, max_length = 4096)]
    resource: Option<String>,
    /// Who asks to do it.
    #[schema(nullable = false, max_length = 4096)]
    subject: Option<String>,
}

/// Whether a subject may do what was asked.
#[derive(Serialize, ToSchema)]
#[schema(as = wardenAccessRequestResponse)]
pub(crate) struct WardenAccessRequestResponse {
    /// Whether the policies allow it.
    #[schema(required = false)]
    allowed: bool,
}

/// May whoever shows this token do that? What is left out is empty.
#[derive(Deserialize, ToSchema)]
#[schema(as = wardenTokenAccessRequest)]
pub(crate) struct WardenTokenAccessRequest {
    /// What shall be done.
    #[schema(nullable = false, max_length = 4096)]
    action: Option<String>,
    /// What the conditions of policies look at.
    #[schema(nullable = false)]
    context: Option<BTreeMap<String, Value>>,
    /// What it shall be done to.
    #[schema(nullable = false, max_length = 4096)]
    resource: Option<String>,
    /// Scopes that the token must all have been granted.
    #[schema(nullable = false)]
    scopes: Option<Vec<String>>,
    /// The access token that was shown.
    #[schema(nullable = false, format = Password)]
    token: Option<String>,
}

/// Whether the bearer of a token may do what was asked. If not, only that is told.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = wardenTokenAccessRequestResponse)]
pub(crate) struct WardenTokenAccessRequestResponse {
    /// Whom the token speaks for: a person, or the client itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<String>,
    /// The scopes that the token was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    granted_scopes: Option<Vec<String>>,
    /// The URL of the server that issued the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    issuer: Option<String>,
    /// The client that the token was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// When the token was issued (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    issued_at: Option<String>,
    /// When the token expires (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<String>,
    /// What the consent application attached to the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_token_extra: Option<BTreeMap<String, Value>>,
    /// Whether the token is good, was granted the scopes, and the policies allow it.
    #[schema(required = false)]
    allowed: bool,
}

/// Check if an access request is valid (without providing an access token)
///
/// Asks the policies on behalf of the subject named, who is known by the own name and by those of the
/// groups it is in. Wants scope `hydra.warden` and permission to `decide` the resource
/// `rn:hydra:warden:allowed`.
#[utoipa::path(
    post,
    path = "/warden/allowed",
    operation_id = "doesWardenAllowAccessRequest",
    tag = "warden",
    security(("oauth2" = ["hydra.warden"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    request_body(content = WardenAccessRequest, description = "Who asks to do what."),
    responses(
        ManagementRefusals,
        (status = 200, description = "Whether it is allowed.", body = WardenAccessRequestResponse),
        (status = 400, description = "The body is not a request, or a text in it is longer than 4096 bytes.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn does_warden_allow_access_request(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Warden>,
    json::Json(body): json::Json<WardenAccessRequest>,
) -> Result<Json<WardenAccessRequestResponse>, Generic> {
    let resource = app.resources.of(&["warden", "allowed"]);
    allow(&app, &caller, &resource, "decide", &Context::new()).await?;
    let subject = bounded("subject", body.subject)?;
    let request = Asked::new(body.action, body.resource, body.context)?;
    let allowed = warden::subject_allowed(&app, &subject, &request.as_policies_see_it()).await?;
    Ok(Json(WardenAccessRequestResponse { allowed }))
}

/// Check if an access request is valid (providing an access token)
///
/// Asks the policies on behalf of whom the token speaks for, if it is good and was granted the scopes.
/// Wants scope `hydra.warden` and permission to `decide` the resource `rn:hydra:warden:token:allowed`.
#[utoipa::path(
    post,
    path = "/warden/token/allowed",
    operation_id = "doesWardenAllowTokenAccessRequest",
    tag = "warden",
    security(("oauth2" = ["hydra.warden"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    request_body(content = WardenTokenAccessRequest, description = "Which token was shown to do what."),
    responses(
        ManagementRefusals,
        (status = 200, description = "Whether it is allowed, and what is known of the token if it is.", body = WardenTokenAccessRequestResponse),
        (status = 400, description = "The body is not a request, or a text in it is longer than 4096 bytes.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn does_warden_allow_token_access_request(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Warden>,
    json::Json(body): json::Json<WardenTokenAccessRequest>,
) -> Result<Json<WardenTokenAccessRequestResponse>, Generic> {
    let resource = app.resources.of(&["warden", "token", "allowed"]);
    allow(&app, &caller, &resource, "decide", &Context::new()).await?;
    let request = Asked::new(body.action, body.resource, body.context)?;
    let found = warden::token_allowed(
        &app,
        &body.token.unwrap_or_default(),
        &body.scopes.unwrap_or_default(),
        &request.as_policies_see_it(),
    )
    .await?;
    let told = found.map(|found| WardenTokenAccessRequestResponse::of(found, &app.issuer));
    Ok(Json(told.unwrap_or_default()))
}

/// What is asked, within bounds.
struct Asked {
    action: String,
    resource: String,
    context: Context,
}

impl Asked {
    fn new(
        action: Option<String>,
        resource: Option<String>,
        context: Option<BTreeMap<String, Value>>,
    ) -> Result<Self, Failure> {
        let context: Context = context.unwrap_or_default().into_iter().collect();
        // Leaving a long one out instead could make a policy that denies not apply.
        if context
            .values()
            .filter_map(Value::as_str)
            .any(|text| text.len() > LONGEST_TEXT)
        {
            return Err(too_long("context"));
        }
        Ok(Self {
            action: bounded("action", action)?,
            resource: bounded("resource", resource)?,
            context,
        })
    }

    fn as_policies_see_it(&self) -> AccessRequest<'_> {
        AccessRequest {
            action: &self.action,
            resource: &self.resource,
            context: &self.context,
        }
    }
}

fn bounded(property: &str, text: Option<String>) -> Result<String, Failure> {
    let text = text.unwrap_or_default();
    if text.len() > LONGEST_TEXT {
        return Err(too_long(property));
    }
    Ok(text)
}

fn too_long(property: &str) -> Failure {
    Failure::invalid_request(format!(
        "`{property}` is wrong: a text in it is longer than {LONGEST_TEXT} bytes"
    ))
}

impl WardenTokenAccessRequestResponse {
    fn of(found: GrantedToken, issuer: &str) -> Self {
        let token = found.token;
        let extra = found.grant.and_then(|grant| grant.access_token_extra);
        Self {
            granted_scopes: Some(token.scopes.iter().map(str::to_owned).collect()),
            subject: Some(token.subject),
            issuer: Some(issuer.to_owned()),
            client_id: Some(token.client_id),
            issued_at: rfc3339(token.issued_at),
            expires_at: rfc3339(token.expires_at),
            access_token_extra: extra.map(|extra| extra.into_iter().collect()),
            allowed: true,
        }
    }
}

/// `None` for a moment outside the years that RFC 3339 can tell.
fn rfc3339(time: UnixTime) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(time.0)
        .ok()?
        .format(&Rfc3339)
        .ok()
}
