//! Files onto the disk, or compared with it.
//!
//! The output folder may hold other files than ours, so we keep a manifest of those that are. A
//! file of ours that is no longer needed is removed; a file that is not ours is never touched.
//! Generated files say so in their first lines, which is how a file without a manifest is known.
//! What an ignore file in the folder names is not ours either, whatever the manifest says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use sha2::{Digest, Sha256};
use similar::TextDiff;

use crate::emit::{File, Owner};

/// Name of the manifest in an output folder.
pub const MANIFEST: &str = concat!(".", env!("CARGO_PKG_NAME"), "-manifest");
/// Name of the ignore file in an output folder, which has the syntax of `.gitignore`.
pub const IGNORE: &str = concat!(".", env!("CARGO_PKG_NAME"), "-ignore");
/// What stands in the first lines of a generated file.
const MARK: &str = "@generated";
/// How many lines of a diff are shown of one file.
const SHOWN_LINES: usize = 60;

/// Why files cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The disk says no.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
    /// A file of somebody else is in the way.
    #[error("{} is not a generated file, so it is not overwritten; move it away first", .0.display())]
    Foreign(PathBuf),
    /// A path that leads out of the output folder.
    #[error("`{0}` is no path below the output folder")]
    Outside(String),
    /// The ignore file is not understood.
    #[error("{}: {error}", path.display())]
    Ignore {
        /// The ignore file.
        path: PathBuf,
        /// What is not understood.
        error: ignore::Error,
    },
    /// The manifest is damaged.
    #[error("{}: line {line} is not `<sha256> <path>`; delete the file to begin anew", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
}

/// What has to happen so that a folder holds what was generated.
#[derive(Debug)]
pub struct Plan {
    folder: PathBuf,
    /// By path below the folder.
    changes: BTreeMap<String, Change>,
    manifest: String,
}

/// What has to happen to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is not there yet.
    Create(String),
    /// It is there with another content.
    Update {
        /// Content on disk.
        old: String,
        /// Content to be.
        new: String,
    },
    /// It is there and no longer needed.
    Remove {
        /// Content on disk.
        old: String,
    },
}

impl Plan {
    /// Compares files with a folder. Nothing is written.
    ///
    /// # Errors
    /// If the folder cannot be read, or a file of somebody else is in the way.
    pub fn new(folder: &Path, files: &[File]) -> Result<Self, OutputError> {
        let ignored = ignored(folder)?;
        let is_ignored = |name: &str| ignored.matched_path_or_any_parents(name, false).is_ignore();
        let mut before = manifest(folder)?;
        before.retain(|name, _| !is_ignored(name));
        let mut changes = BTreeMap::new();
        let mut entries = BTreeMap::new();
        for file in files.iter().filter(|file| !is_ignored(&file.path)) {
            let path = below(folder, &file.path)?;
            let old = read(&path)?;
            match file.owner {
                Owner::User => {
                    if old.is_none() {
                        changes.insert(file.path.clone(), Change::Create(file.contents.clone()));
                    }
                    continue;
                }
                Owner::Generator => {
                    entries.insert(file.path.clone(), digest(&file.contents));
                }
            }
            let change = match old {
                None => Change::Create(file.contents.clone()),
                Some(old) if old == file.contents => continue,
                Some(old) if before.contains_key(&file.path) || is_marked(&old) => Change::Update {
                    old,
                    new: file.contents.clone(),
                },
                Some(_) => return Err(OutputError::Foreign(path)),
            };
            changes.insert(file.path.clone(), change);
        }
        for (name, hash) in &before {
            if entries.contains_key(name) || files.iter().any(|f| f.path == *name) {
                continue;
            }
            // Somebody may have made it theirs by writing into it.
            if let Some(old) = read(&below(folder, name)?)?
                && (digest(&old) == *hash || is_marked(&old))
            {
                changes.insert(name.clone(), Change::Remove { old });
            }
        }
        let mut text = String::new();
        for (name, hash) in &entries {
            let _ = writeln!(text, "{hash} {name}");
        }
        match read(&folder.join(MANIFEST))? {
            Some(old) if old == text => {}
            Some(old) => {
                changes.insert(
                    MANIFEST.to_owned(),
                    Change::Update {
                        old,
                        new: text.clone(),
                    },
                );
            }
            None => {
                changes.insert(MANIFEST.to_owned(), Change::Create(text.clone()));
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            changes,
            manifest: text,
        })
    }

