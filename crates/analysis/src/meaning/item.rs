//! Subscripts.

use super::{
    container::index_of,
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    symbols::Step,
    value::{Arguments, Symbol, Value},
};
use rustpython_ast::{ExprSlice, name::Name};
use rustpython_text_size::TextRange;

impl<'a> Interpreter<'a> {
    /// `object[index]`.
    pub(super) fn item(&mut self, object: &Value, index: &Value, range: TextRange) -> Value {
        match (object, index) {
            (Value::Union(values), _) => {
                self.state.worked(4 * values.len());
                Value::any(values.iter().map(|v| self.item(v, index, range)).collect::<Vec<_>>())
            }
            (_, Value::Union(indices)) => {
                Value::any(indices.iter().map(|i| self.item(object, i, range)).collect::<Vec<_>>())
            }
            (Value::Text(text), _) => {
                let found = text.whole().zip(index.as_int()).and_then(|(text, at)| {
                    let chars: Vec<char> = text.chars().collect();
                    index_of(at, chars.len()).map(|at| Value::text(chars[at].to_string()))
                });
                found.unwrap_or(Value::Unknown)
            }
            (Value::Bytes(bytes), _) => {
                let at = index.as_int().and_then(|at| index_of(at, bytes.len()));
                at.map_or(Value::Unknown, |at| Value::Int(bytes[at].into()))
            }
            (Value::Symbol(symbol), _) => self.symbol_item(symbol, index, range),
            (Value::Object(id), _) => match self.looked_into(*id) {
                Object::Sequence { items, rest, .. } => match (index.as_int(), &rest) {
                    (Some(at), None) => index_of(at, items.len()).map_or(Value::Unknown, |at| items[at].clone()),
                    _ => Value::any(items.into_iter().chain(rest)),
                },
                Object::Mapping { entries, rest } => match Key::of(index) {
                    Some(key) => {
                        let exact = entries.into_iter().find(|(known, _)| *known == key).map(|(_, value)| value);
                        exact.or(rest).unwrap_or(Value::Unknown)
                    }
                    None => Value::any(entries.into_iter().map(|(_, value)| value).chain(rest)),
                },
                Object::Namespace(_) | Object::Members(_) => self.namespace_item(object, index, range),
                Object::Instance { .. } => {
                    let found = self.call_dunder(object, "__getitem__", &Arguments::of([index.clone()]), range);
                    found.unwrap_or(Value::Unknown)
                }
            },
            (Value::Class(class), _) => self.class_item(*class, index, range),
            _ => Value::Unknown,
        }
    }

    /// A copy of an object, accounted for.
    fn looked_into(&mut self, id: super::value::ObjectId) -> Object {
        let object = self.state.object(id);
        self.state.worked(object.len());
        (**object).clone()
    }

    fn symbol_item(&mut self, symbol: &Symbol, index: &Value, range: TextRange) -> Value {
        let name = self.symbols.name(symbol.id);
        self.touch(&Value::Symbol(symbol.clone()), range);
        match &*name {
            "sys.modules" => return self.module_from_table(index, range),
            "builtins.__builtins__" => {
                let builtins = self.symbols.named("builtins");
                return self.member_by_value(builtins, index, range);
            }
            _ => {}
        }
        if let Some(members) = name.strip_suffix(".__dict__") {
            let module = self.symbols.named(members);
            return self.member_by_value(module, index, range);
        }
        let id = self.symbols.step(symbol.id, Step::Item);
        let origin = match &symbol.origin {
            Some(origin) if &*name == super::path::PARENTS => Some(origin.clone()),
            // The channels of a list, one by one.
            Some(origin) => Some(self.item(&origin.clone(), index, range).into()),
            None => None,
        };
        Value::Symbol(Symbol { id, origin })
    }

