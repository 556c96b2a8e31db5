//! What the tables say of a callable by its qualified name, looked up once a name.

use super::builtins::is_folded;
use crate::knowledge::{Knowledge, table::CallEntry};

/// What is known of calling a name.
pub(super) struct Callable<'k> {
    pub(super) entries: Vec<&'k CallEntry>,
    /// It is an unbound method, so that its first argument is the receiver.
    pub(super) unbound: bool,
    /// It does nothing with a callable that it is given.
    pub(super) inert: bool,
    /// What it gives may be known without a table.
    pub(super) folded: bool,
}

impl<'k> Callable<'k> {
    pub(super) fn new(knowledge: &'k Knowledge, name: &str) -> Self {
        // What a user's table says stands beside what ours say, whichever of them is nearer.
        let mut entries: Vec<&CallEntry> = knowledge.calls(name).iter().collect();
        let mut unbound = false;
        if !entries.iter().any(|entry| entry.is_built_in()) {
            let (mut ours, is_unbound) = other_entries(knowledge, name);
            ours.extend(entries);
            (entries, unbound) = (ours, is_unbound);
        }
        Self { entries, unbound, inert: knowledge.is_inert(name), folded: is_folded(name) }
    }

    /// Whether calling it can have an effect that the tables know of.
    pub(super) fn acts(&self) -> bool {
        self.entries.iter().any(|entry| entry.capability.is_some())
    }
}

/// The entries for a method by its bare name, or for an unbound one.
fn other_entries<'k>(knowledge: &'k Knowledge, name: &str) -> (Vec<&'k CallEntry>, bool) {
    let Some((owner, method)) = name.rsplit_once('.') else { return (Vec::new(), false) };
    let root = name.split(['.', '(', '[']).next().unwrap_or(name);
    let methods: Vec<&CallEntry> = knowledge.methods(method, root).collect();
    if !methods.is_empty() {
        return (methods, false);
    }
    if !owner.ends_with([')', ']']) {
        let unbound = knowledge.exactly(&format!("{owner}().{method}"));
        return (unbound.iter().collect(), !unbound.is_empty());
    }
    (Vec::new(), false)
}
