//! Callables that are handed to something of which only the name is known: it may call them with anything.

use super::{
    finding::Found,
    interpreter::Interpreter,
    object::Object,
    value::{Arguments, Value},
};
use pyexec_core::Certainty;
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

/// How deep containers are searched for callables.
const DEPTH: u32 = 2;
/// How many elements of a container are looked at.
const WIDTH: usize = 32;

impl Interpreter<'_> {
    /// Every argument of a call escapes.
    pub(super) fn escape_all(&mut self, arguments: &Arguments, range: TextRange) {
        for value in arguments.values() {
            self.escape(value, range);
        }
    }

    /// One value escapes.
    pub(super) fn escape(&mut self, value: &Value, range: TextRange) {
        self.escape_within(value, range, DEPTH);
    }

    fn escape_within(&mut self, value: &Value, range: TextRange, depth: u32) {
        self.touch(value, range);
        match value {
            Value::Function(id) => self.function_mut(*id).escaped = true,
            Value::Symbol(symbol) if self.symbols.callable(symbol.id).acts() => {
                self.findings.only_possible += 1;
                self.effects_of_call(symbol, &Arguments::unknown(), range);
                self.findings.only_possible -= 1;
            }
            Value::Partial(partial) => {
                let partial = partial.clone();
                match &partial.callee {
                    Value::Function(_) => self.escape_within(&partial.callee, range, depth),
                    Value::Method(_) => {}
                    callee => {
                        self.findings.only_possible += 1;
                        self.call(callee, &partial.arguments.then(&Arguments::unknown()), range);
                        self.findings.only_possible -= 1;
                    }
                }
            }
            Value::Descriptor(descriptor) => self.escape_within(&descriptor.function.clone(), range, depth),
            Value::Union(values) => {
                self.state.worked(4 * values.len());
                for alternative in values.iter() {
                    self.escape_within(alternative, range, depth);
                }
            }
            Value::Object(id) if depth > 0 => match (**self.state.object(*id)).clone() {
                Object::Sequence { items, rest, .. } => {
                    for item in items.iter().take(WIDTH).chain(&rest) {
                        self.escape_within(item, range, depth - 1);
                    }
                }
                Object::Mapping { entries, rest } => {
                    for item in entries.iter().map(|(_, value)| value).take(WIDTH).chain(&rest) {
                        self.escape_within(item, range, depth - 1);
                    }
                }
                Object::Instance { class, .. } => {
                    if let Some(Value::Function(call)) = self.class_member(class, &Name::new_static("__call__")) {
                        self.function_mut(call).escaped = true;
                    }
                }
                Object::Namespace(_) | Object::Members(_) => {}
            },
            _ => {}
        }
    }

    /// A value is used: of some (the environment) that alone matters.
    pub(super) fn touch(&mut self, value: &Value, range: TextRange) {
        for alternative in value.alternatives() {
            let Value::Symbol(symbol) = alternative else { continue };
            let Some(entry) = self.symbols.uses(symbol.id) else { continue };
            let name = self.symbols.name(symbol.id);
            let message = entry.says.clone().unwrap_or_else(|| format!("uses `{name}`"));
            let capability = entry.capability.clone();
            let found = Found {
                rule: super::effect::rule_name(&capability, &name),
                capability: Some(capability),
                certainty: Certainty::Definite,
                message,
                evidence: Some(name.to_string()),
                subject: None,
            };
            self.findings.record(range, found);
        }
    }
}
