//! A person's browser and the application that asks for consent, both played over HTTP.
//!
//! ```ignore
//! let server = TestServer::start().await;
//! server.create_app(json!({})).await;
//! let mut flow = Flow::begin(&server, &[("scope", "openid")]).await;
//! flow.accept(json!({"subject": "dan", "grantScopes": ["openid"]})).await;
//! let callback = flow.finish().await;
//! let code = callback.get("code");
//! ```

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use crate::server::{Answer, TestServer, answer};

/// What [`TestServer::create_app`] registers.
pub(crate) const CLIENT: &str = "app";
pub(crate) const SECRET: &str = "app-secret";
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A browser: it asks for HTML and keeps cookies.
#[derive(Debug, Default, Clone)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Opens a URL of the server, or a path.
    pub(crate) async fn open(&mut self, server: &TestServer, url: &str) -> Answer {
        let request = server.get(&path_of(server, url));
        self.send(request).await
    }

    /// Posts a form.
    pub(crate) async fn post(
        &mut self,
        server: &TestServer,
        url: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let request = server.request(Method::POST, &path_of(server, url));
        self.send(request.form(form)).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = answer(
            request
                .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .header("cookie", cookies.join("; ")),
        )
        .await;
        for header in answer.headers.get_all("set-cookie") {
            let header = header.to_str().unwrap();
            let (name, value) = header.split(';').next().unwrap().split_once('=').unwrap();
            if header.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// The issuer is not where a test server listens, so only path and query of its URLs count.
fn path_of(server: &TestServer, url: &str) -> String {
    let url = url.strip_prefix(server.running.issuer()).unwrap_or(url);
    assert!(url.starts_with('/'), "{url} is not of this server");
    url.to_owned()
}

/// What a client was sent.
#[derive(Debug)]
pub(crate) struct Callback {
    pub(crate) location: String,
    pub(crate) parameters: BTreeMap<String, String>,
}

impl Callback {
    /// Reads the redirect, with the parameters in its query or its fragment.
    #[track_caller]
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 302, "{answer:?}");
        let location = answer.header("location").to_owned();
        let url = Url::parse(&location).unwrap();
        let text = url.fragment().or(url.query()).unwrap_or_default();
        let parameters = url::form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect();
        Self {
            location,
            parameters,
        }
    }

    /// A parameter; the empty text if it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }
}

/// Checks that the client is told this error, by redirect to [`CALLBACK`], and gives the description.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, error: &str) -> String {
    let callback = Callback::of(answer);
    assert!(callback.location.starts_with(CALLBACK), "{callback:?}");
    assert_eq!(callback.get("error"), error, "{callback:?}");
    for name in ["code", "access_token", "id_token"] {
        assert_eq!(callback.get(name), "", "{callback:?}");
    }
    callback.get("error_description").to_owned()
}

/// Checks that the person is shown a page and sent nowhere, and gives its HTML.
#[track_caller]
pub(crate) fn assert_page(answer: &Answer, status: u16) -> &str {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("location"), "");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(
        answer
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    &answer.text
}

