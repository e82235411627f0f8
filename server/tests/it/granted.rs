//! A server whose database we have a hand in, to begin where a person has consented already.

use std::time::Duration;

use hydra_server::crypto::random::SystemRng;
use hydra_server::crypto::system_secret::SystemSecret;
use hydra_server::crypto::token::TokenSigner;
use hydra_server::domain::clock::UnixTime;
use hydra_server::domain::grant::{Code, CodeBinding, Grant};
use hydra_server::domain::random;
use hydra_server::domain::scope::Scopes;
use hydra_server::domain::secret::Secret;
use hydra_server::host::Config;
use hydra_server::storage::{DatabaseUrl, Storage};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::server::{Answer, NOW, TestServer, answer, config};

const SYSTEM_SECRET: &str = "the-system-secret-of-a-test";
/// How long codes are good here.
pub(crate) const CODE_LIFESPAN: u64 = 600;

/// A server with two confidential clients, `app` and `other` (secrets `app-secret` and `other-secret`), and
/// a public one, `spa`, that may all redeem codes and refresh tokens.
pub(crate) struct GrantedServer {
    pub(crate) server: TestServer,
    pub(crate) storage: Storage,
    config: Config,
    codes: TokenSigner,
    _folder: tempfile::TempDir,
}

impl GrantedServer {
    pub(crate) async fn start() -> Self {
        Self::with(config()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseUrl::Sqlite(folder.path().join("hydra.db"));
        let secret = Secret::new(SYSTEM_SECRET);
        let config = Config {
            database: database.clone(),
            system_secret: Some(secret.clone()),
            ..config
        };
        let this = Self {
            server: TestServer::with(config.clone()).await,
            config,
            storage: Storage::open(&database).await.unwrap(),
            codes: TokenSigner::new(&SystemSecret::new(&secret).unwrap(), "authorization code"),
            _folder: folder,
        };
        for (id, public) in [("app", false), ("other", false), ("spa", true)] {
            this.create_client(&json!({
                "id": id,
                "client_secret": (!public).then(|| format!("{id}-secret")),
                "public": public,
                "grant_types": ["authorization_code", "refresh_token"],
                "redirect_uris": ["https://app.example.com/callback"],
                "scope": "openid offline offline_access profile photos.*",
            }))
            .await;
        }
        this
    }

    /// Another server on the same database.
    pub(crate) async fn second_server(&self, seed: u64) -> TestServer {
        TestServer::seeded(seed, self.config.clone()).await
    }

    /// Stops the server and starts another on the same database.
    pub(crate) async fn replace_server(&mut self, seed: u64) {
        let next = self.second_server(seed).await;
        let old = std::mem::replace(&mut self.server, next);
        old.running.shutdown().await;
    }

    pub(crate) async fn create_client(&self, client: &Value) {
        let admin = self.server.admin_token("hydra.clients").await;
        let request = self.server.post("/clients").bearer_auth(admin);
        let answer = answer(request.json(client)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    /// Changes some properties of a client; the others become empty.
    pub(crate) async fn update_client(&self, client: &Value) {
        let admin = self.server.admin_token("hydra.clients").await;
        let path = format!("/clients/{}", client["id"].as_str().unwrap());
        let request = self
            .server
            .request(reqwest::Method::PUT, &path)
            .bearer_auth(admin);
        let answer = answer(request.json(client)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// What dan granted to the client.
    pub(crate) fn grant(client_id: &str, scope: &str) -> Grant {
        Grant {
            id: random::uuid(&SystemRng).unwrap().to_string(),
            client_id: client_id.to_owned(),
            subject: "user:12345:dandean".to_owned(),
            scopes: Scopes::parse(scope).unwrap(),
            nonce: Some("nonce of dan".to_owned()),
            auth_time: Some(UnixTime(NOW.0 - 30)),
            access_token_extra: json!({"role": "admin"}).as_object().cloned(),
            id_token_extra: json!({"name": "Dan Dean", "sub": "forged", "iss": "https://evil"})
                .as_object()
                .cloned(),
            created_at: NOW,
        }
    }

    /// A code for a grant.
    pub(crate) async fn code_for(&self, grant: &Grant, binding: CodeBinding) -> String {
        let minted = self.codes.mint(&SystemRng).unwrap();
        let code = Code {
            signature: minted.signature,
            expires_at: NOW.after(Duration::from_secs(CODE_LIFESPAN)),
            binding,
        };
        assert!(self.storage.add_grant(grant, Some(&code)).await.unwrap());
        minted.token.expose().to_owned()
    }

    /// A code that nothing else goes with.
    pub(crate) async fn code(&self, client_id: &str, scope: &str) -> String {
        let grant = Self::grant(client_id, scope);
        self.code_for(&grant, CodeBinding::default()).await
    }

    /// A request to the token endpoint by one of the clients.
    pub(crate) fn ask(&self, client_id: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let request = self.server.post("/oauth2/token");
        if client_id == "spa" {
            let mut fields = fields.to_vec();
            fields.push(("client_id", client_id));
            return request.form(&fields);
        }
        request
            .basic_auth(client_id, Some(format!("{client_id}-secret")))
            .form(fields)
    }

    pub(crate) async fn redeem(&self, client_id: &str, code: &str) -> Answer {
        let fields = [("grant_type", "authorization_code"), ("code", code)];
        answer(self.ask(client_id, &fields)).await
    }

    pub(crate) async fn refresh(&self, client_id: &str, token: &str) -> Answer {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        answer(self.ask(client_id, &fields)).await
    }

    /// What a client is given for a fresh code.
    pub(crate) async fn tokens(&self, client_id: &str, scope: &str) -> Tokens {
        let code = self.code(client_id, scope).await;
        Tokens::of(&self.redeem(client_id, &code).await)
    }

    pub(crate) async fn is_active(&self, token: &str) -> bool {
        let request = self
            .server
            .post("/oauth2/introspect")
            .basic_auth("admin", Some("admin-password"))
            .form(&[("token", token), ("token_type_hint", "refresh_token")]);
        answer(request).await.json()["active"].as_bool().unwrap()
    }
}

/// What the token endpoint gave.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
    pub(crate) scope: String,
}

impl Tokens {
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
            id: text("id_token"),
            scope: text("scope"),
        }
    }
}
