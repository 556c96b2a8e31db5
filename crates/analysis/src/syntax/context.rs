//! Drives the parser's semantic checker over a tree: keeps the scopes that its questions are about.

use crate::hash::{HashMap, HashSet};
use rustpython_ast::{
    self as ast, Expr, PythonVersion, Stmt,
    name::Name,
    visitor::{self, Visitor},
};
use rustpython_parser::semantic_errors::{
    LazyImportContext, SemanticSyntaxChecker, SemanticSyntaxContext, SemanticSyntaxError,
};
use rustpython_text_size::{Ranged, TextRange};
use std::cell::RefCell;

/// Every compile-time error in `body`, with a message.
pub(super) fn check(body: &[Stmt], source: &str, version: PythonVersion) -> Vec<(TextRange, String)> {
    let mut walk = Walk {
        checker: SemanticSyntaxChecker::new(),
        found: RefCell::default(),
        version,
        source,
        scopes: vec![Scope::new(Kind::Module, Declared::of(body))],
        loops: 0,
        tries: 0,
        future_annotations: false,
    };
    walk.visit_body(body);
    let found = walk.found.into_inner();
    found.into_iter().map(|e| (e.range(), super::hint::semantic(&e))).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Function { is_async: bool },
    Lambda,
    Class,
    Comprehension { is_async: bool },
    Generator,
}

/// The names that a body binds and declares, its nested scopes excluded.
#[derive(Default)]
struct Declared {
    globals: HashMap<Name, TextRange>,
    nonlocals: HashSet<Name>,
    bound: HashSet<Name>,
}

impl Declared {
    fn of(body: &[Stmt]) -> Self {
        let mut declared = Self::default();
        declared.visit_body(body);
        declared
    }

    fn bind(&mut self, name: &ast::Identifier) {
        self.bound.insert(name.id.clone());
    }
}

impl Visitor<'_> for Declared {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Global(s) => s.names.iter().for_each(|n| {
                self.globals.entry(n.id.clone()).or_insert(n.range);
            }),
            Stmt::Nonlocal(s) => self.nonlocals.extend(s.names.iter().map(|n| n.id.clone())),
            Stmt::FunctionDef(s) => self.bind(&s.name),
            Stmt::ClassDef(s) => self.bind(&s.name),
            Stmt::Import(s) => s.names.iter().for_each(|alias| {
                let name = alias.asname.as_ref().unwrap_or(&alias.name);
                self.bound.insert(Name::new(name.as_str().split('.').next().unwrap_or_default()));
            }),
            Stmt::ImportFrom(s) => {
                s.names.iter().for_each(|alias| self.bind(alias.asname.as_ref().unwrap_or(&alias.name)));
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_except_handler(&mut self, handler: &ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        inner.name.iter().for_each(|n| self.bind(n));
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &ast::Pattern) {
        match pattern {
            ast::Pattern::MatchAs(p) => p.name.iter().for_each(|n| self.bind(n)),
            ast::Pattern::MatchStar(p) => p.name.iter().for_each(|n| self.bind(n)),
            ast::Pattern::MatchMapping(p) => p.rest.iter().for_each(|n| self.bind(n)),
            _ => {}
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Name(name) if !matches!(name.ctx, ast::ExprContext::Load) => {
                self.bound.insert(name.id.clone());
            }
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expr),
        }
    }
}

struct Scope {
    kind: Kind,
    declared: Declared,
    parameters: HashSet<Name>,
}

impl Scope {
    fn new(kind: Kind, declared: Declared) -> Self {
        Self { kind, declared, parameters: HashSet::default() }
    }
}

struct Walk<'a> {
    checker: SemanticSyntaxChecker,
    found: RefCell<Vec<SemanticSyntaxError>>,
    version: PythonVersion,
    source: &'a str,
    scopes: Vec<Scope>,
    loops: u32,
    tries: u32,
    future_annotations: bool,
}

