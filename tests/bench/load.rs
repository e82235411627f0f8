//! A bounded load on one running server, from one process: how often per second each operation is answered, and
//! each rate as a ratio to the server's own `/health/status`.
//!
//! The operations take turns within a round, so that a change in the machine's speed hits all of them; what is printed
//! is the median over the rounds, as one JSON object on standard output.
//!
//! ```text
//! load URL CLIENT_ID CLIENT_SECRET [ROUNDS] [SECONDS_PER_TURN]
//! ```

use std::{
    env,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, RequestBuilder};
use serde_json::json;

/// Requests in flight at once. More than the machine has cores, so that neither side ever waits for work.
const CONNECTIONS: usize = 8;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(run())) {
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

async fn run() -> Result<serde_json::Value> {
    let mut arguments = env::args().skip(1).filter(|argument| argument != "--bench");
    let url = arguments.next().context("missing URL")?;
    let id = arguments.next().context("missing CLIENT_ID")?;
    let secret = arguments.next().context("missing CLIENT_SECRET")?;
    let rounds: usize = arguments.next().as_deref().unwrap_or("5").parse().context("ROUNDS")?;
    let seconds: f64 = arguments.next().as_deref().unwrap_or("2").parse().context("SECONDS_PER_TURN")?;
    let turn = Duration::try_from_secs_f64(seconds)?;

    let target = Target::prepare(&url, &id, &secret).await?;
    let mut rates = vec![Vec::with_capacity(rounds); OPERATIONS.len()];
    for _ in 0..rounds {
        for (operation, rates) in OPERATIONS.iter().zip(&mut rates) {
            rates.push(target.rate(operation.request, turn).await.context(operation.name)?);
        }
    }

    let baseline = &rates[0];
    let report = OPERATIONS
        .iter()
        .zip(&rates)
        .map(|(operation, rates)| {
            let ratios = rates.iter().zip(baseline).map(|(rate, status)| rate / status).collect();
            let figures = json!({ "per_second": median(rates.clone()).round(), "ratio": median(ratios) });
            (operation.name.to_owned(), figures)
        })
        .collect();
    Ok(serde_json::Value::Object(report))
}

/// What a turn does over and over. The first one is the reference of the ratios.
struct Operation {
    name: &'static str,
    request: fn(&Target) -> RequestBuilder,
}

const OPERATIONS: [Operation; 3] = [
    Operation { name: "health status", request: Target::status },
    Operation { name: "token (client_credentials)", request: Target::token },
    Operation { name: "introspection (Basic)", request: Target::introspect },
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
        let http = Client::builder().pool_max_idle_per_host(CONNECTIONS).build()?;
        let mut target =
            Self { http, url: url.to_owned(), id: id.to_owned(), secret: secret.to_owned(), token: String::new() };
        let answer: serde_json::Value = target.token().send().await?.error_for_status()?.json().await?;
        target.token = answer["access_token"].as_str().context("the token answer has no access_token")?.to_owned();
        Ok(target)
    }

    fn status(&self) -> RequestBuilder {
        self.http.get(format!("{}/health/status", self.url))
    }

    fn token(&self) -> RequestBuilder {
        self.http
            .post(format!("{}/oauth2/token", self.url))
            .basic_auth(&self.id, Some(&self.secret))
            .form(&[("grant_type", "client_credentials"), ("scope", "hydra.clients")])
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
                ensure!(response.status().is_success(), "the server answered {}", response.status());
                response.bytes().await?;
                answers += 1;
            }
            Ok(answers)
        };
        let answers: Vec<u32> = futures::future::try_join_all((0..CONNECTIONS).map(|_| worker())).await?;
        Ok(f64::from(answers.iter().sum::<u32>()) / start.elapsed().as_secs_f64())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
