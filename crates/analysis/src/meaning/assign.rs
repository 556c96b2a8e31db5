//! Binding of targets.

use super::{
    interpreter::Interpreter,
    object::{Object, SequenceKind},
    value::Value,
};
use rustpython_ast::Expr;
use rustpython_text_size::Ranged;

impl<'a> Interpreter<'a> {
    /// Binds a target to a value.
    pub(super) fn bind(&mut self, target: &'a Expr, value: Value) {
        match target {
            Expr::Name(name) => {
                let scope = self.scope();
                self.state.assign(scope, &name.id, value);
            }
            Expr::Attribute(attribute) => {
                let object = self.eval(&attribute.value);
                self.set_attribute(&object, &attribute.attr.id, value, attribute.range());
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(&subscript.value);
                let index = self.eval(&subscript.slice);
                self.set_item(&object, &index, value, subscript.range());
            }
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, &value, target),
            Expr::List(list) => self.unpack(&list.elts, &value, target),
            Expr::Starred(starred) => self.bind(&starred.value, value),
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value, whole: &Expr) {
        let elements = self.elements(value, whole.range());
        let star = targets.iter().position(Expr::is_starred_expr);
        let exact = elements.rest.is_none();
        for (at, target) in targets.iter().enumerate() {
            let element = match star {
                Some(star) if at == star => {
                    let after = targets.len() - star - 1;
                    let end = elements.items.len().saturating_sub(after);
                    let (items, rest) = match elements.items.get(star..end) {
                        Some(items) if exact => (items.to_vec(), None),
                        _ => (Vec::new(), Some(elements.any())),
                    };
                    Value::Object(self.state.allocate(Object::Sequence { kind: SequenceKind::List, items, rest }))
                }
                Some(star) if at > star && exact => {
                    let from_end = targets.len() - at;
                    let index = elements.items.len().checked_sub(from_end);
                    index.and_then(|i| elements.items.get(i)).cloned().unwrap_or(Value::Unknown)
                }
                Some(star) if at > star => elements.any(),
                _ => elements.at(at),
            };
            self.bind(target, element);
        }
    }
}
