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

    /// Where what is decoded comes from.
    pub(super) fn origin_of(&self, value: &Value) -> Origin {
        let mut origin = Origin::Own;
        for value in value.alternatives() {
            if let Value::Symbol(symbol) = value {
                let name = self.symbols.name(symbol.id);
                if matches!(&*name, "pickle.dumps()" | "dill.dumps()" | "cloudpickle.dumps()" | "marshal.dumps()") {
                    continue;
                }
            }
            let path = match value {
                Value::Symbol(symbol) => symbol.origin.as_deref(),
                Value::Text(_) => Some(value),
                _ => None,
            };
            match path.map(|path| self.place_of(path, false)) {
                Some(Place::Inside(Some(path))) if self.dumped.contains(&path) => {}
                Some(Place::Inside(Some(path))) if self.inputs.iter().all(|input| input.name != path) => {
                    origin = Origin::Artifact(path);
                }
                _ => return Origin::Foreign,
            }
        }
        origin
    }
}

/// Where what is decoded comes from.
pub(super) enum Origin {
    /// This very code encoded it.
    Own,
    /// A file of the run folder that is no declared input, into which this code may encode further down (a cache).
    Artifact(String),
    /// Anywhere else.
    Foreign,
}