    /// What has to happen, by path below the folder.
    pub fn changes(&self) -> &BTreeMap<String, Change> {
        &self.changes
    }

    /// Makes it happen. Each file appears at once or not at all; the manifest comes last.
    ///
    /// # Errors
    /// If the disk says no.
    pub fn apply(&self) -> Result<(), OutputError> {
        for (name, change) in &self.changes {
            if name == MANIFEST {
                continue;
            }
            let path = below(&self.folder, name)?;
            match change {
                Change::Create(new) | Change::Update { new, .. } => write_file(&path, new)?,
                Change::Remove { .. } => remove(&self.folder, &path)?,
            }
        }
        if self.changes.contains_key(MANIFEST) {
            write_file(&self.folder.join(MANIFEST), &self.manifest)?;
        }
        Ok(())
    }

    /// The changes as a diff for people.
    pub fn diff(&self) -> String {
        let mut text = String::new();
        for (name, change) in self.changes.iter().filter(|(name, _)| *name != MANIFEST) {
            let shown = self.folder.join(name);
            let (old, new) = match change {
                Change::Create(new) => ("", new.as_str()),
                Change::Update { old, new } => (old.as_str(), new.as_str()),
                Change::Remove { old } => (old.as_str(), ""),
            };
            let diff = TextDiff::from_lines(old, new)
                .unified_diff()
                .context_radius(2)
                .header(
                    &format!("{} (on disk)", shown.display()),
                    &format!("{} (generated)", shown.display()),
                )
                .to_string();
            let lines = diff.lines().count();
            for line in diff.lines().take(SHOWN_LINES) {
                let _ = writeln!(text, "{line}");
            }
            if lines > SHOWN_LINES {
                let _ = writeln!(text, "… {} more lines", lines - SHOWN_LINES);
            }
        }
        text
    }
}

/// The place of a file in the folder, checked not to lead out of it.
fn below(folder: &Path, name: &str) -> Result<PathBuf, OutputError> {
    let path = Path::new(name);
    let inside = !name.is_empty()
        && !name.contains('\\')
        && path.components().all(|c| matches!(c, Component::Normal(_)));
    if !inside {
        return Err(OutputError::Outside(name.to_owned()));
    }
    Ok(folder.join(path))
}

fn is_marked(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains(MARK))
}

fn digest(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// What the user keeps for themselves.
fn ignored(folder: &Path) -> Result<Gitignore, OutputError> {
    let path = folder.join(IGNORE);
    let mut builder = GitignoreBuilder::new("");
    let refused = |error| OutputError::Ignore {
        path: path.clone(),
        error,
    };
    for line in read(&path)?.unwrap_or_default().lines() {
        builder.add_line(None, line).map_err(refused)?;
    }
    builder.build().map_err(refused)
}

/// Files that were ours the last time, with the hash of what we wrote.
fn manifest(folder: &Path) -> Result<BTreeMap<String, String>, OutputError> {
    let path = folder.join(MANIFEST);
    let mut entries = BTreeMap::new();
    for (i, line) in read(&path)?.unwrap_or_default().lines().enumerate() {
        let damaged = || OutputError::Manifest {
            path: path.clone(),
            line: i + 1,
        };
        let (hash, name) = line.split_once(' ').ok_or_else(damaged)?;
        if hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(damaged());
        }
        below(folder, name)?;
        entries.insert(name.to_owned(), hash.to_owned());
    }
    Ok(entries)
}

fn read(path: &Path) -> Result<Option<String>, OutputError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OutputError::Io {
            path: path.to_owned(),
            error,
        }),
    }
}

/// Writes a file so that nobody ever sees half of it.
///
/// # Errors
/// If the disk says no.
pub fn write_file(path: &Path, contents: &str) -> Result<(), OutputError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| OutputError::Io { path, error }
    };
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let done = fs::write(&part, contents).and_then(|()| fs::rename(&part, path));
    if done.is_err() {
        // The first error counts; what is left of the part is in nobody's way.
        let _ = fs::remove_file(&part);
    }
    done.map_err(at(path))
}

