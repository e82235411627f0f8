//! Managing clients.

use anyhow::Result;
use hydra_sdk::types::OAuth2Client;
use hydra_tests::TestServer;

use crate::tokens::{is_active, token};

#[tokio::test]
async fn a_client_can_be_created_read_replaced_and_deleted() -> Result<()> {
    let server = TestServer::start().await?;
    let root = server.root()?;
    let wanted = OAuth2Client {
        client_name: Some("Photos ☼".to_owned()),
        redirect_uris: Some(vec!["https://photos.example.com/cb?tenant=1".to_owned()]),
        grant_types: Some(vec!["client_credentials".to_owned()]),
        scope: Some("photos.read photos.write".to_owned()),
        owner: Some("dan".to_owned()),
        contacts: Some(vec!["dan@example.com".to_owned()]),
        ..OAuth2Client::default()
    };

    let created = root.create_o_auth2_client(&wanted).await?;
    assert_eq!(created.status(), 201);
    let id = created.id.clone().expect("the server chose an id");
    assert_eq!(created.headers()["location"], format!("/clients/{id}"));
    assert!(
        created
            .client_secret
            .as_ref()
            .is_some_and(|s| s.len() >= 12)
    );

    let read = root.get_o_auth2_client(&id).await?.into_inner();
    assert_eq!(read.client_secret, None, "a secret is told once");
    assert_eq!(read.client_name, wanted.client_name);
    assert_eq!(read.redirect_uris, wanted.redirect_uris);
    assert_eq!(read.owner, wanted.owner);

    let replacement = OAuth2Client {
        client_name: Some("Pictures".to_owned()),
        ..OAuth2Client::default()
    };
    let replaced = root.update_o_auth2_client(&id, &replacement).await?;
    assert_eq!(replaced.client_name.as_deref(), Some("Pictures"));
    assert!(
        replaced.owner.as_deref().unwrap_or_default().is_empty(),
        "what is left out of a replacement is gone"
    );

    assert_eq!(root.delete_o_auth2_client(&id).await?.status(), 204);
    let gone = root.get_o_auth2_client(&id).await.expect_err("it is gone");
    assert_eq!(gone.status(), Some(reqwest::StatusCode::NOT_FOUND));
    server.stop().await;
    Ok(())
}

#[tokio::test]
async fn the_list_holds_every_client_in_order_and_no_secret() -> Result<()> {
    let server = TestServer::start().await?;
    for id in ["zebra", "Ape", "ape"] {
        server.create_client(id, "").await?;
    }
    let listed = server.root()?.list_o_auth2_clients().await?.into_inner();
    let ids: Vec<_> = listed.iter().filter_map(|c| c.id.as_deref()).collect();
    assert_eq!(ids, ["Ape", "ape", "root", "zebra"]);
    assert!(listed.iter().all(|client| client.client_secret.is_none()));
    Ok(())
}

#[tokio::test]
async fn a_taken_id_is_refused_by_name_and_the_first_client_keeps_its_secret() -> Result<()> {
    let server = TestServer::start().await?;
    let first = server.create_client("photos", "photos.read").await?;

    let refused = server
        .create_client("photos", "everything")
        .await
        .expect_err("the id is taken");
    assert!(refused.to_string().contains("photos"), "{refused}");

    assert!(token(&server, &first, "photos.read").await.is_ok());
    Ok(())
}

#[tokio::test]
async fn a_replaced_secret_works_at_once_and_the_old_one_no_longer() -> Result<()> {
    let server = TestServer::start().await?;
    let old = server.create_client("photos", "photos.read").await?;
    assert!(token(&server, &old, "photos.read").await.is_ok());

    let new = OAuth2Client {
        client_secret: Some("a new secret".to_owned()),
        ..old.clone()
    };
    server.root()?.update_o_auth2_client("photos", &new).await?;
    assert!(token(&server, &new, "photos.read").await.is_ok());
    let refused = token(&server, &old, "photos.read").await;
    assert!(refused.is_err_and(|e| e.to_string().contains("401")));
    Ok(())
}

#[tokio::test]
async fn the_tokens_of_a_deleted_client_are_dead() -> Result<()> {
    let server = TestServer::start().await?;
    let client = server.create_client("photos", "photos.read").await?;
    let token = token(&server, &client, "photos.read").await?;
    assert!(is_active(&server, &token).await?);
    server.root()?.delete_o_auth2_client("photos").await?;
    assert!(!is_active(&server, &token).await?);
    Ok(())
}
