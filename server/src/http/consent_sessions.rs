//! `/oauth2/consent/sessions`: what a person has granted, and taking it back.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::consent::RememberedConsent;
use crate::domain::grant::Grant;
use crate::domain::scope::Scopes;
use crate::flows::access::{Context, allow};
use crate::flows::audit;
use crate::http::App;
use crate::http::consent_requests::rfc3339;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Consent};
use crate::http::extract::query::Query;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(
        list_o_auth2_consent_sessions,
        revoke_o_auth2_consent_sessions
    ))
}

/// Something that a person granted a client.
#[derive(Serialize, ToSchema)]
#[schema(as = oAuth2ConsentSession)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OAuth2ConsentSession {
    /// The person.
    #[schema(required = false)]
    subject: String,
    /// The client.
    #[schema(required = false)]
    client_id: String,
    /// What was granted.
    #[schema(required = false)]
    granted_scopes: Vec<String>,
    /// When, as RFC 3339 writes it.
    #[schema(required = false)]
    granted_at: String,
    /// Whether it is an answer that is remembered, and spares the person the question. Otherwise it is a
    /// grant that codes and tokens follow from.
    #[schema(required = false)]
    remembered: bool,
    /// From when on an answer is not remembered any more. Left out, it is until it is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<String>,
}

/// List what a person granted
///
/// Answers what is remembered and what tokens follow from, the latest of each first. Wants scope
/// `hydra.consent` and permission to `get` the resource `rn:hydra:oauth2:consent:sessions`.
#[utoipa::path(
    get,
    path = "/oauth2/consent/sessions",
    operation_id = "listOAuth2ConsentSessions",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.consent"])),
    params(
        ("subject" = String, Query, description = "The person."),
        ("client" = Option<String>, Query, description = "Only what this client was granted."),
    ),
    responses(
        ManagementRefusals,
        (status = 200, description = "What the person granted.", body = Vec<OAuth2ConsentSession>),
        (status = 400, description = "It is not said whose.", body = GenericError),
    ),
)]
pub(crate) async fn list_o_auth2_consent_sessions(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Consent>,
    query: Query,
) -> Result<Json<Vec<OAuth2ConsentSession>>, Generic> {
    allow(&app, &caller, &resource(&app), "get", &Context::new()).await?;
    let (subject, client) = whose(&query)?;
    let now = app.clock.now();
    let remembered = app.storage.remembered_consents(subject, client).await?;
    let grants = app.storage.grants_of(subject, client).await?;
    let sessions = remembered
        .into_iter()
        .filter(|consent| consent.expires_at.is_none_or(|end| now < end))
        .map(OAuth2ConsentSession::from)
        .chain(grants.into_iter().map(OAuth2ConsentSession::from))
        .collect();
    Ok(Json(sessions))
}

/// Revoke what a person granted
///
/// Forgets the answers that are remembered, and revokes every code and token that speaks for the person.
/// The person may grant it again. Wants scope `hydra.consent` and permission to `delete` the resource
/// `rn:hydra:oauth2:consent:sessions`.
#[utoipa::path(
    delete,
    path = "/oauth2/consent/sessions",
    operation_id = "revokeOAuth2ConsentSessions",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.consent"])),
    params(
        ("subject" = String, Query, description = "The person."),
        ("client" = Option<String>, Query, description = "Only what this client was granted."),
    ),
    responses(
        ManagementRefusals,
        (status = 204, description = "Nothing of it is left."),
        (status = 400, description = "It is not said whose.", body = GenericError),
    ),
)]
pub(crate) async fn revoke_o_auth2_consent_sessions(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Consent>,
    query: Query,
) -> Result<StatusCode, Generic> {
    let resource = resource(&app);
    allow(&app, &caller, &resource, "delete", &Context::new()).await?;
    let (subject, client) = whose(&query)?;
    app.storage.revoke_consent(subject, client).await?;
    audit::record(&caller, "delete", &resource);
    Ok(StatusCode::NO_CONTENT)
}

fn resource(app: &App) -> String {
    app.resources.of(&["oauth2", "consent", "sessions"])
}

fn whose(query: &Query) -> Result<(&str, Option<&str>), Failure> {
    // Somebody without a name is nobody.
    let subject = query.optional("subject").ok_or_else(|| {
        Failure::invalid_request("the parameter `subject` is missing from the URL")
    })?;
    Ok((subject, query.optional("client")))
}

fn list(scopes: &Scopes) -> Vec<String> {
    scopes.iter().map(str::to_owned).collect()
}

impl From<RememberedConsent> for OAuth2ConsentSession {
    fn from(consent: RememberedConsent) -> Self {
        Self {
            granted_scopes: list(&consent.scopes),
            subject: consent.subject,
            client_id: consent.client_id,
            granted_at: rfc3339(consent.granted_at),
            remembered: true,
            expires_at: consent.expires_at.map(rfc3339),
        }
    }
}

impl From<Grant> for OAuth2ConsentSession {
    fn from(grant: Grant) -> Self {
        Self {
            granted_scopes: list(&grant.scopes),
            subject: grant.subject,
            client_id: grant.client_id,
            granted_at: rfc3339(grant.created_at),
            remembered: false,
            expires_at: None,
        }
    }
}
