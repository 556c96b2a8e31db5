//! Generators of the code: what is sent into them, and what they return at their end.
//!
//! A call of one walks its body at once; its yields are the elements of what the call gives. Sending walks the body again
//! with what is sent as the value of each `yield`, but only for something with which a body can do what it could not before.

use super::{
    interpreter::{Definition, Interpreter},
    object::SequenceKind,
    value::{Arguments, FunctionId, ObjectId, Value},
};
use rustpython_ast::{
    Expr, ExprYield, ExprYieldFrom, Stmt,
    visitor::{self, Visitor},
};
use rustpython_text_size::{Ranged, TextRange};

/// What made a generator, and what became of it.
pub(super) struct Generator {
    function: FunctionId,
    arguments: Arguments,
    /// Whatever was sent so far.
    sent: Option<Value>,
    /// What `yield from` gives, and `StopIteration` carries.
    returned: Value,
}

impl<'a> Interpreter<'a> {
    /// What a call of a generator function gives.
    pub(super) fn new_generator(
        &mut self,
        function: FunctionId,
        arguments: &Arguments,
        yields: Value,
        returned: Option<Value>,
    ) -> Value {
        let iterator = self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(yields));
        if let Value::Object(id) = iterator {
            let returned = returned.unwrap_or(Value::None);
            if returned.is_callable_kind() {
                let end = self.named("builtins.StopIteration");
                let end = self.exception(&end, vec![returned.clone()]);
                self.raised_value(&end);
            }
            self.generators.insert(id, Generator { function, arguments: arguments.clone(), sent: None, returned });
        }
        iterator
    }

    pub(super) fn yield_expression(&mut self, e: &'a ExprYield) -> Value {
        let value = e.value.as_deref().map_or(Value::None, |value| self.eval(value));
        self.yielded(value);
        self.sent()
    }

    pub(super) fn yield_from(&mut self, e: &'a ExprYieldFrom) -> Value {
        let value = self.eval(&e.value);
        let each = self.elements(&value, e.range()).any();
        self.yielded(each);
        let sent = self.sent();
        let mut returned = Vec::new();
        for alternative in value.alternatives() {
            let Value::Object(id) = alternative else { continue };
            if sent != Value::Unknown {
                let again = self.send(*id, sent.clone(), e.range());
                self.yielded(again);
            }
            returned.extend(self.generators.get(id).map(|generator| generator.returned.clone()));
        }
        Value::any(returned)
    }

    fn yielded(&mut self, value: Value) {
        if let Some(frame) = self.frame() {
            frame.yields = Some(match frame.yields.take() {
                Some(before) => before.or(value),
                None => value,
            });
        }
    }

    fn sent(&mut self) -> Value {
        self.frame().and_then(|frame| frame.sent.clone()).unwrap_or(Value::Unknown)
    }

    /// Whether a function without a `yield` that was reached has one all the same.
    pub(super) fn is_generator(&self, id: FunctionId) -> bool {
        let function = self.function(id);
        *function.yields.get_or_init(|| match function.definition {
            Definition::Function(def) => {
                let mut search = Yields(false);
                search.visit_body(&def.body);
                search.0
            }
            Definition::Lambda(_) => false,
        })
    }

    /// `generator.send(value)`: what it yields then.
    pub(super) fn send(&mut self, id: ObjectId, value: Value, range: TextRange) -> Value {
        let iterator = Value::Object(id);
        let matters = value.is_callable_kind() || matches!(value, Value::Text(_) | Value::Bytes(_));
        let Some(generator) = self.generators.get_mut(&id).filter(|_| matters) else {
            return self.elements(&iterator, range).any();
        };
        let sent = match generator.sent.take() {
            Some(before) => before.or(value),
            None => value,
        };
        generator.sent = Some(sent.clone());
        let (function, arguments) = (generator.function, generator.arguments.clone());
        let again = self.follow_anew(function, &arguments, Some(sent));
        self.elements(&again, range).any().or(self.elements(&iterator, range).any())
    }

    /// `generator.throw(error)`: it may catch what it is thrown.
    pub(super) fn throw(&mut self, id: ObjectId, error: &Value, range: TextRange) -> Value {
        self.raised_value(error);
        if let Some(generator) = self.generators.get(&id) {
            let (function, arguments) = (generator.function, generator.arguments.clone());
            self.follow_anew(function, &arguments, None);
        }
        self.elements(&Value::Object(id), range).any()
    }
}

/// Searches a body for a `yield`, not into functions and classes of it.
struct Yields(bool);

impl Visitor<'_> for Yields {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        if !self.0 && !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
            visitor::walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Yield(_) | Expr::YieldFrom(_) => self.0 = true,
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expr),
        }
    }
}
