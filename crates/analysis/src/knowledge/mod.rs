//! What libraries can do, as data: `knowledge/*.toml`, read once, asked by qualified name.
//!
//! A qualified name is how a thing was reached: `os.remove`, and `epics.PV().put` for a method of what calling `epics.PV`
//! gave. The tables say nothing of how code reaches a name; that is [`crate::meaning`]'s work. Open [`table`] for the
//! format.

mod error;
mod site;
mod standard;
pub(crate) mod table;

use crate::hash::{HashMap, HashSet};
pub use error::KnowledgeError;
use std::sync::OnceLock;
use table::{Alias, AttributeEntry, CallEntry, Constant, SetEntry, Table, UseEntry};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        const BUILT_IN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../knowledge/", $name, ".toml")))),*];
    };
}

built_in!(
    "builtins",
    "control",
    "data",
    "database",
    "files",
    "interpreter",
    "matplotlib",
    "native",
    "network",
    "numpy",
    "os",
    "pandas",
    "process",
    "pyexec",
    "serialization",
);

/// All tables together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Knowledge {
    aliases: HashMap<String, String>,
    constants: HashMap<String, Constant>,
    calls: HashMap<String, Vec<CallEntry>>,
    below: HashMap<String, Vec<CallEntry>>,
    methods: HashMap<String, Vec<CallEntry>>,
    sets: HashMap<String, Vec<SetEntry>>,
    uses: HashMap<String, UseEntry>,
    attributes: HashMap<String, AttributeEntry>,
    /// Top-level modules of which any table speaks.
    roots: HashSet<String>,
    /// By top-level module.
    data: HashMap<String, Vec<String>>,
    harmless: Vec<String>,
    inert: Vec<String>,
    settable: Vec<String>,
    buffers: Vec<String>,
}

impl Knowledge {
    /// What ships with the crate; read on first use.
    pub(crate) fn built_in() -> Result<&'static Self, KnowledgeError> {
        static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
        if let Some(ready) = KNOWLEDGE.get() {
            return Ok(ready);
        }
        let mut knowledge = Self::default();
        for (name, text) in BUILT_IN {
            let table = toml::from_str(text)
                .map_err(|error| KnowledgeError::unreadable(&format!("{name}.toml"), text, &error))?;
            knowledge.add(table);
        }
        Ok(KNOWLEDGE.get_or_init(|| knowledge))
    }

    /// Adds a table.
    fn add(&mut self, table: Table) {
        let calls = table.call.iter().flat_map(|entry| &entry.names);
        let sets = table.set.iter().flat_map(|entry| &entry.names);
        let uses = table.r#use.iter().flat_map(|entry| &entry.names);
        self.roots.extend(calls.chain(sets).chain(uses).map(|name| root_of(name).to_owned()));
        self.aliases.extend(table.alias.into_iter().map(|(from, Alias(to))| (from, to)));
        self.constants.extend(table.constant);
        for entry in table.call {
            for name in &entry.names {
                match name.strip_suffix(".*") {
                    Some(prefix) => self.below.entry(prefix.into()).or_default().push(entry.clone()),
                    None => self.calls.entry(name.clone()).or_default().push(entry.clone()),
                }
            }
        }
        for entry in table.method {
            for name in &entry.names {
                self.methods.entry(name.clone()).or_default().push(entry.clone());
            }
        }
        for entry in table.set {
            for name in &entry.names {
                self.sets.entry(name.clone()).or_default().push(entry.clone());
            }
        }
        for entry in table.r#use {
            for name in &entry.names {
                self.uses.insert(name.clone(), entry.clone());
            }
        }
        for entry in table.attribute {
            for name in &entry.names {
                self.attributes.insert(name.clone(), entry.clone());
            }
        }
        for name in table.data {
            self.data.entry(root_of(&name).to_owned()).or_default().push(name);
        }
        self.harmless.extend(table.harmless);
        self.inert.extend(table.inert);
        self.settable.extend(table.settable);
        self.buffers.extend(table.buffers);
    }

    /// The name under which something is known that can be reached under another.
    pub(crate) fn alias(&self, name: &str) -> Option<&str> {
        self.aliases.get(name).map(String::as_str)
    }

    /// A library's constant.
    pub(crate) fn constant(&self, name: &str) -> Option<&Constant> {
        self.constants.get(name)
    }

    /// What calling `name` can do: what is said of exactly it, else what is said of the nearest module above.
    pub(crate) fn calls(&self, name: &str) -> &[CallEntry] {
        if let Some(exact) = self.calls.get(name) {
            return exact;
        }
        let mut prefix = name;
        while let Some(dot) = prefix.rfind('.') {
            prefix = &prefix[..dot];
            if let Some(entries) = self.below.get(prefix) {
                let left_out = |entry: &CallEntry| entry.except.iter().any(|e| is_or_below(name, e));
                return if entries.iter().any(left_out) { &[] } else { entries };
            }
        }
        &[]
    }

    /// What is said of exactly this callable.
    pub(crate) fn exactly(&self, name: &str) -> &[CallEntry] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// What a method of this name can do on a receiver of that root (`?` for an unknown one).
    pub(crate) fn methods<'k, 'n>(
        &'k self,
        name: &str,
        root: &'n str,
    ) -> impl Iterator<Item = &'k CallEntry> + use<'k, 'n> {
        let entries = self.methods.get(name).map_or(&[][..], Vec::as_slice);
        entries.iter().filter(move |entry| entry.receivers.iter().any(|r| r == root))
    }

    /// What assigning to an attribute or an item of `name` can do.
    pub(crate) fn sets(&self, name: &str) -> &[SetEntry] {
        self.sets.get(name).map_or(&[], Vec::as_slice)
    }

    /// What using the value `name` can do.
    pub(crate) fn uses(&self, name: &str) -> Option<&UseEntry> {
        self.uses.get(name)
    }

    /// What reading an attribute of this name can do, whatever it is of.
    pub(crate) fn attribute(&self, name: &str) -> Option<&AttributeEntry> {
        self.attributes.get(name)
    }

    /// Whether objects of this module are data: their text is no path out, their methods change nothing outside.
    pub(crate) fn is_data(&self, name: &str) -> bool {
        self.data.get(root_of(name)).is_some_and(|roots| roots.iter().any(|root| is_or_below(name, root)))
    }

    /// Whether any table says anything of this name's top-level module.
    pub(crate) fn speaks_of(&self, name: &str) -> bool {
        self.roots.contains(root_of(name))
    }

    /// Whether importing this module by a computed name is as good as an import statement.
    pub(crate) fn is_harmless(&self, name: &str) -> bool {
        self.harmless.iter().any(|root| is_or_below(name, root)) || self.is_data(name)
    }

    /// Whether calling this does nothing with a callable that it is given (`isinstance`, `print`).
    pub(crate) fn is_inert(&self, name: &str) -> bool {
        self.inert.iter().any(|inert| inert == name)
    }

    /// Whether assigning to an attribute below this name is configuration, not a patch.
    pub(crate) fn is_settable(&self, name: &str) -> bool {
        self.settable.iter().any(|root| is_or_below(name, root))
    }

    /// Whether this stands where a path may stand without being one: an open file, a buffer.
    pub(crate) fn is_handle(&self, name: &str) -> bool {
        let opened = name.strip_suffix("()").map(|callable| self.exactly(callable));
        opened.is_some_and(|entries| entries.iter().any(|e| !e.added && (e.path.is_some() || e.keeps.is_some())))
            || self.buffers.iter().any(|buffer| buffer == name)
    }

    /// Capabilities of everything directly in a module, for a name in it that stays unknown.
    pub(crate) fn capabilities_in(&self, module: &str) -> Vec<&CallEntry> {
        let mut found: Vec<&CallEntry> = Vec::new();
        let directly = |name: &str| name.strip_prefix(module).and_then(|r| r.strip_prefix('.')).is_some();
        let exact = self.calls.iter().filter(|(name, _)| directly(name)).flat_map(|(_, entries)| entries);
        let below = self.below.iter().filter(|(name, _)| is_or_below(name, module)).flat_map(|(_, entries)| entries);
        for entry in exact.chain(below).filter(|entry| entry.capability.is_some()) {
            if !found.iter().any(|known| known.capability == entry.capability) {
                found.push(entry);
            }
        }
        found.sort_by(|a, b| a.capability.cmp(&b.capability));
        found
    }

    /// Every call and method entry with its examples.
    #[cfg(test)]
    pub(crate) fn entries(&self) -> impl Iterator<Item = &CallEntry> {
        self.calls.values().chain(self.below.values()).chain(self.methods.values()).flatten()
    }
}

