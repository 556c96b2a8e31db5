//! What names and objects stand for at one point of the code, and how two ways to that point are merged.
//!
//! Every change is noted on a trail, so a branch costs what it changes: it is run, its changes are lifted off, the next one
//! is run from the same state, and then both outcomes are merged.

use super::{
    object::Object,
    symbols::SymbolId,
    value::{ObjectId, Value},
};
use crate::hash::{HashMap, HashSet};
use rustpython_ast::name::Name;
use std::{cell::Cell, rc::Rc};

/// Star imports in one scope that are looked into.
const MAX_STARS: usize = 32;

/// An index into the table of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ScopeId(u32);

/// What kind of body a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Function,
    Class,
    Comprehension,
}

struct Scope {
    kind: ScopeKind,
    parent: Option<ScopeId>,
    names: HashMap<Name, Value>,
    globals: HashSet<Name>,
    nonlocals: HashSet<Name>,
    /// Modules whose names are all imported.
    stars: Vec<SymbolId>,
    /// Functions see it from inside.
    captured: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Place {
    Name(ScopeId, Name),
    Object(ObjectId),
}

#[derive(Clone)]
enum Content {
    Value(Option<Value>),
    Object(Rc<Object>),
}

/// Changes that a branch made, with the state after it.
pub(super) struct Outcome(HashMap<Place, Content>);

/// A point to go back to.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

/// All scopes and objects.
#[derive(Default)]
pub(super) struct State {
    scopes: Vec<Scope>,
    heap: Vec<Rc<Object>>,
    trail: Vec<(Place, Content)>,
    /// Open branches, each with the objects noted since it began: an object is noted once, or a loop that appends would
    /// keep a copy of the whole list for every element.
    branches: Vec<HashSet<ObjectId>>,
    /// Work that is not a step of the interpreter but costs like some: elements copied and merged.
    work: Cell<u64>,
    /// Changes whenever something does that a function could see besides its arguments.
    version: u64,
    /// Objects from here on were made by the running body.
    floor: usize,
}

impl State {
    /// Equal as long as nothing changed that a function could see besides its arguments.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// What calls do may differ from now on.
    pub(super) fn renew(&mut self) {
        self.version += 1;
    }

    /// Whatever is made from now on is the running body's own; returns what to go back to.
    pub(super) fn begin_body(&mut self) -> usize {
        std::mem::replace(&mut self.floor, self.heap.len())
    }

    /// Back to the body around.
    pub(super) fn end_body(&mut self, floor: usize) {
        self.floor = floor;
    }

    /// A function is defined in this scope.
    pub(super) fn capture(&mut self, scope: ScopeId) {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = self.scope_mut(id);
            scope.captured = true;
            at = scope.parent;
        }
    }

    fn changed(&mut self, place: &Place) {
        let seen = match place {
            Place::Name(scope, _) => self.scope(*scope).captured,
            Place::Object(id) => (id.0 as usize) < self.floor,
        };
        self.version += u64::from(seen);
    }

    /// The work since this was last asked.
    pub(super) fn take_work(&self) -> u64 {
        self.work.take()
    }

    /// Notes work that was done on something of this size.
    pub(super) fn worked(&self, size: usize) {
        self.work.set(self.work.get() + size as u64);
    }