/// Removes a file, and the folders that are empty without it.
fn remove(folder: &Path, path: &Path) -> Result<(), OutputError> {
    fs::remove_file(path).map_err(|error| OutputError::Io {
        path: path.to_owned(),
        error,
    })?;
    let mut parent = path.parent();
    while let Some(here) = parent.filter(|p| *p != folder && p.starts_with(folder)) {
        if fs::remove_dir(here).is_err() {
            break;
        }
        parent = here.parent();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, contents: &str, owner: Owner) -> File {
        File {
            path: path.to_owned(),
            contents: contents.to_owned(),
            owner,
        }
    }

    fn generated(path: &str, contents: &str) -> File {
        file(path, contents, Owner::Generator)
    }

    #[test]
    fn files_come_change_and_go() {
        let dir = tempfile::tempdir().unwrap();
        let first = [
            generated("a.rs", "one"),
            generated("sub/b.rs", "two"),
            file("mine.rs", "yours", Owner::User),
        ];
        Plan::new(dir.path(), &first).unwrap().apply().unwrap();
        assert!(Plan::new(dir.path(), &first).unwrap().changes().is_empty());

        fs::write(dir.path().join("mine.rs"), "changed").unwrap();
        fs::write(dir.path().join("other.rs"), "not ours").unwrap();
        let second = [
            generated("a.rs", "three"),
            file("mine.rs", "yours", Owner::User),
        ];
        let plan = Plan::new(dir.path(), &second).unwrap();
        assert!(plan.diff().contains("-one\n"), "{}", plan.diff());
        plan.apply().unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).ok();
        assert_eq!(read("a.rs").as_deref(), Some("three"));
        assert_eq!(read("mine.rs").as_deref(), Some("changed"));
        assert_eq!(read("other.rs").as_deref(), Some("not ours"));
        assert!(!dir.path().join("sub").exists());
    }

    #[test]
    fn a_foreign_file_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.rs"), "by hand").unwrap();
        let error = Plan::new(dir.path(), &[generated("a.rs", "one")]).unwrap_err();
        assert!(matches!(error, OutputError::Foreign(_)), "{error}");
        fs::write(dir.path().join("a.rs"), "// @generated by something\n").unwrap();
        assert!(Plan::new(dir.path(), &[generated("a.rs", "one")]).is_ok());
    }

    #[test]
    fn a_file_of_ours_that_was_written_into_stays() {
        let dir = tempfile::tempdir().unwrap();
        Plan::new(dir.path(), &[generated("a.rs", "one")])
            .unwrap()
            .apply()
            .unwrap();
        fs::write(dir.path().join("a.rs"), "one and more").unwrap();
        Plan::new(dir.path(), &[]).unwrap().apply().unwrap();
        assert!(dir.path().join("a.rs").exists());
    }

    #[test]
    fn what_is_ignored_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            generated("a.rs", "one"),
            generated("sub/b.rs", "two"),
            generated("sub/c.rs", "x"),
        ];
        Plan::new(dir.path(), &files).unwrap().apply().unwrap();
        fs::write(dir.path().join("a.rs"), "mine").unwrap();
        fs::write(dir.path().join(IGNORE), "# mine\n/a.rs\nsub/*\n!sub/c.rs\n").unwrap();
        // Neither written anew, nor removed when it is no longer needed.
        let plan = Plan::new(
            dir.path(),
            &[generated("a.rs", "three"), generated("sub/c.rs", "y")],
        );
        plan.unwrap().apply().unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        assert_eq!(
            (read("a.rs"), read("sub/b.rs"), read("sub/c.rs")),
            ("mine".into(), "two".into(), "y".into())
        );
        assert!(!read(MANIFEST).contains("a.rs"));
        fs::write(dir.path().join(IGNORE), "[z-a]\n").unwrap();
        let error = Plan::new(dir.path(), &[]).unwrap_err();
        assert!(matches!(error, OutputError::Ignore { .. }), "{error}");
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["../a", "/etc/a", "a/../../b", "", "a\\..\\b"] {
            let error = Plan::new(dir.path(), &[generated(path, "x")]).unwrap_err();
            assert!(matches!(error, OutputError::Outside(_)), "{path}: {error}");
        }
        let line = format!("{} ../../victim\n", "0".repeat(64));
        fs::write(dir.path().join(MANIFEST), line).unwrap();
        assert!(matches!(
            Plan::new(dir.path(), &[]).unwrap_err(),
            OutputError::Outside(_)
        ));
        fs::write(dir.path().join(MANIFEST), "nonsense").unwrap();
        assert!(matches!(
            Plan::new(dir.path(), &[]).unwrap_err(),
            OutputError::Manifest { .. }
        ));
    }
}
