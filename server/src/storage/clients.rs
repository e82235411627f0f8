//! OAuth 2.0 clients.

use sqlx::FromRow;

use super::sql::on_pool;
use super::{Storage, StorageError};
use crate::domain::client::{self, Client};
use crate::domain::clock::UnixTime;
use crate::domain::secret::Secret;

/// A client, and what must be known with it to authenticate it and to decide what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClient {
    /// The client.
    pub client: Client,
    /// The hash of its secret, if it has one.
    pub secret_hash: Option<Secret>,
    /// Whether it may administer everything.
    pub administrator: bool,
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

/// The beginning of every statement that reads clients.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.client_name, c.secret_hash, c.redirect_uris, c.grant_types, ",
            "c.response_types, c.scope, c.owner, c.policy_uri, c.tos_uri, c.client_uri, ",
            "c.logo_uri, c.contacts, c.is_public, c.post_logout_redirect_uris, a.client_id AS administrator ",
            "FROM hydra_client c LEFT JOIN hydra_administrator a ON a.client_id = c.id ",
            $rest
        )
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

#[derive(FromRow)]
struct ClientRow {
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
    administrator: Option<String>,
}

impl TryFrom<ClientRow> for StoredClient {
    type Error = StorageError;

    fn try_from(row: ClientRow) -> Result<Self, StorageError> {
        let id = row.id;
        let list = |column: &'static str, text: &str| {
            serde_json::from_str(text).map_err(|problem| StorageError::Inconsistent {
                table: "hydra_client",
                column,
                row: id.clone(),
                problem: problem.to_string(),
            })
        };
        Ok(Self {
            client: Client {
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
            secret_hash: (!row.secret_hash.is_empty()).then(|| Secret::new(row.secret_hash)),
            administrator: row.administrator.is_some(),
        })
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
        let row: Option<ClientRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(select!("WHERE c.id = ?")))
                .bind(id)
                .fetch_optional(pool)
                .await?
        });
        row.map(StoredClient::try_from).transpose()
    }

    /// Every client, ordered by the bytes of the id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn clients(&self) -> Result<Vec<Client>, StorageError> {
        let rows: Vec<ClientRow> = on_pool!(self, pool => {
            sqlx::query_as(self.sql(select!("ORDER BY c.id"))).fetch_all(pool).await?
        });
        rows.into_iter()
            .map(|row| StoredClient::try_from(row).map(|stored| stored.client))
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

    /// Creates a client that may administer everything, if there is no client at all. Of several
    /// processes that try at once, one succeeds.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create_first_administrator(
        &self,
        client: &Client,
        secret_hash: &str,
        now: UnixTime,
    ) -> Result<Creation, StorageError> {
        on_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(self.lock()).execute(&mut *transaction).await?;
            let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM hydra_client")
                .fetch_one(&mut *transaction)
                .await?;
            if count > 0 {
                return Ok(Creation::Exists);
            }
            bind_insert!(sqlx::query(self.sql(INSERT)), client, secret_hash)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(self.sql(
                "INSERT INTO hydra_administrator (client_id, granted_at) VALUES (?, ?)",
            ))
            .bind(client.id.as_str())
            .bind(now.0)
            .execute(&mut *transaction)
            .await?;
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
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_client(&self, id: &str) -> Result<bool, StorageError> {
        if !client::is_id(id) {
            return Ok(false);
        }
        // The tables that refer to clients cascade, so this one statement is the transaction.
        let deleted = on_pool!(self, pool => {
            sqlx::query(self.sql("DELETE FROM hydra_client WHERE id = ?"))
                .bind(id)
                .execute(pool)
                .await?
                .rows_affected()
        });
        Ok(deleted > 0)
    }
}
