//! `DATABASE_URL`: where the database is.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ::url::Url;

use crate::domain::secret::Secret;

/// Where the database is. Passwords in it do not print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// SQLite in memory: gone when the server stops.
    Memory,
    /// SQLite in a file.
    Sqlite(PathBuf),
    /// PostgreSQL.
    Postgres(Secret),
    /// MySQL or MariaDB.
    MySql(Secret),
}

/// The text is not the address of a database. Says nothing of the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database URL {0}; use `memory`, `sqlite://file.db`, `postgres://user:password@host/database` \
     or `mysql://user:password@host/database`"
)]
pub struct InvalidDatabaseUrl(&'static str);

/// How many connections to hold, from the URL's query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) max_connections: u32,
    pub(super) max_lifetime: Option<Duration>,
}

impl DatabaseUrl {
    /// Reads the address of a database. `mysql://user:password@tcp(host:port)/database`, as Go programs
    /// write it, is understood.
    ///
    /// # Errors
    /// It is not one of the forms that the error names.
    pub fn parse(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        if matches!(text, "memory" | "sqlite::memory:" | "sqlite://:memory:") {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(InvalidDatabaseUrl("names no file"));
            }
            if path.contains('?') {
                return Err(InvalidDatabaseUrl(
                    "has a query, which SQLite does not need",
                ));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        let (scheme, rest) = text
            .split_once("://")
            .ok_or(InvalidDatabaseUrl("has no scheme"))?;
        match scheme {
            "postgres" | "postgresql" => {
                parse_url(text).map(|url| Self::Postgres(Secret::new(url)))
            }
            "mysql" | "mariadb" => {
                let mut url = match go_style(rest)? {
                    Some(url) => url,
                    None => parse_url(text)?,
                };
                // What only the Go driver understands, ours would refuse.
                keep_query(&mut url, |key| {
                    !matches!(key, "parseTime" | "loc" | "collation")
                });
                Ok(Self::MySql(Secret::new(url)))
            }
            _ => Err(InvalidDatabaseUrl("has an unknown scheme")),
        }
    }

    /// Whether what is stored is gone when the server stops.
    #[must_use]
    pub const fn is_memory(&self) -> bool {
        matches!(self, Self::Memory)
    }

    /// The URL as the driver wants it, without what is meant for the pool.
    pub(super) fn for_driver(text: &Secret) -> String {
        let Ok(mut url) = Url::parse(text.expose()) else {
            return text.expose().to_owned();
        };
        keep_query(&mut url, |key| !key.starts_with("max_"));
        url.into()
    }

    pub(super) fn limits(&self) -> Limits {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let mut limits = Limits {
            max_connections: u32::try_from(cores * 4).unwrap_or(8),
            max_lifetime: Some(Duration::from_secs(30 * 60)),
        };
        let (Self::Postgres(text) | Self::MySql(text)) = self else {
            return limits;
        };
        let Ok(url) = Url::parse(text.expose()) else {
            return limits;
        };
        for (key, value) in url.query_pairs() {
            match (&*key, value.parse::<u32>()) {
                ("max_conns", Ok(count)) if count > 0 => limits.max_connections = count,
                ("max_conn_lifetime", Ok(0)) => limits.max_lifetime = None,
                ("max_conn_lifetime", Ok(seconds)) => {
                    limits.max_lifetime = Some(Duration::from_secs(seconds.into()));
                }
                _ => {}
            }
        }
        limits
    }
}

fn parse_url(text: &str) -> Result<Url, InvalidDatabaseUrl> {
    let url = Url::parse(text).map_err(|_| InvalidDatabaseUrl("is not a URL"))?;
    if url.path().len() < 2 {
        return Err(InvalidDatabaseUrl("names no database"));
    }
    Ok(url)
}

/// `user:password@tcp(host:port)/database?query`, in which nothing is percent-encoded.
fn go_style(rest: &str) -> Result<Option<Url>, InvalidDatabaseUrl> {
    const MALFORMED: InvalidDatabaseUrl = InvalidDatabaseUrl("has a malformed `tcp(host:port)`");
    let Some((user, rest)) = rest.rsplit_once("@tcp(") else {
        return Ok(None);
    };
    let (address, path) = rest.split_once(')').ok_or(MALFORMED)?;
    let mut url = parse_url(&format!("mysql://{address}{path}"))?;
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    url.set_username(user).map_err(|()| MALFORMED)?;
    url.set_password((!password.is_empty()).then_some(password))
        .map_err(|()| MALFORMED)?;
    Ok(Some(url))
}

fn keep_query(url: &mut Url, keep: impl Fn(&str) -> bool) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| keep(key))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
}

/// Without user name, password and query.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(text) | Self::MySql(text) => {
                let Ok(url) = Url::parse(text.expose()) else {
                    return f.write_str("(unreadable)");
                };
                write!(
                    f,
                    "{}://{}",
                    url.scheme(),
                    url.host_str().unwrap_or_default()
                )?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        assert_eq!(DatabaseUrl::parse("memory"), Ok(DatabaseUrl::Memory));
        for (text, path) in [
            ("sqlite://hydra.db", "hydra.db"),
            ("sqlite:///var/lib/hydra.db", "/var/lib/hydra.db"),
            ("sqlite:hydra.db", "hydra.db"),
        ] {
            assert_eq!(
                DatabaseUrl::parse(text),
                Ok(DatabaseUrl::Sqlite(path.into()))
            );
        }
        let postgres = DatabaseUrl::parse("postgres://u:p@h:5433/d?sslmode=disable").unwrap();
        assert_eq!(postgres.to_string(), "postgres://h:5433/d");
    }

    #[test]
    fn the_go_form_is_understood() {
        let url =
            DatabaseUrl::parse("mysql://u:p@ss/wörd@tcp(db:3307)/hydra?parseTime=true&max_conns=7");
        let Ok(DatabaseUrl::MySql(text)) = &url else {
            panic!("{url:?}");
        };
        assert_eq!(
            text.expose(),
            "mysql://u:p%40ss%2Fw%C3%B6rd@db:3307/hydra?max_conns=7"
        );
        assert!(!DatabaseUrl::for_driver(text).contains("max_conns"));
        assert_eq!(url.unwrap().limits().max_connections, 7);
    }

    #[test]
    fn what_is_no_database_is_refused_without_telling_it() {
        for text in [
            "",
            "oracle://u:hunter2@h/d",
            "mysql://u:hunter2@tcp(h/d",
            "postgres://h",
            "sqlite://",
        ] {
            let problem = DatabaseUrl::parse(text).unwrap_err().to_string();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn a_password_does_not_print() {
        let url = DatabaseUrl::parse("mysql://user:hunter2@db/hydra").unwrap();
        assert!(!format!("{url} {url:?}").contains("hunter2"));
    }
}
