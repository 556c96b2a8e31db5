//! Compound statements: every way through them is followed, and what they leave is merged.

use super::{
    interpreter::Interpreter,
    state::{Outcome, State},
    statement::Flow,
    value::{Arguments, Value},
};
use rustpython_ast::{
    self as ast, Stmt,
    visitor::{self, Visitor},
};
use rustpython_text_size::Ranged;

/// Iterations that are followed one by one.
const MAX_ITERATIONS: usize = 512;
/// Rounds of `while` that are followed one by one.
const MAX_ROUNDS: usize = 64;
/// Iterations of a loop whose elements are unknown: the second sees what the first left.
const BLIND_ITERATIONS: usize = 2;

impl<'a> Interpreter<'a> {
    /// Follows `body` as one of several ways.
    fn way(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> (Flow, Outcome) {
        let mark = self.state.mark();
        let flow = body(self);
        (flow, self.state.lift(mark))
    }

    pub(super) fn if_statement(&mut self, s: &'a ast::StmtIf) -> Flow {
        self.eval(&s.test);
        let mut ways = vec![self.way(|this| this.block(&s.body))];
        let mut has_else = false;
        for clause in &s.elif_else_clauses {
            match &clause.test {
                Some(test) => {
                    self.eval(test);
                }
                None => has_else = true,
            }
            ways.push(self.way(|this| this.block(&clause.body)));
        }
        if !has_else {
            ways.push((Flow::On, State::unchanged()));
        }
        self.join(&ways)
    }

    fn join(&mut self, ways: &[(Flow, Outcome)]) -> Flow {
        let leaves = ways.iter().all(|(flow, _)| *flow == Flow::Leaves);
        let outcomes: Vec<&Outcome> = ways.iter().map(|(_, outcome)| outcome).collect();
        self.state.merge(&outcomes);
        if leaves { Flow::Leaves } else { Flow::On }
    }

    pub(super) fn for_statement(&mut self, s: &'a ast::StmtFor) {
        let iterable = self.eval(&s.iter);
        let elements = self.elements(&iterable, s.iter.range());
        // One by one only where every iteration surely runs to its end: after a `break` any of them may have been the last.
        let exact = elements.rest.is_none() && elements.items.len() <= MAX_ITERATIONS && !breaks(&s.body);
        if exact && self.has_steps() {
            let mut items = elements.items.into_iter();
            while let Some(item) = items.next() {
                // Out of steps: the rest at once.
                let item = if self.has_steps() { item } else { Value::any(items.by_ref().chain([item])) };
                self.bind(&s.target, item);
                self.block(&s.body);
            }
        } else {
            let element = elements.any();
            self.bind(&s.target, element.clone());
            self.blindly(|this| {
                this.bind(&s.target, element.clone());
                this.block(&s.body)
            });
        }
        self.optionally(&s.orelse);
    }

    pub(super) fn while_statement(&mut self, s: &'a ast::StmtWhile) {
        // Round by round as long as it is known that there is one more; `while True` says nothing of that.
        if !s.test.is_literal_expr() && !breaks(&s.body) {
            for _ in 0..MAX_ROUNDS {
                match self.eval(&s.test).truth() {
                    Some(true) if self.has_steps() => {
                        self.block(&s.body);
                    }
                    Some(false) => return self.optionally(&s.orelse),
                    _ => break,
                }
            }
        }
        self.blindly(|this| {
            this.eval(&s.test);
            this.block(&s.body)
        });
        self.eval(&s.test);
        self.optionally(&s.orelse);
    }

    /// Any number of times.
    fn blindly(&mut self, mut body: impl FnMut(&mut Self) -> Flow) {
        for iteration in 0..BLIND_ITERATIONS {
            if iteration > 0 && !self.has_steps() {
                break; // loops in loops would double the work at each level
            }
            let (_, once) = self.way(&mut body);
            self.state.merge(&[&once, &State::unchanged()]);
        }
    }

    fn optionally(&mut self, body: &'a [Stmt]) {
        if !body.is_empty() {
            let (_, outcome) = self.way(|this| this.block(body));
            self.state.merge(&[&outcome, &State::unchanged()]);
        }
    }

    pub(super) fn try_statement(&mut self, s: &'a ast::StmtTry) -> Flow {
        let guards = u32::from(s.handlers.iter().any(expects_missing_imports));
        let (body_flow, tried) = self.way(|this| {
            this.guarded_imports += guards;
            let flow = this.block(&s.body);
            this.guarded_imports -= guards;
            match flow {
                Flow::On => this.block(&s.orelse),
                Flow::Leaves => Flow::Leaves,
            }
        });
        // A handler may start anywhere between the state before and the one after.
        let mark = self.state.mark();
        self.state.merge(&[&tried, &State::unchanged()]);
        let part_way = self.state.lift(mark);
        let mut ways = Vec::new();
        for handler in &s.handlers {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            ways.push(self.way(|this| {
                this.state.merge(&[&part_way]);
                if let Some(kind) = &handler.type_ {
                    this.eval(kind);
                }
                if let Some(name) = &handler.name {
                    let scope = this.scope();
                    let caught = this.caught();
                    this.state.assign(scope, &name.id, caught);
                }
                this.block(&handler.body)
            }));
        }
        let all_handlers_leave = ways.iter().all(|(flow, _)| *flow == Flow::Leaves);
        let leaves = body_flow == Flow::Leaves && all_handlers_leave;
        let mut outcomes = vec![&tried];
        outcomes.extend(ways.iter().map(|(_, outcome)| outcome));
        self.state.merge(&outcomes);
        match self.block(&s.finalbody) {
            Flow::On if leaves => Flow::Leaves,
            flow => flow,
        }
    }

    pub(super) fn with_statement(&mut self, s: &'a ast::StmtWith) -> Flow {
        for item in &s.items {
            let manager = self.eval(&item.context_expr);
            let entered = self.enter(&manager, item.context_expr.range());
            if let Some(target) = &item.optional_vars {
                self.bind(target, entered);
            }
        }
        let (flow, outcome) = self.way(|this| this.block(&s.body));
        self.state.merge(&[&outcome]);
        // Any manager may swallow what the body raises, so only a `return` is sure to leave.
        if flow == Flow::Leaves && s.body.last().is_some_and(Stmt::is_return_stmt) { flow } else { Flow::On }
    }

    /// What `with` binds.
    fn enter(&mut self, manager: &Value, range: rustpython_text_size::TextRange) -> Value {
        if let Some(value) = self.call_dunder(manager, "__enter__", &Arguments::default(), range) {
            self.call_dunder(manager, "__exit__", &Arguments::unknown(), range);
            return value;
        }
        if let Some(value) = self.call_dunder(manager, "__aenter__", &Arguments::default(), range) {
            return value;
        }
        match manager {
            // A generator function under `contextmanager`: what it yields.
            Value::Object(_) => self.elements(manager, range).any(),
            other => other.clone(),
        }
    }

    pub(super) fn match_statement(&mut self, s: &'a ast::StmtMatch) {
        let subject = self.eval(&s.subject);
        let mut ways = vec![(Flow::On, State::unchanged())];
        for case in &s.cases {
            ways.push(self.way(|this| {
                this.pattern(&case.pattern, &subject);
                if let Some(guard) = &case.guard {
                    this.eval(guard);
                }
                this.block(&case.body)
            }));
        }
        self.join(&ways);
    }
}

/// Whether a handler is for what a missing module raises.
fn expects_missing_imports(handler: &ast::ExceptHandler) -> bool {
    let ast::ExceptHandler::ExceptHandler(handler) = handler;
    let names = |kind: &ast::Expr| {
        let name = kind.as_name_expr().map(|name| name.id.as_str());
        name.is_some_and(|name| ["ImportError", "ModuleNotFoundError", "Exception", "BaseException"].contains(&name))
    };
    match handler.type_.as_deref() {
        None => true,
        Some(ast::Expr::Tuple(kinds)) => kinds.elts.iter().any(names),
        Some(kind) => names(kind),
    }
}

/// Whether a loop's body can leave it early.
fn breaks(body: &[Stmt]) -> bool {
    struct Search(bool);
    impl Visitor<'_> for Search {
        fn visit_stmt(&mut self, stmt: &Stmt) {
            match stmt {
                Stmt::Break(_) | Stmt::Return(_) => self.0 = true,
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ if self.0 => {}
                _ => visitor::walk_stmt(self, stmt),
            }
        }
        fn visit_expr(&mut self, _: &ast::Expr) {}
    }
    let mut search = Search(false);
    search.visit_body(body);
    search.0
}
