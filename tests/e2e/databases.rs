//! What the server keeps in a database, on each kind of database.

use anyhow::{Result, ensure};
use hydra_tests::{TestServer, databases::Database, on_every_database};

use crate::tokens::{is_active, token};

on_every_database![
    what_was_answered_outlives_the_server,
    two_servers_share_everything,
];

async fn what_was_answered_outlives_the_server(database: &Database) -> Result<()> {
    let server = TestServer::on(database).await?;
    let client = server.create_client("photos", "photos.read").await?;
    let token = token(&server, &client, "photos.read").await?;
    server.stop().await;

    let server = TestServer::on(database).await?;
    ensure!(is_active(&server, &token).await?);
    server.stop().await;
    Ok(())
}

async fn two_servers_share_everything(database: &Database) -> Result<()> {
    // Both at once, so that what only one of them may make is made once.
    let (first, second) = tokio::try_join!(TestServer::on(database), TestServer::on(database))?;
    let client = first.create_client("photos", "photos.read").await?;
    let token = token(&second, &client, "photos.read").await?;
    ensure!(is_active(&first, &token).await?);
    second.root()?.delete_o_auth2_client("photos").await?;
    ensure!(!is_active(&first, &token).await?);
    for server in [first, second] {
        server.stop().await;
    }
    Ok(())
}
