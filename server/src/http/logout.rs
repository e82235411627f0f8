//! `/oauth2/sessions/logout`: where a client sends a browser to end a login (OpenID Connect RP-Initiated
//! Logout 1.0).

use axum::extract::State;
use axum::middleware::map_response;
use axum::response::{IntoResponse as _, Response};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::parameters::Parameters;
use crate::flows::logout::{self, CSRF, Leaving, LogoutError};
use crate::http::App;
use crate::http::authorization::redirect;
use crate::http::cookies::{self, Name};
use crate::http::error::{OAuth2Error, Page};
use crate::http::extract::parameters::BrowserParameters;
use crate::http::pages;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(end_session, end_session_post))
        .layer(map_response(async |mut response: Response| {
            pages::insert_browser_headers(response.headers_mut());
            response
        }))
}

/// A logout, as the contract tells it.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "documents the form; the flow reads the parameters by name"
)]
pub(crate) struct LogoutForm {
    /// An ID token of the person, expired or not. Without it the person is asked.
    #[schema(nullable = false, format = Password)]
    id_token_hint: Option<String>,
    /// The client that asks; needed for going back if there is no `id_token_hint`.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// Where the browser goes afterwards: one of the client's `post_logout_redirect_uris`.
    #[schema(nullable = false)]
    post_logout_redirect_uri: Option<String>,
    /// Comes back with the browser.
    #[schema(nullable = false)]
    state: Option<String>,
    /// What the page that asks the person sends back.
    #[schema(nullable = false, format = Password)]
    logout_csrf: Option<String>,
}

/// Log out
///
/// Send a person's browser here to end its login. With an `id_token_hint` of the person who is logged in it
/// ends at once; otherwise the person is asked. Tokens that clients hold stay good.
#[utoipa::path(
    get,
    path = "/oauth2/sessions/logout",
    operation_id = "endSession",
    tag = "oAuth2",
    params(
        ("id_token_hint" = Option<String>, Query, description = "An ID token of the person, expired or not. Without it the person is asked."),
        ("client_id" = Option<String>, Query, description = "The client that asks; needed for going back if there is no `id_token_hint`."),
        ("post_logout_redirect_uri" = Option<String>, Query, description = "Where the browser goes afterwards: one of the client's `post_logout_redirect_uris`."),
        ("state" = Option<String>, Query, description = "Comes back with the browser."),
    ),
    responses(
        (status = 200, description = "A page: nobody is logged in any more, or the question whether to log out."),
        (status = 302, description = "Nobody is logged in any more; on to `post_logout_redirect_uri`.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 400, description = "The request cannot be what a client sent. A browser gets a page.", body = OAuth2Error),
        (status = 500, description = "The server failed. A browser gets a page.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached. A browser gets a page.", body = OAuth2Error),
    ),
)]
pub(crate) async fn end_session(
    State(app): State<App>,
    headers: HeaderMap,
    BrowserParameters(parameters): BrowserParameters,
) -> Result<Response, Page> {
    leave(&app, &headers, &parameters).await
}

/// Log out by form
///
/// The same as with GET, to which the browser is sent first: with a form from another site it brings no
/// cookies along.
#[utoipa::path(
    post,
    path = "/oauth2/sessions/logout",
    operation_id = "endSessionPost",
    tag = "oAuth2",
    request_body(content = inline(LogoutForm), content_type = "application/x-www-form-urlencoded", description = "The logout."),
    responses(
        (status = 200, description = "A page: nobody is logged in any more."),
        (status = 302, description = "Nobody is logged in any more; on to `post_logout_redirect_uri`.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 303, description = "Come again with GET.",
            headers(("Location" = String, description = "Where to go."))),
        (status = 400, description = "The request cannot be what a client sent. A browser gets a page.", body = OAuth2Error),
        (status = 413, description = "The body is larger than 1 MiB.", body = OAuth2Error),
        (status = 500, description = "The server failed. A browser gets a page.", body = OAuth2Error),
        (status = 503, description = "The database cannot be reached. A browser gets a page.", body = OAuth2Error),
    ),
)]
pub(crate) async fn end_session_post(
    State(app): State<App>,
    headers: HeaderMap,
    BrowserParameters(parameters): BrowserParameters,
) -> Result<Response, Page> {
    if parameters.get(CSRF).map_err(LogoutError::from)?.is_none() {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters.pairs())
            .finish();
        let location = format!("{}/oauth2/sessions/logout?{query}", app.issuer);
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response());
    }
    leave(&app, &headers, &parameters).await
}

async fn leave(app: &App, headers: &HeaderMap, parameters: &Parameters) -> Result<Response, Page> {
    let login_cookie = cookies::get(app, headers, Name::Login);
    Ok(match logout::leave(app, parameters, login_cookie).await? {
        Leaving::Ask {
            client_name,
            fields,
            target,
        } => {
            let action = format!("{}/oauth2/sessions/logout", app.issuer);
            pages::logout(client_name.as_deref(), &action, &fields, target.as_deref())
        }
        Leaving::Done { target } => {
            let mut response = match target {
                Some(target) => redirect(&target),
                None => pages::logged_out(),
            };
            cookies::forget(app, response.headers_mut(), Name::Login);
            response
        }
    })
}
