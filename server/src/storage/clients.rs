//! OAuth 2.0 clients.

use sqlx::FromRow;

use super::policies::{INSERT_POLICY, bind_policy, count_up, remember_change};
use super::sql::on_pool;
use super::standing::{Standing, StandingRow, standing_columns};
use super::{Storage, StorageError};
use crate::domain::client::{self, Client};
use crate::domain::pattern::Pattern;
use crate::domain::policy::{Policy, ROOT_POLICY};
use crate::domain::secret::Secret;

/// A client, and what must be known with it to authenticate it and to decide what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClient {
    /// The client.
    pub client: Client,
    /// The hash of its secret, if it has one.
    pub secret_hash: Option<Secret>,
    /// What decisions about it depend on.
    pub standing: Standing,
}

/// What became of an attempt to create something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creation {
    /// It was created.
    Created,
    /// There was one of that id, which stays as it is.
    Exists,
}

/// What becomes of a client's secret when the client is replaced.
#[derive(Debug, Clone, Copy)]
pub enum SecretChange<'a> {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// It is replaced by the one with this hash.
    Replace(&'a str),
}

/// The columns of [`ClientRow`], for a `SELECT` in which `hydra_client` is `c`.
macro_rules! client_columns {
    () => {
        "c.id, c.client_name, c.secret_hash, c.redirect_uris, c.grant_types, c.response_types, \
         c.scope, c.owner, c.policy_uri, c.tos_uri, c.client_uri, c.logo_uri, c.contacts, \
         c.is_public, c.post_logout_redirect_uris"
    };
}
pub(super) use client_columns;

/// The beginning of every statement that reads clients.
macro_rules! select {
    ($($rest:expr),+) => {
        concat!("SELECT ", client_columns!(), $($rest),+)
    };
}

const INSERT: &str = "INSERT INTO hydra_client \
        (id, client_name, secret_hash, redirect_uris, grant_types, response_types, scope, owner, \
         policy_uri, tos_uri, client_uri, logo_uri, contacts, is_public, post_logout_redirect_uris) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const UPDATE: &str = "UPDATE hydra_client \
     SET client_name = ?, secret_hash = COALESCE(?, secret_hash), redirect_uris = ?, \
         grant_types = ?, response_types = ?, scope = ?, owner = ?, policy_uri = ?, tos_uri = ?, \
         client_uri = ?, logo_uri = ?, contacts = ?, is_public = ?, \
         post_logout_redirect_uris = ? \
     WHERE id = ?";

/// A client as a statement gives it.
#[derive(FromRow)]
pub(super) struct ClientRow {
    id: String,
    client_name: String,
    secret_hash: String,
    redirect_uris: String,
    grant_types: String,
    response_types: String,
    scope: String,
    owner: String,
    policy_uri: String,
    tos_uri: String,
    client_uri: String,
    logo_uri: String,
    contacts: String,
    is_public: i64,
    post_logout_redirect_uris: String,
}

#[derive(FromRow)]
struct StoredClientRow {
    #[sqlx(flatten)]
    client: ClientRow,
    #[sqlx(flatten)]
    standing: StandingRow,
}

impl ClientRow {
    /// The client, and the hash of its secret.
    pub(super) fn read(self) -> Result<(Client, Option<Secret>), StorageError> {
        let row = self;
        let id = row.id;
        let list = |column: &'static str, text: &str| {
            serde_json::from_str(text).map_err(|problem| StorageError::Inconsistent {
                table: "hydra_client",
                column,
                row: id.clone(),
                problem: problem.to_string(),
            })
        };
        Ok((
            Client {
                redirect_uris: list("redirect_uris", &row.redirect_uris)?,
                post_logout_redirect_uris: list(
                    "post_logout_redirect_uris",
                    &row.post_logout_redirect_uris,
                )?,
                grant_types: list("grant_types", &row.grant_types)?,
                response_types: list("response_types", &row.response_types)?,
                contacts: list("contacts", &row.contacts)?,
                name: row.client_name,
                scope: row.scope,
                owner: row.owner,
                policy_uri: row.policy_uri,
                tos_uri: row.tos_uri,
                client_uri: row.client_uri,
                logo_uri: row.logo_uri,
                public: row.is_public != 0,
                id,
            },
            (!row.secret_hash.is_empty()).then(|| Secret::new(row.secret_hash)),
        ))
    }
}

/// A list as its column holds it.
fn json(list: &[String]) -> String {
    serde_json::Value::from(list).to_string()
}

/// Binds the values of [`INSERT`].
macro_rules! bind_insert {
    ($query:expr, $client:expr, $secret_hash:expr) => {
        $query
            .bind($client.id.as_str())
            .bind($client.name.as_str())
            .bind($secret_hash)
            .bind(json(&$client.redirect_uris))
            .bind(json(&$client.grant_types))
            .bind(json(&$client.response_types))
            .bind($client.scope.as_str())
            .bind($client.owner.as_str())
            .bind($client.policy_uri.as_str())
            .bind($client.tos_uri.as_str())
            .bind($client.client_uri.as_str())
            .bind($client.logo_uri.as_str())
            .bind(json(&$client.contacts))
            .bind(i64::from($client.public))
            .bind(json(&$client.post_logout_redirect_uris))
    };
}

