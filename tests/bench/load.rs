//! A bounded load on one running server, from one process. Each subcommand prints one JSON object.
//!
//! ```text
//! load server  URL ID SECRET ROUNDS SECONDS   answers per second, and each rate as a ratio to /health/status
//! load prepare URL ID SECRET CLIENTS          an access token, after filling the server up to so many clients
//! load cpu     URL TOKEN ID SECONDS           calls of the Rust SDK: processor time of each
//! load rate    URL TOKEN ID SECONDS           the same calls: how many per second, from 1 and from 8 at once
//! ```

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use hydra_sdk::{Client as Sdk, Config, Credential, Hydra, OAUTH2, types::OAuth2Client};
use reqwest::{Client, RequestBuilder};
use serde_json::{Map, Value, json};

/// Requests in flight at once. More than the machine has cores, so that neither side ever waits for work.
const CONNECTIONS: usize = 8;

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
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<Value> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["server", url, id, secret, rounds, seconds] => {
            let target = Target::prepare(url, id, secret).await?;
            server(
                &target,
                rounds.parse().context("ROUNDS")?,
                parse_seconds(seconds)?,
            )
            .await
        }
        ["prepare", url, id, secret, clients] => {
            prepare(url, id, secret, clients.parse().context("CLIENTS")?).await
        }
        [figure @ ("cpu" | "rate"), url, token, id, seconds] => {
            sdk(figure, url, token, id, parse_seconds(seconds)?).await
        }
        _ => bail!("usage: load server|prepare|cpu|rate … (see the top of load.rs)"),
    }
}

fn parse_seconds(text: &str) -> Result<Duration> {
    Ok(Duration::try_from_secs_f64(
        text.parse().context("SECONDS")?,
    )?)
}

/// The operations take turns within a round, so that a change in the machine's speed hits all of them; the report is
/// the median over the rounds.
async fn server(target: &Target, rounds: usize, turn: Duration) -> Result<Value> {
    let mut rates = vec![Vec::with_capacity(rounds); OPERATIONS.len()];
    for _ in 0..rounds {
        for (operation, rates) in OPERATIONS.iter().zip(&mut rates) {
            rates.push(
                target
                    .rate(operation.request, turn)
                    .await
                    .context(operation.name)?,
            );
        }
    }
    let baseline = &rates[0];
    let report = OPERATIONS.iter().zip(&rates).map(|(operation, rates)| {
        let ratios = rates
            .iter()
            .zip(baseline)
            .map(|(rate, status)| rate / status)
            .collect();
        let figures = json!({ "per_second": median(rates.clone()), "ratio": median(ratios) });
        (operation.name.to_owned(), figures)
    });
    Ok(Value::Object(report.collect()))
}

async fn prepare(url: &str, id: &str, secret: &str, clients: usize) -> Result<Value> {
    let scope = "hydra.clients";
    let hydra = Hydra::builder(url)
        .client_credentials(id, secret)
        .scopes([scope])
        .build()?;
    for index in hydra.list_o_auth2_clients().await?.len()..clients {
        let client = OAuth2Client {
            client_name: Some(format!("Listed client {index}")),
            redirect_uris: Some(vec!["https://listed.example.com/callback".to_owned()]),
            scope: Some("photos.read photos.write".to_owned()),
            ..OAuth2Client::default()
        };
        hydra.create_o_auth2_client(&client).await?;
    }
    let target = Target::prepare(url, id, secret).await?;
    Ok(json!({ "access_token": target.token }))
}

/// What the wheel could reach at most: the same calls without Python.
async fn sdk(figure: &str, url: &str, token: &str, id: &str, turn: Duration) -> Result<Value> {
    let sdk = Sdk::new(&Config::new(url).credential(OAUTH2, Credential::bearer(token)))?;
    let mut report = Map::new();
    for call in ["health status", "get a client", "list 20 clients"] {
        once(&sdk, call, id).await?;
        let figures = if figure == "cpu" {
            let before = processor_time()?;
            let (calls, _) = repeat(&sdk, call, id, 1, turn).await?;
            let spent = processor_time()? - before;
            json!({ "cpu": spent.as_secs_f64() * 1e6 / f64::from(calls) })
        } else {
            let (_, one) = repeat(&sdk, call, id, 1, turn).await?;
            let (_, eight) = repeat(&sdk, call, id, CONNECTIONS, turn).await?;
            json!({ "one": one, "eight": eight })
        };
        report.insert(call.to_owned(), figures);
    }
    Ok(Value::Object(report))
}

