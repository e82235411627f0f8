//! The frame of the OpenAPI document: title, tags and security schemes.
//!
//! Operations are not listed here. Each handler carries its own annotation and reaches the document
//! by being routed (`routes!`), so that registering and documenting an operation are one act.

use utoipa::openapi::security::{
    AuthorizationCode, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes,
    SecurityScheme,
};
use utoipa::{Modify, OpenApi};

/// The document before the operations join it.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hydra OAuth 2.0 and OpenID Connect server",
        description = "An OAuth 2.0 authorization server and OpenID Connect provider. \
            Login and consent are yours: Hydra hands the browser to an application of your own and \
            turns its answer into tokens.\n\n\
            Endpoints that manage the server want a bearer token whose granted scopes cover the \
            scope named at the operation, and an access control policy that allows the subject of \
            the token to do it. Their errors are a `genericError`; the protocol endpoints below \
            `/oauth2` answer with the error object of RFC 6749 section 5.2, `oAuth2Error`.",
        license(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0"),
        contact(name = "Hydra"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "oAuth2", description = "Tokens, clients and discovery of OAuth 2.0 and OpenID Connect."),
        (name = "policy", description = "Access policies: who may do what to what."),
        (name = "warden", description = "Decisions for applications of your own, and groups of subjects."),
        (name = "jsonWebKey", description = "JSON Web Keys, kept sealed."),
        (name = "health", description = "Is this instance alive?"),
    ),
    modifiers(&SecuritySchemes),
)]
pub(crate) struct Frame;

/// The scopes that guard Hydra's own endpoints, and those every client may meet.
const SCOPES: &[(&str, &str)] = &[
    ("hydra.clients", "Manage OAuth 2.0 clients."),
    ("hydra.consent", "Read and answer consent requests."),
    ("hydra.groups", "Another name for `hydra.warden.groups`."),
    ("hydra.health", "Read what the server counts about itself."),
    ("hydra.introspect", "Introspect tokens."),
    (
        "hydra.oauth2.flush",
        "Throw away tokens that are of no use any more.",
    ),
    ("hydra.keys.create", "Create JSON Web Keys."),
    ("hydra.keys.delete", "Delete JSON Web Keys."),
    ("hydra.keys.get", "Read JSON Web Keys."),
    ("hydra.keys.update", "Replace JSON Web Keys."),
    ("hydra.policies", "Manage access control policies."),
    ("hydra.warden", "Ask whether somebody may do something."),
    ("hydra.warden.groups", "Manage groups of subjects."),
    (
        "offline",
        "Ask for a refresh token along with the access token.",
    ),
    ("openid", "Ask for an OpenID Connect ID token."),
];

/// Where the endpoints of OAuth are while nobody knows where the document will be served from. The URLs
/// must be absolute (`format: uri`), so they are at a name that cannot exist (RFC 6761 section 6.5). A
/// server that serves the document puts its issuer here; SDKs take the path at the server they are told of.
pub(crate) const NOWHERE: &str = "https://your-hydra-instance.example";

/// Adds the two ways to authenticate: a client by HTTP Basic, a token by OAuth 2.0.
struct SecuritySchemes;

impl Modify for SecuritySchemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "basic",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Basic)
                    .description(Some(
                        "Client id and secret, each percent-encoded (RFC 6749 section 2.3.1).",
                    ))
                    .build(),
            ),
        );
        let scopes = || Scopes::from_iter(SCOPES.iter().copied());
        let token_url = format!("{NOWHERE}/oauth2/token");
        components.add_security_scheme(
            "oauth2",
            SecurityScheme::OAuth2(OAuth2::with_description(
                [
                    Flow::AuthorizationCode(AuthorizationCode::new(
                        format!("{NOWHERE}/oauth2/auth"),
                        &token_url,
                        scopes(),
                    )),
                    Flow::ClientCredentials(ClientCredentials::new(&token_url, scopes())),
                ],
                "An access token issued by this server, sent as a bearer token (RFC 6750).",
            )),
        );
    }
}
