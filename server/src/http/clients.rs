//! `/clients`: OAuth 2.0 clients, managed.
//!
//! Each operation wants scope `hydra.clients` and permission for the resource it names. Existence is
//! asked after permission, so that somebody without permission cannot tell an id that exists from
//! one that does not.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::client::Client;
use crate::domain::secret::Secret;
use crate::flows::access::{Context, allow};
use crate::flows::audit;
use crate::flows::registration::{self, Registered};
use crate::http::App;
use crate::http::error::{Failure, Generic, GenericError, ManagementRefusals};
use crate::http::extract::authorized::{Authorized, Clients};
use crate::http::extract::json;
use crate::http::extract::path::Id;
use crate::http::location::{Location, location};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_o_auth2_clients, create_o_auth2_client))
        .routes(routes!(
            get_o_auth2_client,
            update_o_auth2_client,
            delete_o_auth2_client
        ))
}

/// An OAuth 2.0 client: an application that may ask for tokens.
///
/// Every property is optional when a client is sent; absent, `null` and empty mean the same. In
/// answers all of them are present, except `client_secret`.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = oAuth2Client)]
pub(crate) struct OAuth2Client {
    /// Names the client. A random UUID is chosen if it is left out at creation.
    #[schema(nullable = false, max_length = 255)]
    id: Option<String>,
    /// The name shown to the person who is asked for consent.
    #[schema(nullable = false)]
    client_name: Option<String>,
    /// The client's password: at least 6 characters, made up by the server if left out.
    ///
    /// Told once, in the answer to the request that set it. The server keeps only a slow hash, so a
    /// lost secret cannot be recovered, only replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = Password)]
    client_secret: Option<String>,
    /// Where the browser may be sent back to: absolute URIs without a fragment, compared whole.
    #[schema(nullable = false)]
    redirect_uris: Option<Vec<String>>,
    /// Where the browser may be sent after a logout (OpenID Connect RP-Initiated Logout 1.0): absolute
    /// URIs without a fragment, compared whole.
    #[schema(nullable = false)]
    post_logout_redirect_uris: Option<Vec<String>>,
    /// The grants the client may use, such as `client_credentials`. Empty means
    /// `authorization_code`.
    #[schema(nullable = false)]
    grant_types: Option<Vec<String>>,
    /// What the client may ask of the authorization endpoint: `code`, `token`, `id_token`. Empty
    /// means `code`.
    #[schema(nullable = false)]
    response_types: Option<Vec<String>>,
    /// The scopes the client may ask for, separated by spaces. `*` stands for a whole part:
    /// `hydra.*` covers `hydra.clients`.
    #[schema(nullable = false)]
    scope: Option<String>,
    /// Who owns the client. Policies see it as `owner` in their context.
    #[schema(nullable = false, max_length = 255)]
    owner: Option<String>,
    /// Address of the privacy policy, `http` or `https`.
    #[schema(nullable = false)]
    policy_uri: Option<String>,
    /// Address of the terms of service, `http` or `https`.
    #[schema(nullable = false)]
    tos_uri: Option<String>,
    /// Address of the client's home page, `http` or `https`.
    #[schema(nullable = false)]
    client_uri: Option<String>,
    /// Address of the client's logo, `http` or `https`.
    #[schema(nullable = false)]
    logo_uri: Option<String>,
    /// How to reach the people responsible for the client, for example by e-mail.
    #[schema(nullable = false)]
    contacts: Option<Vec<String>>,
    /// Whether the client cannot keep a secret, as an application in a browser or on a phone
    /// cannot. It then has none, and may not use `client_credentials`.
    #[schema(nullable = false)]
    public: Option<bool>,
}

/// List OAuth 2.0 clients
///
/// Answers every client, ordered by id, without secrets. Wants scope `hydra.clients` and permission
/// to `get` the resource `rn:hydra:clients`.
#[utoipa::path(
    get,
    path = "/clients",
    operation_id = "listOAuth2Clients",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.clients"])),
    responses(
        ManagementRefusals,
        (status = 200, description = "The clients, ordered by id.", body = Vec<OAuth2Client>),
    ),
)]
pub(crate) async fn list_o_auth2_clients(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Clients>,
) -> Result<Json<Vec<OAuth2Client>>, Generic> {
    allow(&app, &caller, &collection(&app), "get", &Context::new()).await?;
    let clients = app.storage.clients().await?;
    Ok(Json(clients.into_iter().map(OAuth2Client::from).collect()))
}

