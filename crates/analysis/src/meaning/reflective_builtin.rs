//! Builtins that reach names by value, make classes, or run text.

use super::{
    interpreter::Interpreter,
    object::{Object, SequenceKind},
    value::{Arguments, DescriptorKind, Value},
};
use pyexec_core::Certainty;
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// `getattr`, `type`, `eval` and their kin.
    pub(super) fn reflective_builtin(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let given = arguments.at(0);
        let first = given.clone().unwrap_or(Value::Unknown);
        Some(match name {
            "getattr" => {
                let value = self.attribute_by_value(&first, &arguments.at(1)?, range);
                match arguments.at(2) {
                    Some(default) => value.or(default),
                    None => value,
                }
            }
            "delattr" => {
                self.set_attribute_by_value(&first, &arguments.at(1)?, &Value::Unknown, range);
                Value::None
            }
            "setattr" | "object.__setattr__" | "type.__setattr__" => {
                self.set_attribute_by_value(&first, &arguments.at(1)?, &arguments.at(2)?, range);
                Value::None
            }
            "object.__getattribute__" | "type.__getattribute__" => {
                self.attribute_by_value(&first, &arguments.at(1)?, range)
            }
            "__import__" => {
                let imported = self.import_by_value(&first, "builtins.__import__", true, range);
                // With a `fromlist` the module itself is returned, not its top package.
                match arguments.get(Some(3), Some("fromlist")) {
                    Some(_) => first.as_text().map(str::to_owned).map_or(imported, |module| self.named(&module)),
                    None => imported,
                }
            }
            "eval" | "exec" | "compile" => self.code_from_value(name, arguments, range),
            "vars" | "locals" | "globals" => self.namespace(name, given.as_ref(), range),
            "dir" => {
                self.touch(&first, range);
                self.new_sequence(SequenceKind::List, Vec::new(), Some(Value::Unknown))
            }
            "__builtins__.get" | "__builtins__.__getitem__" | "__builtins__.pop" => {
                let builtins = self.symbols.named("builtins");
                self.member_by_value(builtins, &first, range)
            }
            "__builtins__.values" | "__builtins__.items" => {
                let builtins = self.symbols.named("builtins");
                self.member_by_value(builtins, &Value::Unknown, range)
            }
            "type" => self.type_of(arguments, range),
            "super" => Value::Unknown,
            "property" => Self::descriptor(DescriptorKind::Property, first, arguments.get(Some(1), Some("fset"))),
            "staticmethod" => Self::descriptor(DescriptorKind::Static, first, None),
            "classmethod" => Self::descriptor(DescriptorKind::Class, first, None),
            _ => return None,
        })
    }

    /// The import system by value.
    pub(super) fn import_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            "importlib.import_module" | "importlib.util.import_module" => {
                self.import_by_value(&first, "importlib.import_module", false, range)
            }
            "sys.modules.get" | "sys.modules.pop" | "sys.modules.__getitem__" | "sys.modules.setdefault" => {
                self.module_from_table(&first, range)
            }
            "inspect.getmembers" => {
                let members = match &first {
                    Value::Symbol(symbol) if !self.symbols.is_data(symbol.id) => {
                        Value::Object(self.state.allocate(Object::Members(symbol.id)))
                    }
                    Value::Symbol(_) => return None,
                    other => self.attribute(other, &Name::new_static("__dict__"), range),
                };
                let items = self.attribute(&members, &Name::new_static("items"), range);
                self.call(&items, &Arguments::default(), range)
            }
            "sys.modules.values" | "sys.modules.items" | "sys.modules.copy" => {
                self.module_from_table(&Value::Unknown, range)
            }
            "pkgutil.resolve_name" => {
                let text = first.as_text().map(str::to_owned)?;
                let (module, member) = text.split_once(':').unwrap_or((&text, ""));
                let module = self.import_by_value(&Value::text(module), name, false, range);
                if member.is_empty() { module } else { self.attribute_by_value(&module, &Value::text(member), range) }
            }
            _ => return None,
        })
    }

    fn namespace(&mut self, name: &str, given: Option<&Value>, range: TextRange) -> Value {
        let scope = if name == "globals" { self.module } else { self.scope() };
        match given.filter(|_| name == "vars") {
            None => Value::Object(self.state.allocate(Object::Namespace(scope))),
            Some(Value::Symbol(symbol)) => {
                if &*self.symbols.name(symbol.id) == "builtins.__builtins__" {
                    return Value::Symbol(symbol.clone());
                }
                Value::Object(self.state.allocate(Object::Members(symbol.id)))
            }
            Some(value) => self.attribute(value, &Name::new_static("__dict__"), range),
        }
    }

    fn type_of(&mut self, arguments: &Arguments, range: TextRange) -> Value {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        if arguments.positional.len() >= 3 {
            // `type(name, bases, members)` makes a class.
            let bases = arguments.at(1).map_or_else(Vec::new, |bases| self.elements(&bases, range).items);
            let name = first.as_text().map_or_else(|| Name::new("type"), Name::new);
            let outer = self.scope();
            let scope = self.state.new_scope(super::state::ScopeKind::Class, Some(outer));
            if let Some(Value::Object(id)) = arguments.at(2)
                && let Object::Mapping { entries, .. } = (**self.state.object(id)).clone()
            {
                for (key, value) in entries {
                    if let super::object::Key::Text(member) = key {
                        self.state.assign(scope, &Name::new(member), value);
                    }
                }
            }
            return Value::Class(self.new_class(name, bases, Some(scope)));
        }
        match &first {
            Value::Symbol(_) | Value::Object(_) => self.attribute(&first, &Name::new_static("__class__"), range),
            _ => Value::Unknown,
        }
    }

    fn code_from_value(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Value {
        let what = match arguments.at(0) {
            Some(Value::Text(text)) if text.whole().is_some() => "text that is written in it",
            Some(Value::Bytes(_)) => "bytes that are written in it",
            _ => "something that is known only when it runs",
        };
        let does = if name == "compile" { "compiles" } else { "runs as code" };
        self.dynamic(range, &format!("builtins.{name}"), Certainty::Definite, format!("{does} {what}"));
        self.inner_effects(&arguments.at(0).unwrap_or(Value::Unknown), range);
        Value::Unknown
    }
}
