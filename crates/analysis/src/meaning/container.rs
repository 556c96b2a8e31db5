//! What iterating gives, and the methods of containers.

use super::{
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    path,
    symbols::Step,
    value::{Arguments, Piece, Text, Value},
};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

/// Elements in order, and whatever else may be among them.
#[derive(Debug, Clone, Default)]
pub(super) struct Elements {
    pub(super) items: Vec<Value>,
    pub(super) rest: Option<Value>,
}

impl Elements {
    fn unknown() -> Self {
        Self { items: Vec::new(), rest: Some(Value::Unknown) }
    }

    fn exactly(items: Vec<Value>) -> Self {
        Self { items, rest: None }
    }

    fn only(rest: Value) -> Self {
        Self { items: Vec::new(), rest: Some(rest) }
    }

    /// Any one of them.
    pub(super) fn any(&self) -> Value {
        Value::any(self.items.iter().chain(&self.rest).cloned())
    }

    /// The one at a position.
    pub(super) fn at(&self, index: usize) -> Value {
        match (self.items.get(index), &self.rest) {
            (Some(item), None) => item.clone(),
            (Some(item), Some(rest)) => item.clone().or(rest.clone()),
            (None, Some(rest)) => rest.clone(),
            (None, None) => Value::Unknown,
        }
    }
}

