//! What goes where: standard output, standard error, pipes that close, terminals that are none.

use std::process::Stdio;

use serde_json::Value;

use crate::world::World;

#[test]
fn help_and_version_are_data() {
    let world = World::empty();
    let help = world.hydra("").run().prints();
    assert!(help.contains("Usage: hydra"), "{help}");
    for line in [
        "--help",
        "help",
        "help clients create",
        "clients create --help",
        "host --help",
        "-h",
    ] {
        assert!(
            world.hydra(line).run().prints().contains("Usage: hydra"),
            "{line}"
        );
    }
    let version = world.hydra("version").run().prints();
    let labels: Vec<_> = version
        .lines()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(labels, ["Version", "Git Hash", "Build Time"]);
    let json = world.hydra("version --json").run().json();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        world.hydra("--version").run().prints(),
        format!("hydra {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn shells_learn_the_commands() {
    let world = World::empty();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = world.hydra(&format!("completions {shell}")).run().prints();
        assert!(
            script.contains("skip-tls-verify") && script.contains("import"),
            "{shell}"
        );
    }
}

#[test]
fn failures_are_one_line_of_json_for_machines() {
    let world = World::connected();
    let ended = world
        .hydra("clients get nobody --json --skip-tls-verify")
        .run();
    let failure: Value = serde_json::from_str(&ended.fails()).unwrap();
    assert_eq!(failure["error"]["status"], 404);
    assert!(
        failure["error"]["message"]
            .as_str()
            .unwrap()
            .contains("`nobody`"),
        "{failure}"
    );
}

#[test]
fn mistakes_on_the_command_line_are_one_line_of_json_for_machines() {
    let world = World::empty();
    for line in [
        "clients get --json",
        "--json clients",
        "bogus --json",
        "token client --bogus --json",
    ] {
        let ended = world.hydra(line).run();
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{line}");
        assert_eq!(ended.err.lines().count(), 1, "{ended:?}");
        let mistake: Value = serde_json::from_str(&ended.err).unwrap();
        assert!(mistake["error"]["message"].is_string(), "{mistake}");
    }
    assert!(
        world
            .hydra("--help --json")
            .run()
            .prints()
            .contains("Usage: hydra")
    );
}

#[test]
fn a_closed_pipe_is_no_news() {
    let world = World::empty();
    for line in ["completions bash", "version", "--help"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut hydra = world.hydra(line);
        hydra.command.stdout(Stdio::from(writer));
        let ended = hydra.run();
        assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{line}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is() {
    let world = World::empty();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut hydra = world.hydra("version");
    hydra.command.stdout(Stdio::from(full));
    assert!(
        hydra
            .run()
            .fails()
            .contains("cannot write to standard output")
    );
}

#[test]
fn there_are_no_colours_where_there_is_no_terminal() {
    let world = World::empty();
    for line in [
        "clients list",
        "clients get",
        "--help",
        "clients create --secret x",
    ] {
        let ended = world.hydra(line).env("TERM", "xterm-256color").run();
        assert!(
            !ended.out.contains('\u{1b}') && !ended.err.contains('\u{1b}'),
            "{line}: {ended:?}"
        );
    }
    let forced = world.hydra("clients list").env("CLICOLOR_FORCE", "1").run();
    assert!(forced.err.contains('\u{1b}'), "{forced:?}");
    let refused = world
        .hydra("clients list")
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .run();
    assert!(!refused.err.contains('\u{1b}'), "{refused:?}");
}
