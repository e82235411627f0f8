//! `hydra host` and `hydra migrate sql`: what they say, when, and how they end.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command};

use serde_json::{Value, json};

use crate::world::{Hydra, World};

const SECRET: &str = "a-system-secret-of-some-length";
const LOCAL: &str = "host --host 127.0.0.1 --port 0 --bcrypt-cost 4";

/// A running `hydra host`; it is killed when this goes.
struct Server {
    child: Child,
    /// What it logged until it was listening.
    log: String,
    rest: BufReader<std::process::ChildStderr>,
}

impl Server {
    /// Starts it, and reads its log up to the line that says it is listening.
    fn start(mut hydra: Hydra) -> Self {
        let mut child = hydra.command.spawn().unwrap();
        let mut rest = BufReader::new(child.stderr.take().unwrap());
        let mut log = String::new();
        while !log.contains("listening") {
            assert_ne!(rest.read_line(&mut log).unwrap(), 0, "it ended: {log}");
        }
        Self { child, log, rest }
    }

    /// The value behind `name: ` in the log.
    fn logged(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.log.split_once(&format!("{name}: "))?;
        rest.split_whitespace().next()
    }

    /// Sends the signal and tells how it ended.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        Command::new("kill").args([signal, &pid]).status().unwrap();
        let mut rest = String::new();
        self.rest.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn whoever_waits_for_listening_finds_the_files() {
    let world = World::empty();
    let server = Server::start(world.hydra(&format!(
        "{LOCAL} --dangerous-force-http --dangerous-auto-logon --address-file address"
    )));
    let address = world.read("address");
    let file = world.read(".hydra.yml");
    let port = address.strip_prefix("127.0.0.1:").unwrap();
    assert!(
        file.contains(&format!("cluster_url: http://127.0.0.1:{port}\n")),
        "{file}"
    );
    assert!(file.contains(server.logged("client_secret").unwrap()));
    world.hydra("token client").run().prints();
    let (status, rest) = server.stop("-TERM");
    assert_eq!(status, Some(0));
    assert!(rest.contains("stopped"), "{rest}");
}

#[test]
fn what_is_made_up_is_told_once_and_can_be_used() {
    let world = World::empty();
    let server = Server::start(world.hydra(LOCAL));
    let (secret, id) = (server.logged("SYSTEM_SECRET"), server.logged("client_id"));
    let secret = secret.unwrap().to_owned();
    assert_eq!(server.log.matches(&secret).count(), 1);
    assert_eq!(id.unwrap().len(), 36);
    let (status, rest) = server.stop("-INT");
    assert_eq!((status, rest.contains(&secret)), (Some(0), false));

    let again = world
        .hydra(LOCAL)
        .env("SYSTEM_SECRET", &secret)
        .env("FORCE_ROOT_CLIENT_CREDENTIALS", "admin:admin-password");
    let server = Server::start(again);
    for told in ["SYSTEM_SECRET", "client_id", "client_secret"] {
        assert_eq!(server.logged(told), None);
    }
    assert!(!server.log.contains("admin-password"));
}

#[test]
fn what_cannot_work_is_one_line_and_status_1() {
    let world = World::empty();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let busy = format!("host --host 127.0.0.1 --port {port}");
    world.write("broken.yml", "client_secret: 'hush\n");
    std::fs::create_dir(world.file("folder")).unwrap();
    let auto_logon = |file: &str| format!("{LOCAL} --dangerous-auto-logon --config {file}");
    for (line, variable, value, expected) in [
        (busy.as_str(), "A", "", "cannot listen on 127.0.0.1"),
        (
            LOCAL,
            "DATABASE_URL",
            "sqlite://no/folder/hydra.db",
            "cannot open the database sqlite://no/folder/hydra.db",
        ),
        (
            LOCAL,
            "DATABASE_URL",
            "sqlite://folder",
            "cannot open the database sqlite://folder",
        ),
        (
            LOCAL,
            "DATABASE_URL",
            "oracle://u:hush@h/d",
            "unknown scheme",
        ),
        (LOCAL, "SYSTEM_SECRET", "hush", "shorter than 16"),
        (
            LOCAL,
            "ISSUER",
            "http://example.com",
            "--dangerous-force-http",
        ),
        (
            LOCAL,
            "FORCE_ROOT_CLIENT_CREDENTIALS",
            "hush",
            "`id:secret`",
        ),
        (
            LOCAL,
            "FORCE_ROOT_CLIENT_CREDENTIALS",
            "id:hush",
            "at least 6",
        ),
        (
            LOCAL,
            "HTTPS_ALLOW_TERMINATION_FROM",
            "everywhere",
            "`everywhere` is not a network",
        ),
        (LOCAL, "HTTPS_TLS_CERT", "hush", "HTTPS_TLS_KEY"),
        (
            &format!("{LOCAL} --https-tls-cert-path absent --https-tls-key-path absent"),
            "A",
            "",
            "cannot read absent: No such file",
        ),
        (
            &auto_logon("broken.yml"),
            "A",
            "",
            "broken.yml is not a YAML mapping",
        ),
        (
            &auto_logon("folder"),
            "A",
            "",
            "cannot read the configuration file folder: ",
        ),
        (
            &auto_logon("new.yml"),
            "CLUSTER_URL",
            "nowhere",
            "CLUSTER_URL cannot be used",
        ),
        (
            "migrate sql sqlite://no/folder/hydra.db",
            "A",
            "",
            "cannot open the database",
        ),
        (
            "migrate sql postgres://u:hush@127.0.0.1:1/d",
            "A",
            "",
            "postgres://127.0.0.1:1/d",
        ),
        ("migrate sql nonsense", "A", "", "no scheme"),
    ] {
        let hydra = |line: &str| {
            let hydra = world.hydra(line).env("SYSTEM_SECRET", SECRET);
            hydra.env(variable, value).run().fails()
        };
        let complaint = hydra(line);
        assert!(
            complaint.starts_with("error: ") && complaint.contains(expected),
            "{line} {variable}={value}: {complaint}"
        );
        let for_machines: Value = serde_json::from_str(&hydra(&format!("{line} --json"))).unwrap();
        let message = for_machines["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(format!("error: {message}\n"), complaint);
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(!complaint.contains("hush"), "{complaint}");
    }
    assert!(!world.file("no").exists() && !world.file("new.yml").exists());
}

/// A start that comes to nothing has not begun.
#[test]
fn a_setting_that_cannot_be_used_leaves_no_database() {
    let world = World::empty();
    let hydra = world
        .hydra(&format!("{LOCAL} --dangerous-auto-logon"))
        .env("DATABASE_URL", "sqlite://hydra.db")
        .env("SYSTEM_SECRET", SECRET)
        .env("CLUSTER_URL", "nowhere");
    hydra.run().fails();
    assert!(!world.file("hydra.db").exists());
}

#[test]
fn a_database_is_migrated_and_opens_with_its_own_secret_only() {
    let world = World::empty();
    let migrate = || world.hydra("migrate sql sqlite://hydra.db");
    let printed = migrate().run().prints();
    let applied = printed
        .strip_prefix("Applied ")
        .and_then(|rest| rest.strip_suffix(" migrations to sqlite://hydra.db.\n"));
    assert!(applied.unwrap().parse::<u32>().unwrap() > 0, "{printed}");
    let again = world
        .hydra("migrate sql sqlite://hydra.db --json")
        .run()
        .json();
    assert_eq!(
        again,
        json!({"applied": 0, "database": "sqlite://hydra.db"})
    );

    let host = |secret: &str| {
        world
            .hydra(LOCAL)
            .env("DATABASE_URL", "sqlite://hydra.db")
            .env("SYSTEM_SECRET", secret)
    };
    let first = Server::start(host(SECRET));
    assert!(first.logged("client_id").is_some());
    assert_eq!(first.stop("-TERM").0, Some(0));

    let complaint = host("").run().fails();
    assert!(
        complaint.starts_with("error: SYSTEM_SECRET is not set"),
        "{complaint}"
    );
    let complaint = host("another-system-secret").run().fails();
    assert!(
        complaint.starts_with("error: SYSTEM_SECRET is not the one")
            && complaint.lines().count() == 1,
        "{complaint}"
    );
    // Nothing was lost: there still is a client, so no other root is made.
    assert_eq!(Server::start(host(SECRET)).logged("client_id"), None);
}

#[test]
fn a_database_that_is_not_up_yet_is_waited_for() {
    let world = World::empty();
    let mut migrate = world.hydra("migrate sql sqlite://later/hydra.db --wait 10m");
    let mut child = migrate.command.spawn().unwrap();
    let mut told = String::new();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    err.read_line(&mut told).unwrap();
    assert!(
        told.starts_with("warning: cannot open the database"),
        "{told}"
    );
    std::fs::create_dir(world.file("later")).unwrap();
    assert!(child.wait().unwrap().success());

    let complaint = world
        .hydra("migrate sql sqlite://never/hydra.db --wait 1ms --json")
        .run();
    assert_eq!(complaint.status, 1);
    assert!(
        complaint
            .err
            .lines()
            .last()
            .unwrap()
            .starts_with("{\"error\""),
        "{complaint:?}"
    );
}