    /// `object[lower:upper:step]`.
    pub(super) fn slice(&mut self, object: &Value, slice: &'a ExprSlice, range: TextRange) -> Value {
        let mut bound = |part: Option<&'a rustpython_ast::Expr>| match part {
            None => Some(None),
            Some(expr) => match self.eval(expr) {
                Value::None => Some(None),
                value => value.as_int().map(Some),
            },
        };
        let (lower, upper, step) =
            (bound(slice.lower.as_deref()), bound(slice.upper.as_deref()), bound(slice.step.as_deref()));
        let bounds = lower.zip(upper).zip(step).map(|((l, u), s)| (l, u, s));
        self.sliced(object, bounds, range)
    }

    fn sliced(&mut self, object: &Value, bounds: Option<Bounds>, range: TextRange) -> Value {
        match (object, bounds) {
            (Value::Union(values), _) => {
                Value::any(values.iter().map(|v| self.sliced(v, bounds, range)).collect::<Vec<_>>())
            }
            (Value::Text(text), Some(bounds)) => match text.whole() {
                Some(text) => {
                    let chars: Vec<char> = text.chars().collect();
                    Value::text(pick(&chars, bounds).into_iter().collect::<String>())
                }
                None => Value::Unknown,
            },
            (Value::Bytes(bytes), Some(bounds)) => Value::bytes(pick(bytes, bounds)),
            (Value::Object(id), _) => match self.looked_into(*id) {
                Object::Sequence { kind, items, rest: None } if bounds.is_some() => {
                    let items = bounds.map_or_else(Vec::new, |bounds| pick(&items, bounds));
                    self.new_sequence(kind, items, None)
                }
                Object::Sequence { kind, items, rest } => {
                    let all = Value::any(items.into_iter().chain(rest));
                    self.new_sequence(kind, Vec::new(), Some(all))
                }
                _ => Value::Unknown,
            },
            (Value::Symbol(symbol), _) => {
                self.touch(object, range);
                let id = self.symbols.step(symbol.id, Step::Item);
                Value::Symbol(Symbol { id, origin: symbol.origin.clone() })
            }
            _ => Value::Unknown,
        }
    }

    /// `object[index] = value`.
    pub(super) fn set_item(&mut self, object: &Value, index: &Value, value: Value, range: TextRange) {
        match object {
            Value::Union(values) => {
                for alternative in values.iter() {
                    self.set_item(alternative, index, value.clone(), range);
                }
            }
            Value::Symbol(symbol) => self.symbol_set_item(symbol, index, range),
            Value::Object(id) => match &**self.state.object(*id) {
                Object::Sequence { .. } => self.state.update(*id, |object| {
                    let Object::Sequence { items, rest, .. } = object else { return };
                    let at = index.as_int().and_then(|at| index_of(at, items.len()));
                    if let Some(at) = at.filter(|_| rest.is_none()) {
                        items[at] = value;
                    } else {
                        for item in items.iter_mut() {
                            *item = std::mem::replace(item, Value::None).or(value.clone());
                        }
                        if items.is_empty() || rest.is_some() {
                            *rest = Some(Value::any(rest.take().into_iter().chain([value])));
                        }
                    }
                }),
                Object::Mapping { .. } => {
                    if let Some(&instance) = self.mirrors.get(id) {
                        self.set_attribute_by_value(&Value::Object(instance), index, &value, range);
                    }
                    self.state.update(*id, |object| {
                        let Object::Mapping { entries, rest } = object else { return };
                        match Key::of(index) {
                            Some(key) => match entries.iter_mut().find(|(known, _)| *known == key) {
                                Some((_, known)) => *known = value,
                                None => entries.push((key, value)),
                            },
                            None => *rest = Some(Value::any(rest.take().into_iter().chain([value]))),
                        }
                    });
                }
                Object::Instance { .. } => {
                    self.call_dunder(object, "__setitem__", &Arguments::of([index.clone(), value]), range);
                }
                Object::Namespace(scope) => {
                    let scope = *scope;
                    match index.as_text() {
                        Some(name) => self.state.assign(scope, &Name::new(name), value),
                        None => self.unknown_name_bound(range),
                    }
                }
                Object::Members(module) => {
                    let module = *module;
                    self.patched(module, index.as_text(), range);
                }
            },
            _ => {}
        }
    }

    /// A tuple as a list of its elements, and such.
    pub(super) fn as_list(&mut self, value: &Value, kind: SequenceKind, range: TextRange) -> Value {
        let elements = self.elements(value, range);
        self.new_sequence(kind, elements.items, elements.rest)
    }
}

/// Lower, upper, step.
type Bounds = (Option<i64>, Option<i64>, Option<i64>);

/// The elements of a slice, by Python's rules.
fn pick<T: Clone>(all: &[T], (lower, upper, step): Bounds) -> Vec<T> {
    let length = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let step = step.unwrap_or(1);
    if step == 0 {
        return Vec::new();
    }
    let (least, most) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clamp = |bound: i64| {
        let at = if bound < 0 { bound.saturating_add(length) } else { bound };
        at.clamp(least, most)
    };
    let (start, end) = if step > 0 {
        (lower.map_or(0, clamp), upper.map_or(length, clamp))
    } else {
        (lower.map_or(length - 1, clamp), upper.map_or(-1, clamp))
    };
    let mut picked = Vec::new();
    let mut at = start;
    while (step > 0 && at < end) || (step < 0 && at > end) {
        if let Some(element) = usize::try_from(at).ok().and_then(|at| all.get(at)) {
            picked.push(element.clone());
        }
        let Some(next) = at.checked_add(step) else { break };
        at = next;
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::pick;

    #[test]
    fn slices() {
        let all: Vec<char> = "system".chars().collect();
        let text = |bounds| pick(&all, bounds).into_iter().collect::<String>();
        assert_eq!(text((None, None, Some(-1))), "metsys");
        assert_eq!(text((Some(1), Some(-1), None)), "yste");
        assert_eq!(text((Some(-2), Some(99), None)), "em");
        assert_eq!(text((Some(4), Some(0), Some(-2))), "es");
        assert_eq!(text((None, None, Some(0))), "");
        assert_eq!(text((Some(i64::MIN), Some(i64::MAX), Some(i64::MAX))), "s");
    }
}
