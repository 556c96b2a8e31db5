//! Reading a table key by key. A key is known because somebody takes it into a field of [`super::Config`]; what is left when
//! a table is finished is unknown, so no key can be accepted and then ignored.

use super::{
    error::{Diagnostic, Problem},
    item::{Item, Parsed},
    provenance::Provenance,
    source::Place,
    tree::{Entry, Node, Value, to_json},
};
use crate::names::nearest;
use serde::Serialize;
use serde_json::Value as Json;
use std::{cell::RefCell, collections::BTreeMap};

/// Keys of later versions: refused by name, so that nobody believes them to work. `*` is any name.
pub(super) const RESERVED: &[&str] = &["python.preload"];

/// What reading has found so far.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Diagnostic>,
    pub(super) provenance: Provenance,
    known: Vec<String>,
    unknown: Vec<(String, Place)>,
}

impl Findings {
    /// The problems, unknown keys included: only now is every known key known.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, Provenance) {
        for (key, place) in std::mem::take(&mut self.unknown) {
            let nearest = self.nearest(&key);
            self.problems.push(Diagnostic::new(Problem::UnknownKey { key, nearest }, Some(place)));
        }
        (self.problems, self.provenance)
    }

    /// A key of the same table that is spelt alike, or one of the same name elsewhere.
    fn nearest(&self, key: &str) -> Option<String> {
        let (table, name) = split(key);
        let siblings = self.known.iter().map(|known| split(known)).filter(|(other, _)| *other == table);
        if let Some(sibling) = nearest(name, siblings.map(|(_, name)| name)).first() {
            return Some(join(table, sibling));
        }
        self.known.iter().find(|known| split(known).1 == name).cloned()
    }
}

fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('.').unwrap_or(("", key))
}

fn join(table: &str, name: &str) -> String {
    if table.is_empty() { name.into() } else { format!("{table}.{name}") }
}

fn is_reserved(key: &str) -> bool {
    RESERVED.iter().any(|reserved| {
        let (mut wanted, mut given) = (reserved.split('.'), key.split('.'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some("*"), Some(_)) => {}
                (Some(a), Some(b)) if a == b => {}
                _ => return false,
            }
        }
    })
}

/// A table that is being read.
pub(super) struct Table<'f> {
    findings: &'f RefCell<Findings>,
    path: String,
    entries: BTreeMap<String, Entry>,
}

impl<'f> Table<'f> {
    pub(super) fn root(findings: &'f RefCell<Findings>, entries: BTreeMap<String, Entry>) -> Self {
        Self { findings, path: String::new(), entries }
    }

    pub(super) fn complain(&self, diagnostic: Diagnostic) {
        self.findings.borrow_mut().problems.push(diagnostic);
    }

