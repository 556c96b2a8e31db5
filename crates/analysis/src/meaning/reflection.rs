//! Reflective access: names that are values. What can be folded is followed; what cannot, at a place where it matters, is a
//! possible finding.

use super::{
    finding::Found,
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    symbols::{Step, SymbolId},
    value::{Arguments, Value},
};
use pyexec_core::{Capability, Certainty};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// `getattr(object, name)`.
    pub(super) fn attribute_by_value(&mut self, object: &Value, name: &Value, range: TextRange) -> Value {
        let mut found = Vec::new();
        for name in name.alternatives() {
            match name.as_text() {
                Some(name) => {
                    let mut value = object.clone();
                    // `operator.attrgetter("a.b")` walks; in `getattr` a dot is simply an attribute that does not exist.
                    for part in name.split('.') {
                        value = self.attribute(&value, &Name::new(part), range);
                    }
                    found.push(value);
                }
                None => found.push(self.unknown_attribute(object, range)),
            }
        }
        Value::any(found)
    }

    /// An attribute whose name is known only when the code runs.
    fn unknown_attribute(&mut self, object: &Value, range: TextRange) -> Value {
        let mut found = Vec::new();
        for object in object.alternatives() {
            match object {
                Value::Symbol(symbol) => {
                    if !self.symbols.is_data(symbol.id) {
                        self.unknown_member(symbol.id, range);
                    }
                    found.push(Value::Symbol(super::value::Symbol {
                        id: self.symbols.step(symbol.id, Step::Item),
                        origin: symbol.origin.clone(),
                    }));
                }
                Value::Object(id) => {
                    if let Object::Instance { class, .. } = **self.state.object(*id) {
                        found.extend(self.attributes_of(*id).into_iter().map(|(_, value)| value));
                        if let Some(scope) = self.class(class).scope {
                            let names = self.state.names(scope);
                            for (name, _) in names {
                                found.push(self.attribute(object, &name, range));
                            }
                        }
                    }
                }
                Value::Class(class) => {
                    if let Some(scope) = self.class(*class).scope {
                        found.extend(self.state.names(scope).into_iter().map(|(_, value)| value));
                    }
                }
                _ => found.push(Value::Unknown),
            }
        }
        Value::any(found)
    }

    /// Something of a module, which, is known only when the code runs: anything that the module can do is possible.
    fn unknown_member(&mut self, module: SymbolId, range: TextRange) {
        let name = self.symbols.name(module);
        let entries: Vec<Capability> = self
            .knowledge
            .capabilities_in(&name)
            .into_iter()
            .filter_map(|entry| match entry.capability.as_ref()? {
                crate::knowledge::table::Effect::Is(capability) => Some(capability.clone()),
                crate::knowledge::table::Effect::Open => Some(Capability::FS_WRITE),
            })
            .collect();
        for capability in entries {
            if [Capability::INPUT, Capability::ARTIFACT, Capability::CONTROL_READ].contains(&capability) {
                continue;
            }
            let found = Found {
                rule: format!("{capability}.unknown_member"),
                message: format!("uses something of `{name}` whose name is known only when it runs"),
                capability: Some(capability),
                certainty: Certainty::Possible,
                evidence: Some(name.to_string()),
                subject: None,
            };
            self.findings.record(range, found);
        }
    }

    /// `setattr(object, name, value)`.
    pub(super) fn set_attribute_by_value(&mut self, object: &Value, name: &Value, value: &Value, range: TextRange) {
        for name in name.alternatives() {
            match name.as_text() {
                Some(name) => self.set_attribute(object, &Name::new(name), value.clone(), range),
                None => {
                    for object in object.alternatives() {
                        match object {
                            Value::Symbol(symbol) => {
                                // Any attribute that is written to is one that may be written to.
                                let any = Name::new_static("value");
                                self.symbol_set_attribute(&symbol.clone(), &any, value, range);
                            }
                            Value::Object(id) => {
                                let names = self.attributes_of(*id);
                                for (name, _) in names {
                                    self.put(*id, &name, value.clone(), true);
                                }
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
    }

    /// A module imported by a computed name.
    pub(super) fn import_by_value(&mut self, name: &Value, how: &str, top_only: bool, range: TextRange) -> Value {
        let mut found = Vec::new();
        for alternative in name.alternatives() {
            if let Some(module) = alternative.as_text() {
                let module = module.to_owned();
                self.imports.insert(module.clone());
                let reached = if top_only { module.split('.').next().unwrap_or(&module) } else { &module };
                if !self.knowledge.is_harmless(&module) {
                    self.dynamic(
                        range,
                        how,
                        Certainty::Definite,
                        format!("imports `{module}` by name through `{how}`"),
                    );
                }
                found.push(self.named(reached));
            } else {
                let message = format!("imports through `{how}` a module whose name is known only when it runs");
                self.dynamic(range, how, Certainty::Definite, message);
                found.push(Value::Unknown);
            }
        }
        Value::any(found)
    }

    /// `sys.modules[name]`.
    pub(super) fn module_from_table(&mut self, name: &Value, range: TextRange) -> Value {
        if name.as_text() == Some("__main__") {
            return Value::Object(self.state.allocate(Object::Namespace(self.module)));
        }
        self.import_by_value(name, "sys.modules", false, range)
    }

    pub(super) fn dynamic(&mut self, range: TextRange, how: &str, certainty: Certainty, message: String) {
        let found = Found {
            rule: super::effect::rule_name(&Capability::DYNAMIC_CODE, how),
            capability: Some(Capability::DYNAMIC_CODE),
            certainty,
            message,
            evidence: Some(how.to_owned()),
            subject: None,
        };
        self.findings.record(range, found);
    }

    /// Something of a module by a name that is a value: `vars(module)[name]`.
    pub(super) fn member_by_value(&mut self, module: SymbolId, name: &Value, range: TextRange) -> Value {
        let mut found = Vec::new();
        for alternative in name.alternatives() {
            if let Some(member) = alternative.as_text() {
                let member = Name::new(member);
                found.push(self.attribute(&Value::symbol(module), &member, range));
            } else {
                self.unknown_member(module, range);
                found.push(Value::Unknown);
            }
        }
        Value::any(found)
    }

    /// `globals()[name]`, `vars(module)[name]`.
    pub(super) fn namespace_item(&mut self, object: &Value, name: &Value, range: TextRange) -> Value {
        let Value::Object(id) = object else { return Value::Unknown };
        match **self.state.object(*id) {
            Object::Members(module) => self.member_by_value(module, name, range),
            Object::Namespace(scope) => {
                let mut found = Vec::new();
                for alternative in name.alternatives() {
                    match alternative.as_text() {
                        Some("__builtins__") => found.push(self.named("builtins.__builtins__")),
                        Some(name) => {
                            let value = self.state.lookup(scope, name).cloned();
                            found.push(value.unwrap_or(Value::Unknown));
                        }
                        None => found.extend(self.state.names(scope).into_iter().map(|(_, value)| value)),
                    }
                }
                Value::any(found)
            }
            _ => Value::Unknown,
        }
    }

    /// A method of `globals()` or `vars(module)`.
    pub(super) fn namespace_method(
        &mut self,
        object: &Value,
        method: &Name,
        arguments: &Arguments,
        range: TextRange,
    ) -> Value {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        match method.as_str() {
            "get" | "pop" | "setdefault" | "__getitem__" => self.namespace_item(object, &first, range),
            "__setitem__" => {
                self.set_item(object, &first, arguments.at(1).unwrap_or(Value::Unknown), range);
                Value::None
            }
            "update" => {
                let Value::Object(id) = object else { return Value::None };
                if let Object::Members(module) = **self.state.object(*id) {
                    self.patched(module, None, range);
                }
                let other = match &first {
                    Value::Object(id) => (**self.state.object(*id)).clone(),
                    _ => Object::Mapping { entries: Vec::new(), rest: Some(Value::Unknown) },
                };
                let named = arguments.keywords.iter().map(|(n, v)| (Key::Text(n.as_str().into()), v.clone()));
                let mut all: Vec<(Key, Value)> = named.collect();
                if let Object::Mapping { entries, .. } = other {
                    all.extend(entries);
                }
                for (key, value) in all {
                    self.set_item(object, &key.value(), value, range);
                }
                Value::None
            }
            "values" | "items" | "copy" => {
                let all = self.namespace_item(object, &Value::Unknown, range);
                let each = match method.as_str() {
                    "items" => self.new_sequence(SequenceKind::Tuple, vec![Value::Unknown, all], None),
                    "values" => all,
                    _ => return object.clone(),
                };
                self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(each))
            }
            _ => Value::Unknown,
        }
    }

    /// `globals()[name] = …` with a name that is not known: any name may now stand for anything.
    pub(super) fn unknown_name_bound(&mut self, range: TextRange) {
        let message = "binds a name that is known only when it runs".to_owned();
        self.dynamic(range, "builtins.globals", Certainty::Possible, message);
    }

    /// `operator.attrgetter(name)(object)`.
    pub(super) fn apply_getter(&mut self, name: &Value, arguments: &Arguments, range: TextRange) -> Value {
        let object = arguments.at(0).unwrap_or(Value::Unknown);
        if let Value::Object(_) = name {
            // `attrgetter("a", "b")` gives a tuple.
            let names = self.elements(name, range).items;
            let values = names.iter().map(|name| self.attribute_by_value(&object, name, range)).collect();
            return self.new_sequence(SequenceKind::Tuple, values, None);
        }
        self.attribute_by_value(&object, name, range)
    }

    /// `operator.methodcaller(name, …)(object)`; the partial that holds it puts name and arguments first.
    pub(super) fn apply_caller(&mut self, name: &Value, arguments: &Arguments, range: TextRange) -> Value {
        let mut given = arguments.clone();
        let object = given.positional.pop().unwrap_or(Value::Unknown);
        let method = self.attribute_by_value(&object, name, range);
        self.call(&method, &given, range)
    }
}