/// Create an OAuth 2.0 client
///
/// The answer tells the secret, once. Wants scope `hydra.clients` and permission to `create` the
/// resource `rn:hydra:clients`; policies see the `owner` that was sent.
#[utoipa::path(
    post,
    path = "/clients",
    operation_id = "createOAuth2Client",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.clients"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    request_body(content = OAuth2Client, description = "The client to create."),
    responses(
        ManagementRefusals,
        (status = 201, description = "The client was created.", body = OAuth2Client,
            headers(("Location" = String, description = "Path of the new client."))),
        (status = 400, description = "The body is not a client; the message names the property.", body = GenericError),
        (status = 409, description = "A client of that id exists.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn create_o_auth2_client(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Clients>,
    json::Json(body): json::Json<OAuth2Client>,
) -> Result<(StatusCode, Location, Json<OAuth2Client>), Generic> {
    let (client, secret) = body.into_parts();
    allow(
        &app,
        &caller,
        &collection(&app),
        "create",
        &owned_by(&client),
    )
    .await?;
    let registered = registration::create(&app, client, secret).await?;
    audit::record(&caller, "create", &resource(&app, &registered.client.id));
    let location = location("/clients", &registered.client.id);
    Ok((StatusCode::CREATED, location, Json(registered.into())))
}

/// Get an OAuth 2.0 client
///
/// Answers the client without its secret. Wants scope `hydra.clients` and permission to `get` the
/// resource `rn:hydra:clients:<id>`; policies see its `owner`.
#[utoipa::path(
    get,
    path = "/clients/{id}",
    operation_id = "getOAuth2Client",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.clients"])),
    params(("id" = String, Path, description = "The id of the client.")),
    responses(
        ManagementRefusals,
        (status = 200, description = "The client.", body = OAuth2Client),
        (status = 404, description = "There is no client of that id.", body = GenericError),
    ),
)]
pub(crate) async fn get_o_auth2_client(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Clients>,
    Id(id): Id,
) -> Result<Json<OAuth2Client>, Generic> {
    let stored = app.storage.client(&id).await?.map(|stored| stored.client);
    let context = stored.as_ref().map(owned_by).unwrap_or_default();
    allow(&app, &caller, &resource(&app, &id), "get", &context).await?;
    let client = stored.ok_or_else(|| unknown(&id))?;
    Ok(Json(client.into()))
}

/// Update an OAuth 2.0 client
///
/// Replaces the client: what is left out becomes empty, save the secret, which stays. The id in the
/// path counts, whatever the body says. Wants scope `hydra.clients` and permission to `update` the
/// resource `rn:hydra:clients`; policies see the `owner` that is stored.
#[utoipa::path(
    put,
    path = "/clients/{id}",
    operation_id = "updateOAuth2Client",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.clients"])),
    extensions(("x-codegen-request-body-name" = json!("Body"))),
    params(("id" = String, Path, description = "The id of the client.")),
    request_body(content = OAuth2Client, description = "What the client shall be."),
    responses(
        ManagementRefusals,
        (status = 200, description = "The client was replaced.", body = OAuth2Client,
            headers(("Location" = String, description = "Path of the client."))),
        (status = 400, description = "The body is not a client; the message names the property.", body = GenericError),
        (status = 404, description = "There is no client of that id.", body = GenericError),
        (status = 413, description = "The body is larger than 1 MiB.", body = GenericError),
    ),
)]
pub(crate) async fn update_o_auth2_client(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Clients>,
    Id(id): Id,
    json::Json(body): json::Json<OAuth2Client>,
) -> Result<(Location, Json<OAuth2Client>), Generic> {
    let stored = app.storage.client(&id).await?;
    let context = stored
        .as_ref()
        .map(|stored| owned_by(&stored.client))
        .unwrap_or_default();
    // The resource does not name the client: policies written for Hydra 0.10 rely on that.
    allow(&app, &caller, &collection(&app), "update", &context).await?;
    let stored = stored.ok_or_else(|| unknown(&id))?;
    let (client, secret) = body.into_parts();
    let registered = registration::replace(&app, &stored, client, secret).await?;
    audit::record(&caller, "update", &resource(&app, &registered.client.id));
    let location = location("/clients", &registered.client.id);
    Ok((location, Json(registered.into())))
}

