//! A database of its own for each test, of every kind that there is.
//!
//! SQLite needs nothing. `HYDRA_TEST_POSTGRES_URL` and `HYDRA_TEST_MYSQL_URL` name a database on a server that the
//! test may make others on, as `tests/support/databases.py` starts them; without the variable a test of that kind says
//! that it did not run, and passes.

use anyhow::{Context, Result};
use hydra_server::{
    domain::secret::Secret,
    host::Config,
    storage::{DatabaseUrl, Storage},
};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};

/// What everything in the tests' databases is sealed and signed with.
pub const SYSTEM_SECRET: &str = "the system secret of these tests";

/// An empty database, its tables made.
pub struct Database {
    /// Where it is, as `DATABASE_URL` tells it.
    pub url: String,
    parsed: DatabaseUrl,
    /// Removed with the value.
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    /// A SQLite file.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn sqlite() -> Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("hydra.db").display());
        Self::migrated(url, Some(folder)).await.map(Some)
    }

    /// A database on the PostgreSQL server that the environment names, if it does.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn postgres() -> Result<Option<Self>> {
        let Some(server) = server("HYDRA_TEST_POSTGRES_URL") else {
            return Ok(None);
        };
        let connection = PgConnection::connect(&server).await?;
        Self::beside(&server, connection).await.map(Some)
    }

    /// A database on the MariaDB or MySQL server that the environment names, if it does.
    ///
    /// # Errors
    /// If it cannot be made.
    pub async fn mysql() -> Result<Option<Self>> {
        let Some(server) = server("HYDRA_TEST_MYSQL_URL") else {
            return Ok(None);
        };
        let connection = MySqlConnection::connect(&server).await?;
        Self::beside(&server, connection).await.map(Some)
    }

    /// The configuration, but with this database.
    #[must_use]
    pub fn config(&self, config: Config) -> Config {
        Config {
            database: self.parsed.clone(),
            system_secret: Some(Secret::new(SYSTEM_SECRET)),
            ..config
        }
    }

    async fn beside<C>(server: &str, mut connection: C) -> Result<Self>
    where
        C: Connection,
        for<'c> &'c mut C: Executor<'c>,
    {
        let name = format!("hydra_{}", uuid::Uuid::new_v4().simple());
        connection
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await?;
        connection.close().await?;
        let mut url = reqwest::Url::parse(server)?;
        url.set_path(&name);
        Self::migrated(url.into(), None).await
    }

    async fn migrated(url: String, folder: Option<tempfile::TempDir>) -> Result<Self> {
        let parsed = DatabaseUrl::parse(&url)?;
        let storage = Storage::open(&parsed)
            .await
            .with_context(|| format!("cannot open {url}"))?;
        storage.migrate().await?;
        storage.close().await;
        Ok(Self {
            url,
            parsed,
            _folder: folder,
        })
    }
}

#[expect(
    clippy::print_stderr,
    reason = "whoever reads the test's output wants to know"
)]
fn server(variable: &str) -> Option<String> {
    let server = std::env::var(variable).ok();
    if server.is_none() {
        eprintln!("{variable} is not set: untested");
    }
    server
}

/// For each function that is named, a test on every kind of database: `function::sqlite` and so on.
#[macro_export]
macro_rules! on_every_database {
    ($($test:ident),+ $(,)?) => {
        $(mod $test {
            $crate::on_every_database!(@each $test sqlite postgres mysql);
        })+
    };
    (@each $test:ident $($kind:ident)+) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $kind() -> ::anyhow::Result<()> {
            match $crate::databases::Database::$kind().await? {
                Some(database) => super::$test(&database).await,
                None => Ok(()),
            }
        })+
    };
}