/// The URL of an authorization request by the client of [`TestServer::create_app`], with `parameters` in
/// place of or beside the usual ones; an empty value leaves one out.
pub(crate) fn authorization_url(parameters: &[(&str, &str)]) -> String {
    let usual = [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("state", "some-state"),
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in usual {
        if !parameters.iter().any(|(other, _)| *other == name) {
            query.append_pair(name, value);
        }
    }
    for (name, value) in parameters {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    format!("/oauth2/auth?{}", query.finish())
}

/// An authorization that is under way.
pub(crate) struct Flow<'a> {
    pub(crate) server: &'a TestServer,
    pub(crate) browser: Browser,
    pub(crate) consent_id: String,
}

impl<'a> Flow<'a> {
    /// Begins in a fresh browser.
    pub(crate) async fn begin(server: &'a TestServer, parameters: &[(&str, &str)]) -> Self {
        Self::begin_in(server, Browser::default(), parameters).await
    }

    /// Begins, and expects that the person must be asked.
    pub(crate) async fn begin_in(
        server: &'a TestServer,
        mut browser: Browser,
        parameters: &[(&str, &str)],
    ) -> Self {
        let answer = browser.open(server, &authorization_url(parameters)).await;
        let consent_id = consent_id(&answer);
        Self {
            server,
            browser,
            consent_id,
        }
    }

    /// What the application that asks is told.
    pub(crate) async fn consent_request(&self) -> Value {
        let answer = self.server.consent("GET", &self.consent_id, "", None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// The application says yes.
    pub(crate) async fn accept(&self, body: Value) {
        let id = &self.consent_id;
        let answer = self
            .server
            .consent("PATCH", id, "/accept", Some(body))
            .await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// The application says no.
    pub(crate) async fn reject(&self, reason: &str) {
        let id = &self.consent_id;
        let body = Some(json!({ "reason": reason }));
        let answer = self.server.consent("PATCH", id, "/reject", body).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    /// Where the browser is to come back.
    pub(crate) async fn redirect_url(&self) -> String {
        let told = self.consent_request().await;
        told["redirectUrl"].as_str().unwrap().to_owned()
    }

    /// The browser comes back, whatever it is then told.
    pub(crate) async fn come_back(&mut self) -> Answer {
        let url = self.redirect_url().await;
        self.browser.open(self.server, &url).await
    }

    /// The browser comes back and is sent on to the client.
    pub(crate) async fn finish(&mut self) -> Callback {
        Callback::of(&self.come_back().await)
    }
}

/// The consent request that a redirect to the application that asks names.
#[track_caller]
pub(crate) fn consent_id(answer: &Answer) -> String {
    let callback = Callback::of(answer);
    assert_eq!(callback.get("error"), "", "{callback:?}");
    let id = callback.get("consent").to_owned();
    assert!(!id.is_empty(), "{callback:?}");
    id
}

impl TestServer {
    /// Registers a client that may do everything, [`CLIENT`] unless `changes` say otherwise.
    pub(crate) async fn create_app(&self, changes: Value) {
        let mut body = json!({
            "id": CLIENT,
            "client_name": "The Application",
            "client_secret": SECRET,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "implicit", "refresh_token"],
            "response_types": ["code", "token", "id_token"],
            "scope": "openid offline profile photos.*",
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let admin = self.admin_token("hydra.clients").await;
        let answer = answer(self.post("/clients").bearer_auth(admin).json(&body)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }

    /// Registers a client without a secret.
    pub(crate) async fn create_public_app(&self, changes: Value) {
        let mut body = json!({"public": true, "client_secret": null});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.create_app(body).await;
    }

    /// A call of the consent API by somebody who may make it.
    pub(crate) async fn consent(
        &self,
        method: &str,
        id: &str,
        verb: &str,
        body: Option<Value>,
    ) -> Answer {
        let token = self.admin_token("hydra.consent").await;
        let path = format!("/oauth2/consent/requests/{id}{verb}");
        let request = self
            .request(method.parse().unwrap(), &path)
            .bearer_auth(token);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// A whole flow, from a fresh browser to the code, in which `dan` grants all of `scope`.
    pub(crate) async fn code(&self, scope: &str, parameters: &[(&str, &str)]) -> String {
        let mut all = vec![("scope", scope)];
        all.extend_from_slice(parameters);
        let mut flow = Flow::begin(self, &all).await;
        flow.accept(yes(scope)).await;
        let callback = flow.finish().await;
        assert_eq!(callback.get("error"), "", "{callback:?}");
        callback.get("code").to_owned()
    }
}

/// The answer of `dan`, who grants all of `scope`.
pub(crate) fn yes(scope: &str) -> Value {
    let scopes: Vec<&str> = scope.split_whitespace().collect();
    json!({"subject": "dan", "grantScopes": scopes})
}
