//! Whether what an entry asks of a call's arguments holds.

use super::{
    effect::argument,
    interpreter::Interpreter,
    path::Place,
    value::{Arguments, Value},
};
use crate::knowledge::table::{CallEntry, Constant, Missing, When};

impl Interpreter<'_> {
    /// Whether a condition holds; `None` if that depends on what is not known.
    pub(super) fn holds(&self, when: &When, origin: Option<&Value>, arguments: &Arguments) -> Option<bool> {
        let Some(value) = argument(&when.argument, origin, arguments) else {
            return Some(when.missing == Missing::Apply);
        };
        if when.code {
            return self.is_code(&value);
        }
        let is = |value: &Value, constants: &[Constant]| constants.iter().any(|c| self.is_constant(value, c));
        let known = |value: &Value| !matches!(value, Value::Unknown | Value::Number);
        let alternatives = value.alternatives();
        if !when.only.is_empty() {
            if alternatives.iter().any(|v| is(v, &when.only)) {
                return Some(true);
            }
            return if alternatives.iter().all(known) { Some(false) } else { None };
        }
        if alternatives.iter().all(|v| is(v, &when.unless)) {
            Some(false)
        } else if alternatives.iter().all(known) {
            Some(true)
        } else {
            None
        }
    }

    /// Whether a value is text that does something when it is run; a callable is not, and is followed elsewhere.
    fn is_code(&self, value: &Value) -> Option<bool> {
        let mut sure = Some(false);
        for alternative in value.alternatives() {
            match alternative {
                Value::Text(text) => match text.whole() {
                    Some(text) if self.inner(text).is_some_and(|found| found.is_empty()) => {}
                    Some(_) => return Some(true),
                    None => sure = None,
                },
                Value::Unknown => sure = None,
                _ => {}
            }
        }
        sure
    }

    fn is_constant(&self, value: &Value, constant: &Constant) -> bool {
        match (value, constant) {
            (Value::Bool(a), Constant::Bool(b)) => a == b,
            (Value::None, Constant::Text(text)) => text == "None",
            (Value::Int(a), Constant::Int(b)) => a == b,
            (Value::Text(a), Constant::Text(b)) => match b.strip_suffix('*') {
                Some(start) => a.start().starts_with(start),
                None => a.whole() == Some(b),
            },
            (Value::Symbol(symbol), Constant::Text(b)) => {
                let name = self.symbols.name(symbol.id);
                *name == **b || name.strip_suffix("()") == Some(b)
            }
            _ => false,
        }
    }

    /// What the mode says; `None` if it is not known.
    pub(super) fn opens_for_writing(entry: &CallEntry, origin: Option<&Value>, arguments: &Arguments) -> Option<bool> {
        let default = entry.default_mode.as_deref().unwrap_or("r");
        let given = entry.mode.as_ref().and_then(|mode| argument(mode, origin, arguments));
        let value = given.unwrap_or_else(|| Value::text(default));
        let writes = |value: &Value| match value {
            Value::Text(text) => text.whole().map(|mode| mode.contains(['w', 'a', 'x', '+', 'c', 'n'])),
            Value::Int(flags) => Some(flags & 0o1103 != 0), // O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
            Value::None => Some(default.contains(['w', 'a', 'x', '+', 'c', 'n'])),
            _ => None,
        };
        let mut sure = true;
        for alternative in value.alternatives() {
            match writes(alternative) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => sure = false,
            }
        }
        sure.then_some(false)
    }

    /// Whether what is decoded was made by this very code: an artifact that it wrote, or a value that it encoded.
    pub(super) fn is_own(&self, value: &Value) -> bool {
        value.alternatives().iter().all(|value| {
            if let Value::Symbol(symbol) = value {
                let name = self.symbols.name(symbol.id);
                if matches!(&*name, "pickle.dumps()" | "dill.dumps()" | "cloudpickle.dumps()" | "marshal.dumps()") {
                    return true;
                }
            }
            let path = match value {
                Value::Symbol(symbol) => symbol.origin.as_deref(),
                Value::Text(_) => Some(value),
                _ => None,
            };
            match path.map(|path| self.place_of(path, false)) {
                Some(Place::Inside(Some(path))) => self.dumped.contains(&path),
                _ => false,
            }
        })
    }
}
