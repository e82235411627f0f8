//! What reading and writing the configuration file promise.

use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn connection(url: &str, id: &str, secret: &str) -> Connection {
    Connection {
        cluster_url: Some(url.to_owned()),
        client_id: Some(id.to_owned()),
        client_secret: Some(Secret::new(secret)),
    }
}

fn saved(before: &str, connection: Connection) -> String {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".hydra.yml");
    fs::write(&path, before).unwrap();
    let mut file = ConfigFile::load(Some(&path)).unwrap();
    file.save(connection.clone()).unwrap();
    let read_back = ConfigFile::load(Some(&path)).unwrap();
    assert_eq!(read_back.connection(), file.connection());
    assert_eq!(read_back.connection(), &connection);
    fs::read_to_string(&path).unwrap()
}

#[test]
fn an_absent_file_is_empty_and_is_not_created_by_reading() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".hydra.yml");
    let file = ConfigFile::load(Some(&path)).unwrap();
    assert_eq!(file.connection(), &Connection::default());
    assert!(!path.exists());
}

#[test]
fn a_new_file_belongs_to_its_owner_alone_and_nothing_is_left_beside_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".hydra.yml");
    ConfigFile::load(Some(&path))
        .unwrap()
        .save(connection("https://localhost:4444", "admin", "pass"))
        .unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "cluster_url: https://localhost:4444\nclient_id: admin\nclient_secret: pass\n"
    );
}

#[test]
fn an_open_file_is_closed_to_others_when_it_is_written() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(".hydra.yml");
    fs::write(&path, "client_id: a\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    ConfigFile::load(Some(&path))
        .unwrap()
        .save(connection("http://a", "b", "c"))
        .unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn other_keys_comments_and_order_stay() {
    let before = "# mine\nport: 5000\nclient_id : old\ncluster_url: http://old # here\nlist:\n  - client_id: x\n";
    assert_eq!(
        saved(before, connection("http://new", "id", "s")),
        "# mine\nport: 5000\nclient_id: id\ncluster_url: http://new\nlist:\n  - client_id: x\nclient_secret: s\n"
    );
}

#[test]
fn yaml_that_lines_cannot_edit_is_written_anew_with_its_keys() {
    for before in [
        "{client_id: old, port: 5000}",
        "\"client_id\": old\nport: 5000\n",
        "client_id: |\n  old\n  er\nport: 5000\n",
        "client_id: old\nport: 5000\n...\n",
    ] {
        let after = saved(before, connection("http://new", "id", "s"));
        assert!(after.contains("5000"), "{before:?} became {after:?}");
    }
}

#[test]
fn any_secret_survives() {
    for secret in [
        "a: b # c",
        "\"quoted\"",
        "0042",
        "null",
        "~",
        "täst\n\tzwei",
        "- x",
        "\u{7f}\u{85}\u{feff}",
        "\\x00",
        "yes",
        "a b ",
        &"long ".repeat(100),
    ] {
        saved("port: 5000\n", connection("http://a", "b", secret));
    }
}

#[test]
fn a_number_in_the_file_is_taken_as_its_text() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("c.yml");
    fs::write(&path, "client_id: 0042\nclient_secret: 1e3\n").unwrap();
    let file = ConfigFile::load(Some(&path)).unwrap();
    assert_eq!(file.connection().client_id.as_deref(), Some("0042"));
    assert_eq!(file.connection().client_secret, Some(Secret::new("1e3")));
}

#[test]
fn what_is_not_given_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("c.yml");
    fs::write(&path, "client_id: a\nclient_secret: b\n").unwrap();
    let mut file = ConfigFile::load(Some(&path)).unwrap();
    file.save(Connection {
        client_id: Some("c".to_owned()),
        ..Connection::default()
    })
    .unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "client_id: c\nclient_secret: b\n"
    );
    assert_eq!(file.connection().client_secret, Some(Secret::new("b")));
}

#[test]
fn a_link_stays_a_link() {
    let home = tempfile::tempdir().unwrap();
    let (real, link) = (home.path().join("real.yml"), home.path().join(".hydra.yml"));
    fs::write(&real, "port: 1\n").unwrap();
    symlink(&real, &link).unwrap();
    ConfigFile::load(Some(&link))
        .unwrap()
        .save(connection("http://a", "b", "c"))
        .unwrap();
    assert!(
        fs::symlink_metadata(&link)
            .unwrap()
            .file_type()
            .is_symlink()
    );
    assert!(fs::read_to_string(&real).unwrap().contains("client_id"));
}

#[test]
fn mistakes_name_the_file_and_the_place_but_never_quote_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("c.yml");
    for text in [
        "client_secret: [hush",
        "- hush\n",
        "hush",
        "client_secret: {hush: 1}\n",
        "a: 1\nclient_secret: 'hush\n",
    ] {
        fs::write(&path, text).unwrap();
        let error = ConfigFile::load(Some(&path)).unwrap_err();
        let message = format!("{error} {error:?}");
        assert!(message.contains("c.yml"), "{message}");
        assert!(!message.contains("hush"), "{message}");
    }
    fs::write(&path, vec![b'#'; 1024 * 1024 + 1]).unwrap();
    assert!(matches!(
        ConfigFile::load(Some(&path)),
        Err(ConfigFileError::TooLarge { .. })
    ));
    assert!(matches!(
        ConfigFile::load(Some(home.path())),
        Err(ConfigFileError::Read { .. })
    ));
}

#[test]
fn a_failed_write_leaves_the_file_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("folder").join("c.yml");
    let mut file = ConfigFile::load(Some(&path)).unwrap();
    let error = file.save(connection("http://a", "b", "c")).unwrap_err();
    assert!(matches!(error, ConfigFileError::Write { .. }));
    assert_eq!(file.connection(), &Connection::default());
}
