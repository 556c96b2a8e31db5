//! Functions and classes of the code.

use super::{
    interpreter::{Definition, Frame, Interpreter},
    state::ScopeKind,
    value::{Arguments, ClassId, DescriptorKind, FunctionId, Value},
};
use rustpython_ast::{self as ast, Decorator, ExprLambda, Stmt, StmtClassDef, StmtFunctionDef, name::Name};
use rustpython_text_size::{Ranged, TextRange};

impl<'a> Interpreter<'a> {
    pub(super) fn define_function(&mut self, s: &'a StmtFunctionDef) {
        let decorators: Vec<Value> = s.decorator_list.iter().map(|d| self.eval(&d.expression)).collect();
        let defaults = self.defaults(&s.parameters);
        for annotation in s.parameters.iter().filter_map(ast::AnyParameterRef::annotation) {
            self.eval(annotation);
        }
        s.returns.iter().for_each(|returns| {
            self.eval(returns);
        });
        let class = self.frames.last().filter(|f| self.state.kind(f.scope) == ScopeKind::Class).and_then(|f| f.class);
        let id = self.new_function(Definition::Function(s), defaults, class);
        let value = self.decorate(Value::Function(id), &decorators, &s.decorator_list);
        let scope = self.scope();
        self.state.assign(scope, &s.name.id, value);
    }

    pub(super) fn lambda(&mut self, e: &'a ExprLambda) -> Value {
        let defaults = e.parameters.as_deref().map_or_else(Vec::new, |p| self.defaults(p));
        Value::Function(self.new_function(Definition::Lambda(e), defaults, None))
    }

    fn defaults(&mut self, parameters: &'a ast::Parameters) -> Vec<(Name, Value)> {
        let with_default = parameters.iter_non_variadic_params();
        with_default.filter_map(|p| Some((p.name().id.clone(), self.eval(p.default()?)))).collect()
    }

    /// Applies decorators, the lowest first. One from a library is taken to leave what it decorates callable as it is, and
    /// to call it with who knows what.
    fn decorate(&mut self, mut value: Value, decorators: &[Value], nodes: &'a [Decorator]) -> Value {
        for (decorator, node) in decorators.iter().zip(nodes).rev() {
            let result = self.call(decorator, &Arguments::of([value.clone()]), node.range());
            let local = decorator
                .alternatives()
                .iter()
                .all(|d| !matches!(d, Value::Symbol(_) | Value::Unknown) || matches!(result, Value::Descriptor(_)));
            if local {
                value = result;
            } else {
                self.escape(&value, node.range());
            }
        }
        value
    }

    pub(super) fn define_class(&mut self, s: &'a StmtClassDef) {
        let decorators: Vec<Value> = s.decorator_list.iter().map(|d| self.eval(&d.expression)).collect();
        let mut bases = Vec::new();
        let mut keywords = Arguments::default();
        if let Some(arguments) = &s.arguments {
            bases = arguments.args.iter().map(|base| self.eval(base)).collect();
            for keyword in &arguments.keywords {
                let value = self.eval(&keyword.value);
                match &keyword.arg {
                    Some(name) => keywords.keywords.push((name.id.clone(), value)),
                    None => keywords.more_keywords = Some(Value::Unknown),
                }
            }
        }
        let outer = self.scope();
        let scope = self.state.new_scope(ScopeKind::Class, Some(outer));
        let class = self.new_class(s.name.id.clone(), bases, Some(scope));
        let metaclass = keywords.keywords.iter().position(|(name, _)| name == "metaclass");
        let this = &mut self.classes[class.0 as usize];
        this.fields = fields(&s.body);
        this.body = Some(&s.body);
        this.metaclass = metaclass.map(|at| keywords.keywords.remove(at).1);
        self.prepare_class(class, s.range());
        self.frames.push(Frame {
            scope,
            function: None,
            class: Some(class),
            receiver: None,
            returns: None,
            yields: None,
            sent: None,
        });
        self.block(&s.body);
        self.frames.pop();
        if let Some(metaclass) = self.class(class).metaclass.clone() {
            self.escape(&metaclass, s.range());
        }
        self.escape_all(&keywords, s.range());
        let value = self.made_by_metaclass(class, s.range());
        self.notify_bases(class, &keywords, s);
        let value = self.decorate_class(value, &decorators, &s.decorator_list);
        self.state.assign(outer, &s.name.id, value);
    }

    /// `__init_subclass__` of a base runs when a class is made.
    fn notify_bases(&mut self, class: ClassId, keywords: &Arguments, s: &'a StmtClassDef) {
        let hook = Name::new_static("__init_subclass__");
        for base in self.class(class).bases.clone() {
            if let Value::Class(base) = base
                && let Some(Value::Function(function)) = self.class_member(base, &hook)
            {
                let arguments = Arguments { positional: vec![Value::Class(class)], ..keywords.clone() };
                self.call(&Value::Function(function), &arguments, s.range());
            }
        }
    }

    fn decorate_class(&mut self, value: Value, decorators: &[Value], nodes: &'a [Decorator]) -> Value {
        let mut value = value;
        for (decorator, node) in decorators.iter().zip(nodes).rev() {
            let result = self.call(decorator, &Arguments::of([value.clone()]), node.range());
            let local = decorator.alternatives().iter().all(|d| matches!(d, Value::Function(_) | Value::Partial(_)));
            if local {
                value = result.or(value);
            }
        }
        value
    }

    /// Follows a function with arguments of which nothing is known.
    pub(super) fn follow_generic(&mut self, id: FunctionId) {
        let function = self.function_mut(id);
        function.generic = true;
        let (escaped, class, definition) = (function.escaped, function.class, function.definition);
        let name = match definition {
            Definition::Function(def) => def.name.as_str(),
            Definition::Lambda(_) => "",
        };
        let is_special = name.starts_with("__") && name != "__init__";
        let dead = !escaped && !is_special && function.followed == 0;
        let mut arguments = Arguments::unknown();
        if let Some(class) = class {
            let summary = Value::Object(self.class(class).summary);
            arguments = Arguments { positional: vec![summary], ..arguments };
        }
        self.findings.only_possible += 1;
        self.findings.dead += u32::from(dead);
        let result = self.follow_call(id, &arguments);
        if matches!(name, "__reduce__" | "__reduce_ex__") {
            self.reconstructed(&result, definition.range());
        }
        self.findings.dead -= u32::from(dead);
        self.findings.only_possible -= 1;
    }

    /// Copying and pickling call the first element of what `__reduce__` returns with the second.
    fn reconstructed(&mut self, reduced: &Value, range: TextRange) {
        for alternative in reduced.alternatives() {
            let parts = self.elements(alternative, range);
            if parts.items.len() > 1 {
                let arguments = self.spread_positional(&parts.at(1), range);
                self.call(&parts.at(0), &arguments, range);
            }
        }
    }

    /// `property`, `staticmethod`, `classmethod`.
    pub(super) fn descriptor(kind: DescriptorKind, function: Value, setter: Option<Value>) -> Value {
        Value::Descriptor(super::value::Descriptor { kind, function, setter }.into())
    }
}

/// The annotated names of a class body.
fn fields(body: &[Stmt]) -> Vec<Name> {
    let annotated = body.iter().filter_map(|stmt| stmt.as_ann_assign_stmt());
    annotated.filter_map(|s| s.target.as_name_expr().map(|name| name.id.clone())).collect()
}
