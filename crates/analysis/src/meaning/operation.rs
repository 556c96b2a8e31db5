//! Binary operators.

use super::{
    interpreter::Interpreter,
    object::{Object, SequenceKind},
    value::{Arguments, MAX_TEXT, ObjectId, Piece, Text, Value},
};
use rustpython_ast::Operator;
use rustpython_text_size::TextRange;

/// A longer repetition of a list is one element, any number of times.
const MAX_REPEATED: usize = 64;

impl Interpreter<'_> {
    /// `left op right`.
    pub(super) fn binary(&mut self, left: &Value, op: Operator, right: &Value, range: TextRange) -> Value {
        let (lefts, rights) = (left.alternatives(), right.alternatives());
        if lefts.len() * rights.len() > 64 {
            return Value::Unknown;
        }
        let mut found = Vec::new();
        for left in lefts {
            for right in rights {
                found.push(self.binary_one(left, op, right, range));
            }
        }
        Value::any(found)
    }

    fn binary_one(&mut self, left: &Value, op: Operator, right: &Value, range: TextRange) -> Value {
        match (left, op, right) {
            (Value::Symbol(symbol), Operator::Div, _) if &*self.symbols.name(symbol.id) == super::path::PATH => {
                let joined = self.join_paths(&[left.clone(), right.clone()]);
                Value::any(joined.into_iter().map(|t| self.new_path(t)).collect::<Vec<_>>())
            }
            (_, Operator::Div, Value::Symbol(symbol)) if &*self.symbols.name(symbol.id) == super::path::PATH => {
                let joined = self.join_paths(&[left.clone(), right.clone()]);
                Value::any(joined.into_iter().map(|t| self.new_path(t)).collect::<Vec<_>>())
            }
            (Value::Text(a), Operator::Add, Value::Text(b)) => Value::Text(a.append(b)),
            (Value::Text(a), Operator::Add, Value::Unknown) => Value::Text(a.append(&Text::piece(Piece::Unknown))),
            (Value::Unknown, Operator::Add, Value::Text(b)) => Value::Text(Text::piece(Piece::Unknown).append(b)),
            (Value::Text(_), Operator::Add, Value::Symbol(_)) | (Value::Symbol(_), Operator::Add, Value::Text(_)) => {
                let right = self.text_of(right);
                Value::Text(self.text_of(left).append(&right))
            }
            (Value::Text(_), Operator::Mod, _) => self.percent(left, right, range),
            (Value::Text(text), Operator::Mult, Value::Int(times))
            | (Value::Int(times), Operator::Mult, Value::Text(text)) => {
                let times = usize::try_from(*times).unwrap_or_default();
                match text.whole() {
                    Some(text) if text.len().saturating_mul(times) <= MAX_TEXT => Value::text(text.repeat(times)),
                    _ => Value::Text(Text::piece(Piece::Unknown)),
                }
            }
            (Value::Bytes(a), Operator::Add, Value::Bytes(b)) => Value::bytes([&**a, &**b].concat()),
            (Value::Object(list), Operator::Mult, Value::Int(times))
            | (Value::Int(times), Operator::Mult, Value::Object(list))
                if self.repeats(*list, *times) =>
            {
                let elements = self.elements(&Value::Object(*list), range).items;
                let times = usize::try_from(*times).unwrap_or_default();
                let items = std::iter::repeat_n(elements, times).flatten().collect();
                self.new_sequence(SequenceKind::List, items, None)
            }
            (Value::Object(a), _, _) => self.binary_object(*a, op, right, range),
            (Value::Symbol(symbol), _, _) if self.symbols.is_data(symbol.id) => left.clone(),
            (_, _, Value::Symbol(symbol)) if self.symbols.is_data(symbol.id) => right.clone(),
            _ => super::number::binary(left, op, right),
        }
    }

    /// Whether a list is known, and short also when it is repeated.
    fn repeats(&self, list: ObjectId, times: i64) -> bool {
        match &**self.state.object(list) {
            Object::Sequence { items, rest: None, .. } => {
                usize::try_from(times).is_ok_and(|times| items.len().saturating_mul(times) <= MAX_REPEATED)
            }
            _ => false,
        }
    }

    fn binary_object(&mut self, a: ObjectId, op: Operator, right: &Value, range: TextRange) -> Value {
        let left = Value::Object(a);
        match (&**self.state.object(a), op) {
            (Object::Sequence { kind, .. }, Operator::Add | Operator::BitOr) => {
                let kind = *kind;
                let (one, other) = (self.elements(&left, range), self.elements(right, range));
                match (one.rest, other.rest) {
                    (None, None) => {
                        let items = one.items.into_iter().chain(other.items).collect();
                        self.new_sequence(kind, items, None)
                    }
                    (a, b) => {
                        let all = Value::any(one.items.into_iter().chain(other.items).chain(a).chain(b));
                        self.new_sequence(kind, Vec::new(), Some(all))
                    }
                }
            }
            (Object::Sequence { items, rest, kind }, Operator::Mult) => {
                let all = Value::any(items.iter().chain(rest).cloned());
                let (kind, empty) = (*kind, items.is_empty() && rest.is_none());
                let rest = (!empty).then_some(all);
                self.new_sequence(kind, Vec::new(), rest)
            }
            (Object::Mapping { entries, rest }, Operator::BitOr) => {
                let copy = Object::Mapping { entries: entries.clone(), rest: rest.clone() };
                let id = self.state.allocate(copy);
                self.merge_mapping(id, right, range);
                Value::Object(id)
            }
            (Object::Instance { .. }, _) => {
                let found = self.call_dunder(&left, op.dunder(), &Arguments::of([right.clone()]), range);
                found.unwrap_or(Value::Unknown)
            }
            _ => Value::Unknown,
        }
    }
}
