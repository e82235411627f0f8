//! A person with a browser, and the application that asks them for consent: both played by a program, so that a test can
//! have as many as it likes, and can take each step of a flow on another server of the same database.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url, redirect::Policy};
use serde_json::{Value, json};

use crate::{ROOT_ID, ROOT_SECRET, TestServer};

/// Where [`App`]s are called back.
pub const CALLBACK: &str = "https://photos.example.com/callback";
/// A code verifier, and its challenge by S256 (RFC 7636 appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A client that people use, and that may redeem codes and refresh tokens.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl App {
    /// Registers one.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn register(server: &TestServer, id: &str) -> Result<Self> {
        let app = Self {
            id: id.to_owned(),
            secret: format!("the secret of {id}"),
        };
        let body = json!({
            "id": app.id,
            "client_secret": app.secret,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": "openid offline photos.read",
        });
        let token = root_token(server, "hydra.clients").await?;
        let answer = Client::new()
            .post(format!("{}/clients", server.http()))
            .bearer_auth(token)
            .json(&body)
            .send()
            .await?;
        expect(answer, StatusCode::CREATED).await?;
        Ok(app)
    }

    /// Asks the token endpoint for what a code is good for.
    pub fn redeem(&self, server: &TestServer, code: &str) -> RequestBuilder {
        self.ask(
            server,
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
        )
    }

    /// Asks the token endpoint for what a refresh token is good for.
    pub fn refresh(&self, server: &TestServer, token: &str) -> RequestBuilder {
        self.ask(
            server,
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    }

    fn ask(&self, server: &TestServer, form: &[(&str, &str)]) -> RequestBuilder {
        let mut form = form.to_vec();
        form.extend([("client_id", &*self.id), ("client_secret", &*self.secret)]);
        Client::new()
            .post(format!("{}/oauth2/token", server.http()))
            .form(&form)
    }

    /// The access and the refresh token of a person who was asked.
    ///
    /// # Errors
    /// If the flow does not end well.
    pub async fn tokens(&self, server: &TestServer) -> Result<Tokens> {
        let code = self.code([server]).await?;
        Tokens::of(self.redeem(server, &code).send().await?).await
    }

    /// A code, got by a person who grants everything; each step on the next server, and round again.
    ///
    /// # Errors
    /// If the flow does not end well.
    pub async fn code<const N: usize>(&self, servers: [&TestServer; N]) -> Result<String> {
        let mut url = Url::parse("https://hydra.example.com/oauth2/auth")?;
        url.query_pairs_mut().extend_pairs([
            ("client_id", self.id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid offline photos.read"),
            ("state", "a state of some length"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let callback = grants(servers, &url, json!({ "subject": "dan" })).await?;
        parameter(&callback, "code").with_context(|| format!("no code in {callback}"))
    }
}

/// Opens a client's authorization URL, grants all that is asked for with `answer`, and tells where the browser is sent
/// in the end. Each step is taken on the next server, and round again.
///
/// # Errors
/// If the flow does not come that far.
pub async fn grants<const N: usize>(
    servers: [&TestServer; N],
    authorization_url: &Url,
    mut answer: Value,
) -> Result<Url> {
    let mut servers = servers.into_iter().cycle();
    let mut next = || servers.next().context("no server");
    let mut browser = Browser::new()?;

    let asked = browser.open(next()?, authorization_url).await?;
    let consent = parameter(&asked, "consent").with_context(|| format!("not asked: {asked}"))?;

    let path = format!("/oauth2/consent/requests/{consent}");
    let server = next()?;
    let token = root_token(server, "hydra.consent").await?;
    let told = Client::new()
        .get(format!("{}{path}", server.http()))
        .bearer_auth(&token)
        .send()
        .await?;
    let request = expect(told, StatusCode::OK).await?;

    answer["grantScopes"] = request["requestedScopes"].clone();
    let accepted = Client::new()
        .patch(format!("{}{path}/accept", next()?.http()))
        .bearer_auth(&token)
        .json(&answer)
        .send()
        .await?;
    ensure!(
        accepted.status() == StatusCode::NO_CONTENT,
        "{}",
        accepted.text().await?
    );

    let back = request["redirectUrl"].as_str().context("no redirectUrl")?;
    browser.open(next()?, &Url::parse(back)?).await
}

/// What a token endpoint gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

impl Tokens {
    /// Reads an answer.
    ///
    /// # Errors
    /// If it is not 200, or holds no such tokens.
    pub async fn of(answer: Response) -> Result<Self> {
        let body = expect(answer, StatusCode::OK).await?;
        let token = |name: &str| {
            body[name]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("no {name}"))
        };
        Ok(Self {
            access: token("access_token")?,
            refresh: token("refresh_token")?,
        })
    }
}

/// Keeps cookies, and stays where it is sent from.
struct Browser {
    http: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new() -> Result<Self> {
        Ok(Self {
            http: Client::builder().redirect(Policy::none()).build()?,
            cookies: BTreeMap::new(),
        })
    }

    /// Opens a URL and tells where it sends. Test servers do not listen where their issuer says, so that part of the
    /// URL does not count.
    async fn open(&mut self, server: &TestServer, url: &Url) -> Result<Url> {
        let mut here = Url::parse(&server.http())?;
        here.set_path(url.path());
        here.set_query(url.query());
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = self
            .http
            .get(here)
            .header("accept", "text/html")
            .header("cookie", cookies.join("; "))
            .send()
            .await?;
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie
                .to_str()?
                .split(';')
                .next()
                .and_then(|it| it.split_once('='))
                .context("a cookie without a name")?;
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = answer.status();
        let Some(location) = answer.headers().get("location") else {
            anyhow::bail!("{status} in place of a redirect: {}", answer.text().await?);
        };
        Ok(Url::parse(location.to_str()?)?)
    }
}

async fn root_token(server: &TestServer, scope: &str) -> Result<String> {
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", scope),
        ("client_id", ROOT_ID),
        ("client_secret", ROOT_SECRET),
    ];
    let answer = Client::new()
        .post(format!("{}/oauth2/token", server.http()))
        .form(&form)
        .send()
        .await?;
    let body = expect(answer, StatusCode::OK).await?;
    Ok(body["access_token"]
        .as_str()
        .context("no access_token")?
        .to_owned())
}

async fn expect(answer: Response, status: StatusCode) -> Result<Value> {
    let found = answer.status();
    let text = answer.text().await?;
    ensure!(found == status, "{found} in place of {status}: {text}");
    Ok(serde_json::from_str(&text)?)
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
