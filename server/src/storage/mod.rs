//! Storage: one implementation for SQLite, PostgreSQL and MySQL or MariaDB.
//!
//! What is absent is `None`, never an error. Every method is atomic: it happens or it does not, and no
//! other process sees half of it. Texts arrive checked, secrets hashed or sealed; nothing in here could
//! be used by who reads the database.
//!
//! [`Storage`] holds a pool of one of the three kinds; [`on_pool!`](sql) runs the same code on
//! whichever it is. A file per noun adds its methods.

mod access_tokens;
mod authorizations;
mod clients;
#[cfg(test)]
mod conformance;
mod consent_requests;
mod consent_sessions;
mod error;
mod grants;
mod groups;
mod keys;
mod login_sessions;
mod migrate;
mod policies;
mod properties;
mod purge;
mod refresh_tokens;
mod remembered_consents;
mod reseal;
mod sql;
mod standing;
mod url;

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, MySqlPool, PgPool, SqlitePool};

pub use self::access_tokens::StoredToken;
pub use self::authorizations::{Authorization, Written};
pub use self::clients::{Creation, SecretChange, StoredClient};
pub use self::consent_requests::StoredConsentRequest;
pub use self::error::StorageError;
pub use self::grants::{GrantedToken, Redemption, StoredCode};
pub use self::keys::SealedKey;
pub use self::login_sessions::LoginSession;
pub use self::policies::PolicyChange;
pub use self::refresh_tokens::{Rotation, StoredRefreshToken};
pub use self::reseal::Place;
pub use self::standing::Standing;
pub use self::url::{DatabaseUrl, InvalidDatabaseUrl};

/// How long to wait for a connection before the database counts as unreachable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(8);
/// How long SQLite waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The database.
#[derive(Debug, Clone)]
pub struct Storage {
    pool: Pool,
}

#[derive(Debug, Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

impl Storage {
    /// Opens the database and checks that it answers. A SQLite file that does not exist is made.
    ///
    /// # Errors
    /// It cannot be reached or opened.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StorageError> {
        let limits = url.limits();
        let pool = match url {
            DatabaseUrl::Memory => {
                // The database lives as long as its one connection, so that must never be dropped.
                let options = SqliteConnectOptions::new()
                    .in_memory(true)
                    .foreign_keys(true);
                Pool::Sqlite(
                    SqlitePoolOptions::new()
                        .min_connections(1)
                        .max_connections(1)
                        .idle_timeout(None)
                        .max_lifetime(None)
                        .acquire_timeout(ACQUIRE_TIMEOUT)
                        .connect_with(options)
                        .await?,
                )
            }
            DatabaseUrl::Sqlite(path) => {
                // Write-ahead logging lets readers read while one writes; NORMAL then loses no
                // committed transaction when the process dies, and at most the last when power does.
                let options = SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(BUSY_TIMEOUT)
                    .foreign_keys(true);
                Pool::Sqlite(
                    SqlitePoolOptions::new()
                        .max_connections(limits.max_connections)
                        .acquire_timeout(ACQUIRE_TIMEOUT)
                        .connect_with(options)
                        .await?,
                )
            }
            DatabaseUrl::Postgres(text) => Pool::Postgres(
                PgPoolOptions::new()
                    .max_connections(limits.max_connections)
                    .max_lifetime(limits.max_lifetime)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_with(
                        reached(PgConnectOptions::from_str(&DatabaseUrl::for_driver(text))?)
                            .await?,
                    )
                    .await?,
            ),
            DatabaseUrl::MySql(text) => Pool::MySql(
                MySqlPoolOptions::new()
                    .max_connections(limits.max_connections)
                    .max_lifetime(limits.max_lifetime)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .connect_with(
                        reached(MySqlConnectOptions::from_str(&DatabaseUrl::for_driver(
                            text,
                        ))?)
                        .await?,
                    )
                    .await?,
            ),
        };
        Ok(Self { pool })
    }

    /// Asks the database whether it is there. Waits for a free connection and for the answer no longer
    /// than `patience`.
    ///
    /// # Errors
    /// It is not.
    pub async fn ping(&self, patience: Duration) -> Result<(), StorageError> {
        let answer = async {
            let statement = self.sql("SELECT 1");
            sql::on_pool!(self, pool => {
                sqlx::query(statement).execute(pool).await.map(drop)
            })
        };
        match tokio::time::timeout(patience, answer).await {
            Ok(answered) => Ok(answered?),
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }

    /// Gives every connection back. SQLite folds its log into the file.
    pub async fn close(&self) {
        sql::on_pool!(self, pool => pool.close().await);
    }
}

/// The options, once a connection was made with them. A pool would try again and again and then only say
/// that it timed out; one attempt says what is wrong.
async fn reached<Options>(options: Options) -> Result<Options, StorageError>
where
    Options: ConnectOptions<Connection: Sized>,
{
    let connection = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect())
        .await
        .map_err(|_| sqlx::Error::PoolTimedOut)??;
    connection.close().await?;
    Ok(options)
}