impl Interpreter<'_> {
    /// What iterating over a value gives.
    pub(super) fn elements(&mut self, value: &Value, range: TextRange) -> Elements {
        self.touch(value, range);
        self.state.worked(match value {
            Value::Object(id) => self.state.object(*id).len(),
            Value::Text(text) => text.start().len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        });
        match value {
            Value::Text(text) => match text.whole() {
                Some(text) => Elements::exactly(text.chars().map(|c| Value::text(c.to_string())).collect()),
                None => Elements::unknown(),
            },
            Value::Bytes(bytes) => Elements::exactly(bytes.iter().map(|&b| Value::Int(b.into())).collect()),
            Value::Symbol(symbol) => {
                let id = self.symbols.step(symbol.id, Step::Item);
                Elements::only(Value::Symbol(super::value::Symbol { id, origin: symbol.origin.clone() }))
            }
            Value::Object(id) => match &**self.state.object(*id) {
                Object::Sequence { items, rest, .. } => Elements { items: items.clone(), rest: rest.clone() },
                Object::Mapping { entries, rest } => Elements {
                    items: entries.iter().map(|(key, _)| key.value()).collect(),
                    rest: rest.as_ref().map(|_| Value::Unknown),
                },
                Object::Instance { .. } => self.iterate_instance(value, range),
                Object::Namespace(_) | Object::Members(_) => Elements::unknown(),
            },
            Value::Union(values) => {
                let parts: Vec<Elements> = values.iter().map(|v| self.elements(v, range)).collect();
                let all = parts.into_iter().flat_map(|p| p.items.into_iter().chain(p.rest));
                Elements::only(Value::any(all))
            }
            _ => Elements::unknown(),
        }
    }

    fn iterate_instance(&mut self, value: &Value, range: TextRange) -> Elements {
        if let Some(iterator) = self.call_dunder(value, "__iter__", &Arguments::default(), range) {
            if iterator != *value {
                return self.elements(&iterator, range);
            }
            if let Some(next) = self.call_dunder(value, "__next__", &Arguments::default(), range) {
                return Elements::only(next);
            }
        }
        match self.call_dunder(value, "__getitem__", &Arguments::of([Value::Unknown]), range) {
            Some(item) => Elements::only(item),
            None => Elements::unknown(),
        }
    }

    /// A method of a container; `None` when it has none of that name.
    pub(super) fn container_method(
        &mut self,
        receiver: &Value,
        name: &Name,
        arguments: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let Value::Object(id) = receiver else { return None };
        match &**self.state.object(*id) {
            Object::Sequence { .. } => Some(self.sequence_method(*id, name, arguments, range)),
            Object::Mapping { .. } => Some(self.mapping_method(*id, name, arguments, range)),
            Object::Namespace(_) | Object::Members(_) => Some(self.namespace_method(receiver, name, arguments, range)),
            Object::Instance { .. } => None,
        }
    }

    fn sequence_method(
        &mut self,
        id: super::value::ObjectId,
        name: &Name,
        arguments: &Arguments,
        range: TextRange,
    ) -> Value {
        let first = arguments.at(0);
        let receiver = Value::Object(id);
        let add = |this: &mut Self, new: Elements| {
            this.state.update(id, |object| {
                if let Object::Sequence { items, rest, .. } = object {
                    match (&rest, new.rest) {
                        (None, None) => items.extend(new.items),
                        (_, more) => {
                            let all = rest.take().into_iter().chain(new.items).chain(more);
                            *rest = Some(Value::any(all));
                        }
                    }
                }
            });
        };
        match name.as_str() {
            "append" | "add" | "appendleft" | "put" | "put_nowait" => {
                if let Some(value) = first {
                    add(self, Elements::exactly(vec![value]));
                }
                Value::None
            }
            "insert" => {
                if let Some(value) = arguments.at(1) {
                    let position = first.and_then(|at| usize::try_from(at.as_int()?).ok());
                    self.state.update(id, |object| {
                        if let Object::Sequence { items, rest, .. } = object {
                            if let Some(at) = position.filter(|at| *at <= items.len() && rest.is_none()) {
                                items.insert(at, value);
                            } else {
                                let all = std::mem::take(items).into_iter().chain(rest.take()).chain([value]);
                                *rest = Some(Value::any(all));
                            }
                        }
                    });
                }
                Value::None
            }
            "extend" | "update" | "union" => {
                if let Some(value) = first {
                    let elements = self.elements(&value, range);
                    add(self, elements);
                }
                if name.as_str() == "union" { receiver } else { Value::None }
            }
            "pop" | "popleft" | "get" | "get_nowait" => {
                let elements = self.elements(&receiver, range);
                let at = match name.as_str() {
                    "popleft" => Some(0),
                    _ => first.map_or(Some(-1), |value| value.as_int()),
                };
                let known = at.and_then(|at| index_of(at, elements.items.len())).filter(|_| elements.rest.is_none());
                match known {
                    Some(at) => {
                        self.state.update(id, |object| {
                            if let Object::Sequence { items, .. } = object {
                                items.remove(at);
                            }
                        });
                        elements.at(at)
                    }
                    None => elements.any(),
                }
            }
            "reverse" | "sort" => {
                let reverse = name.as_str() == "reverse";
                self.state.update(id, |object| {
                    if let Object::Sequence { items, rest, .. } = object {
                        if reverse && rest.is_none() {
                            items.reverse();
                        } else if !super::builtins::sort(items) {
                            let all = std::mem::take(items).into_iter().chain(rest.take());
                            *rest = Some(Value::any(all));
                        }
                    }
                });
                Value::None
            }
            "clear" | "remove" | "discard" => Value::None, // what was in it may be used before
            "copy" => {
                let elements = self.elements(&receiver, range);
                self.new_sequence(SequenceKind::List, elements.items, elements.rest)
            }
            "__getitem__" => first.map_or(Value::Unknown, |index| self.item(&receiver, &index, range)),
            "__iter__" => receiver,
            "__next__" | "__anext__" => self.elements(&receiver, range).any(),
            "send" | "asend" => self.send(id, first.unwrap_or(Value::None), range),
            "throw" | "athrow" => self.throw(id, &first.unwrap_or(Value::None), range),
            "index" | "count" | "__len__" => Value::Number,
            _ => Value::Unknown,
        }
    }

    fn mapping_method(
        &mut self,
        id: super::value::ObjectId,
        name: &Name,
        arguments: &Arguments,
        range: TextRange,
    ) -> Value {
        let receiver = Value::Object(id);
        let first = arguments.at(0);
        let (entries, rest) = match &**self.state.object(id) {
            Object::Mapping { entries, rest } => (entries.clone(), rest.clone()),
            _ => return Value::Unknown,
        };
        match name.as_str() {
            "get" | "pop" | "setdefault" | "__getitem__" => {
                let key = first.unwrap_or(Value::Unknown);
                let known = Key::of(&key).is_some_and(|key| entries.iter().any(|(k, _)| *k == key));
                let value = self.item(&receiver, &key, range);
                match arguments.at(1) {
                    Some(default) if !known => {
                        if name.as_str() == "setdefault" {
                            self.set_item(&receiver, &key, default.clone(), range);
                        }
                        value.or(default)
                    }
                    _ => value,
                }
            }
            "__setitem__" => {
                if let (Some(key), Some(value)) = (first, arguments.at(1)) {
                    self.set_item(&receiver, &key, value, range);
                }
                Value::None
            }
            "update" => {
                if let Some(other) = first {
                    self.merge_mapping(id, &other, range);
                }
                for (name, value) in arguments.keywords.clone() {
                    self.set_item(&receiver, &Value::text(name.as_str()), value, range);
                }
                Value::None
            }
            "items" => {
                let mut pairs = Vec::new();
                for (key, value) in entries {
                    pairs.push(self.new_sequence(SequenceKind::Tuple, vec![key.value(), value], None));
                }
                let rest = rest.map(|value| self.new_sequence(SequenceKind::Tuple, vec![Value::Unknown, value], None));
                self.new_sequence(SequenceKind::Iterator, pairs, rest)
            }
            "values" => {
                let values = entries.into_iter().map(|(_, value)| value).collect();
                self.new_sequence(SequenceKind::Iterator, values, rest)
            }
            "keys" | "__iter__" => {
                let keys = entries.into_iter().map(|(key, _)| key.value()).collect();
                self.new_sequence(SequenceKind::Iterator, keys, rest.map(|_| Value::Unknown))
            }
            "popitem" => {
                let all = entries.into_iter().map(|(_, value)| value).chain(rest);
                let value = Value::any(all);
                self.new_sequence(SequenceKind::Tuple, vec![Value::Unknown, value], None)
            }
            "copy" => Value::Object(self.state.allocate(Object::Mapping { entries, rest })),
            _ => Value::Unknown,
        }
    }

    /// `mapping.update(other)`.
    pub(super) fn merge_mapping(&mut self, id: super::value::ObjectId, other: &Value, range: TextRange) {
        let receiver = Value::Object(id);
        if let Value::Object(other_id) = other
            && let Object::Mapping { entries, rest } = (**self.state.object(*other_id)).clone()
        {
            for (key, value) in entries {
                self.set_item(&receiver, &key.value(), value, range);
            }
            if let Some(rest) = rest {
                self.set_item(&receiver, &Value::Unknown, rest, range);
            }
            return;
        }
        for pair in self.elements(other, range).items {
            let parts = self.elements(&pair, range);
            self.set_item(&receiver, &parts.at(0), parts.at(1), range);
        }
        self.set_item(&receiver, &Value::Unknown, Value::Unknown, range);
    }

    /// The text that a value is shown as.
    pub(super) fn text_of(&self, value: &Value) -> Text {
        match value {
            Value::Text(text) => text.clone(),
            Value::None => Text::literal("None"),
            Value::Bool(true) => Text::literal("True"),
            Value::Bool(false) => Text::literal("False"),
            Value::Int(int) => Text::literal(int.to_string()),
            Value::Number => Text::piece(Piece::Number),
            Value::Symbol(symbol) if &*self.symbols.name(symbol.id) == path::PATH => self.path_text(value),
            Value::Symbol(symbol) if self.symbols.is_data(symbol.id) => Text::piece(Piece::Data),
            Value::Symbol(symbol) if self.symbols.is_made(symbol.id) => match symbol.origin.as_deref() {
                Some(Value::Text(text)) if text.pieces().contains(&Piece::Here) => text.clone(),
                _ => Text::piece(Piece::Unknown),
            },
            _ => Text::piece(Piece::Unknown),
        }
    }
}

/// A Python index as a position.
pub(super) fn index_of(index: i64, length: usize) -> Option<usize> {
    let length_signed = i64::try_from(length).ok()?;
    let at = if index < 0 { index + length_signed } else { index };
    usize::try_from(at).ok().filter(|at| *at < length)
}
