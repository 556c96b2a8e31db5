//! Attributes: reading, writing, and the members of classes and instances.

use super::{
    finding::Found,
    interpreter::Interpreter,
    object::Object,
    path,
    symbols::{Step, SymbolId},
    value::{Arguments, ClassId, Descriptor, DescriptorKind, Method, ObjectId, Partial, Symbol, Value},
};
use crate::hash::HashMap;
use pyexec_core::Certainty;
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;
use std::rc::Rc;

/// Where an instance keeps what the library's part of it is.
pub(super) const LIBRARY_PART: &str = "<library part>";

impl Interpreter<'_> {
    /// `object.name`.
    pub(super) fn attribute(&mut self, object: &Value, name: &Name, range: TextRange) -> Value {
        if let Value::Union(values) = object {
            self.state.worked(4 * values.len());
            return Value::any(values.iter().map(|v| self.attribute(v, name, range)).collect::<Vec<_>>());
        }
        self.remarkable(object, name, range);
        match object {
            Value::Symbol(symbol) => self.symbol_attribute(symbol, name, range),
            Value::Object(id) => match &**self.state.object(*id) {
                Object::Instance { class, .. } => {
                    let class = *class;
                    self.instance_attribute(*id, class, name, range)
                }
                _ => Self::method(object, name),
            },
            Value::Class(class) => self.class_attribute(*class, name, range),
            Value::Function(id) => self.function_attribute(*id, name),
            Value::Descriptor(descriptor) => Self::descriptor_attribute(descriptor, name),
            Value::Method(method) if name.as_str() == "__self__" => method.receiver.clone(),
            Value::Partial(partial) => {
                if let Some(value) = self.super_attribute(&partial.clone(), name, range) {
                    return value;
                }
                Self::partial_attribute(object, name)
            }
            _ => Self::method(object, name),
        }
    }

    /// `property.fget` and its kin.
    fn descriptor_attribute(descriptor: &Rc<Descriptor>, name: &Name) -> Value {
        match name.as_str() {
            "fget" | "__func__" | "__wrapped__" | "func" => descriptor.function.clone(),
            "fset" => descriptor.setter.clone().unwrap_or(Value::Unknown),
            _ => Self::method(&Value::Descriptor(Rc::clone(descriptor)), name),
        }
    }

    fn partial_attribute(object: &Value, name: &Name) -> Value {
        match object {
            Value::Partial(partial) => match name.as_str() {
                "func" | "__func__" | "__wrapped__" => partial.callee.clone(),
                "__self__" => partial.arguments.at(0).unwrap_or(Value::Unknown),
                "__call__" => object.clone(),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    fn method(receiver: &Value, name: &Name) -> Value {
        if name.as_str() == "__class__" {
            return Value::Unknown;
        }
        Value::Method(Method { receiver: receiver.clone(), name: name.clone() }.into())
    }

    /// Names that reach into the interpreter, whatever they are read from.
    fn remarkable(&mut self, object: &Value, name: &Name, range: TextRange) {
        let Some(entry) = self.knowledge.attribute(name) else { return };
        // A class knows its own subclasses; only from a class of the interpreter do all others follow.
        if matches!(object, Value::Class(_)) {
            return;
        }
        let says = entry.says.clone().unwrap_or_else(|| format!("reaches for `{name}`"));
        let capability = entry.capability.clone();
        let found = Found {
            rule: format!("{capability}.{}", name.as_str().trim_matches('_')),
            capability: Some(capability),
            certainty: Certainty::Definite,
            message: says,
            evidence: Some(name.to_string()),
            subject: None,
        };
        self.findings.record(range, found);
    }

    fn symbol_attribute(&mut self, symbol: &Symbol, name: &Name, range: TextRange) -> Value {
        let qualified = self.symbols.name(symbol.id);
        let is_path = &*qualified == path::PATH;
        if is_path && let Some(value) = self.path_attribute(symbol, name) {
            return value;
        }
        if let Some(entry) = self.symbols.uses(symbol.id)
            && !entry.except.iter().any(|method| method == name.as_str())
        {
            self.touch(&Value::Symbol(symbol.clone()), range);
        }
        match name.as_str() {
            "__call__" => return Value::Symbol(symbol.clone()),
            "__class__" if qualified.ends_with("()") => {
                if let Some(class) = self.symbols.parent(symbol.id) {
                    return Value::symbol(class);
                }
            }
            "__dict__" if !self.symbols.is_made(symbol.id) => {
                return Value::Object(self.state.allocate(Object::Members(symbol.id)));
            }
            "__getattribute__" | "__setattr__" | "__getattr__" | "__delattr__" | "__get__" | "__set__" | "fget"
            | "fset" => {
                return Self::method(&Value::Symbol(symbol.clone()), name);
            }
            // Of a function of a module it is the module, of a bound method what it is bound to.
            "__self__" => {
                if let Some(owner) = self.symbols.parent(symbol.id) {
                    return Value::Symbol(Symbol { id: owner, origin: symbol.origin.clone() });
                }
            }
            "__module__" => {
                if let Some(owner) = self.symbols.parent(symbol.id) {
                    return Value::text(&*self.symbols.name(owner));
                }
            }
            _ => {}
        }
        let id = self.symbols.step(symbol.id, Step::Attribute(name.clone()));
        self.settled(&Value::Symbol(Symbol { id, origin: symbol.origin.clone() }))
    }

    /// A library's constant as the constant that it is.
    pub(super) fn settled(&mut self, value: &Value) -> Value {
        let Value::Symbol(symbol) = value else { return value.clone() };
        let qualified = self.symbols.name(symbol.id);
        if &*qualified == "tempfile.NamedTemporaryFile().name" {
            return Value::Text(Self::here());
        }
        match self.symbols.constant(symbol.id) {
            Some(constant) => super::effect::constant_value(constant),
            None => value.clone(),
        }
    }

    fn instance_attribute(&mut self, id: ObjectId, class: ClassId, name: &Name, range: TextRange) -> Value {
        let receiver = Value::Object(id);
        if let Some(value) = self.intercepted(id, class, name, range) {
            return value;
        }
        match name.as_str() {
            "__class__" => return Value::Class(class),
            "__dict__" => {
                let attributes = self.attributes_of(id);
                let entries = attributes.into_iter().map(|(n, v)| (super::object::Key::Text(n.as_str().into()), v));
                let object = Object::Mapping { entries: entries.collect(), rest: None };
                let mapping = self.state.allocate(object);
                self.mirrors.insert(mapping, id);
                return Value::Object(mapping);
            }
            _ => {}
        }
        let member = self.class_member(class, name);
        if let Some(Value::Descriptor(descriptor)) = &member {
            return self.descriptor_get(&descriptor.clone(), Some(&receiver), class, range);
        }
        if let Some(value) = self.own_attribute(id, name) {
            return value;
        }
        if let Some(member) = member {
            let member = self.read_through(&member, &receiver, class, range);
            return Self::bound(&member, &receiver);
        }
        if let Some(part) = self.own_attribute(id, LIBRARY_PART).or_else(|| self.library_part(class)) {
            return self.attribute(&part, name, range);
        }
        let fallback = self.class_member(class, &Name::new_static("__getattr__"));
        if let Some(fallback) = fallback {
            let bound = Self::bound(&fallback, &receiver);
            return self.call(&bound, &Arguments::of([Value::text(name.as_str())]), range);
        }
        // What some other instance of the class got is the best guess for one that seems to have none.
        let summary = self.class(class).summary;
        self.own_attribute(summary, name).unwrap_or(Value::Unknown)
    }

    /// An attribute that the instance itself has.
    pub(super) fn own_attribute(&self, id: ObjectId, name: &str) -> Option<Value> {
        match &**self.state.object(id) {
            Object::Instance { attributes, .. } => attributes.get(name).cloned(),
            _ => None,
        }
    }

    pub(super) fn attributes_of(&self, id: ObjectId) -> Vec<(Name, Value)> {
        match &**self.state.object(id) {
            Object::Instance { attributes, .. } => {
                let mut all: Vec<_> = attributes.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
                all.sort_by(|a, b| a.0.cmp(&b.0));
                all
            }
            _ => Vec::new(),
        }
    }

    /// A function found in a class, with its first argument.
    fn bound(member: &Value, receiver: &Value) -> Value {
        match member {
            Value::Function(_) | Value::Partial(_) => {
                let arguments = Arguments::of([receiver.clone()]);
                Value::Partial(Partial { callee: member.clone(), arguments }.into())
            }
            Value::Union(values) => Value::any(values.iter().map(|v| Self::bound(v, receiver)).collect::<Vec<_>>()),
            other => other.clone(),
        }
    }

    /// A member of a metaclass, read through a class.
    pub(super) fn bound_to(&mut self, member: &Value, receiver: &Value, owner: ClassId, range: TextRange) -> Value {
        match member {
            Value::Descriptor(descriptor) => self.descriptor_get(&descriptor.clone(), Some(receiver), owner, range),
            other => Self::bound(other, receiver),
        }
    }

    fn descriptor_get(
        &mut self,
        descriptor: &Descriptor,
        receiver: Option<&Value>,
        class: ClassId,
        range: TextRange,
    ) -> Value {
        match (descriptor.kind, receiver) {
            (DescriptorKind::Static, _) => descriptor.function.clone(),
            (DescriptorKind::Class, _) => Self::bound(&descriptor.function, &Value::Class(class)),
            (DescriptorKind::Property, Some(receiver)) => {
                self.call(&descriptor.function, &Arguments::of([receiver.clone()]), range)
            }
            (DescriptorKind::Property, None) => Value::Descriptor(descriptor.clone().into()),
        }
    }

    fn class_attribute(&mut self, class: ClassId, name: &Name, range: TextRange) -> Value {
        match name.as_str() {
            "__name__" | "__qualname__" => return Value::text(self.class(class).name.as_str()),
            "__dict__" => {
                if let Some(scope) = self.class(class).scope {
                    return Value::Object(self.state.allocate(Object::Namespace(scope)));
                }
            }
            "__init__" | "__new__" | "__call__" if self.class_member(class, name).is_none() => return Value::Unknown,
            _ => {}
        }
        match self.class_member(class, name) {
            Some(Value::Descriptor(descriptor)) => self.descriptor_get(&descriptor, None, class, range),
            Some(member) => self.read_through(&member, &Value::None, class, range),
            None => match self.metaclass_attribute(class, name, range) {
                Some(value) => value,
                None => match self.symbol_bases(class).first() {
                    Some(&base) => self.attribute(&Value::symbol(base), name, range),
                    None => Value::Unknown,
                },
            },
        }
    }

    /// A member by Python's order, near enough: depth first, left to right.
    pub(super) fn class_member(&self, class: ClassId, name: &Name) -> Option<Value> {
        self.member_within(class, name, 16)
    }

    fn member_within(&self, class: ClassId, name: &Name, depth: u32) -> Option<Value> {
        let this = self.class(class);
        if let Some(value) = this.scope.and_then(|scope| self.state.own(scope, name)) {
            return Some(value.clone());
        }
        let depth = depth.checked_sub(1)?;
        let bases = this.bases.iter().flat_map(Value::alternatives);
        bases.into_iter().find_map(|base| match base {
            Value::Class(base) => self.member_within(*base, name, depth),
            _ => None,
        })
    }

    /// The library classes that a class derives from.
    pub(super) fn symbol_bases(&self, class: ClassId) -> Vec<SymbolId> {
        let mut found = Vec::new();
        let mut open = vec![(class, 16)];
        while let Some((class, depth)) = open.pop() {
            for base in self.class(class).bases.iter().flat_map(Value::alternatives) {
                match base {
                    Value::Symbol(symbol) => found.push(symbol.id),
                    Value::Class(base) if depth > 0 => open.push((*base, depth - 1)),
                    _ => {}
                }
            }
        }
        found
    }

    /// What the library's part of an instance is when nothing made it explicitly.
    fn library_part(&mut self, class: ClassId) -> Option<Value> {
        let base = *self.symbol_bases(class).first()?;
        let id = self.symbols.step(base, Step::Call);
        Some(Value::symbol(id))
    }

    /// `object.name = value`.
    pub(super) fn set_attribute(&mut self, object: &Value, name: &Name, value: Value, range: TextRange) {
        match object {
            Value::Union(values) => {
                for alternative in values.iter() {
                    self.set_attribute(alternative, name, value.clone(), range);
                }
            }
            Value::Symbol(symbol) => self.symbol_set_attribute(symbol, name, &value, range),
            Value::Object(id) => {
                let Object::Instance { class, .. } = **self.state.object(*id) else { return };
                self.instance_set_attribute(*id, class, name, value, range);
            }
            Value::Class(class) => {
                if let Some(scope) = self.class(*class).scope {
                    self.state.assign(scope, name, value);
                }
            }
            Value::Function(id) => self.set_function_attribute(*id, name, value, range),
            _ => {}
        }
    }

    fn instance_set_attribute(&mut self, id: ObjectId, class: ClassId, name: &Name, value: Value, range: TextRange) {
        let receiver = Value::Object(id);
        let hook = self.class_member(class, &Name::new_static("__setattr__"));
        if let Some(hook) = hook {
            let bound = Self::bound(&hook, &receiver);
            self.call(&bound, &Arguments::of([Value::text(name.as_str()), value.clone()]), range);
        }
        match self.class_member(class, name) {
            Some(Value::Descriptor(descriptor)) => {
                if let Some(setter) = &descriptor.setter {
                    self.call(&setter.clone(), &Arguments::of([receiver, value]), range);
                    return;
                }
            }
            Some(member) if self.written_through(&member, &receiver, &value, range) => return,
            _ => {}
        }
        let part = self.own_attribute(id, LIBRARY_PART);
        if let Some(Value::Symbol(symbol)) = part.or_else(|| self.library_part(class)) {
            self.symbol_set_attribute(&symbol, name, &value, range);
        }
        let summary = self.class(class).summary;
        self.put(id, name, value.clone(), false);
        self.put(summary, name, value, true);
    }

    /// Puts an attribute, over or beside what is there.
    pub(super) fn put(&mut self, id: ObjectId, name: &Name, value: Value, beside: bool) {
        self.state.update(id, |object| {
            let Object::Instance { attributes, .. } = object else { return };
            put_into(attributes, name, value, beside);
        });
    }
}

fn put_into(attributes: &mut HashMap<Name, Value>, name: &Name, value: Value, beside: bool) {
    let merged = match attributes.remove(name) {
        Some(before) if beside => before.or(value),
        _ => value,
    };
    attributes.insert(name.clone(), merged);
}
