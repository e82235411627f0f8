//! The command line's configuration file, `$HOME/.hydra.yml`: which server to talk to, and as whom.
//!
//! `hydra connect` writes it, `hydra host --dangerous-auto-logon` does too, and every command that
//! talks to a server reads it. It is YAML with three keys that matter here:
//!
//! ```yaml
//! cluster_url: https://localhost:4444
//! client_id: admin
//! client_secret: admin-password
//! ```
//!
//! The file holds a secret and may hold settings of others, hence three promises about writing it:
//! only its owner can read it (mode 0600), it is replaced in one step so that a reader never sees half
//! of it, and whatever else stands in it (other keys, comments, order) stays.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::secret::Secret;

/// The file's names in the home directory; the first is the one that gets created.
const NAMES: [&str; 2] = [".hydra.yml", ".hydra.yaml"];

/// More than any honest configuration needs; keeps `--config /dev/zero` from eating the memory.
const MAX_BYTES: u64 = 1024 * 1024;

/// Where a server is and who calls it. What is `None` is not set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connection {
    /// The server's address, such as `https://localhost:4444`.
    pub cluster_url: Option<String>,
    /// Id of the OAuth 2.0 client to act as.
    pub client_id: Option<String>,
    /// That client's secret.
    pub client_secret: Option<Secret>,
}

/// Why the configuration file could not be used. No message quotes the file, which holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// Neither `$HOME` nor the user database tells a home directory.
    #[error(
        "there is no home directory to keep .hydra.yml in: set HOME, or name a file with --config"
    )]
    NoHome,
    /// The file is there, but cannot be read.
    #[error("cannot read the configuration file {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is larger than a configuration can be.
    #[error("the configuration file {path} is larger than 1 MiB")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a YAML mapping, or one of our keys does not hold text.
    #[error("the configuration file {path} is not a YAML mapping of names to text{place}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// ` (line 3, column 1)`, or nothing where the parser does not say.
        place: String,
    },
    /// The file cannot be written.
    #[error("cannot write the configuration file {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A configuration file as read. A file that does not exist reads as an empty one.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    text: String,
    values: Map<String, Value>,
    connection: Connection,
}

impl ConfigFile {
    /// Reads the file at `path`, or the one in the home directory when `path` is `None`.
    ///
    /// # Errors
    /// There is no home directory, or the file exists but cannot be read or understood.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigFileError> {
        let path = path.map_or_else(default_path, |path| Ok(path.to_owned()))?;
        let text = read(&path)?;
        let (values, connection) = parse(&text).map_err(|place| ConfigFileError::Syntax {
            path: path.clone(),
            place,
        })?;
        Ok(Self {
            path,
            text,
            values,
            connection,
        })
    }

    /// Where the file is, or would be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the file says about the connection.
    #[must_use]
    pub const fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Writes `connection` into the file, creating it if need be. What is `None` is left as it was.
    ///
    /// # Errors
    /// The file cannot be written. It is then as it was before.
    pub fn save(&mut self, connection: Connection) -> Result<(), ConfigFileError> {
        let changes = [
            ("cluster_url", connection.cluster_url.as_deref()),
            ("client_id", connection.client_id.as_deref()),
            (
                "client_secret",
                connection.client_secret.as_ref().map(Secret::expose),
            ),
        ];
        let mut text = self.text.clone();
        let mut values = self.values.clone();
        for (key, value) in changes {
            if let Some(value) = value {
                text = with_line(&text, key, value);
                values.insert(key.to_owned(), Value::from(value));
            }
        }
        // Editing lines keeps comments, but cannot know every way to write YAML. The parser is the
        // judge: if it does not read back what was meant, the file is written anew without comments.
        if !parse(&text).is_ok_and(|(read_back, _)| read_back == values) {
            text = serde_saphyr::to_string(&values).map_err(|error| ConfigFileError::Write {
                path: self.path.clone(),
                source: io::Error::other(error.to_string()),
            })?;
        }
        replace(&self.path, &text).map_err(|source| ConfigFileError::Write {
            path: self.path.clone(),
            source,
        })?;
        self.text = text;
        self.values = values;
        for (mine, new) in [
            (&mut self.connection.cluster_url, connection.cluster_url),
            (&mut self.connection.client_id, connection.client_id),
        ] {
            *mine = new.or(mine.take());
        }
        self.connection.client_secret = connection
            .client_secret
            .or(self.connection.client_secret.take());
        Ok(())
    }
}

/// The file in the home directory: the one that exists, else the one to create.
fn default_path() -> Result<PathBuf, ConfigFileError> {
    let home = std::env::home_dir()
        .filter(|home| !home.as_os_str().is_empty())
        .ok_or(ConfigFileError::NoHome)?;
    Ok(NAMES
        .iter()
        .map(|name| home.join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| home.join(NAMES[0])))
}

fn read(path: &Path) -> Result<String, ConfigFileError> {
    let fail = |source| ConfigFileError::Read {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut text = String::new();
    file.take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(fail)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(ConfigFileError::TooLarge {
            path: path.to_owned(),
        });
    }
    Ok(text)
}

/// The keys as the file writes them. Read with text as the target, so that `client_secret: 0042`
/// means those four characters and not a number.
#[derive(Deserialize, Default)]
struct Keys {
    cluster_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// Everything in `text`, and the connection in it; or the place of the mistake.
fn parse(text: &str) -> Result<(Map<String, Value>, Connection), String> {
    // The parser's own message would quote the line, and the line may be the secret.
    let place = |error: &serde_saphyr::Error| {
        error
            .location()
            .map(|at| format!(" (line {}, column {})", at.line(), at.column()))
            .unwrap_or_default()
    };
    let values: Option<Map<String, Value>> =
        serde_saphyr::from_str(text).map_err(|error| place(&error))?;
    let keys: Option<Keys> = serde_saphyr::from_str(text).map_err(|error| place(&error))?;
    let keys = keys.unwrap_or_default();
    let set = |value: Option<String>| value.filter(|value| !value.is_empty());
    Ok((
        values.unwrap_or_default(),
        Connection {
            cluster_url: set(keys.cluster_url),
            client_id: set(keys.client_id),
            client_secret: set(keys.client_secret).map(Secret::new),
        },
    ))
}

/// `key: value` in one line of YAML, with quotes where the value could be taken for something else.
fn line(key: &str, value: &str) -> String {
    let entry = Map::from_iter([(key.to_owned(), Value::from(value))]);
    match serde_saphyr::to_string(&entry) {
        Ok(text) if text.lines().count() == 1 => text.trim_end().to_owned(),
        // A JSON string is a YAML string, whatever is in it.
        _ => format!("{key}: {}", Value::from(value)),
    }
}

/// `text` with its line `key: …` set to `value`, or with such a line added at the end.
fn with_line(text: &str, key: &str, value: &str) -> String {
    let line = line(key, value);
    let mut lines: Vec<&str> = text.lines().collect();
    let mine = |line: &&str| {
        line.strip_prefix(key)
            .is_some_and(|rest| rest.trim_start().starts_with(':'))
    };
    match lines.iter().position(mine) {
        Some(index) => lines[index] = &line,
        None => lines.push(&line),
    }
    lines.join("\n") + "\n"
}

/// Puts `text` at `path` in one step, readable by the owner alone.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A link (say, into a folder of dotfiles) stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // Temporary files are made with mode 0600, and renaming keeps it.
    let mut file = tempfile::Builder::new()
        .prefix(".hydra.")
        .tempfile_in(folder.unwrap_or_else(|| Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests;
