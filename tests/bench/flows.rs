//! A bounded load of whole flows and of decisions on one running server, from one process; prints one JSON object of
//! answers per second, the median over the rounds. The server must be an empty one that this program may fill.
//!
//! ```text
//! flows tokens URL ID SECRET ROUNDS SECONDS   tokens in every way, the whole authorization code flow, introspection
//! flows warden URL ID SECRET ROUNDS SECONDS   decisions of the warden among 1, 100 and 10,000 policies
//! ```

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, RequestBuilder, Response, Url, redirect::Policy};
use serde_json::{Map, Value, json};

/// People, or programs, at work at once.
const CONNECTIONS: usize = 8;
const APP: &str = "bench-app";
const APP_SECRET: &str = "bench-app-secret";
const CALLBACK: &str = "https://bench.example.com/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// How many policies there are when the warden is asked.
const POLICIES: [usize; 3] = [1, 100, 10_000];

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report is this program's output"
)]
fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    match runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(run()))
    {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("flows: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Value> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, url, id, secret, rounds, seconds] =
        &*arguments.iter().map(String::as_str).collect::<Vec<_>>()
    else {
        bail!("usage: flows tokens|warden URL ID SECRET ROUNDS SECONDS");
    };
    let rounds = rounds.parse().context("ROUNDS")?;
    let turn = Duration::try_from_secs_f64(seconds.parse().context("SECONDS")?)?;
    let world = World::prepare(url, id, secret).await?;
    match *what {
        "tokens" => tokens(&world, rounds, turn).await,
        "warden" => warden(&world, rounds, turn).await,
        other => bail!("{other} is neither tokens nor warden"),
    }
}

/// The ways take turns within a round, so that a change in the machine's speed hits all of them.
async fn tokens(world: &World, rounds: usize, turn: Duration) -> Result<Value> {
    let ways = [
        Way::ClientCredentials,
        Way::Introspection,
        Way::CodeFlow,
        Way::Refresh,
    ];
    let mut rates = vec![Vec::with_capacity(rounds); ways.len()];
    for _ in 0..rounds {
        for (way, rates) in ways.iter().zip(&mut rates) {
            rates.push(world.rate(*way, turn).await?);
        }
    }
    let report = ways
        .iter()
        .zip(rates)
        .map(|(way, rates)| (way.name().to_owned(), json!(median(rates))));
    Ok(Value::Object(report.collect()))
}

async fn warden(world: &World, rounds: usize, turn: Duration) -> Result<Value> {
    let mut report = Map::new();
    let mut there = 0;
    for wanted in POLICIES {
        futures::future::try_join_all((0..CONNECTIONS).map(|worker| async move {
            for number in (there..wanted).filter(|number| number % CONNECTIONS == worker) {
                world.create_policy(number).await?;
            }
            anyhow::Ok(())
        }))
        .await?;
        there = wanted;
        let mut rates = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            rates.push(world.rate(Way::Decision, turn).await?);
        }
        report.insert(wanted.to_string(), json!(median(rates)));
    }
    Ok(Value::Object(report))
}

/// What a turn does over and over.
#[derive(Clone, Copy)]
enum Way {
    ClientCredentials,
    Introspection,
    CodeFlow,
    Refresh,
    Decision,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::ClientCredentials => "token (client_credentials)",
            Self::Introspection => "introspection (Basic)",
            Self::CodeFlow => "authorization code flow, five requests",
            Self::Refresh => "refresh",
            Self::Decision => "warden decision",
        }
    }
}

/// A server, a client that people use, and a token that may do everything.
struct World {
    http: Client,
    url: String,
    root: (String, String),
    token: String,
}

impl World {
    async fn prepare(url: &str, id: &str, secret: &str) -> Result<Self> {
        let http = Client::builder()
            .pool_max_idle_per_host(CONNECTIONS)
            .redirect(Policy::none())
            .build()?;
        let mut world = Self {
            http,
            url: url.to_owned(),
            root: (id.to_owned(), secret.to_owned()),
            token: String::new(),
        };
        world.token = text(&world.client_credentials().await?, "access_token")?;
        let client = json!({
            "id": APP,
            "client_secret": APP_SECRET,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid offline",
        });
        let made = world.managing(world.http.post(world.at("/clients")));
        let made = made.json(&client).send().await?.status();
        // From a run before on the same server.
        ensure!(made.is_success() || made == 409, "no client: {made}");
        Ok(world)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn managing(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.token)
    }

