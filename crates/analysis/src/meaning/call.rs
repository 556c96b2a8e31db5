//! Calls: of local functions with the arguments at hand, of classes, of everything else by what it is.

use super::{
    attribute::LIBRARY_PART,
    interpreter::{Definition, Frame, Interpreter, KnownCall, MAX_CALLS, MAX_FOLLOWED},
    object::{Key, Object, SequenceKind},
    state::ScopeKind,
    statement::Flow,
    value::{Arguments, ClassId, FunctionId, Value},
};
use crate::hash::HashMap;
use rustpython_ast::{self as ast, Expr, ExprCall, Parameters, name::Name};
use rustpython_text_size::{Ranged, TextRange};

/// Active calls of one function in itself.
const MAX_RECURSION: u32 = 2;
/// Calls of one function that are remembered.
const MAX_KNOWN: usize = 8;

impl<'a> Interpreter<'a> {
    pub(super) fn eval_call(&mut self, e: &'a ExprCall) -> Value {
        if let Expr::Name(name) = &*e.func
            && name.id.as_str() == "super"
            && e.arguments.is_empty()
            && let Some(value) = self.super_value()
        {
            return value;
        }
        let callee = self.eval(&e.func);
        let arguments = self.arguments(&e.arguments);
        self.call(&callee, &arguments, e.range())
    }

    /// What calling gives; its effects become findings at `range`.
    pub(super) fn call(&mut self, callee: &Value, arguments: &Arguments, range: TextRange) -> Value {
        self.step();
        self.deeper(|this| this.call_inner(callee, arguments, range)).unwrap_or(Value::Unknown)
    }

    fn call_inner(&mut self, callee: &Value, arguments: &Arguments, range: TextRange) -> Value {
        match callee {
            Value::Union(values) => {
                // One of several: none of them is certain.
                self.findings.only_possible += 1;
                let results: Vec<Value> = values.iter().map(|v| self.call(v, arguments, range)).collect();
                self.findings.only_possible -= 1;
                Value::any(results)
            }
            Value::Function(id) => self.follow_call(*id, arguments),
            Value::Class(class) => self.instantiate(*class, arguments, range),
            Value::Partial(partial) => self.call(&partial.callee.clone(), &partial.arguments.then(arguments), range),
            Value::Symbol(symbol) => self.call_symbol(&symbol.clone(), arguments, range),
            Value::Method(method) => self.call_method(&method.clone(), arguments, range),
            Value::Descriptor(descriptor) => self.call(&descriptor.function.clone(), arguments, range),
            Value::Object(_) => {
                let found = self.call_dunder(callee, "__call__", arguments, range);
                found.unwrap_or_else(|| {
                    self.escape_all(arguments, range);
                    Value::Unknown
                })
            }
            _ => {
                self.escape_all(arguments, range);
                Value::Unknown
            }
        }
    }

    /// Follows a local function's body.
    pub(super) fn follow_call(&mut self, id: FunctionId, arguments: &Arguments) -> Value {
        let circumstances = self.circumstances();
        let known =
            self.function(id).known.iter().find(|k| k.circumstances == circumstances && k.arguments == *arguments);
        if let Some(known) = known {
            return known.result.clone();
        }
        let result = self.follow_anew(id, arguments, None);
        // Unless the call itself changed what the next one sees.
        if self.circumstances() == circumstances && self.function(id).active == 0 {
            let known = &mut self.function_mut(id).known;
            if known.len() >= MAX_KNOWN {
                known.remove(0);
            }
            known.push(KnownCall { arguments: arguments.clone(), circumstances, result: result.clone() });
        }
        result
    }

    fn circumstances(&self) -> (u64, bool, bool) {
        (self.state.version(), self.findings.only_possible > 0, self.findings.dead > 0)
    }