impl Storage {
    /// The client of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn client(&self, id: &str) -> Result<Option<StoredClient>, StorageError> {
        if !client::is_id(id) {
            return Ok(None);
        }
        let rows: Vec<StoredClientRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(select!(
                ", ", standing_columns!(), " FROM hydra_client c \
                 CROSS JOIN hydra_policy_revision r \
                 LEFT JOIN hydra_warden_group_member m ON m.member = c.id WHERE c.id = ?"
            )))
            .bind(id)
            .fetch_all(pool)
            .await?
        });
        let mut client = None;
        let mut standing = Vec::with_capacity(rows.len());
        for row in rows {
            client.get_or_insert(row.client);
            standing.push(row.standing);
        }
        let Some(client) = client else {
            return Ok(None);
        };
        let (client, secret_hash) = client.read()?;
        Ok(Some(StoredClient {
            standing: Standing::of(&client.id, standing),
            client,
            secret_hash,
        }))
    }

    /// Every client, ordered by the bytes of the id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn clients(&self) -> Result<Vec<Client>, StorageError> {
        let rows: Vec<ClientRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(select!(" FROM hydra_client c ORDER BY c.id"))).fetch_all(pool).await?
        });
        rows.into_iter()
            .map(|row| row.read().map(|(client, _)| client))
            .collect()
    }

    /// Creates a client. Of several that try for one id, one succeeds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_client(
        &self,
        client: &Client,
        secret_hash: Option<&str>,
    ) -> Result<Creation, StorageError> {
        let secret_hash = secret_hash.unwrap_or_default();
        let inserted = on_pool!(self, pool => {
            bind_insert!(sqlx::query(self.sql(INSERT)), client, secret_hash)
                .execute(pool)
                .await
                .map(drop)
        });
        match inserted {
            Ok(()) => Ok(Creation::Created),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                Ok(Creation::Exists)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether there is any client.
    ///
    /// # Errors
    /// The database fails.
    pub async fn has_clients(&self) -> Result<bool, StorageError> {
        let found: Option<(String,)> = on_pool!(self, pool => {
            sqlx::query_as("SELECT id FROM hydra_client LIMIT 1")
                .fetch_optional(pool)
                .await?
        });
        Ok(found.is_some())
    }

    /// Creates a client and the policy that lets it do things, if there is no client at all. A policy
    /// of that id, which was for a client that is gone, is replaced. Of several processes that try at
    /// once, one succeeds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_first_client(
        &self,
        client: &Client,
        secret_hash: &str,
        policy: &Policy,
    ) -> Result<Creation, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(self.lock()).execute(&mut *transaction).await?;
            let found: Option<(String,)> = sqlx::query_as("SELECT id FROM hydra_client LIMIT 1")
                .fetch_optional(&mut *transaction)
                .await?;
            if found.is_some() {
                return Ok(Creation::Exists);
            }
            bind_insert!(sqlx::query(self.sql(INSERT)), client, secret_hash)
                .execute(&mut *transaction)
                .await?;
            let revision = count_up!(self, transaction);
            sqlx::query(self.sql("DELETE FROM hydra_policy WHERE id = ?"))
                .bind(policy.id.as_str())
                .execute(&mut *transaction)
                .await?;
            bind_policy!(sqlx::query(self.sql(INSERT_POLICY)), policy)
                .execute(&mut *transaction)
                .await?;
            remember_change!(self, transaction, policy.id.as_str(), revision);
            transaction.commit().await?;
        });
        Ok(Creation::Created)
    }

    /// Replaces a client; `false` if there is none of its id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn update_client(
        &self,
        client: &Client,
        secret: SecretChange<'_>,
    ) -> Result<bool, StorageError> {
        let secret_hash = match secret {
            SecretChange::Keep => None,
            SecretChange::Remove => Some(""),
            SecretChange::Replace(hash) => Some(hash),
        };
        let updated = on_pool!(self, pool => {
            sqlx::query(self.sql(UPDATE))
                .bind(client.name.as_str())
                .bind(secret_hash)
                .bind(json(&client.redirect_uris))
                .bind(json(&client.grant_types))
                .bind(json(&client.response_types))
                .bind(client.scope.as_str())
                .bind(client.owner.as_str())
                .bind(client.policy_uri.as_str())
                .bind(client.tos_uri.as_str())
                .bind(client.client_uri.as_str())
                .bind(client.logo_uri.as_str())
                .bind(json(&client.contacts))
                .bind(i64::from(client.public))
                .bind(json(&client.post_logout_redirect_uris))
                .bind(client.id.as_str())
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(updated > 0)
    }

    /// Deletes a client and, with it, every token issued to it; `false` if there is none of that id.
    /// The policy that the server made for its root client goes as well if it is about this client
    /// alone: otherwise whoever made a client of that name next would be let do everything.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_client(&self, id: &str) -> Result<bool, StorageError> {
        if !client::is_id(id) {
            return Ok(false);
        }
        let about_it_alone = json(&[Pattern::literal(id)]);
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            // The tables that refer to clients cascade.
            let deleted = sqlx::query(self.sql("DELETE FROM hydra_client WHERE id = ?"))
                .bind(id)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
            if deleted == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            let policy: Option<(String,)> = sqlx::query_as(
                self.sql("SELECT subjects FROM hydra_policy WHERE id = ?"),
            )
            .bind(ROOT_POLICY)
            .fetch_optional(&mut *transaction)
            .await?;
            if policy.is_some_and(|(subjects,)| subjects == about_it_alone) {
                let revision = count_up!(self, transaction);
                sqlx::query(self.sql("DELETE FROM hydra_policy WHERE id = ?"))
                    .bind(ROOT_POLICY)
                    .execute(&mut *transaction)
                    .await?;
                remember_change!(self, transaction, ROOT_POLICY, revision);
            }
            transaction.commit().await?;
        });
        Ok(true)
    }
}
