//! What classes of the code do beyond having members: metaclasses, descriptors, `__class_getitem__`, `__getattribute__`.

use super::{
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    value::{Arguments, ClassId, ObjectId, Value},
};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// The class of the code that made a class.
    fn metaclass_of(&self, class: ClassId, depth: u32) -> Option<ClassId> {
        let this = self.class(class);
        if let Some(Value::Class(metaclass)) = this.metaclass {
            return Some(metaclass);
        }
        let depth = depth.checked_sub(1)?;
        this.bases.iter().flat_map(Value::alternatives).find_map(|base| match base {
            Value::Class(base) => self.metaclass_of(*base, depth),
            _ => None,
        })
    }

    /// A method of the metaclass.
    fn metaclass_member(&self, class: ClassId, name: &'static str) -> Option<Value> {
        let metaclass = self.metaclass_of(class, 16)?;
        self.class_member(metaclass, &Name::new_static(name))
    }

    /// `__prepare__`: names that the class body begins with.
    pub(super) fn prepare_class(&mut self, class: ClassId, range: TextRange) {
        let Some(prepare) = self.metaclass_member(class, "__prepare__") else { return };
        let (name, bases) = self.class_arguments(class);
        let made = self.call_through(&prepare, &Value::Class(class), vec![name, bases], range);
        let Some(scope) = self.class(class).scope else { return };
        if let Value::Object(id) = made
            && let Object::Mapping { entries, .. } = (**self.state.object(id)).clone()
        {
            for (key, value) in entries {
                if let Key::Text(name) = key {
                    self.state.assign(scope, &Name::new(name), value);
                }
            }
        }
    }

    /// What the `class` statement binds: the class, or what its metaclass makes of it.
    pub(super) fn made_by_metaclass(&mut self, class: ClassId, range: TextRange) -> Value {
        let value = Value::Class(class);
        let Some(scope) = self.class(class).scope else { return value };
        let namespace = Value::Object(self.state.allocate(Object::Namespace(scope)));
        let (name, bases) = self.class_arguments(class);
        if let Some(Value::Function(_) | Value::Partial(_)) = self.class(class).metaclass
            && let Some(maker) = self.class(class).metaclass.clone()
        {
            let made = self.call(&maker, &Arguments::of([name, bases, namespace]), range);
            return if made == Value::Unknown { value } else { made.or(value) };
        }
        for hook in ["__new__", "__init__"] {
            if let Some(hook) = self.metaclass_member(class, hook) {
                let arguments = [value.clone(), name.clone(), bases.clone(), namespace.clone()];
                self.call(&hook, &Arguments::of(arguments), range);
            }
        }
        value
    }

    fn class_arguments(&mut self, class: ClassId) -> (Value, Value) {
        let name = Value::text(self.class(class).name.as_str());
        let bases = self.class(class).bases.clone();
        (name, self.new_sequence(SequenceKind::Tuple, bases, None))
    }

    /// A function found in a class, called with the class first however it is decorated.
    fn call_through(&mut self, member: &Value, class: &Value, rest: Vec<Value>, range: TextRange) -> Value {
        let function = match member {
            Value::Descriptor(descriptor) => descriptor.function.clone(),
            other => other.clone(),
        };
        self.call(&function, &Arguments::of([class.clone()]).then(&Arguments::of(rest)), range)
    }

    /// Calling a class whose metaclass has a `__call__` of its own.
    pub(super) fn metaclass_call(&mut self, class: ClassId, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let call = self.metaclass_member(class, "__call__")?;
        let made = self.call(&call, &Arguments::of([Value::Class(class)]).then(arguments), range);
        (made != Value::Unknown).then_some(made)
    }

    /// An attribute that a class has from its metaclass.
    pub(super) fn metaclass_attribute(&mut self, class: ClassId, name: &Name, range: TextRange) -> Option<Value> {
        let metaclass = self.metaclass_of(class, 16)?;
        if let Some(member) = self.class_member(metaclass, name) {
            return Some(self.bound_to(&member, &Value::Class(class), metaclass, range));
        }
        let fallback = self.metaclass_member(class, "__getattr__")?;
        Some(self.call_through(&fallback, &Value::Class(class), vec![Value::text(name.as_str())], range))
    }

    /// `Class[index]`; without a method for it, the class itself (`Generic[T]`).
    pub(super) fn class_item(&mut self, class: ClassId, index: &Value, range: TextRange) -> Value {
        let value = Value::Class(class);
        let own = self.class_member(class, &Name::new_static("__class_getitem__"));
        if let Some(getter) = own.or_else(|| self.metaclass_member(class, "__getitem__")) {
            return self.call_through(&getter, &value, vec![index.clone()], range);
        }
        // `Enumeration["NAME"]`.
        let member = index.as_text().and_then(|name| self.class_member(class, &Name::new(name)));
        member.map_or(value.clone(), |member| member.or(value))
    }

    /// What reading a member gives where it is a descriptor of a class of the code.
    pub(super) fn read_through(&mut self, member: &Value, receiver: &Value, owner: ClassId, range: TextRange) -> Value {
        let mut found = Vec::new();
        for alternative in member.alternatives() {
            let arguments = Arguments::of([receiver.clone(), Value::Class(owner)]);
            let got = match alternative {
                Value::Object(_) if self.has_method(alternative, "__get__") => {
                    self.call_dunder(alternative, "__get__", &arguments, range)
                }
                _ => None,
            };
            found.push(got.unwrap_or_else(|| alternative.clone()));
        }
        Value::any(found)
    }

    /// Whether a member took an assignment itself.
    pub(super) fn written_through(
        &mut self,
        member: &Value,
        receiver: &Value,
        value: &Value,
        range: TextRange,
    ) -> bool {
        if !self.has_method(member, "__set__") {
            return false;
        }
        self.call_dunder(member, "__set__", &Arguments::of([receiver.clone(), value.clone()]), range);
        true
    }

    /// Whether it is an instance of a class of the code that has this method.
    fn has_method(&self, value: &Value, name: &'static str) -> bool {
        let Value::Object(id) = value else { return false };
        match **self.state.object(*id) {
            Object::Instance { class, .. } => self.class_member(class, &Name::new_static(name)).is_some(),
            _ => false,
        }
    }

    /// What a `__getattribute__` of the code makes of a name, outside of itself.
    pub(super) fn intercepted(&mut self, id: ObjectId, class: ClassId, name: &Name, range: TextRange) -> Option<Value> {
        let hook = self.class_member(class, &Name::new_static("__getattribute__"))?;
        if let Value::Function(function) = hook
            && self.function(function).active > 0
        {
            return None;
        }
        let arguments = Arguments::of([Value::Object(id), Value::text(name.as_str())]);
        let found = self.call(&hook, &arguments, range);
        (found != Value::Unknown).then_some(found)
    }
}