/// Delete an OAuth 2.0 client
///
/// Its tokens stop working at once. Wants scope `hydra.clients` and permission to `delete` the
/// resource `rn:hydra:clients:<id>`; policies see its `owner`.
#[utoipa::path(
    delete,
    path = "/clients/{id}",
    operation_id = "deleteOAuth2Client",
    tag = "oAuth2",
    security(("oauth2" = ["hydra.clients"])),
    params(("id" = String, Path, description = "The id of the client.")),
    responses(
        ManagementRefusals,
        (status = 204, description = "The client is gone."),
        (status = 404, description = "There is no client of that id.", body = GenericError),
    ),
)]
pub(crate) async fn delete_o_auth2_client(
    State(app): State<App>,
    Authorized { caller, .. }: Authorized<Clients>,
    Id(id): Id,
) -> Result<StatusCode, Generic> {
    let stored = app.storage.client(&id).await?.map(|stored| stored.client);
    let context = stored.as_ref().map(owned_by).unwrap_or_default();
    allow(&app, &caller, &resource(&app, &id), "delete", &context).await?;
    let client = stored.ok_or_else(|| unknown(&id))?;
    if !app.storage.delete_client(&client.id).await? {
        return Err(unknown(&id).into());
    }
    audit::record(&caller, "delete", &resource(&app, &id));
    Ok(StatusCode::NO_CONTENT)
}

/// The resource that policies know the collection by.
fn collection(app: &App) -> String {
    app.resources.of(&["clients"])
}

/// The resource that policies know a client by.
fn resource(app: &App, id: &str) -> String {
    app.resources.of(&["clients", id])
}

/// What policies may look at.
fn owned_by(client: &Client) -> Context {
    Context::from_iter([("owner".to_owned(), client.owner.as_str().into())])
}

fn unknown(id: &str) -> Failure {
    Failure::not_found(format!("there is no client with the id `{id}`"))
}

impl OAuth2Client {
    /// The client that was sent, and its secret apart from it.
    fn into_parts(self) -> (Client, Option<Secret>) {
        let client = Client {
            id: self.id.unwrap_or_default(),
            name: self.client_name.unwrap_or_default(),
            redirect_uris: self.redirect_uris.unwrap_or_default(),
            post_logout_redirect_uris: self.post_logout_redirect_uris.unwrap_or_default(),
            grant_types: self.grant_types.unwrap_or_default(),
            response_types: self.response_types.unwrap_or_default(),
            scope: self.scope.unwrap_or_default(),
            owner: self.owner.unwrap_or_default(),
            policy_uri: self.policy_uri.unwrap_or_default(),
            tos_uri: self.tos_uri.unwrap_or_default(),
            client_uri: self.client_uri.unwrap_or_default(),
            logo_uri: self.logo_uri.unwrap_or_default(),
            contacts: self.contacts.unwrap_or_default(),
            public: self.public.unwrap_or_default(),
        };
        let secret = self
            .client_secret
            .filter(|secret| !secret.is_empty())
            .map(Secret::new);
        (client, secret)
    }
}

impl From<Client> for OAuth2Client {
    fn from(client: Client) -> Self {
        Self {
            id: Some(client.id),
            client_name: Some(client.name),
            client_secret: None,
            redirect_uris: Some(client.redirect_uris),
            post_logout_redirect_uris: Some(client.post_logout_redirect_uris),
            grant_types: Some(client.grant_types),
            response_types: Some(client.response_types),
            scope: Some(client.scope),
            owner: Some(client.owner),
            policy_uri: Some(client.policy_uri),
            tos_uri: Some(client.tos_uri),
            client_uri: Some(client.client_uri),
            logo_uri: Some(client.logo_uri),
            contacts: Some(client.contacts),
            public: Some(client.public),
        }
    }
}

impl From<Registered> for OAuth2Client {
    fn from(registered: Registered) -> Self {
        Self {
            client_secret: registered.secret.map(|secret| secret.expose().to_owned()),
            ..registered.client.into()
        }
    }
}
