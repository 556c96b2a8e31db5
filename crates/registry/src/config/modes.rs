//! The names of `execution.modes.MODE`. A mode has several; a variable must find the section that it overrides.

use super::{
    error::{Diagnostic, Problem},
    tree::{Entry, Value},
};
use pyexec_core::ExecutionMode;
use std::collections::BTreeMap;

type Entries = BTreeMap<String, Entry>;

/// Gives every section its mode's canonical name. Unknown names stay, for the reader to refuse; two names for one mode are
/// an error.
pub(super) fn canonicalise(entries: &mut Entries) -> Vec<Diagnostic> {
    let Some(modes) = table(entries, "execution").and_then(|execution| table(execution, "modes")) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for (name, entry) in std::mem::take(modes) {
        let canonical = name.parse().map_or_else(|_| name.clone(), |mode: ExecutionMode| mode.name().to_owned());
        if let Some(by) = given.insert(canonical.clone(), name) {
            let problem = Problem::SetTwice { key: format!("execution.modes.{canonical}"), by };
            problems.push(Diagnostic::new(problem, Some(entry.key.clone())));
        }
        modes.insert(canonical, entry);
    }
    problems
}

fn table<'t>(entries: &'t mut Entries, name: &str) -> Option<&'t mut Entries> {
    match &mut entries.get_mut(name)?.node.value {
        Value::Table(inner) => Some(inner),
        _ => None,
    }
}
