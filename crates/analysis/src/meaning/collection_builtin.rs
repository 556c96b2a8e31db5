//! Builtins that make, order and walk collections.

use super::{
    interpreter::Interpreter,
    object::{MAX_ELEMENTS, SequenceKind},
    value::{Arguments, Value},
};
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// `map`, `list`, `sorted`, `zip` and their kin.
    pub(super) fn collection_builtin(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let given = arguments.at(0);
        let first = given.clone().unwrap_or(Value::Unknown);
        Some(match name {
            "map" => {
                let (callee, rest) = arguments.positional.split_first()?;
                self.call_with_elements(&callee.clone(), rest, range)
            }
            "filter" => {
                let list = arguments.at(1)?;
                self.call_with_elements(&first, std::slice::from_ref(&list), range);
                let elements = self.elements(&list, range);
                let rest = Some(elements.any());
                self.new_sequence(SequenceKind::Iterator, Vec::new(), rest)
            }
            "list" | "tuple" | "set" | "frozenset" | "iter" | "aiter" => {
                let kind = match name {
                    "list" => SequenceKind::List,
                    "tuple" => SequenceKind::Tuple,
                    "set" | "frozenset" => SequenceKind::Set,
                    _ => SequenceKind::Iterator,
                };
                match given {
                    Some(value) if arguments.positional.len() == 1 => self.as_list(&value, kind, range),
                    Some(callee) => {
                        let each = self.call(&callee, &Arguments::default(), range); // `iter(f, sentinel)`
                        self.new_sequence(kind, Vec::new(), Some(each))
                    }
                    None => self.new_sequence(kind, Vec::new(), None),
                }
            }
            "sorted" | "reversed" => {
                for (_, value) in arguments.keywords.clone() {
                    self.escape(&value, range);
                }
                let mut elements = self.elements(&first, range);
                let exact = elements.rest.is_none();
                let keyed = !arguments.keywords.is_empty() && name == "sorted";
                if name == "reversed" {
                    elements.items.reverse();
                }
                if exact && (name == "reversed" || !keyed && super::builtins::sort(&mut elements.items)) {
                    self.new_sequence(SequenceKind::List, elements.items, None)
                } else {
                    let any = elements.any();
                    self.new_sequence(SequenceKind::List, Vec::new(), Some(any))
                }
            }
            "enumerate" => {
                let elements = self.elements(&first, range);
                let mut items = Vec::with_capacity(elements.items.len());
                for (at, item) in elements.items.into_iter().enumerate() {
                    let index = i64::try_from(at).map_or(Value::Number, Value::Int);
                    items.push(self.new_sequence(SequenceKind::Tuple, vec![index, item], None));
                }
                let rest =
                    elements.rest.map(|item| self.new_sequence(SequenceKind::Tuple, vec![Value::Number, item], None));
                self.new_sequence(SequenceKind::Iterator, items, rest)
            }
            "zip" => {
                let columns: Vec<_> = arguments.positional.iter().map(|c| self.elements(c, range)).collect();
                let exact = columns.iter().all(|c| c.rest.is_none());
                if exact && !columns.is_empty() {
                    let rows = columns.iter().map(|c| c.items.len()).min().unwrap_or_default();
                    let mut items = Vec::with_capacity(rows);
                    for row in 0..rows {
                        let row = columns.iter().map(|c| c.at(row)).collect();
                        items.push(self.new_sequence(SequenceKind::Tuple, row, None));
                    }
                    self.new_sequence(SequenceKind::Iterator, items, None)
                } else {
                    let row = columns.iter().map(super::container::Elements::any).collect();
                    let row = self.new_sequence(SequenceKind::Tuple, row, None);
                    self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(row))
                }
            }
            "range" => self.numbers(arguments),
            "next" | "anext" => {
                let elements = self.elements(&first, range);
                match arguments.at(1) {
                    Some(default) => elements.any().or(default),
                    // The first of a fresh iterator is the first; of a used one it may be any.
                    None => elements.at(0).or(elements.any()),
                }
            }
            "min" | "max" => {
                for (_, value) in arguments.keywords.clone() {
                    self.escape(&value, range);
                }
                if arguments.positional.len() == 1 {
                    self.elements(&first, range).any()
                } else {
                    Value::any(arguments.positional.iter().cloned())
                }
            }
            "dict" => self.new_dict(arguments, range),
            _ => return None,
        })
    }

    fn numbers(&mut self, arguments: &Arguments) -> Value {
        let bounds: Option<Vec<i64>> = arguments.positional.iter().map(Value::as_int).collect();
        let (start, end, step) = match bounds.as_deref() {
            Some(&[end]) => (0, end, 1),
            Some(&[start, end]) => (start, end, 1),
            Some(&[start, end, step]) if step != 0 => (start, end, step),
            _ => return self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(Value::Number)),
        };
        let mut items = Vec::new();
        let mut at = start;
        while (step > 0 && at < end) || (step < 0 && at > end) {
            if items.len() >= MAX_ELEMENTS {
                return self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(Value::Number));
            }
            items.push(Value::Int(at));
            let Some(next) = at.checked_add(step) else { break };
            at = next;
        }
        self.new_sequence(SequenceKind::Iterator, items, None)
    }
}
