//! Each room uses only those below it. Read from the imports, so that a mistake fails a test.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. Rooms on one line do not use each other.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["crypto", "storage", "config_file"],
    &["flows"],
    &["http"],
    &["host"],
    &["cli"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a text names in `crate::room`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split("crate::").skip(1).map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn nothing_points_up() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap();
        let room = room.trim_end_matches(".rs");
        let Some(here) = floor(room) else { continue };
        for used in named(&fs::read_to_string(&file).unwrap()) {
            if used != room && floor(used).is_some_and(|there| there >= here) {
                wrong.push(format!("{} uses crate::{used}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_domain_knows_no_http_no_sql_and_no_runtime() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain");
    let mut files = Vec::new();
    rust_files(&folder, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for foreign in ["axum", "http::", "sqlx", "tokio", "utoipa"] {
            let imports = format!("use {foreign}");
            assert!(
                !text.contains(&imports),
                "{} has `{imports}`",
                file.display()
            );
        }
    }
}