/// The top-level module of a qualified name.
fn root_of(name: &str) -> &str {
    name.split(['.', '(', '[']).next().unwrap_or(name)
}

/// Whether `name` is `root` or reached through it.
pub(crate) fn is_or_below(name: &str, root: &str) -> bool {
    name.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '(', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup() {
        let knowledge = Knowledge::built_in().unwrap();
        assert!(!knowledge.calls("os.remove").is_empty());
        assert!(!knowledge.calls("subprocess.run").is_empty());
        assert!(knowledge.calls("subprocess.list2cmdline").is_empty());
        assert!(knowledge.calls("numpy.linalg.norm").is_empty());
        assert!(knowledge.is_data("numpy.zeros().sum"));
        assert!(!knowledge.is_data("numpyx"));
        assert!(is_or_below("os", "os") && is_or_below("os.path", "os") && !is_or_below("osx", "os"));
    }

    #[test]
    fn examples() {
        let knowledge = Knowledge::built_in().unwrap();
        let mut failures = Vec::new();
        let mut seen = HashSet::default();
        for entry in knowledge.entries() {
            let wanted = entry.capability.as_ref().map(ToString::to_string).unwrap_or_default();
            for (examples, expected) in [(&entry.r#match, true), (&entry.not_match, false)] {
                for example in examples {
                    if !seen.insert((wanted.clone(), expected, example)) {
                        continue;
                    }
                    let report = crate::analyze(&crate::request_for(example)).unwrap();
                    let found: Vec<_> = report.findings.iter().filter_map(|f| f.capability.as_ref()).collect();
                    let hit = if wanted == "open" {
                        found.iter().any(|c| c.as_str().starts_with("fs."))
                    } else {
                        found.iter().any(|c| c.as_str() == wanted)
                    };
                    if !report.syntax_ok || hit != expected {
                        failures.push(format!("{wanted} {expected}: {example} -> {found:?}"));
                    }
                }
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
