//! What must happen once happens once, however many ask at the same time, on each kind of database.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use hydra_server::host::Config;
use hydra_tests::{
    TestServer,
    databases::Database,
    on_every_database,
    person::{App, Tokens},
};
use reqwest::RequestBuilder;
use serde_json::Value;

use crate::tokens::is_active;

on_every_database![
    one_of_fifty_redeems_a_code_and_the_rest_cancel_what_it_got,
    without_grace_one_of_fifty_refreshes_and_then_the_family_is_dead,
    with_grace_all_of_fifty_refresh_and_reuse_after_it_kills_the_family,
    fifty_people_at_once_all_get_their_tokens,
    one_flow_goes_back_and_forth_between_two_servers,
];

const MANY: usize = 50;

/// The answers to so many of the same request, all on the way before the first is back.
async fn at_once(ask: impl Fn() -> RequestBuilder) -> Result<Vec<(u16, Value)>> {
    let asking = (0..MANY).map(|_| {
        let request = ask();
        async move {
            let answer = request.send().await?;
            Ok::<_, anyhow::Error>((answer.status().as_u16(), answer.json().await?))
        }
    });
    try_join_all(asking).await
}

fn winners(answers: &[(u16, Value)]) -> Result<Vec<&Value>> {
    let mut won = Vec::new();
    for (status, body) in answers {
        match status {
            200 => won.push(body),
            _ => ensure!(
                *status == 400 && body["error"] == "invalid_grant",
                "{status} {body}"
            ),
        }
    }
    Ok(won)
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

/// RFC 6749 sections 4.1.2 and 10.5: a code works once; used again, it takes back what it gave.
async fn one_of_fifty_redeems_a_code_and_the_rest_cancel_what_it_got(
    database: &Database,
) -> Result<()> {
    let server = TestServer::on(database).await?;
    let app = App::register(&server, "photos").await?;
    let code = app.code([&server]).await?;
    let answers = at_once(|| app.redeem(&server, &code)).await?;
    let won = winners(&answers)?;
    ensure!(won.len() == 1, "{} won", won.len());
    ensure!(!is_active(&server, &text(won[0], "access_token")).await?);
    let refused = app.refresh(&server, &text(won[0], "refresh_token"));
    ensure!(refused.send().await?.status() == 400);
    server.stop().await;
    Ok(())
}

/// RFC 9700 section 4.14.2; CVE-2026-1035 was a check that fifty could pass before the first of them was told of.
async fn without_grace_one_of_fifty_refreshes_and_then_the_family_is_dead(
    database: &Database,
) -> Result<()> {
    let server = TestServer::on(database).await?;
    let app = App::register(&server, "photos").await?;
    let tokens = app.tokens(&server).await?;
    let answers = at_once(|| app.refresh(&server, &tokens.refresh)).await?;
    let won = winners(&answers)?;
    ensure!(won.len() == 1, "{} won", won.len());
    family_is_dead(
        &server,
        &app,
        &text(won[0], "access_token"),
        &text(won[0], "refresh_token"),
    )
    .await?;
    server.stop().await;

    // CVE-2026-9802: what was revoked stays revoked when the server starts anew.
    let server = TestServer::on(database).await?;
    family_is_dead(&server, &app, &tokens.access, &tokens.refresh).await?;
    server.stop().await;
    Ok(())
}

async fn family_is_dead(server: &TestServer, app: &App, access: &str, refresh: &str) -> Result<()> {
    ensure!(!is_active(server, access).await?);
    let refused = app.refresh(server, refresh).send().await?;
    ensure!(refused.status() == 400);
    let body: Value = refused.json().await?;
    ensure!(body["error"] == "invalid_grant", "{body}");
    Ok(())
}

/// A client that asks from fifty places at once, or again because it got no answer, is no thief.
async fn with_grace_all_of_fifty_refresh_and_reuse_after_it_kills_the_family(
    database: &Database,
) -> Result<()> {
    let server = TestServer::start_with(|config| {
        let mut config: Config = database.config(config);
        config.lifespans.refresh_token_grace = Duration::from_secs(10);
        config
    })
    .await?;
    let app = App::register(&server, "photos").await?;
    let tokens = app.tokens(&server).await?;
    let answers = at_once(|| app.refresh(&server, &tokens.refresh)).await?;
    let won = winners(&answers)?;
    ensure!(won.len() == MANY, "{} won", won.len());
    for body in &won {
        ensure!(is_active(&server, &text(body, "access_token")).await?);
    }

    server.clock.advance(Duration::from_secs(11));
    let late = app.refresh(&server, &tokens.refresh).send().await?;
    ensure!(late.status() == 400);
    for body in &won {
        ensure!(!is_active(&server, &text(body, "access_token")).await?);
    }
    family_is_dead(
        &server,
        &app,
        &text(won[0], "access_token"),
        &text(won[0], "refresh_token"),
    )
    .await?;
    server.stop().await;
    Ok(())
}

async fn fifty_people_at_once_all_get_their_tokens(database: &Database) -> Result<()> {
    let server = TestServer::on(database).await?;
    let app = App::register(&server, "photos").await?;
    let all: Vec<Tokens> = try_join_all((0..MANY).map(|_| app.tokens(&server))).await?;
    for tokens in &all {
        ensure!(is_active(&server, &tokens.access).await?);
    }
    server.stop().await;
    Ok(())
}

async fn one_flow_goes_back_and_forth_between_two_servers(database: &Database) -> Result<()> {
    let (first, second) = tokio::try_join!(TestServer::on(database), TestServer::on(database))?;
    let app = App::register(&first, "photos").await?;
    for (servers, redeems, refreshes) in [
        ([&first, &second], &second, &first),
        ([&second, &first], &first, &second),
    ] {
        let code = app.code(servers).await?;
        let tokens = Tokens::of(app.redeem(redeems, &code).send().await?).await?;
        ensure!(is_active(refreshes, &tokens.access).await?);
        let renewed = Tokens::of(app.refresh(refreshes, &tokens.refresh).send().await?).await?;
        ensure!(!is_active(redeems, &tokens.access).await?);
        ensure!(is_active(redeems, &renewed.access).await?);
        // The code was used on the other server.
        let again = app.redeem(refreshes, &code).send().await?;
        ensure!(again.status() == 400);
        ensure!(!is_active(redeems, &renewed.access).await?);
    }
    for server in [first, second] {
        server.stop().await;
    }
    Ok(())
}