    pub(super) fn key(&self, name: &str) -> String {
        join(&self.path, name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// A text that whoever takes this table will read too, with its place.
    pub(super) fn peek(&self, name: &str) -> Option<(String, Place)> {
        let entry = self.entries.get(name)?;
        match &entry.node.value {
            Value::Text(text) => Some((text.clone(), entry.node.place.clone())),
            _ => None,
        }
    }

    /// Makes a path absolute that whoever takes this table will read; that one cannot know where it starts.
    pub(super) fn resolve(&mut self, name: &str) {
        let key = self.key(name);
        let Some(entry) = self.entries.get_mut(name) else { return };
        match (Item { key: &key, node: &entry.node }).path() {
            Ok(path) => entry.node.value = Value::Text(path.to_string_lossy().into_owned()),
            Err(problem) => self.complain(problem),
        }
    }

    fn take(&mut self, name: &str) -> Option<Entry> {
        let key = self.key(name);
        self.findings.borrow_mut().known.push(key);
        self.entries.remove(name)
    }

    /// A value, or its default. What is wrong with it is remembered, and the default then stands in until reading ends.
    pub(super) fn value<T: Serialize>(&mut self, name: &str, default: T, parse: impl Fn(Item<'_>) -> Parsed<T>) -> T {
        let key = self.key(name);
        let (value, place) = match self.take(name) {
            None => (default, None),
            Some(Entry { node, .. }) => match parse(Item { key: &key, node: &node }) {
                Ok(value) => (value, Some(node.place)),
                Err(problem) => {
                    self.complain(problem);
                    (default, None)
                }
            },
        };
        // A value that JSON cannot hold would be shown as the reason for that.
        let json = serde_json::to_value(&value).unwrap_or_else(|error| error.to_string().into());
        self.findings.borrow_mut().provenance.add(key, json, place.as_ref());
        value
    }

    /// A value that need not be there.
    pub(super) fn optional<T: Serialize>(&mut self, name: &str, parse: impl Fn(Item<'_>) -> Parsed<T>) -> Option<T> {
        self.value(name, None, |item| parse(item).map(Some))
    }

    /// A table within this one; an empty one if it is not there.
    pub(super) fn table(&mut self, name: &str) -> Table<'f> {
        let entry = self.take(name);
        self.child(name, entry.map(|entry| entry.node))
    }

    /// The tables of `[[name]]`, each with its place.
    pub(super) fn tables(&mut self, name: &str) -> Vec<(Table<'f>, Place)> {
        let Some(Entry { node, .. }) = self.take(name) else { return Vec::new() };
        let Value::List(nodes) = node.value else {
            let key = self.key(name);
            self.complain(Item { key: &key, node: &node }.not("a list of tables"));
            return Vec::new();
        };
        let one = |(at, node): (usize, Node)| {
            let place = node.place.clone();
            (self.child(&format!("{name}[{at}]"), Some(node)), place)
        };
        nodes.into_iter().enumerate().map(one).collect()
    }

    /// Every table that is left here, by name.
    pub(super) fn rest(&mut self) -> Vec<(String, Place, Table<'f>)> {
        let entries = std::mem::take(&mut self.entries);
        let one = |(name, entry): (String, Entry)| {
            let table = self.child(&name, Some(entry.node));
            (name, entry.key, table)
        };
        entries.into_iter().map(one).collect()
    }

    /// Every value that is left here, by name, with the place of its name.
    pub(super) fn values<T: Serialize>(&mut self, parse: impl Fn(Item<'_>) -> Parsed<T>) -> Vec<(String, Place, T)> {
        let mut values = Vec::new();
        for (name, entry) in std::mem::take(&mut self.entries) {
            let key = self.key(&name);
            match parse(Item { key: &key, node: &entry.node }) {
                Ok(value) => {
                    let json = serde_json::to_value(&value).unwrap_or_else(|error| error.to_string().into());
                    self.findings.borrow_mut().provenance.add(key, json, Some(&entry.node.place));
                    values.push((name, entry.key, value));
                }
                Err(problem) => self.complain(problem),
            }
        }
        values
    }

    /// This whole table as JSON, for a plugin that will check it itself.
    pub(super) fn pass_through(self) -> Json {
        let mut map = serde_json::Map::new();
        for (name, entry) in self.entries {
            match to_json(&entry.node) {
                Ok(value) => {
                    let mut findings = self.findings.borrow_mut();
                    list_leaves(&mut findings.provenance, &join(&self.path, &name), &entry.node, &value);
                    map.insert(name, value);
                }
                Err(problem) => self.findings.borrow_mut().problems.push(problem),
            }
        }
        Json::Object(map)
    }

    fn child(&self, name: &str, node: Option<Node>) -> Table<'f> {
        let path = self.key(name);
        let entries = match node {
            None => BTreeMap::new(),
            Some(Node { value: Value::Table(entries), .. }) => entries,
            Some(node) => {
                self.complain(Item { key: &path, node: &node }.not("a table"));
                BTreeMap::new()
            }
        };
        Table { findings: self.findings, path, entries }
    }

    /// Ends reading: what is left is unknown, or not known yet.
    pub(super) fn finish(self) {
        for (name, entry) in self.entries {
            let key = join(&self.path, &name);
            let mut findings = self.findings.borrow_mut();
            if is_reserved(&key) {
                findings.problems.push(Diagnostic::new(Problem::Unavailable { key }, Some(entry.key)));
            } else {
                findings.unknown.push((key, entry.key));
            }
        }
    }
}

fn list_leaves(provenance: &mut Provenance, key: &str, node: &Node, json: &Json) {
    match (&node.value, json) {
        (Value::Table(entries), Json::Object(map)) => {
            for (name, entry) in entries {
                list_leaves(provenance, &join(key, name), &entry.node, &map[name]);
            }
        }
        _ => provenance.add(key.into(), json.clone(), Some(&node.place)),
    }
}
