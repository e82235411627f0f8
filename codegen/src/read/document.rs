//! A parsed document with the files that it refers to, and what was noticed while reading it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::Value;

use super::ReadError;
use super::files::Library;
use super::node::{Node, Pointer};
use super::overlay;
use super::tree::{self, Tree};
use crate::model::{Note, Severity};

/// How many references a document may make us follow in place of naming things. Real documents
/// need hundreds; one that needs more was made to grow without bound.
const MAX_FOLLOWED: usize = 100_000;

/// How many files a document may consist of.
const MAX_FILES: usize = 10_000;

/// A document: its own file first, then those it refers to.
pub(super) struct Document {
    origin: String,
    files: Vec<File>,
    /// What a file's text says after `$ref`, before `#` → the file it means, or why there is none.
    targets: HashMap<(usize, String), Result<usize, String>>,
    followed: Cell<usize>,
    notes: RefCell<Vec<Note>>,
}

struct File {
    /// Path from the folder of the document; empty for the document itself.
    name: String,
    text: String,
    root: Value,
    /// `$anchor` and `$id` → where they stand.
    anchors: HashMap<String, Vec<String>>,
}

impl Document {
    /// Parses a text, changes it as overlays say, and parses all files that it then leads to.
    pub(super) fn load(
        text: &str,
        origin: &str,
        library: &dyn Library,
        overlays: &[PathBuf],
    ) -> Result<Self, ReadError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut tree = tree::parse(text, origin)?;
        let mut notes = Vec::new();
        for path in overlays {
            notes.extend(overlay::apply(path, &mut tree.value)?);
        }
        if !tree.value.is_object() {
            let error = ReadError::at(origin, String::new(), "the document must be an object");
            return Err(error.quoting(text));
        }
        let mut document = Self {
            origin: origin.to_owned(),
            files: Vec::new(),
            targets: HashMap::new(),
            followed: Cell::new(0),
            notes: RefCell::new(notes),
        };
        let mut names = HashMap::from([(String::new(), 0)]);
        names.extend(library.own().map(|name| (name, 0)));
        document.add(String::new(), text, tree);
        let mut file = 0;
        while let Some(from) = document.files.get(file) {
            let from_name = from.name.clone();
            let mut wanted = Vec::new();
            outward(&from.root, &mut wanted);
            for target in wanted {
                if document.targets.contains_key(&(file, target.clone())) {
                    continue;
                }
                let found = match library.find(&from_name, &target) {
                    Err(message) => Err(message),
                    Ok(name) => match names.get(&name) {
                        Some(&known) => Ok(known),
                        None if names.len() >= MAX_FILES => {
                            Err(format!("the document has more than {MAX_FILES} files"))
                        }
                        None => library.open(&name).and_then(|text| {
                            let tree = tree::parse(&text, &name).map_err(|e| e.to_string())?;
                            let number = document.files.len();
                            names.insert(name.clone(), number);
                            document.add(name, &text, tree);
                            Ok(number)
                        }),
                    },
                };
                document.targets.insert((file, target), found);
            }
            file += 1;
        }
        Ok(document)
    }

    fn add(&mut self, name: String, text: &str, tree: Tree) {
        let mut anchors = HashMap::new();
        anchors_of(&tree.value, &mut Vec::new(), &mut anchors);
        let number = self.files.len();
        self.files.push(File {
            name,
            text: text.to_owned(),
            root: tree.value,
            anchors,
        });
        for tokens in &tree.twice {
            let pointer = tokens
                .iter()
                .fold(Pointer::default(), |pointer, token| pointer.join(token));
            let message = "is given twice; the later one counts".to_owned();
            self.note(Severity::Warning, self.shown(number, &pointer), message);
        }
    }

    pub(super) fn root(&self) -> Node<'_> {
        self.file_root(0)
    }

    pub(super) fn file_root(&self, file: usize) -> Node<'_> {
        let value = self.files.get(file).map_or(&Value::Null, |f| &f.root);
        Node::new(self, file, value)
    }

    /// The place of a pointer, with the file's name before it if it is another one.
    pub(super) fn shown(&self, file: usize, pointer: &Pointer) -> String {
        match self.files.get(file) {
            Some(file) if !file.name.is_empty() => format!("{}#{pointer}", file.name),
            _ => pointer.to_string(),
        }
    }

    /// The name of a file without folders and ending: `pet` of `schemas/pet.yaml`.
    pub(super) fn stem(&self, file: usize) -> &str {
        let name = self.files.get(file).map_or("", |f| &f.name);
        let name = name.rsplit('/').next().unwrap_or(name);
        name.split('.').next().unwrap_or(name)
    }

    pub(super) fn error(&self, file: usize, pointer: &Pointer, message: String) -> ReadError {
        let origin = match self.files.get(file) {
            Some(file) if !file.name.is_empty() => &file.name,
            _ => &self.origin,
        };
        ReadError::at(origin, self.shown(file, pointer), message)
    }

    /// Puts the line of the text into an error that has none yet.
    pub(super) fn quoting(&self, error: ReadError) -> ReadError {
        let name = error
            .pointer()
            .and_then(|pointer| pointer.rsplit_once('#'))
            .map_or("", |(name, _)| name);
        match self.files.iter().find(|file| file.name == name) {
            Some(file) => {
                let text = file.text.clone();
                error.quoting(&text)
            }
            None => error,
        }
    }

    /// The file that a reference in `file` means.
    pub(super) fn target(&self, file: usize, target: &str) -> Result<usize, String> {
        if target.is_empty() {
            return Ok(file);
        }
        let known = self.targets.get(&(file, target.to_owned()));
        known
            .cloned()
            .unwrap_or_else(|| Err(format!("`{target}` was not found")))
    }

    /// Where an `$anchor` of a file, or an `$id` of any, stands.
    pub(super) fn anchor(&self, file: usize, name: &str) -> Option<(usize, Vec<String>)> {
        let here = self.files.get(file).and_then(|f| f.anchors.get(name));
        if let Some(tokens) = here {
            return Some((file, tokens.clone()));
        }
        self.files.iter().enumerate().find_map(|(number, f)| {
            let tokens = f.anchors.get(name)?;
            Some((number, tokens.clone()))
        })
    }

    /// Counts a reference that is followed; false if there are too many.
    pub(super) fn may_follow(&self) -> bool {
        let followed = self.followed.get() + 1;
        self.followed.set(followed);
        followed <= MAX_FOLLOWED
    }

    pub(super) fn note(&self, severity: Severity, pointer: String, message: String) {
        let note = Note {
            severity,
            pointer,
            message,
        };
        let mut notes = self.notes.borrow_mut();
        // A place that several things refer to is read several times.
        if notes.len() < 100_000 {
            notes.push(note);
        }
    }

    /// All notes, each once, in the order in which they came up.
    pub(super) fn take_notes(&self) -> Vec<Note> {
        let mut seen = std::collections::HashSet::new();
        let mut notes = self.notes.take();
        notes.retain(|note| seen.insert((note.pointer.clone(), note.message.clone())));
        notes
    }
}

/// What the references of a tree say before `#`, other than nothing.
fn outward(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str);
            if let Some(target) = target {
                let file = target.split('#').next().unwrap_or_default();
                if !file.is_empty() && !found.iter().any(|known| known == file) {
                    found.push(file.to_owned());
                }
            }
            map.values().for_each(|value| outward(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| outward(value, found)),
        _ => {}
    }
}

/// The `$anchor`s and `$id`s of a tree.
fn anchors_of(value: &Value, here: &mut Vec<String>, found: &mut HashMap<String, Vec<String>>) {
    match value {
        Value::Object(map) => {
            for word in ["$anchor", "$dynamicAnchor", "$id"] {
                if let Some(Value::String(name)) = map.get(word) {
                    found.entry(name.clone()).or_insert_with(|| here.clone());
                }
            }
            for (key, value) in map {
                if value.is_object() || value.is_array() {
                    here.push(key.clone());
                    anchors_of(value, here, found);
                    here.pop();
                }
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                here.push(index.to_string());
                anchors_of(value, here, found);
                here.pop();
            }
        }
        _ => {}
    }
}
