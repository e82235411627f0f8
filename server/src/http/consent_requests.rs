//! `/oauth2/consent/requests`: for the application that asks people for consent.
//!
//! It learns of a consent request by the parameter `consent` of its own URL, reads here what to ask, says
//! here what the person answered, and sends the browser to `redirectUrl`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::clock::UnixTime;
use crate::domain::consent::Extra;
use crate::flows::access::{Context, allow};
use crate::flows::audit;
use crate::flows::consent::{self, Answer};
use crate::http::App;
use crate::http::error::{Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Consent};
use crate::http::extract::json;
use crate::http::extract::path::Id;
use crate::storage::StoredConsentRequest;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_o_auth2_consent_request))
        .routes(routes!(accept_o_auth2_consent_request))
        .routes(routes!(reject_o_auth2_consent_request))
}

/// What to ask a person.
#[derive(Serialize, ToSchema)]
#[schema(as = oAuth2ConsentRequest)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OAuth2ConsentRequest {
    /// Names the consent request.
    #[schema(required = false)]
    id: String,
    /// The scopes that the client asks for.
    #[schema(required = false)]
    requested_scopes: Vec<String>,
    /// The client that asks.
    #[schema(required = false)]
    client_id: String,
    /// The client's name, for people to read.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    client_name: String,
    /// From when on the request cannot be answered any more.
    #[schema(required = false)]
    expires_at: String,
    /// Where to send the browser when the request is answered. It works once, in the browser that began.
    #[schema(required = false)]
    redirect_url: String,
    /// Who is logged in already, if that will do: the application need not ask for a password again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<String>,
    /// What the client wants the person to do again, whoever is logged in: `login`, `consent`,
    /// `select_account`, separated by spaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    prompt: Option<String>,
    /// How many seconds ago the person may have logged in at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    max_age: Option<i64>,
    /// Whom the client thinks the person to be, for filling in a form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    login_hint: Option<String>,
}

/// What a person answered, if it was yes.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = consentRequestAcceptance)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentRequestAcceptance {
    /// Who accepts. At most 255 characters of ASCII, and not the id of a client. Needed.
    #[schema(nullable = false, max_length = 255)]
    subject: Option<String>,
    /// The scopes that are granted: some of `requestedScopes`.
    #[schema(nullable = false)]
    grant_scopes: Option<Vec<String>>,
    /// What introspection and the warden shall tell with the access token.
    #[schema(nullable = false)]
    access_token_extra: Option<Map<String, Value>>,
    /// What the ID token shall claim beside what the protocol wants it to.
    #[schema(nullable = false)]
    id_token_extra: Option<Map<String, Value>>,
    /// When the person logged in, in seconds since 1 January 1970 UTC. Left out, it is the login that the
    /// consent request told of if `subject` is the same, and otherwise now.
    #[schema(nullable = false)]
    auth_time: Option<i64>,
    /// Whether this browser stays logged in, and the client, unless it is public, gets the same again
    /// without asking.
    #[schema(nullable = false)]
    remember: Option<bool>,
    /// For how many seconds the client gets the same again. Left out or 0, until it is revoked.
    #[schema(nullable = false, minimum = 0)]
    remember_for: Option<u32>,
}

/// What a person answered, if it was no.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = consentRequestRejection)]
pub(crate) struct ConsentRequestRejection {
    /// Why, at most 1000 characters. The client reads it.
    #[schema(nullable = false, max_length = 1000)]
    reason: Option<String>,
}

/// Get a consent request
///
/// Its id is the parameter `consent` of the URL that the browser came with. Wants scope `hydra.consent`
/// and permission to `get` the resource `rn:hydra:oauth2:consent:requests:<id>`.
#[utoipa::path(
    get,
    path = "/oauth2/consent/requests/{id}",
    operation_id = "getOAuth2ConsentRequest",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.consent"])),
    params(("id" = String, Path, description = "The id of the consent request.")),
    responses(
        ManagementRefusals,
        (status = 200, description = "The consent request.", body = OAuth2ConsentRequest),
        (status = 404, description = "There is no consent request of that id.", body = GenericError),
        (status = 410, description = "It has expired, or was used.", body = GenericError),
    ),
)]
pub(crate) async fn get_o_auth2_consent_request(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Consent>,
    Id(id): Id,
) -> Result<Json<OAuth2ConsentRequest>, Generic> {
    allow(&app, &caller, &resource(&app, &id), "get", &Context::new()).await?;
    let stored = consent::pending(&app, &id).await?;
    Ok(Json(OAuth2ConsentRequest::of(&app, stored)))
}

