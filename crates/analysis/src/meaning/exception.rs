//! Exceptions that carry something from where they are raised to where they are caught.
//!
//! Which handler catches which is not followed: a handler may get whatever was raised before, or something unknown. Only
//! exceptions that hold what can be called are kept apart; all others are unknown values.

use super::{
    builtins::is_exception,
    interpreter::Interpreter,
    object::{Object, SequenceKind},
    value::{Arguments, ClassId, Value},
};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

/// `value` is the attribute of `StopIteration`; the others have `args` only.
const ATTRIBUTES: [&str; 2] = ["args", "value"];

impl Interpreter<'_> {
    /// `raise value`.
    pub(super) fn raised_value(&mut self, value: &Value) {
        for alternative in value.alternatives() {
            let carries = match alternative {
                Value::Object(id) => self
                    .attributes_of(*id)
                    .iter()
                    .any(|(name, value)| name.as_str() != super::attribute::LIBRARY_PART && value.is_callable_kind()),
                _ => false,
            };
            if carries {
                let before = self.raised.take();
                let after = before.clone().map_or(alternative.clone(), |before| before.or(alternative.clone()));
                if before.as_ref() != Some(&after) {
                    self.state.renew(); // a call that was followed before may catch more now
                }
                self.raised = Some(after);
            }
        }
    }

    /// What `except … as name` binds.
    pub(super) fn caught(&self) -> Value {
        self.raised.clone().map_or(Value::Unknown, |raised| raised.or(Value::Unknown))
    }

    /// An exception of a library's class, made with these arguments.
    pub(super) fn exception(&mut self, base: &Value, arguments: Vec<Value>) -> Value {
        let class = self.new_class(Name::new_static("exception"), vec![base.clone()], None);
        let first = arguments.first().cloned().unwrap_or(Value::None);
        let all = self.new_sequence(SequenceKind::Tuple, arguments, None);
        let [args, value] = ATTRIBUTES.map(Name::new_static);
        self.instance_of(class, &[(args, all), (value, first)])
    }

    /// `ValueError(f)`: kept as an object if it carries anything.
    pub(super) fn exception_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        if !is_exception(name) || !arguments.positional.iter().any(Value::is_callable_kind) {
            return None;
        }
        self.escape_all(arguments, range);
        let base = self.named(&format!("builtins.{name}"));
        Some(self.exception(&base, arguments.positional.clone()))
    }

    /// Gives an instance of an exception class of the code its `args`, as `BaseException.__new__` does.
    pub(super) fn keep_arguments(&mut self, class: ClassId, instance: &Value, arguments: &Arguments) {
        if !arguments.positional.iter().any(Value::is_callable_kind) {
            return;
        }
        let bases = self.symbol_bases(class);
        let raisable =
            bases.into_iter().any(|base| self.symbols.name(base).strip_prefix("builtins.").is_some_and(is_exception));
        if let Value::Object(id) = instance
            && matches!(**self.state.object(*id), Object::Instance { .. })
            && raisable
        {
            let all = self.new_sequence(SequenceKind::Tuple, arguments.positional.clone(), None);
            self.put(*id, &Name::new_static(ATTRIBUTES[0]), all, false);
        }
    }
}
