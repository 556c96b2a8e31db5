//! Tables of a user's: checked when they are read, and never able to make ours say less.
//!
//! Of modules of which nothing is built in, a table says whatever the format allows. Where our own tables speak of a module,
//! or it is the standard library's, a table can only add capabilities: nothing that renames, folds, trusts or excepts. What a
//! lookup found before, it still finds.

use super::{
    Knowledge, KnowledgeError, root_of,
    standard::MODULES,
    table::{CallEntry, Effect, Table},
};
use crate::analyzer;
use pyexec_core::Capability;

/// What examples are analysed as.
const PYTHON: (u8, u8) = (3, 11);

impl Knowledge {
    /// These tables and the built-in ones: each a name for messages and a text.
    pub(crate) fn with(tables: &[(&str, &str)]) -> Result<Self, KnowledgeError> {
        let built_in = Self::built_in()?;
        let mut all = built_in.clone();
        let mut examples = Vec::new();
        for &(name, text) in tables {
            let mut table: Table =
                toml::from_str(text).map_err(|error| KnowledgeError::unreadable(name, text, &error))?;
            Checked { name, built_in }.table(&table)?;
            for entry in table.call.iter_mut().chain(&mut table.method) {
                entry.added = true;
            }
            examples.extend(table.call.iter().chain(&table.method).map(|entry| (name, entry.clone())));
            all.keep_what_is_found(&table);
            all.add(table);
        }
        for (name, entry) in examples {
            all.check_examples(name, &entry)?;
        }
        Ok(all)
    }

    /// An exact entry is found before a wildcard or a method, and a nearer wildcard before one further up: what those say is
    /// put beside what a table adds.
    fn keep_what_is_found(&mut self, table: &Table) {
        for name in table.call.iter().flat_map(|entry| &entry.names) {
            let (bare, index) = match name.strip_suffix(".*") {
                Some(prefix) => (prefix, &self.below),
                None => (name.as_str(), &self.calls),
            };
            if index.contains_key(bare) {
                continue;
            }
            let mut found = self.calls(&format!("{bare}.*")).to_vec();
            if !name.ends_with(".*") {
                found = self.calls(name).to_vec();
                let method = name.rsplit('.').next().unwrap_or(name);
                found.extend(self.methods(method, root_of(name)).cloned());
                self.calls.insert(name.clone(), found);
            } else if !found.is_empty() {
                self.below.insert(bare.to_owned(), found);
            }
        }
    }

    fn check_examples(&self, name: &str, entry: &CallEntry) -> Result<(), KnowledgeError> {
        let Some(effect) = &entry.capability else { return Ok(()) };
        let is_it = |capability: &Capability| match effect {
            Effect::Is(wanted) => capability == wanted,
            Effect::Open => [Capability::FS_READ, Capability::FS_WRITE].contains(capability),
        };
        for (list, examples, wanted) in [("match", &entry.r#match, true), ("not_match", &entry.not_match, false)] {
            for example in examples {
                let request = analyzer::example(example, PYTHON);
                let report = analyzer::analyze_with(&request, self)
                    .map_err(|source| KnowledgeError::Analyze { name: name.to_owned(), source })?;
                let found: Vec<&Capability> = report.findings.iter().filter_map(|f| f.capability.as_ref()).collect();
                let problem = if !report.syntax_ok {
                    "does not compile".to_owned()
                } else if found.iter().any(|capability| is_it(capability)) == wanted {
                    continue;
                } else {
                    let found: Vec<String> = found.iter().map(|capability| format!("`{capability}`")).collect();
                    let found = if found.is_empty() { "nothing".into() } else { found.join(", ") };
                    format!("{} `{effect}`; found: {found}", if wanted { "has no" } else { "has" })
                };
                return Err(KnowledgeError::Example {
                    name: name.to_owned(),
                    place: place("call", &entry.names),
                    list,
                    example: example.clone(),
                    problem,
                });
            }
        }
        Ok(())
    }
}

/// One table, before it is added.
struct Checked<'a> {
    name: &'a str,
    built_in: &'a Knowledge,
}

