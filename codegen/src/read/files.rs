//! The other files that a document may consist of.
//!
//! A document is often somebody else's. What it refers to must therefore lie in its own folder,
//! or in one that the user named, and nothing is ever fetched over the network.

use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use super::decode::{MAX_BYTES, decode};

/// Where other files come from.
pub(super) trait Library: Sync {
    /// The name of the file that `target` means in the file called `from`: a path from the
    /// folder of the document, the same for every way to refer to it.
    fn find(&self, from: &str, target: &str) -> Result<String, String>;

    /// The name of the document's own file, to which other files may lead back.
    fn own(&self) -> Option<String> {
        None
    }

    /// The text of a file by such a name.
    fn open(&self, name: &str) -> Result<String, String>;
}

/// There are no other files.
pub(super) struct Nothing;

impl Library for Nothing {
    fn find(&self, _from: &str, target: &str) -> Result<String, String> {
        refuse_remote(target)?;
        Err(format!(
            "`{target}` is another file, and this document is in none itself; give the document \
             by the name of its file"
        ))
    }

    fn open(&self, name: &str) -> Result<String, String> {
        Err(format!("`{name}` cannot be read"))
    }
}

/// The files in the folder of a document.
pub(super) struct Folder {
    /// The document's own folder, without links.
    home: PathBuf,
    /// The folder that nothing may lead out of, without links.
    fence: PathBuf,
    /// Name of the document's file.
    own: Option<String>,
}

impl Folder {
    /// The folder of the document at `path`; references may lead into all of `fence`.
    pub(super) fn of(path: &Path, fence: Option<&Path>) -> Result<Self, String> {
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let whole =
            |path: &Path| fs::canonicalize(path).map_err(|e| format!("{}: {e}", path.display()));
        let home = whole(folder)?;
        let fence = match fence {
            None => home.clone(),
            Some(fence) => whole(fence)?,
        };
        let own = path.file_name().and_then(|name| name.to_str());
        Ok(Self {
            home,
            fence,
            own: own.map(str::to_owned),
        })
    }
}

impl Library for Folder {
    fn own(&self) -> Option<String> {
        self.own.clone()
    }

    fn find(&self, from: &str, target: &str) -> Result<String, String> {
        refuse_remote(target)?;
        let relative = super::node::percent_decoded(target);
        let folder = self.home.join(from);
        let folder = if from.is_empty() {
            &self.home
        } else {
            folder.parent().unwrap_or(&self.home)
        };
        let path = folder.join(&relative);
        let outside = || {
            format!(
                "`{target}` leads out of the folder `{}`; --ref-root DIR allows more",
                self.fence.display()
            )
        };
        // Before the disk is asked, so that nobody learns what exists elsewhere.
        if !tidy(&path).starts_with(&self.fence) {
            return Err(outside());
        }
        let path = fs::canonicalize(&path).map_err(|e| format!("`{target}`: {e}"))?;
        if !path.starts_with(&self.fence) {
            return Err(outside());
        }
        let name = path.strip_prefix(&self.home).unwrap_or(&path);
        let name = name
            .to_str()
            .ok_or_else(|| format!("`{target}` has a name that is no text"))?;
        Ok(name.replace('\\', "/"))
    }

    fn open(&self, name: &str) -> Result<String, String> {
        open(&self.home.join(name))
    }
}

/// The text of a file, if it is not too large to be a document.
pub(super) fn open(path: &Path) -> Result<String, String> {
    let say = |e: std::io::Error| e.to_string();
    let file = fs::File::open(path).map_err(say)?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(say)?;
    decode(bytes)
}

/// A path without `.` and `..`, by its spelling alone.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                tidy.pop();
            }
            other => tidy.push(other),
        }
    }
    tidy
}

fn refuse_remote(target: &str) -> Result<(), String> {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.len() > 1
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    };
    if target.starts_with("//") || scheme.is_some_and(is_scheme) {
        return Err(format!(
            "`{target}` is somewhere else, and nothing is fetched; save it beside the document and \
             refer to the file"
        ));
    }
    Ok(())
}
