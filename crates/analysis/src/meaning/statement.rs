//! Simple statements, and the order of a block.

use super::{
    interpreter::Interpreter,
    value::{Arguments, Value},
};
use rustpython_ast::{Expr, Stmt};
use rustpython_text_size::Ranged;

/// Whether the statement after this one is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    Leaves,
}

impl<'a> Interpreter<'a> {
    /// Follows statements up to the first that leaves.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow {
        for stmt in body {
            let flow = self.deeper(|this| this.statement(stmt)).unwrap_or(Flow::On);
            if flow == Flow::Leaves {
                return Flow::Leaves;
            }
        }
        Flow::On
    }

    fn statement(&mut self, stmt: &'a Stmt) -> Flow {
        self.step();
        match stmt {
            Stmt::Expr(s) if s.value.is_literal_expr() => {}
            Stmt::Expr(s) => {
                self.eval(&s.value);
            }
            Stmt::Assign(s) => {
                let value = self.eval(&s.value);
                for target in &s.targets {
                    self.bind(target, value.clone());
                }
            }
            Stmt::AnnAssign(s) => {
                self.eval(&s.annotation);
                if let Some(value) = &s.value {
                    let value = self.eval(value);
                    self.bind(&s.target, value);
                }
            }
            Stmt::AugAssign(s) => {
                let before = self.eval(&s.target);
                let by = self.eval(&s.value);
                let after = self.binary(&before, s.op, &by, s.range());
                self.bind(&s.target, after);
            }
            Stmt::Return(s) => {
                let value = s.value.as_deref().map_or(Value::None, |value| self.eval(value));
                if let Some(frame) = self.frame() {
                    frame.returns = Some(match frame.returns.take() {
                        Some(before) => before.or(value),
                        None => value,
                    });
                }
                return Flow::Leaves;
            }
            Stmt::Raise(s) => {
                for part in [&s.exc, &s.cause].into_iter().flatten() {
                    let raised = self.eval(part);
                    self.raised_value(&raised);
                }
                return Flow::Leaves;
            }
            Stmt::Break(_) | Stmt::Continue(_) => return Flow::Leaves,
            Stmt::Assert(s) => {
                self.eval(&s.test);
                s.msg.iter().for_each(|msg| {
                    self.eval(msg);
                });
            }
            Stmt::Delete(s) => s.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Import(s) => self.import(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::Global(s) => {
                let scope = self.scope();
                s.names.iter().for_each(|name| self.state.declare_global(scope, &name.id));
            }
            Stmt::Nonlocal(s) => {
                let scope = self.scope();
                s.names.iter().for_each(|name| self.state.declare_nonlocal(scope, &name.id));
            }
            Stmt::FunctionDef(s) => self.define_function(s),
            Stmt::ClassDef(s) => self.define_class(s),
            Stmt::If(s) => return self.if_statement(s),
            Stmt::For(s) => self.for_statement(s),
            Stmt::While(s) => self.while_statement(s),
            Stmt::Try(s) => return self.try_statement(s),
            Stmt::With(s) => return self.with_statement(s),
            Stmt::Match(s) => self.match_statement(s),
            Stmt::TypeAlias(s) => {
                let value = self.eval(&s.value);
                self.bind(&s.name, value);
            }
            Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::On
    }

    fn delete(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let scope = self.scope();
                self.state.delete(scope, &name.id);
            }
            Expr::Attribute(attribute) => {
                let object = self.eval(&attribute.value);
                self.set_attribute(&object, &attribute.attr.id, Value::Unknown, attribute.range());
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(&subscript.value);
                let index = self.eval(&subscript.slice);
                self.call_dunder(&object, "__delitem__", &Arguments::of([index.clone()]), subscript.range());
                self.set_item(&object, &index, Value::Unknown, subscript.range());
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.delete(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.delete(element)),
            _ => {}
        }
    }
}