impl Checked<'_> {
    fn table(&self, table: &Table) -> Result<(), KnowledgeError> {
        let lists: [(&'static str, &[String]); 5] = [
            ("data", &table.data),
            ("harmless", &table.harmless),
            ("inert", &table.inert),
            ("settable", &table.settable),
            ("buffers", &table.buffers),
        ];
        for (key, names) in lists {
            names.iter().try_for_each(|name| self.only_new("at the top", key, name))?;
        }
        table.alias.keys().try_for_each(|name| self.only_new("[alias]", "alias", name))?;
        table.constant.keys().try_for_each(|name| self.only_new("[constant]", "constant", name))?;
        for (kind, entry) in table.call.iter().map(|e| ("call", e)).chain(table.method.iter().map(|e| ("method", e))) {
            self.entry(kind, entry)?;
        }
        for entry in &table.set {
            self.capability("set", &entry.names, &entry.capability)?;
        }
        for entry in &table.r#use {
            let place = self.capability("use", &entry.names, &entry.capability)?;
            entry.names.iter().try_for_each(|name| self.only_new(&place, "use", name))?;
        }
        for entry in &table.attribute {
            let place = self.capability("attribute", &entry.names, &entry.capability)?;
            if let Some(known) = entry.names.iter().find(|name| self.built_in.attribute(name).is_some()) {
                return Err(self.weakens(&place, "attribute", known));
            }
        }
        Ok(())
    }

    fn entry(&self, kind: &str, entry: &CallEntry) -> Result<(), KnowledgeError> {
        let place = place(kind, &entry.names);
        let useless = |problem| KnowledgeError::Useless { name: self.name.into(), place: place.clone(), problem };
        if entry.names.is_empty() {
            return Err(useless("`names` is empty"));
        }
        if kind == "method" && entry.receivers.is_empty() {
            return Err(useless(
                "`receivers` is missing: name the modules, or `?` for objects of which nothing is known",
            ));
        }
        if let Some(Effect::Is(capability)) = &entry.capability {
            self.capability(kind, &entry.names, capability)?;
        } else if entry.capability.is_none() && entry.returns.is_none() && entry.keeps.is_none() {
            return Err(useless("`capability` is missing"));
        }
        let looser = [
            ("returns", entry.returns.is_some()),
            ("keeps", entry.keeps.is_some()),
            ("dumps", entry.dumps.is_some()),
            ("except", !entry.except.is_empty()),
        ];
        for (key, _) in looser.into_iter().filter(|(_, given)| *given) {
            entry.names.iter().chain(&entry.receivers).try_for_each(|name| self.only_new(&place, key, name))?;
        }
        Ok(())
    }

    fn capability(&self, kind: &str, names: &[String], capability: &Capability) -> Result<String, KnowledgeError> {
        let place = place(kind, names);
        match KnowledgeError::of_capability(self.name, &place, capability) {
            Some(error) => Err(error),
            None => Ok(place),
        }
    }

    fn only_new(&self, place: &str, key: &'static str, name: &str) -> Result<(), KnowledgeError> {
        let root = root_of(name);
        let known = self.built_in.speaks_of(root)
            || self.built_in.is_harmless(root)
            || MODULES.binary_search(&root).is_ok()
            || ["?", "pyexec", "__builtin__"].contains(&root)
            || self.built_in.aliases.keys().chain(self.built_in.aliases.values()).any(|alias| root_of(alias) == root);
        if known { Err(self.weakens(place, key, name)) } else { Ok(()) }
    }

    fn weakens(&self, place: &str, key: &'static str, subject: &str) -> KnowledgeError {
        KnowledgeError::Weakens { name: self.name.into(), place: place.into(), key, subject: subject.into() }
    }
}

fn place(kind: &str, names: &[String]) -> String {
    format!("[[{kind}]] of `{}`", names.first().map_or("", String::as_str))
}