/// Accept a consent request
///
/// Says who the person is and what is granted. It may be said again, differently, until the browser comes
/// back. Wants scope `hydra.consent` and permission to `accept` the resource
/// `rn:hydra:oauth2:consent:requests:<id>`.
#[utoipa::path(
    patch,
    path = "/oauth2/consent/requests/{id}/accept",
    operation_id = "acceptOAuth2ConsentRequest",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.consent"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("id" = String, Path, description = "The id of the consent request.")),
    request_body(content = ConsentRequestAcceptance, description = "Who accepts, and what is granted."),
    responses(
        ManagementRefusals,
        (status = 204, description = "Send the browser to `redirectUrl` now."),
        (status = 400, description = "The body is not an answer to this request; the message names the property.", body = GenericError),
        (status = 404, description = "There is no consent request of that id.", body = GenericError),
        (status = 410, description = "It has expired, or was used.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn accept_o_auth2_consent_request(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Consent>,
    Id(id): Id,
    json::Json(body): json::Json<ConsentRequestAcceptance>,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "accept", &Context::new()).await?;
    consent::accept(&app, &id, body.into()).await?;
    audit::record(&caller, "accept", &resource);
    Ok(StatusCode::NO_CONTENT)
}

/// Reject a consent request
///
/// Says that nothing is granted; the client learns it when the browser comes back. Wants scope
/// `hydra.consent` and permission to `reject` the resource `rn:hydra:oauth2:consent:requests:<id>`.
#[utoipa::path(
    patch,
    path = "/oauth2/consent/requests/{id}/reject",
    operation_id = "rejectOAuth2ConsentRequest",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.consent"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("id" = String, Path, description = "The id of the consent request.")),
    request_body(content = ConsentRequestRejection, description = "Why it is rejected."),
    responses(
        ManagementRefusals,
        (status = 204, description = "Send the browser to `redirectUrl` now."),
        (status = 400, description = "The body is not a rejection; the message names the property.", body = GenericError),
        (status = 404, description = "There is no consent request of that id.", body = GenericError),
        (status = 410, description = "It has expired, or was used.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn reject_o_auth2_consent_request(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Consent>,
    Id(id): Id,
    json::Json(body): json::Json<ConsentRequestRejection>,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app, &id);
    allow(&app, &caller, &resource, "reject", &Context::new()).await?;
    consent::reject(&app, &id, body.reason.unwrap_or_default()).await?;
    audit::record(&caller, "reject", &resource);
    Ok(StatusCode::NO_CONTENT)
}

/// The resource that policies know a consent request by.
fn resource(app: &App, id: &str) -> String {
    app.resources.of(&["oauth2", "consent", "requests", id])
}

impl OAuth2ConsentRequest {
    fn of(app: &App, stored: StoredConsentRequest) -> Self {
        let asked = stored.consent_request;
        let request = asked.request;
        Self {
            requested_scopes: request.scopes.iter().map(str::to_owned).collect(),
            client_id: request.client_id,
            client_name: stored.client.name,
            expires_at: rfc3339(asked.expires_at),
            redirect_url: format!(
                "{}/oauth2/auth?consent={}&consent_csrf={}",
                app.issuer,
                asked.id,
                app.browser.consent_csrf(&asked.id)
            ),
            subject: asked.login.map(|login| login.subject),
            prompt: Some(request.prompt.to_string()).filter(|prompt| !prompt.is_empty()),
            max_age: request.max_age,
            login_hint: request.login_hint,
            id: asked.id,
        }
    }
}

/// A moment as RFC 3339 writes it.
pub(crate) fn rfc3339(time: UnixTime) -> String {
    // Both fail only for years beyond 9999, which no lifespan reaches.
    OffsetDateTime::from_unix_timestamp(time.0)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

impl From<ConsentRequestAcceptance> for Answer {
    fn from(body: ConsentRequestAcceptance) -> Self {
        Self {
            subject: body.subject.unwrap_or_default(),
            scopes: body.grant_scopes.unwrap_or_default(),
            extra: Extra {
                access_token: body.access_token_extra,
                id_token: body.id_token_extra,
            },
            auth_time: body.auth_time.map(UnixTime),
            remember: body.remember.unwrap_or_default(),
            remember_for: Duration::from_secs(body.remember_for.unwrap_or_default().into()),
        }
    }
}
