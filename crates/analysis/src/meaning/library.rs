//! Library objects: calling them, their methods, assigning to them.

use super::{
    finding::Found,
    interpreter::Interpreter,
    path,
    symbols::{Step, SymbolId},
    value::{Arguments, DescriptorKind, Method, Symbol, Text, Value},
};
use pyexec_core::{Capability, Certainty};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;
use std::rc::Rc;

/// Methods that call their first argument with the others, somewhere and some time.
const CALL_FIRST: &[&str] =
    &["submit", "apply_async", "apply", "call_soon", "call_soon_threadsafe", "runcall", "starmap"];
/// Methods that call an argument after the first with those that follow it.
const CALL_SECOND: &[&str] = &["run_in_executor", "call_later", "call_at"];
/// Methods that call their first argument with the elements of the others.
const MAP_FIRST: &[&str] = &["map", "imap", "imap_unordered", "map_async"];

impl Interpreter<'_> {
    /// Calls a library's object.
    pub(super) fn call_symbol(&mut self, symbol: &Symbol, arguments: &Arguments, range: TextRange) -> Value {
        let name = self.symbols.name(symbol.id);
        if let Some(method) = name.strip_prefix("pathlib.Path().") {
            let path = Value::Symbol(Symbol { id: self.symbols.named(path::PATH), origin: symbol.origin.clone() });
            let text = self.path_text(&path);
            if let Some(value) = self.path_method(&text, method, arguments) {
                if self.symbols.callable(symbol.id).acts() {
                    self.effects_of_call(symbol, arguments, range);
                }
                return value;
            }
        }
        let outcome = self.effects_of_call(symbol, arguments, range);
        let callable = self.symbols.callable(symbol.id);
        if callable.folded
            && let Some(value) = self.builtin_call(&name, arguments, range)
        {
            return value;
        }
        if !callable.inert
            && let Some(value) = self.hand_over(&name, symbol, arguments, range)
        {
            return value;
        }
        let id = match &outcome.returns {
            Some(returns) => self.symbols.named(returns),
            None => self.symbols.step(symbol.id, Step::Call),
        };
        // What an object was made from stays with what its methods give (`Device("x").channel()`).
        let origin = outcome.keeps.map(Rc::new).or_else(|| symbol.origin.clone());
        Value::Symbol(Symbol { id, origin })
    }

    /// What a library may do with the callables that it is given; what comes of that, where it is known.
    fn hand_over(&mut self, name: &str, symbol: &Symbol, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let made = self.symbols.parent(symbol.id).is_some_and(|parent| self.symbols.is_made(parent));
        let method = name.rsplit('.').next().filter(|_| made || name == "asyncio.to_thread").unwrap_or_default();
        let first = made && CALL_FIRST.contains(&method) || name == "asyncio.to_thread";
        let skipped = usize::from(!first);
        if (first || made && CALL_SECOND.contains(&method))
            && let Some((callee, rest)) = arguments.positional.get(skipped..).and_then(<[Value]>::split_first)
        {
            let others = Arguments { positional: rest.to_vec(), ..arguments.clone() };
            let result = self.call(callee, &others, range);
            return match method {
                "submit" | "apply_async" => Some(self.future(result)),
                "to_thread" | "run_in_executor" | "apply" => Some(result),
                _ => None,
            };
        }
        if made
            && MAP_FIRST.contains(&method)
            && let Some((callee, rest)) = arguments.positional.split_first()
        {
            return Some(self.call_with_elements(&callee.clone(), rest, range));
        }
        if let Some(target) = arguments.get(None, Some("target"))
            && matches!(name, "threading.Thread" | "multiprocessing.Process" | "threading.Timer")
        {
            let given = arguments.get(None, Some("args"));
            let others = given.map_or_else(Arguments::unknown, |args| self.spread_positional(&args, range));
            self.call(&target, &others, range);
            return None;
        }
        self.escape_all(arguments, range);
        None
    }

    /// What stands for a result that is there later: `result()` and `get()` give it.
    fn future(&mut self, result: Value) -> Value {
        let class = self.new_class(Name::new_static("Future"), Vec::new(), None);
        let give = Value::Partial(
            super::value::Partial { callee: self.named("typing.cast().identity"), arguments: Arguments::of([result]) }
                .into(),
        );
        self.instance_of(class, &["result", "get"].map(|name| (Name::new_static(name), give.clone())))
    }

    /// Calls `callee` as `map(callee, *iterables)` does; returns what the calls give.
    pub(super) fn call_with_elements(&mut self, callee: &Value, iterables: &[Value], range: TextRange) -> Value {
        let columns: Vec<_> = iterables.iter().map(|iterable| self.elements(iterable, range)).collect();
        let exact = !columns.is_empty() && columns.iter().all(|c| c.rest.is_none() && c.items.len() <= 512);
        if exact && self.has_steps() {
            let rows = columns.iter().map(|c| c.items.len()).min().unwrap_or_default();
            let mut results = Vec::with_capacity(rows);
            for row in 0..rows {
                if !self.has_steps() {
                    break; // said in a finding at the end
                }
                let arguments: Vec<Value> = columns.iter().map(|c| c.at(row)).collect();
                results.push(self.call(callee, &Arguments::of(arguments), range));
            }
            return self.new_sequence(super::object::SequenceKind::Iterator, results, None);
        }
        let arguments: Vec<Value> = columns.iter().map(super::container::Elements::any).collect();
        let result = self.call(callee, &Arguments::of(arguments), range);
        self.new_sequence(super::object::SequenceKind::Iterator, Vec::new(), Some(result))
    }

    /// `*value` as arguments.
    pub(super) fn spread_positional(&mut self, value: &Value, range: TextRange) -> Arguments {
        let elements = self.elements(value, range);
        Arguments { positional: elements.items, more: elements.rest, ..Arguments::default() }
    }

    /// A built-in method of something that is no library's object.
    pub(super) fn call_method(&mut self, method: &Rc<Method>, arguments: &Arguments, range: TextRange) -> Value {
        let receiver = &method.receiver;
        match method.name.as_str() {
            "<super init>" => return self.super_init(receiver, arguments, range),
            "<super>" => return Value::Unknown,
            "<attribute getter>" => return self.apply_getter(receiver, arguments, range),
            "<method caller>" => return self.apply_caller(receiver, arguments, range),
            "<item getter>" => {
                let object = arguments.at(0).unwrap_or(Value::Unknown);
                let Value::Object(_) = receiver else { return self.item(&object, receiver, range) };
                let indices = self.elements(receiver, range).items;
                let values = indices.iter().map(|index| self.item(&object, index, range)).collect();
                return self.new_sequence(super::object::SequenceKind::Tuple, values, None);
            }
            "<wraps>" => return self.wrapped(receiver, arguments, range),
            // `object.__getattribute__(module, name)`: the first argument is what it is done to.
            "__getattribute__" | "__setattr__" | "__delattr__" if self.is_unbound(method, arguments) => {
                let object = arguments.at(0).unwrap_or(Value::Unknown);
                let others = Arguments { positional: arguments.positional[1..].to_vec(), ..arguments.clone() };
                let bound = Method { receiver: object, name: method.name.clone() };
                return self.call_method(&bound.into(), &others, range);
            }
            "__set__" | "fset" | "__get__" | "fget" if let Value::Symbol(symbol) = receiver => {
                return self.symbol_descriptor(&symbol.clone(), &method.name, arguments, range);
            }
            "__getattribute__" | "__getattr__" => {
                let name = arguments.at(0).unwrap_or(Value::Unknown);
                return self.attribute_by_value(receiver, &name, range);
            }
            "__setattr__" => {
                let name = arguments.at(0).unwrap_or(Value::Unknown);
                let value = arguments.at(1).unwrap_or(Value::Unknown);
                self.set_attribute_by_value(receiver, &name, &value, range);
                return Value::None;
            }
            "__get__" => {
                let object = arguments.at(0).unwrap_or(Value::Unknown);
                let partial = super::value::Partial { callee: receiver.clone(), arguments: Arguments::of([object]) };
                return Value::Partial(partial.into());
            }
            _ => {}
        }
        match receiver {
            Value::Descriptor(descriptor) => {
                let given = arguments.at(0);
                return match method.name.as_str() {
                    "setter" => Self::descriptor(DescriptorKind::Property, descriptor.function.clone(), given),
                    _ => Value::Descriptor(descriptor.clone()),
                };
            }
            Value::Text(_) => {
                if let Some(value) = self.text_method(receiver, &method.name, arguments, range) {
                    return value;
                }
            }
            Value::Bytes(bytes) => {
                if let Some(value) = self.bytes_method(&bytes.clone(), &method.name, arguments, range) {
                    return value;
                }
            }
            Value::Object(_) => {
                if let Some(value) = self.container_method(receiver, &method.name, arguments, range) {
                    self.escape_keys(arguments, range);
                    return value;
                }
            }
            Value::Unknown => self.effects_of_unknown(&method.name, arguments, range),
            _ => {}
        }
        self.escape_all(arguments, range);
        Value::Unknown
    }

    /// Whether a method of attribute access was reached through a class, so that its object is an argument.
    fn is_unbound(&self, method: &Method, arguments: &Arguments) -> bool {
        let own = if method.name.as_str() == "__setattr__" { 2 } else { 1 };
        matches!(&method.receiver, Value::Symbol(symbol) if !self.symbols.is_made(symbol.id))
            && arguments.positional.len() > own
    }

    /// `Class.attribute.__get__(object)`, `.fset(object, value)`: as if through the object.
    fn symbol_descriptor(&mut self, symbol: &Symbol, method: &Name, arguments: &Arguments, range: TextRange) -> Value {
        let qualified = self.symbols.name(symbol.id);
        let name = Name::new(qualified.rsplit('.').next().unwrap_or_default());
        let object = arguments.at(0).unwrap_or(Value::Unknown);
        match method.as_str() {
            "__set__" | "fset" => {
                let value = arguments.at(1).unwrap_or(Value::Unknown);
                self.set_attribute(&object, &name, value, range);
                Value::None
            }
            _ if matches!(object, Value::Symbol(_) | Value::Object(_)) => self.attribute(&object, &name, range),
            _ => {
                let arguments = Arguments::of([object]);
                Value::Partial(super::value::Partial { callee: Value::Symbol(symbol.clone()), arguments }.into())
            }
        }
    }

    /// `functools.wraps(inner)(function)`: the function, that knows what it wraps.
    fn wrapped(&mut self, inner: &Value, arguments: &Arguments, range: TextRange) -> Value {
        let function = arguments.at(0).unwrap_or(Value::Unknown);
        if let Value::Function(id) = function {
            self.set_function_attribute(id, &Name::new_static("__wrapped__"), inner.clone(), range);
        }
        if matches!(inner, Value::Function(_)) {
            self.escape(&function, range);
        }
        function
    }

    /// `list.sort(key=f)` and the like call what they are given.
    fn escape_keys(&mut self, arguments: &Arguments, range: TextRange) {
        for (_, value) in arguments.keywords.clone() {
            self.escape(&value, range);
        }
    }

    /// `library.name = value`, `channel.value = value`.
    pub(super) fn symbol_set_attribute(&mut self, symbol: &Symbol, name: &Name, value: &Value, range: TextRange) {
        self.escape(value, range);
        if self.effects_of_set(symbol, Some(name), range) {
            return;
        }
        if !self.symbols.is_made(symbol.id) {
            let id = self.symbols.step(symbol.id, Step::Attribute(name.clone()));
            let qualified = self.symbols.name(id);
            if !self.knowledge.is_settable(&qualified) {
                self.patched(symbol.id, Some(name), range);
            }
        }
    }

    /// `channels[i] = value`.
    pub(super) fn symbol_set_item(&mut self, symbol: &Symbol, index: &Value, range: TextRange) {
        if self.effects_of_set(symbol, None, range) {
            return;
        }
        let name = self.symbols.name(symbol.id);
        if &*name == "sys.modules" || &*name == "builtins.__builtins__" || name.ends_with(".__dict__") {
            self.patched(symbol.id, index.as_text(), range);
        }
    }

    /// A library is changed under everybody who uses it.
    pub(super) fn patched(&mut self, module: SymbolId, name: Option<&str>, range: TextRange) {
        let module = self.symbols.name(module);
        let target = name.map_or_else(|| module.to_string(), |name| format!("{module}.{name}"));
        let found = Found {
            rule: "introspection.patch".into(),
            capability: Some(Capability::INTROSPECTION),
            certainty: Certainty::Definite,
            message: format!("replaces `{target}` for everything that uses it"),
            evidence: Some(target),
            subject: None,
        };
        self.findings.record(range, found);
    }

    /// The run's own folder.
    pub(super) fn here() -> Text {
        Text::piece(super::value::Piece::Here)
    }
}
