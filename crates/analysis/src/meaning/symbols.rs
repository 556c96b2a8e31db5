//! Qualified names of library objects, interned: how a thing was reached, one step at a time.

use super::callable::Callable;
use crate::hash::HashMap;
use crate::knowledge::{
    Knowledge,
    table::{Constant, UseEntry},
};
use rustpython_ast::name::Name;
use std::{cell::OnceCell, rc::Rc};

/// A chain longer than this is cut: the rest is of the same root.
const MAX_STEPS: u16 = 24;
/// All names together, in bytes; past that no step leads further.
const MAX_BYTES: usize = 64 << 20;

/// A name in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct SymbolId(u32);

/// One step from an object to another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// `.name`
    Attribute(Name),
    /// `()`
    Call,
    /// `[…]`, or one element of many.
    Item,
}

struct Node<'k> {
    name: Rc<str>,
    parent: Option<SymbolId>,
    steps: u16,
    /// Reached through a call or an item, so an object rather than a module, function or class.
    is_made: bool,
    is_data: bool,
    /// Data, or of a library of which the tables say nothing.
    is_plain: bool,
    uses: Option<&'k UseEntry>,
    constant: Option<&'k Constant>,
    callable: OnceCell<Rc<Callable<'k>>>,
}

/// The table.
pub(super) struct Symbols<'k> {
    knowledge: &'k Knowledge,
    nodes: Vec<Node<'k>>,
    by_name: HashMap<Rc<str>, SymbolId>,
    steps: HashMap<(SymbolId, Step), SymbolId>,
    bytes: usize,
}

/// Modules that library modules import, and so offer to everybody (`shutil.os`).
const LEAKED: &[&str] = &[
    "os",
    "sys",
    "subprocess",
    "builtins",
    "socket",
    "shutil",
    "ctypes",
    "importlib",
    "pickle",
    "posix",
    "signal",
    "threading",
    "multiprocessing",
    "marshal",
];

impl<'k> Symbols<'k> {
    pub(super) fn new(knowledge: &'k Knowledge) -> Self {
        Self { knowledge, nodes: Vec::new(), by_name: HashMap::default(), steps: HashMap::default(), bytes: 0 }
    }

    /// The symbol of a dotted name.
    pub(super) fn named(&mut self, name: &str) -> SymbolId {
        let name = self.knowledge.alias(name).unwrap_or(name);
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let parent = match name.rfind(['.', '(', '[']) {
            Some(at) if at > 0 => Some(self.named(&name[..at])),
            _ => None,
        };
        self.insert(name, parent)
    }

    fn insert(&mut self, name: &str, parent: Option<SymbolId>) -> SymbolId {
        let id = SymbolId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.bytes += name.len();
        let name: Rc<str> = name.into();
        let is_data = self.knowledge.is_data(&name);
        self.nodes.push(Node {
            parent,
            steps: parent.map_or(0, |p| self.node(p).steps + 1),
            is_made: name.contains(['(', '[']),
            is_data,
            is_plain: is_data || !self.knowledge.speaks_of(&name),
            uses: self.knowledge.uses(&name),
            constant: self.knowledge.constant(&name),
            callable: OnceCell::new(),
            name: Rc::clone(&name),
        });
        self.by_name.insert(name, id);
        id
    }

    fn node(&self, id: SymbolId) -> &Node<'k> {
        &self.nodes[id.0 as usize]
    }

    /// One step on.
    pub(super) fn step(&mut self, from: SymbolId, step: Step) -> SymbolId {
        if let Some(&known) = self.steps.get(&(from, step.clone())) {
            return known;
        }
        let node = self.node(from);
        let to = if node.steps >= MAX_STEPS || self.bytes > MAX_BYTES {
            from
        } else if node.is_made && node.is_plain && !matches!(step, Step::Attribute(_)) {
            // What comes of data is data: one object for all of them keeps unions small.
            let root = node.name.split(['.', '(', '[']).next().unwrap_or_default();
            let any = format!("{root}()");
            self.named(&any)
        } else {
            let name = match &step {
                Step::Attribute(attribute) => format!("{}.{attribute}", node.name),
                Step::Call => format!("{}()", node.name),
                Step::Item => format!("{}[]", node.name),
            };
            let leaked = match &step {
                Step::Attribute(attribute) if !node.is_made && self.knowledge.alias(&name).is_none() => {
                    let bare = attribute.as_str().trim_start_matches('_');
                    let leaked = LEAKED.iter().find(|leaked| **leaked == bare);
                    leaked.filter(|_| self.knowledge.calls(&name).is_empty())
                }
                _ => None,
            };
            match leaked {
                Some(leaked) => self.named(leaked),
                None => match self.knowledge.alias(&name).map(str::to_owned) {
                    Some(target) => self.named(&target),
                    None => match self.by_name.get(name.as_str()) {
                        Some(&known) => known,
                        None => self.insert(&name, Some(from)),
                    },
                },
            }
        };
        self.steps.insert((from, step), to);
        to
    }

    /// The qualified name.
    pub(super) fn name(&self, id: SymbolId) -> Rc<str> {
        Rc::clone(&self.node(id).name)
    }

    /// What the tables say of calling it.
    pub(super) fn callable(&self, id: SymbolId) -> Rc<Callable<'k>> {
        let node = self.node(id);
        Rc::clone(node.callable.get_or_init(|| Callable::new(self.knowledge, &node.name).into()))
    }

    /// What the tables say of using it as a value.
    pub(super) fn uses(&self, id: SymbolId) -> Option<&'k UseEntry> {
        self.node(id).uses
    }

    /// The constant that it is.
    pub(super) fn constant(&self, id: SymbolId) -> Option<&'k Constant> {
        self.node(id).constant
    }

    /// What it was reached from.
    pub(super) fn parent(&self, id: SymbolId) -> Option<SymbolId> {
        self.node(id).parent
    }

    /// Whether it is an object that a call made, rather than a module, function or class.
    pub(super) fn is_made(&self, id: SymbolId) -> bool {
        self.node(id).is_made
    }

    /// Whether it is mere data.
    pub(super) fn is_data(&self, id: SymbolId) -> bool {
        self.node(id).is_data
    }
}
