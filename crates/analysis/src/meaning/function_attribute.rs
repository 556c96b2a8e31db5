//! Attributes of functions of the code: those that Python gives them, and those that the code does.

use super::{
    finding::Found,
    interpreter::{Definition, Interpreter},
    object::{Key, Object, SequenceKind},
    value::{FunctionId, Method, ObjectId, Value},
};
use pyexec_core::{Capability, Certainty};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// `function.name`.
    pub(super) fn function_attribute(&mut self, id: FunctionId, name: &Name) -> Value {
        let function = Value::Function(id);
        if let Some(own) = self.function(id).attributes
            && let Object::Mapping { entries, .. } = &**self.state.object(own)
            && let Some((_, value)) = entries.iter().find(|(key, _)| matches!(key, Key::Text(text) if **text == **name))
        {
            return value.clone();
        }
        match name.as_str() {
            "__call__" | "__wrapped__" => function,
            "__globals__" => Value::Object(self.state.allocate(Object::Namespace(self.module))),
            "__get__" => Value::Method(Method { receiver: function, name: name.clone() }.into()),
            "__name__" | "__qualname__" => match self.function(id).definition {
                Definition::Function(def) => Value::text(def.name.as_str()),
                Definition::Lambda(_) => Value::text("<lambda>"),
            },
            "__defaults__" => {
                let values = self.function(id).defaults.iter().map(|(_, value)| value.clone()).collect();
                self.new_sequence(SequenceKind::Tuple, values, None)
            }
            "__kwdefaults__" => {
                let defaults = self.function(id).defaults.iter();
                let entries = defaults.map(|(name, value)| (Key::Text(name.as_str().into()), value.clone())).collect();
                Value::Object(self.state.allocate(Object::Mapping { entries, rest: None }))
            }
            "__dict__" => Value::Object(self.attributes_of_function(id)),
            _ => Value::Unknown,
        }
    }

    /// `function.name = value`.
    pub(super) fn set_function_attribute(&mut self, id: FunctionId, name: &Name, value: Value, range: TextRange) {
        if matches!(name.as_str(), "__code__" | "__globals__" | "__closure__") {
            let found = Found {
                rule: "introspection.function_patch".into(),
                capability: Some(Capability::INTROSPECTION),
                certainty: Certainty::Definite,
                message: format!("replaces `{name}` of a function while it runs"),
                evidence: None,
                subject: None,
            };
            return self.findings.record(range, found);
        }
        let attributes = Value::Object(self.attributes_of_function(id));
        self.set_item(&attributes, &Value::text(name.as_str()), value, range);
    }

    fn attributes_of_function(&mut self, id: FunctionId) -> ObjectId {
        if let Some(known) = self.function(id).attributes {
            return known;
        }
        let made = self.state.allocate(Object::Mapping { entries: Vec::new(), rest: None });
        self.function_mut(id).attributes = Some(made);
        made
    }
}
