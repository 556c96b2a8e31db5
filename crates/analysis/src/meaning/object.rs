//! Objects of the code: containers, instances, namespaces.

use super::{
    state::ScopeId,
    symbols::SymbolId,
    value::{ClassId, Value},
};
use crate::hash::HashMap;
use rustpython_ast::name::Name;
use std::rc::Rc;

/// Elements of a container beyond this are merged into one.
pub(super) const MAX_ELEMENTS: usize = 2048;

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    None,
    Int(i64),
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
}

impl Key {
    /// Of a value that is a constant.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::None => Some(Self::None),
            Value::Int(i) => Some(Self::Int(*i)),
            Value::Bool(b) => Some(Self::Int(i64::from(*b))),
            Value::Text(t) => t.whole().map(|text| Self::Text(text.into())),
            Value::Bytes(b) => Some(Self::Bytes(Rc::clone(b))),
            _ => None,
        }
    }

    /// As a value again.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::None => Value::None,
            Self::Int(i) => Value::Int(*i),
            Self::Text(t) => Value::text(t),
            Self::Bytes(b) => Value::Bytes(Rc::clone(b)),
        }
    }
}

/// What a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SequenceKind {
    List,
    Tuple,
    Set,
    /// Whatever is only iterated.
    Iterator,
}

/// An object of the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Object {
    /// Elements in order, and whatever else may be among them.
    Sequence { kind: SequenceKind, items: Vec<Value>, rest: Option<Value> },
    /// Known keys in order, and what other keys may lead to.
    Mapping { entries: Vec<(Key, Value)>, rest: Option<Value> },
    /// Of a class of the code.
    Instance { class: ClassId, attributes: HashMap<Name, Value> },
    /// `globals()`, `locals()`, `vars()`.
    Namespace(ScopeId),
    /// `vars(module)`.
    Members(SymbolId),
}

fn either(a: Option<Value>, b: Option<Value>) -> Option<Value> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (a, b) => a.or(b),
    }
}

impl Object {
    /// How many values it holds.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Sequence { items, .. } => items.len(),
            Self::Mapping { entries, .. } => entries.len(),
            Self::Instance { attributes, .. } => attributes.len(),
            Self::Namespace(_) | Self::Members(_) => 0,
        }
    }

    /// Either of two states of one object.
    pub(super) fn or(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Sequence { kind, items, rest }, Self::Sequence { items: others, rest: other_rest, .. }) => {
                if items.len() == others.len() {
                    let items = items.into_iter().zip(others).map(|(a, b)| a.or(b.clone())).collect();
                    return Self::Sequence { kind, items, rest: either(rest, other_rest.clone()) };
                }
                let all = items.into_iter().chain(others.iter().cloned()).reduce(Value::or);
                let rest = either(either(all, rest), other_rest.clone());
                Self::Sequence { kind, items: Vec::new(), rest }
            }
            (Self::Mapping { mut entries, rest }, Self::Mapping { entries: others, rest: other_rest }) => {
                for (key, value) in others {
                    match entries.iter_mut().find(|(k, _)| k == key) {
                        Some((_, known)) => *known = std::mem::replace(known, Value::None).or(value.clone()),
                        None => entries.push((key.clone(), value.clone())),
                    }
                }
                Self::Mapping { entries, rest: either(rest, other_rest.clone()) }
            }
            (Self::Instance { class, mut attributes }, Self::Instance { attributes: others, .. }) => {
                for (name, value) in others {
                    let merged = match attributes.remove(name) {
                        Some(known) => known.or(value.clone()),
                        None => value.clone(),
                    };
                    attributes.insert(name.clone(), merged);
                }
                Self::Instance { class, attributes }
            }
            (this, _) => this,
        }
    }

    /// Keeps it within bounds.
    pub(super) fn trim(&mut self) {
        match self {
            Self::Sequence { items, rest, .. } if items.len() > MAX_ELEMENTS => {
                let all = std::mem::take(items).into_iter().reduce(Value::or);
                *rest = either(all, rest.take());
            }
            Self::Mapping { entries, rest } if entries.len() > MAX_ELEMENTS => {
                let all = std::mem::take(entries).into_iter().map(|(_, value)| value).reduce(Value::or);
                *rest = either(all, rest.take());
            }
            _ => {}
        }
    }
}