impl Walk<'_> {
    fn checked(&mut self, check: impl FnOnce(&mut SemanticSyntaxChecker, &Self)) {
        let mut checker = std::mem::take(&mut self.checker);
        check(&mut checker, self);
        self.checker = checker;
    }

    fn within(&mut self, scope: Scope, walk: impl FnOnce(&mut Self)) {
        let loops = std::mem::take(&mut self.loops);
        self.scopes.push(scope);
        walk(self);
        self.scopes.pop();
        self.loops = loops;
    }

    /// Defaults and annotations belong to the enclosing scope, the body to its own.
    fn function(&mut self, kind: Kind, parameters: Option<&ast::Parameters>, body: &[Stmt], lambda: Option<&Expr>) {
        let mut scope = Scope::new(kind, Declared::of(body));
        if let Some(parameters) = parameters {
            self.visit_parameters(parameters);
            scope.parameters.extend(parameters.iter().map(|p| p.name().id.clone()));
        }
        self.within(scope, |walk| {
            walk.visit_body(body);
            if let Some(body) = lambda {
                walk.visit_expr(body);
            }
        });
    }

    fn comprehension(&mut self, kind: Kind, elements: &[&Expr], generators: &[ast::Comprehension]) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        self.within(Scope::new(kind, Declared::default()), |walk| {
            for (at, generator) in generators.iter().enumerate() {
                walk.visit_expr(&generator.target);
                if at > 0 {
                    walk.visit_expr(&generator.iter);
                }
                generator.ifs.iter().for_each(|test| walk.visit_expr(test));
            }
            for element in elements {
                walk.visit_expr(element);
            }
        });
    }

    fn kind(&self) -> Kind {
        self.scopes.last().map_or(Kind::Module, |scope| scope.kind)
    }

    /// The nearest scope that is no comprehension.
    fn enclosing(&self) -> Kind {
        let of = self.scopes.iter().rev().map(|scope| scope.kind);
        of.into_iter().find(|k| !matches!(k, Kind::Comprehension { .. } | Kind::Generator)).unwrap_or(Kind::Module)
    }
}

impl SemanticSyntaxContext for Walk<'_> {
    fn future_annotations_or_stub(&self) -> bool {
        self.future_annotations
    }

    fn lazy_import_context(&self) -> Option<LazyImportContext> {
        match self.kind() {
            Kind::Function { .. } | Kind::Lambda => Some(LazyImportContext::Function),
            Kind::Class => Some(LazyImportContext::Class),
            _ => (self.tries > 0).then_some(LazyImportContext::TryExceptBlocks),
        }
    }

    fn python_version(&self) -> PythonVersion {
        self.version
    }

    fn source(&self) -> &str {
        self.source
    }

    fn global(&self, name: &str) -> Option<TextRange> {
        self.scopes.last()?.declared.globals.get(name).copied()
    }

    fn has_nonlocal_binding(&self, name: &str) -> bool {
        // A class body binds it for the functions in it, for `super()`.
        if name == "__class__" && self.scopes.iter().rev().skip(1).any(|scope| matches!(scope.kind, Kind::Class)) {
            return true;
        }
        let enclosing = self.scopes.iter().rev().skip(1);
        enclosing.filter(|s| matches!(s.kind, Kind::Function { .. } | Kind::Lambda)).any(|scope| {
            let declared = &scope.declared;
            scope.parameters.contains(name)
                || declared.nonlocals.contains(name)
                || declared.bound.contains(name) && !declared.globals.contains_key(name)
        })
    }

    fn in_async_context(&self) -> bool {
        match self.kind() {
            Kind::Function { is_async } => is_async,
            // A comprehension is evaluated by the function around it, and there it may await.
            Kind::Comprehension { .. } => matches!(self.enclosing(), Kind::Function { is_async: true }),
            _ => false,
        }
    }

    fn in_await_allowed_context(&self) -> bool {
        matches!(self.enclosing(), Kind::Function { .. } | Kind::Lambda)
    }

    fn in_yield_allowed_context(&self) -> bool {
        matches!(self.kind(), Kind::Function { .. } | Kind::Lambda)
    }

    fn in_sync_comprehension(&self) -> bool {
        let around = self.scopes.iter().rev().take_while(|s| !matches!(s.kind, Kind::Function { .. } | Kind::Lambda));
        around.into_iter().any(|scope| scope.kind == Kind::Comprehension { is_async: false })
    }

    fn in_module_scope(&self) -> bool {
        self.scopes.len() == 1
    }

    fn in_function_scope(&self) -> bool {
        matches!(self.kind(), Kind::Function { .. } | Kind::Lambda)
    }

    fn in_generator_context(&self) -> bool {
        self.kind() == Kind::Generator
    }

    fn in_notebook(&self) -> bool {
        false
    }

    fn report_semantic_error(&self, error: SemanticSyntaxError) {
        self.found.borrow_mut().push(error);
    }

    fn in_loop_context(&self) -> bool {
        self.loops > 0
    }

    fn is_bound_parameter(&self, name: &str) -> bool {
        self.scopes.last().is_some_and(|scope| scope.parameters.contains(name))
    }
}

