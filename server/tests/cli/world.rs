//! A server, a home directory, and the binary under test.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hydra_server::crypto::random::SeededRng;
use hydra_server::domain::clock::{ManualClock, UnixTime};
use hydra_server::domain::secret::Secret;
use hydra_server::flows::setup::RootCredentials;
use hydra_server::host::{Config, Running, Seams, Server};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// What the server takes for now: 4 December 2017.
pub(crate) const NOW: i64 = 1_512_371_155;

/// A home directory, and a server that runs as long as this lives.
pub(crate) struct World {
    home: TempDir,
    server: Option<(Runtime, Running)>,
}

/// How a command ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    /// No server, nothing configured.
    pub(crate) fn empty() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            server: None,
        }
    }

    /// A server with the root client `admin` and the secret `admin-password`, which speaks TLS with a
    /// certificate of its own making and, with `force_http`, plain HTTP too.
    pub(crate) fn serving(force_http: bool) -> Self {
        let config = Config {
            issuer: Some("https://localhost:9000/".into()),
            force_http,
            ..config()
        };
        let seams = Seams {
            clock: Arc::new(ManualClock::new(UnixTime(NOW))),
            rng: Arc::new(SeededRng::new(1)),
        };
        Self::running(config, seams)
    }

    /// A server that the command line knows already, with the time of the machine, since that is what
    /// the command line goes by, and an application at `consent_url`.
    pub(crate) fn today(consent_url: &str) -> Self {
        let config = Config {
            consent_url: consent_url.to_owned(),
            ..config()
        };
        Self::running(config, Seams::default()).connect()
    }

    fn running(config: Config, seams: Seams) -> Self {
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(Server::start(config, seams)).unwrap();
        let mut world = Self::empty();
        world.server = Some((runtime, running));
        world
    }

    /// A server that the command line knows already.
    pub(crate) fn connected() -> Self {
        Self::serving(true).connect()
    }

    fn connect(self) -> Self {
        let line = format!("connect --url {} --id admin --secret -", self.url());
        self.hydra(&line).input("admin-password\n").run().succeeds();
        self
    }

    /// The server's address over TLS, by the name in its certificate.
    pub(crate) fn url(&self) -> String {
        let (_, running) = self.server.as_ref().unwrap();
        format!("https://localhost:{}", running.address().port())
    }

    /// A file in the home directory.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file in the home directory and tells its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.file(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// `hydra` with the words of `line`.
    pub(crate) fn hydra(&self, line: &str) -> Hydra {
        self.hydra_with(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// `hydra` with these arguments.
    pub(crate) fn hydra_with(&self, arguments: &[&str]) -> Hydra {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hydra"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Hydra {
            command,
            input: String::new(),
        }
    }
}

/// A server at a port of its own.
fn config() -> Config {
    Config {
        host: Some("127.0.0.1".into()),
        port: 0,
        bcrypt_cost: 4,
        root: Some(RootCredentials {
            client_id: "admin".into(),
            client_secret: Secret::new("admin-password"),
        }),
        ..Config::default()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some((runtime, _)) = self.server.take() {
            runtime.shutdown_background();
        }
    }
}

/// A command to run.
pub(crate) struct Hydra {
    pub(crate) command: Command,
    input: String,
}

impl Hydra {
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// What the command finds on standard input.
    pub(crate) fn input(mut self, text: &str) -> Self {
        text.clone_into(&mut self.input);
        self
    }

    pub(crate) fn run(mut self) -> Ended {
        let mut child = self.command.spawn().unwrap();
        // A command that fails early does not read its input.
        let _ = child.stdin.take().unwrap().write_all(self.input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Ended {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// What it printed, given that it went well.
    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        assert_eq!(self.status, 0, "{self:?}");
        self.out
    }

    /// What it printed, given that it went well and had nothing to warn of.
    #[track_caller]
    pub(crate) fn prints(self) -> String {
        assert_eq!(self.err, "", "{self:?}");
        self.succeeds()
    }

    /// The JSON it printed: one line.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let out = self.succeeds();
        assert_eq!(out.matches('\n').count(), 1, "{out}");
        serde_json::from_str(&out).unwrap()
    }

    /// What it complained about, given that it failed and printed no data. One to three lines.
    #[track_caller]
    pub(crate) fn fails(self) -> String {
        assert_eq!((self.status, self.out.as_str()), (1, ""), "{self:?}");
        assert!((1..=3).contains(&self.err.lines().count()), "{self:?}");
        self.err
    }
}