    /// Follows it whatever is known of earlier calls; `sent` is what its `yield`s give.
    pub(super) fn follow_anew(&mut self, id: FunctionId, arguments: &Arguments, sent: Option<Value>) -> Value {
        let function = self.function(id);
        let generic = function.generic;
        if function.active >= MAX_RECURSION
            || self.frames.len() > MAX_CALLS
            || function.followed >= MAX_FOLLOWED && !generic
            || !self.has_steps()
        {
            // Whatever it would have done with these arguments is seen when it is followed with unknown ones.
            self.function_mut(id).escaped = true;
            return Value::Unknown;
        }
        let (definition, outer, class) = (function.definition, function.scope, function.class);
        let defaults = function.defaults.clone();
        let scope = self.state.new_scope(ScopeKind::Function, Some(outer));
        let receiver = arguments.positional.first().cloned().filter(|_| class.is_some());
        let parameters = match definition {
            Definition::Function(def) => Some(&*def.parameters),
            Definition::Lambda(lambda) => lambda.parameters.as_deref(),
        };
        if let Some(parameters) = parameters {
            self.bind_parameters(scope, parameters, &defaults, arguments);
        }
        let function = self.function_mut(id);
        function.followed += 1;
        function.active += 1;
        self.frames.push(Frame { scope, function: Some(id), class, receiver, returns: None, yields: None, sent });
        let floor = self.state.begin_body();
        let (flow, expression) = match definition {
            Definition::Function(def) => (self.block(&def.body), None),
            Definition::Lambda(lambda) => (Flow::Leaves, Some(self.eval(&lambda.body))),
        };
        self.state.end_body(floor);
        let frame = self.frames.pop();
        self.function_mut(id).active -= 1;
        let Some(frame) = frame else { return Value::Unknown };
        // `return f; yield` never yields, and is a generator all the same.
        let empty = || (frame.returns.is_some() && self.is_generator(id)).then_some(Value::Unknown);
        if let Some(yields) = frame.yields.clone().or_else(empty) {
            return self.new_generator(id, arguments, yields, frame.returns);
        }
        match (expression, frame.returns) {
            (None, Some(value)) if flow == Flow::On => value.or(Value::None),
            (Some(value), _) | (None, Some(value)) => value,
            (None, None) => Value::None,
        }
    }

    fn bind_parameters(
        &mut self,
        scope: super::state::ScopeId,
        parameters: &'a Parameters,
        defaults: &[(Name, Value)],
        arguments: &Arguments,
    ) {
        let positional: Vec<&ast::ParameterWithDefault> =
            parameters.posonlyargs.iter().chain(&parameters.args).collect();
        let default = |name: &Name| defaults.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
        let settle = |given: Option<Value>, more: Option<&Value>, name: &Name| match (given, more) {
            (Some(value), _) => value,
            (None, Some(more)) => default(name).map_or_else(|| more.clone(), |value| value.or(more.clone())),
            (None, None) => default(name).unwrap_or(Value::Unknown),
        };
        for (at, parameter) in positional.iter().enumerate() {
            let name = &parameter.parameter.name.id;
            let keyword = arguments.keywords.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
            let given = arguments.positional.get(at).cloned().or(keyword);
            let more = arguments.more.as_ref().or(arguments.more_keywords.as_ref());
            let value = settle(given, more, name);
            self.state.assign(scope, name, value);
        }
        for parameter in &parameters.kwonlyargs {
            let name = &parameter.parameter.name.id;
            let given = arguments.keywords.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
            let value = settle(given, arguments.more_keywords.as_ref(), name);
            self.state.assign(scope, name, value);
        }
        if let Some(variadic) = &parameters.vararg {
            let items = arguments.positional.get(positional.len()..).unwrap_or_default().to_vec();
            let value = self.new_sequence(SequenceKind::Tuple, items, arguments.more.clone());
            self.state.assign(scope, &variadic.name.id, value);
        }
        if let Some(variadic) = &parameters.kwarg {
            let named = |name: &Name| parameters.iter_non_variadic_params().any(|p| p.name().id == *name);
            let others = arguments.keywords.iter().filter(|(name, _)| !named(name));
            let entries = others.map(|(name, value)| (Key::Text(name.as_str().into()), value.clone())).collect();
            let object = Object::Mapping { entries, rest: arguments.more_keywords.clone() };
            let value = Value::Object(self.state.allocate(object));
            self.state.assign(scope, &variadic.name.id, value);
        }
    }

    /// Makes an instance of a local class.
    fn instantiate(&mut self, class: ClassId, arguments: &Arguments, range: TextRange) -> Value {
        let made = self.metaclass_call(class, arguments, range);
        let instance = self.new_instance(class, arguments, range);
        made.map_or(instance.clone(), |made| made.or(instance))
    }

    fn new_instance(&mut self, class: ClassId, arguments: &Arguments, range: TextRange) -> Value {
        let id = self.state.allocate(Object::Instance { class, attributes: HashMap::default() });
        let instance = Value::Object(id);
        self.keep_arguments(class, &instance, arguments);
        if let Some(new) = self.class_member(class, &Name::new_static("__new__")) {
            let made = self.call(&new, &Arguments::of([Value::Class(class)]).then(arguments), range);
            if !matches!(made, Value::Unknown) {
                return made.or(instance);
            }
        }
        if let Some(init) = self.class_member(class, &Name::new_static("__init__")) {
            self.call(&init, &Arguments::of([instance.clone()]).then(arguments), range);
            return instance;
        }
        let bases = self.symbol_bases(class);
        if let Some(&base) = bases.first() {
            let part = self.call(&Value::symbol(base), arguments, range);
            self.put(id, &Name::new_static(LIBRARY_PART), part, false);
        }
        // A dataclass, a named tuple: its fields in order.
        let fields = self.class(class).fields.clone();
        let summary = self.class(class).summary;
        for (at, field) in fields.iter().enumerate() {
            if let Some(value) = arguments.get(Some(at), Some(field)) {
                self.put(id, field, value.clone(), false);
                self.put(summary, field, value, true);
            }
        }
        for (name, value) in &arguments.keywords {
            self.put(id, name, value.clone(), false);
        }
        if let Some(hook) = self.class_member(class, &Name::new_static("__post_init__")) {
            self.call(&hook, &Arguments::of([instance.clone()]), range);
        }
        instance
    }

