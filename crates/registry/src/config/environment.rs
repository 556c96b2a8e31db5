//! Values from the environment: `PYEXEC__EXECUTION__MAX_RETRIES=1` is `execution.max_retries = 1`.
//!
//! Two underscores part the names; a single one belongs to a name. Names are lower-cased, but modes get their canonical name,
//! and the names of variables in `execution.modes.MODE.environment` are kept, underscores and all.

use super::{
    error::{Diagnostic, Problem},
    source::{Place, Source},
    tree::{self, Entry},
};
use pyexec_core::ExecutionMode;
use std::collections::BTreeMap;

/// What an overriding variable's name starts with.
const PREFIX: &str = "PYEXEC__";

/// Lays every `PYEXEC__…` over the tree and returns what is wrong with them.
pub(super) fn overlay(entries: &mut BTreeMap<String, Entry>, variables: &[(String, String)]) -> Vec<Diagnostic> {
    let mut ours: Vec<_> = variables.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    // The environment has no order of its own, and errors want one.
    ours.sort();
    ours.into_iter().filter_map(|(name, value)| set(entries, name, value).err()).collect()
}

fn set(entries: &mut BTreeMap<String, Entry>, name: &str, value: &str) -> Result<(), Diagnostic> {
    let source = Source::variable(name, value);
    let key = Place::new(&source, 0..name.len());
    let path = path(&name[PREFIX.len()..]).ok_or_else(|| {
        let problem = Problem::BadVariable {
            name: name.into(),
            why: "has an empty name between its underscores",
            help: "write it as PYEXEC__SECTION__KEY, with two underscores between names",
        };
        Diagnostic::new(problem, Some(key.clone()))
    })?;
    let node = tree::from_variable(name, value, &source)?;
    tree::overlay(entries, &path, &key, node)
}

fn path(name: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = name.split("__").collect();
    let mut path: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    if path.len() > 2 && path[0] == "execution" && path[1] == "modes" {
        if let Ok(mode) = parts[2].parse::<ExecutionMode>().or_else(|_| path[2].parse()) {
            path[2] = mode.name().into();
        }
        if path.len() > 4 && path[3] == "environment" {
            path.truncate(4);
            path.push(parts[4..].join("__"));
        }
    }
    path.iter().all(|part| !part.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn names_become_paths() {
        let of = |name: &str| path(name).map(|path| path.join("/"));
        assert_eq!(of("DATA_DIR").as_deref(), Some("data_dir"));
        assert_eq!(of("EXECUTION__LIMITS__MEMORY_MB").as_deref(), Some("execution/limits/memory_mb"));
        assert_eq!(
            of("EXECUTION__MODES__READ_ONLY__ENVIRONMENT__Foo__BAR").as_deref(),
            Some("execution/modes/READ_ONLY/environment/Foo__BAR")
        );
        assert_eq!(of(""), None);
        assert_eq!(of("A____B"), None);
        assert_eq!(of("A__"), None);
    }
}