    pub(super) fn new_scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>) -> ScopeId {
        let id = ScopeId(u32::try_from(self.scopes.len()).unwrap_or(u32::MAX));
        self.scopes.push(Scope {
            kind,
            parent,
            names: HashMap::default(),
            globals: HashSet::default(),
            nonlocals: HashSet::default(),
            stars: Vec::new(),
            captured: kind == ScopeKind::Module,
        });
        id
    }

    fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    pub(super) fn kind(&self, id: ScopeId) -> ScopeKind {
        self.scope(id).kind
    }

    pub(super) fn declare_global(&mut self, scope: ScopeId, name: &Name) {
        self.scope_mut(scope).globals.insert(name.clone());
    }

    pub(super) fn declare_nonlocal(&mut self, scope: ScopeId, name: &Name) {
        self.scope_mut(scope).nonlocals.insert(name.clone());
    }

    pub(super) fn add_star(&mut self, scope: ScopeId, module: SymbolId) {
        let stars = &mut self.scope_mut(scope).stars;
        if stars.len() < MAX_STARS && !stars.contains(&module) {
            stars.push(module);
        }
    }

    /// Modules star-imported anywhere around `scope`.
    pub(super) fn stars(&self, scope: ScopeId) -> Vec<SymbolId> {
        let mut found = Vec::new();
        let mut at = Some(scope);
        while let Some(id) = at {
            found.extend(&self.scope(id).stars);
            at = self.scope(id).parent;
        }
        found
    }

    /// Names bound in exactly this scope.
    pub(super) fn names(&self, scope: ScopeId) -> Vec<(Name, Value)> {
        self.work.set(self.work.get() + self.scope(scope).names.len() as u64);
        let mut all: Vec<_> = self.scope(scope).names.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// What a name stands for, seen from `scope`.
    pub(super) fn lookup(&self, scope: ScopeId, name: &str) -> Option<&Value> {
        let mut at = scope;
        if self.scope(scope).globals.contains(name) {
            at = ScopeId(0);
        }
        let mut first = true;
        loop {
            let here = self.scope(at);
            if (first || here.kind != ScopeKind::Class)
                && let Some(value) = here.names.get(name)
            {
                return Some(value);
            }
            first = false;
            at = here.parent?;
        }
    }

    /// What a name stands for in exactly this scope.
    pub(super) fn own(&self, scope: ScopeId, name: &str) -> Option<&Value> {
        self.scope(scope).names.get(name)
    }

    /// Binds a name as an assignment in `scope` does.
    pub(super) fn assign(&mut self, scope: ScopeId, name: &Name, value: Value) {
        let target = self.target(scope, name);
        self.set(target, name, Some(value));
    }

    /// Binds a name as `:=` does: outside of comprehensions.
    pub(super) fn assign_outside(&mut self, scope: ScopeId, name: &Name, value: Value) {
        let mut at = scope;
        while let (ScopeKind::Comprehension, Some(parent)) = (self.scope(at).kind, self.scope(at).parent) {
            at = parent;
        }
        self.assign(at, name, value);
    }

    /// Unbinds a name.
    pub(super) fn delete(&mut self, scope: ScopeId, name: &Name) {
        let target = self.target(scope, name);
        self.set(target, name, None);
    }

    fn target(&self, scope: ScopeId, name: &Name) -> ScopeId {
        let here = self.scope(scope);
        if here.globals.contains(name) {
            return ScopeId(0);
        }
        if here.nonlocals.contains(name) {
            let mut at = here.parent;
            while let Some(id) = at {
                let outer = self.scope(id);
                if outer.kind == ScopeKind::Function && outer.names.contains_key(name) {
                    return id;
                }
                at = outer.parent;
            }
        }
        scope
    }

    fn set(&mut self, scope: ScopeId, name: &Name, value: Option<Value>) {
        self.version += u64::from(self.scope(scope).captured);
        let names = &mut self.scopes[scope.0 as usize].names;
        let before = match value {
            Some(value) => names.insert(name.clone(), value),
            None => names.remove(name),
        };
        if !self.branches.is_empty() {
            self.trail.push((Place::Name(scope, name.clone()), Content::Value(before)));
        }
    }

    pub(super) fn allocate(&mut self, object: Object) -> ObjectId {
        let id = ObjectId(u32::try_from(self.heap.len()).unwrap_or(u32::MAX));
        self.heap.push(Rc::new(object));
        id
    }

    pub(super) fn object(&self, id: ObjectId) -> &Rc<Object> {
        &self.heap[id.0 as usize]
    }

    /// Changes an object in place.
    pub(super) fn update(&mut self, id: ObjectId, change: impl FnOnce(&mut Object)) {
        self.version += u64::from((id.0 as usize) < self.floor);
        let slot = &mut self.heap[id.0 as usize];
        if self.branches.last_mut().is_some_and(|noted| noted.insert(id)) {
            self.work.set(self.work.get() + slot.len() as u64);
            self.trail.push((Place::Object(id), Content::Object(Rc::clone(slot))));
        }
        let object = Rc::make_mut(slot);
        change(object);
        object.trim();
    }

    /// Begins a branch.
    pub(super) fn mark(&mut self) -> Mark {
        self.branches.push(HashSet::default());
        Mark(self.trail.len())
    }

    /// Ends a branch: its changes are lifted off and returned.
    pub(super) fn lift(&mut self, mark: Mark) -> Outcome {
        let mut after = HashMap::default();
        while self.trail.len() > mark.0 {
            let Some((place, before)) = self.trail.pop() else { break };
            let now = self.exchange(&place, before);
            after.entry(place).or_insert(now);
        }
        self.branches.pop();
        Outcome(after)
    }

    fn exchange(&mut self, place: &Place, content: Content) -> Content {
        self.changed(place);
        match (place, content) {
            (Place::Name(scope, name), Content::Value(value)) => {
                let names = &mut self.scopes[scope.0 as usize].names;
                Content::Value(match value {
                    Some(value) => names.insert(name.clone(), value),
                    None => names.remove(name),
                })
            }
            (Place::Object(id), Content::Object(object)) => {
                Content::Object(std::mem::replace(&mut self.heap[id.0 as usize], object))
            }
            (_, content) => content,
        }
    }

    /// The state after one of several ways; a way that changed nothing is an empty outcome.
    pub(super) fn merge(&mut self, outcomes: &[&Outcome]) {
        let mut places: Vec<&Place> = outcomes.iter().flat_map(|o| o.0.keys()).collect();
        places.sort();
        places.dedup();
        for place in places {
            match place {
                Place::Name(scope, name) => {
                    let current = self.own(*scope, name).cloned();
                    let merged = outcomes.iter().filter_map(|outcome| match outcome.0.get(place) {
                        Some(Content::Value(value)) => value.clone(),
                        _ => current.clone(),
                    });
                    let merged = merged.reduce(Value::or);
                    if merged != current {
                        self.set(*scope, name, merged);
                    }
                }
                Place::Object(id) => {
                    let current = Rc::clone(self.object(*id));
                    self.work.set(self.work.get() + (current.len() * outcomes.len()) as u64);
                    let mut merged: Option<Object> = None;
                    for outcome in outcomes {
                        let object = match outcome.0.get(place) {
                            Some(Content::Object(object)) => object,
                            _ => &current,
                        };
                        merged = Some(match merged {
                            None => (**object).clone(),
                            Some(before) => before.or(object),
                        });
                    }
                    if let Some(merged) = merged.filter(|merged| *merged != *current) {
                        self.update(*id, |object| *object = merged);
                    }
                }
            }
        }
    }

    /// No change at all, as one of the ways.
    pub(super) fn unchanged() -> Outcome {
        Outcome(HashMap::default())
    }
}