    /// Calls a special method of an instance of a local class, if its class has it.
    pub(super) fn call_dunder(
        &mut self,
        object: &Value,
        name: &'static str,
        arguments: &Arguments,
        range: TextRange,
    ) -> Option<Value> {
        let Value::Object(id) = object else { return None };
        let Object::Instance { class, .. } = **self.state.object(*id) else { return None };
        let name = Name::new_static(name);
        let Some(member) = self.class_member(class, &name) else {
            let part = self.own_attribute(*id, LIBRARY_PART)?;
            return match name.as_str() {
                "__enter__" | "__aenter__" | "__iter__" => Some(part),
                "__call__" => Some(self.call(&part, arguments, range)),
                "__getitem__" => Some(self.item(&part, &arguments.at(0)?, range)),
                "__setitem__" => {
                    self.set_item(&part, &arguments.at(0)?, arguments.at(1)?, range);
                    Some(Value::None)
                }
                _ => None,
            };
        };
        Some(self.call(&member, &Arguments::of([object.clone()]).then(arguments), range))
    }

    /// `super()`: the receiver, seen as its base.
    fn super_value(&mut self) -> Option<Value> {
        let frame = self.frames.iter().rev().find(|frame| frame.class.is_some() && frame.function.is_some())?;
        let (class, receiver) = (frame.class?, frame.receiver.clone()?);
        let bases = self.class(class).bases.clone();
        let base = bases.iter().flat_map(Value::alternatives).next()?.clone();
        let method = super::value::Method { receiver: base, name: Name::new_static("<super>") };
        let arguments = Arguments::of([receiver]);
        Some(Value::Partial(super::value::Partial { callee: Value::Method(method.into()), arguments }.into()))
    }

    /// `super().name`, if `partial` is what [`Self::super_value`] made.
    pub(super) fn super_attribute(
        &mut self,
        partial: &super::value::Partial,
        name: &Name,
        range: TextRange,
    ) -> Option<Value> {
        let Value::Method(method) = &partial.callee else { return None };
        if method.name.as_str() != "<super>" {
            return None;
        }
        let receiver = partial.arguments.at(0)?;
        match &method.receiver {
            Value::Class(base) => match self.class_member(*base, name) {
                Some(Value::Function(function)) => {
                    let arguments = Arguments::of([receiver]);
                    let callee = Value::Function(function);
                    Some(Value::Partial(super::value::Partial { callee, arguments }.into()))
                }
                Some(member) => Some(member),
                None => {
                    let base = *self.symbol_bases(*base).first()?;
                    Some(self.library_super(&Value::symbol(base), &receiver, name, range))
                }
            },
            base @ Value::Symbol(_) => Some(self.library_super(&base.clone(), &receiver, name, range)),
            _ => Some(Value::Unknown),
        }
    }

    fn library_super(&mut self, base: &Value, receiver: &Value, name: &Name, range: TextRange) -> Value {
        if name.as_str() == "__init__" {
            let method = super::value::Method { receiver: base.clone(), name: Name::new_static("<super init>") };
            let callee = Value::Method(method.into());
            let arguments = Arguments::of([receiver.clone()]);
            return Value::Partial(super::value::Partial { callee, arguments }.into());
        }
        let part = match receiver {
            Value::Object(id) => self.own_attribute(*id, LIBRARY_PART),
            _ => None,
        };
        let part = part.unwrap_or_else(|| match base {
            Value::Symbol(symbol) => Value::symbol(self.symbols.step(symbol.id, super::symbols::Step::Call)),
            _ => Value::Unknown,
        });
        self.attribute(&part, name, range)
    }

    /// `super().__init__(…)` of a library's class.
    pub(super) fn super_init(&mut self, base: &Value, arguments: &Arguments, range: TextRange) -> Value {
        let Some((Value::Object(id), rest)) = arguments.positional.split_first() else { return Value::None };
        let others = Arguments { positional: rest.to_vec(), ..arguments.clone() };
        let part = self.call(base, &others, range);
        self.put(*id, &Name::new_static(LIBRARY_PART), part, false);
        Value::None
    }
}