    /// How often one after another, by so many at once, it is done in a second.
    async fn rate(&self, way: Way, turn: Duration) -> Result<f64> {
        let start = Instant::now();
        let worker = || async {
            let mut refresh = match way {
                Way::Refresh => text(&self.code_flow().await?, "refresh_token")?,
                _ => String::new(),
            };
            let begun = Instant::now();
            let mut times = 0_u32;
            while start.elapsed() < turn {
                match way {
                    Way::ClientCredentials => drop(self.client_credentials().await?),
                    Way::Introspection => self.introspect().await?,
                    Way::CodeFlow => drop(self.code_flow().await?),
                    Way::Refresh => refresh = self.refresh(&refresh).await?,
                    Way::Decision => self.decide().await?,
                }
                times += 1;
            }
            anyhow::Ok(f64::from(times) / begun.elapsed().as_secs_f64())
        };
        let rates = futures::future::try_join_all((0..CONNECTIONS).map(|_| worker()))
            .await
            .context(way.name())?;
        Ok(rates.iter().sum())
    }

    async fn client_credentials(&self) -> Result<Value> {
        let request = self.http.post(self.at("/oauth2/token"));
        let form = [("grant_type", "client_credentials"), ("scope", "hydra.*")];
        let (id, secret) = &self.root;
        success(request.basic_auth(id, Some(secret)).form(&form)).await
    }

    async fn introspect(&self) -> Result<()> {
        let request = self.http.post(self.at("/oauth2/introspect"));
        let (id, secret) = &self.root;
        let request = request.basic_auth(id, Some(secret));
        let told = success(request.form(&[("token", &self.token)])).await?;
        ensure!(told["active"] == true, "{told}");
        Ok(())
    }

    /// From the browser's first request to the tokens: authorize, read, accept, come back, redeem.
    async fn code_flow(&self) -> Result<Value> {
        let mut url = Url::parse(&self.at("/oauth2/auth"))?;
        url.query_pairs_mut().extend_pairs([
            ("client_id", APP),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid offline"),
            ("state", "a state of some length"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        let first = self.http.get(url).send().await?;
        let cookie = first
            .headers()
            .get("set-cookie")
            .context("no cookie")?
            .to_str()?
            .split(';')
            .next()
            .unwrap_or_default()
            .to_owned();
        let consent = parameter(&location(&first)?, "consent")?;

        let path = self.at(&format!("/oauth2/consent/requests/{consent}"));
        let request = success(self.managing(self.http.get(&path))).await?;
        let answer = json!({ "subject": "dan", "grantScopes": ["openid", "offline"] });
        let accept = self.managing(self.http.patch(format!("{path}/accept")));
        accept
            .json(&answer)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?;

        // The issuer need not be where the server is reached.
        let back = Url::parse(&text(&request, "redirectUrl")?)?;
        let mut here = Url::parse(&self.at(back.path()))?;
        here.set_query(back.query());
        let second = self.http.get(here).header("cookie", cookie).send().await?;
        let code = parameter(&location(&second)?, "code")?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        success(self.as_app().form(&form)).await
    }

    async fn refresh(&self, token: &str) -> Result<String> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        text(&success(self.as_app().form(&form)).await?, "refresh_token")
    }

    fn as_app(&self) -> RequestBuilder {
        self.http
            .post(self.at("/oauth2/token"))
            .basic_auth(APP, Some(APP_SECRET))
    }

    /// One of many: somebody else's, about something else, as most policies are for any one question.
    async fn create_policy(&self, number: usize) -> Result<()> {
        let policy = json!({
            "id": format!("bench-{number}"),
            "subjects": [format!("user:{number}"), format!("team-{number}:<.*>")],
            "resources": [format!("rn:photos:album:{number}:<[0-9]+>")],
            "actions": ["get", "<(create|update)>"],
            "effect": "allow",
        });
        let answer = self.managing(self.http.post(self.at("/policies")));
        let status = answer.json(&policy).send().await?.status();
        ensure!(
            status.is_success() || status == 409,
            "no policy {number}: {status}"
        );
        Ok(())
    }

    async fn decide(&self) -> Result<()> {
        let question =
            json!({ "subject": "user:0", "action": "update", "resource": "rn:photos:album:0:7" });
        let request = self.managing(self.http.post(self.at("/warden/allowed")));
        let decision = success(request.json(&question)).await?;
        ensure!(decision["allowed"] == true, "{decision}");
        Ok(())
    }
}

async fn success(request: RequestBuilder) -> Result<Value> {
    let answer = request.send().await?;
    let status = answer.status();
    let body = answer.text().await?;
    ensure!(status.is_success(), "{status}: {body}");
    Ok(serde_json::from_str(&body)?)
}

fn location(answer: &Response) -> Result<Url> {
    let location = answer.headers().get("location");
    let location = location.with_context(|| format!("{} is no redirect", answer.status()))?;
    Ok(Url::parse(location.to_str()?)?)
}

fn parameter(url: &Url, name: &str) -> Result<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .with_context(|| format!("no {name} in {url}"))
}

fn text(body: &Value, name: &str) -> Result<String> {
    let text = body[name].as_str();
    Ok(text.with_context(|| format!("no {name}"))?.to_owned())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