async fn once(sdk: &Sdk, call: &str, id: &str) -> Result<()> {
    match call {
        "health status" => drop(sdk.get_instance_status().await?),
        "get a client" => drop(sdk.get_o_auth2_client(id).await?),
        _ => drop(sdk.list_o_auth2_clients().await?),
    }
    Ok(())
}

/// The calls made in one turn by `workers` at once, and how many that is per second.
async fn repeat(
    sdk: &Sdk,
    call: &str,
    id: &str,
    workers: usize,
    turn: Duration,
) -> Result<(u32, f64)> {
    let start = Instant::now();
    let worker = || async {
        let mut calls = 0_u32;
        while start.elapsed() < turn {
            once(sdk, call, id).await?;
            calls += 1;
        }
        anyhow::Ok(calls)
    };
    let calls = futures::future::try_join_all((0..workers).map(|_| worker()))
        .await?
        .iter()
        .sum();
    Ok((calls, f64::from(calls) / start.elapsed().as_secs_f64()))
}

/// Processor time of this process so far, all threads together (proc(5), fields `utime` and `stime` of `stat`).
fn processor_time() -> Result<Duration> {
    /// `sysconf(_SC_CLK_TCK)` on every Linux that Rust runs on.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string("/proc/self/stat").context("/proc/self/stat")?;
    let fields: Vec<&str> = stat
        .rsplit(") ")
        .next()
        .unwrap_or_default()
        .split(' ')
        .collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u32>().ok())
    };
    let (user, system) = ticks(11)
        .zip(ticks(12))
        .context("/proc/self/stat has another shape")?;
    Ok(TICK * (user + system))
}

/// What a turn does over and over. The first one is the reference of the ratios.
struct Operation {
    name: &'static str,
    request: fn(&Target) -> RequestBuilder,
}

const OPERATIONS: [Operation; 3] = [
    Operation {
        name: "health status",
        request: Target::status,
    },
    Operation {
        name: "token (client_credentials)",
        request: Target::token,
    },
    Operation {
        name: "introspection (Basic)",
        request: Target::introspect,
    },
];

struct Target {
    http: Client,
    url: String,
    id: String,
    secret: String,
    /// A live access token for the introspection turns.
    token: String,
}

impl Target {
    async fn prepare(url: &str, id: &str, secret: &str) -> Result<Self> {
        let http = Client::builder()
            .pool_max_idle_per_host(CONNECTIONS)
            .build()?;
        let mut target = Self {
            http,
            url: url.to_owned(),
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: String::new(),
        };
        let answer: serde_json::Value = target
            .token()
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        target.token = answer["access_token"]
            .as_str()
            .context("the token answer has no access_token")?
            .to_owned();
        Ok(target)
    }

    fn status(&self) -> RequestBuilder {
        self.http.get(format!("{}/health/status", self.url))
    }

    fn token(&self) -> RequestBuilder {
        self.http
            .post(format!("{}/oauth2/token", self.url))
            .basic_auth(&self.id, Some(&self.secret))
            .form(&[
                ("grant_type", "client_credentials"),
                ("scope", "hydra.clients"),
            ])
    }

    fn introspect(&self) -> RequestBuilder {
        self.http
            .post(format!("{}/oauth2/introspect", self.url))
            .basic_auth(&self.id, Some(&self.secret))
            .form(&[("token", self.token.as_str())])
    }

    /// Answers per second over one turn; any answer that is not a success ends the measurement.
    async fn rate(&self, request: fn(&Self) -> RequestBuilder, turn: Duration) -> Result<f64> {
        let start = Instant::now();
        let worker = || async {
            let mut answers = 0_u32;
            while start.elapsed() < turn {
                let response = request(self).send().await?;
                ensure!(
                    response.status().is_success(),
                    "the server answered {}",
                    response.status()
                );
                response.bytes().await?;
                answers += 1;
            }
            Ok(answers)
        };
        let answers: Vec<u32> =
            futures::future::try_join_all((0..CONNECTIONS).map(|_| worker())).await?;
        Ok(f64::from(answers.iter().sum::<u32>()) / start.elapsed().as_secs_f64())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
