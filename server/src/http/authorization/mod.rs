//! `/oauth2/auth`: the authorization endpoint (RFC 6749 section 3.1), where people are.
//!
//! Whoever calls it is a browser. It is sent on by redirect, or by a form if the client wants that; what
//! cannot be told the client is told the person on a page, and a program that does not ask for HTML as an
//! error object.

mod answer;

use axum::extract::State;
use axum::middleware::map_response;
use axum::response::Response;
use http::HeaderMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::answer::redirect;
use crate::domain::authorization_error::Untrusted;
use crate::domain::parameters::Parameters;
use crate::flows::authorization::{self, Beginning, Returning};
use crate::http::App;
use crate::http::cookies::{self, Name};
use crate::http::error::{OAuth2Error, Page};
use crate::http::extract::parameters::BrowserParameters;
use crate::http::pages;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(oauth_auth, oauth_auth_post))
        .layer(map_response(async |mut response: Response| {
            pages::insert_browser_headers(response.headers_mut());
            response
        }))
}

/// An authorization request, as the contract tells it.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "documents the form; the flow reads the parameters by name"
)]
pub(crate) struct AuthorizationForm {
    /// The client that asks.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// What is asked for: `code`, `token`, `id_token`, or several of them.
    #[schema(nullable = false)]
    response_type: Option<String>,
    /// Where the answer goes, exactly as it was registered. May be left out if only one was.
    #[schema(nullable = false)]
    redirect_uri: Option<String>,
    /// The scopes asked for, separated by spaces.
    #[schema(nullable = false)]
    scope: Option<String>,
    /// Comes back as it is.
    #[schema(nullable = false)]
    state: Option<String>,
    /// How the answer travels: `query`, `fragment` or `form_post`.
    #[schema(nullable = false)]
    response_mode: Option<String>,
    /// Comes back in the ID token.
    #[schema(nullable = false)]
    nonce: Option<String>,
    /// The hash of the code verifier (RFC 7636). Public clients need it.
    #[schema(nullable = false)]
    code_challenge: Option<String>,
    /// How the hash was made: `S256`.
    #[schema(nullable = false)]
    code_challenge_method: Option<String>,
    /// `none`, or what the person must do again: `login`, `consent`, `select_account`.
    #[schema(nullable = false)]
    prompt: Option<String>,
    /// How many seconds ago the person may have logged in at most.
    #[schema(nullable = false)]
    max_age: Option<String>,
    /// Whom the client thinks the person to be.
    #[schema(nullable = false)]
    login_hint: Option<String>,
    /// An ID token of the person whom the client means.
    #[schema(nullable = false, format = Password)]
    id_token_hint: Option<String>,
}

/// Ask for authorization
///
/// The authorization endpoint of RFC 6749 section 3.1. Send a person's browser here, with the parameters
/// that RFC 6749, RFC 7636 and OpenID Connect Core 1.0 define in the query; programs have no use for it.
/// The browser is sent to the application at `CONSENT_URL`, and after that back to the client.
///
/// As long as it is not certain that the redirect URI is the client's, errors are shown and not sent there.
#[utoipa::path(
    get,
    path = "/oauth2/auth",
    operation_id = "oauthAuth",
    tag = "oAuth2",
    responses(
        (status = 302, description = "On to the application that asks for consent, or back to the client with a code, tokens or an error.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 400, description = "The request cannot be answered by redirect. A browser gets a page.", body = OAuth2Error),
        (status = 500, description = "The server failed. A browser gets a page.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached. A browser gets a page.", body = OAuth2Error),
    ),
)]
pub(crate) async fn oauth_auth(
    State(app): State<App>,
    headers: HeaderMap,
    BrowserParameters(parameters): BrowserParameters,
) -> Result<Response, Page> {
    authorize(&app, &headers, &parameters).await
}

/// Ask for authorization by form
///
/// The same as with GET, with the parameters in the body.
#[utoipa::path(
    post,
    path = "/oauth2/auth",
    operation_id = "oauthAuthPost",
    tag = "oAuth2",
    request_body(content = inline(AuthorizationForm), content_type = "application/x-www-form-urlencoded", description = "The authorization request."),
    responses(
        (status = 302, description = "On to the application that asks for consent, or back to the client with a code, tokens or an error.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 400, description = "The request cannot be answered by redirect. A browser gets a page.", body = OAuth2Error),
        (status = 413, description = "The body is larger than 1 MiB.", body = OAuth2Error),
        (status = 500, description = "The server failed. A browser gets a page.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached. A browser gets a page.", body = OAuth2Error),
    ),
)]
pub(crate) async fn oauth_auth_post(
    State(app): State<App>,
    headers: HeaderMap,
    BrowserParameters(parameters): BrowserParameters,
) -> Result<Response, Page> {
    authorize(&app, &headers, &parameters).await
}

async fn authorize(
    app: &App,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Response, Page> {
    let login_cookie = cookies::get(app, headers, Name::Login);
    if let Some(consent_id) = parameters.get("consent").map_err(Untrusted::from)? {
        let returning = Returning {
            consent_id,
            consent_csrf: parameters.get("consent_csrf").map_err(Untrusted::from)?,
            consent_cookie: cookies::get(app, headers, Name::Consent(consent_id)),
            login_cookie,
        };
        let answered = authorization::complete(app, returning).await?;
        let mut response = answer::to_client(app, &answered);
        cookies::forget(app, response.headers_mut(), Name::Consent(consent_id));
        return Ok(response);
    }
    Ok(
        match authorization::begin(app, parameters, login_cookie).await? {
            Beginning::Ask {
                url,
                consent_id,
                cookie,
            } => answer::to_consent_application(app, &url, &consent_id, &cookie),
            Beginning::Answer(answered) => answer::to_client(app, &answered),
        },
    )
}