impl Visitor<'_> for Walk<'_> {
    fn visit_stmt(&mut self, stmt: &Stmt) {
        self.checked(|checker, walk| checker.visit_stmt(stmt, walk));
        match stmt {
            Stmt::FunctionDef(s) => {
                s.decorator_list.iter().for_each(|d| self.visit_decorator(d));
                s.type_params.iter().for_each(|p| self.visit_type_params(p));
                s.returns.iter().for_each(|r| self.visit_annotation(r));
                self.function(Kind::Function { is_async: s.is_async }, Some(&s.parameters), &s.body, None);
            }
            Stmt::ClassDef(s) => {
                s.decorator_list.iter().for_each(|d| self.visit_decorator(d));
                s.type_params.iter().for_each(|p| self.visit_type_params(p));
                s.arguments.iter().for_each(|a| self.visit_arguments(a));
                self.within(Scope::new(Kind::Class, Declared::of(&s.body)), |walk| walk.visit_body(&s.body));
            }
            Stmt::For(s) => {
                self.visit_expr(&s.iter);
                self.visit_expr(&s.target);
                self.loops += 1;
                self.visit_body(&s.body);
                self.loops -= 1;
                self.visit_body(&s.orelse);
            }
            Stmt::While(s) => {
                self.visit_expr(&s.test);
                self.loops += 1;
                self.visit_body(&s.body);
                self.loops -= 1;
                self.visit_body(&s.orelse);
            }
            Stmt::Try(_) => {
                self.tries += 1;
                visitor::walk_stmt(self, stmt);
                self.tries -= 1;
            }
            Stmt::ImportFrom(s) => {
                let future = s.module.as_ref().is_some_and(|m| m.as_str() == "__future__");
                self.future_annotations |= future && s.names.iter().any(|n| n.name.as_str() == "annotations");
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &Expr) {
        self.checked(|checker, walk| checker.visit_expr(expr, walk));
        let kind = |generators: &[ast::Comprehension]| Kind::Comprehension {
            is_async: generators.iter().any(|generator| generator.is_async),
        };
        match expr {
            Expr::Lambda(e) => self.function(Kind::Lambda, e.parameters.as_deref(), &[], Some(&e.body)),
            Expr::ListComp(e) => self.comprehension(kind(&e.generators), &[&e.elt], &e.generators),
            Expr::SetComp(e) => self.comprehension(kind(&e.generators), &[&e.elt], &e.generators),
            Expr::DictComp(e) => self.comprehension(kind(&e.generators), &[&e.key, &e.value], &e.generators),
            Expr::Generator(e) => self.comprehension(Kind::Generator, &[&e.elt], &e.generators),
            _ => visitor::walk_expr(self, expr),
        }
    }
}
