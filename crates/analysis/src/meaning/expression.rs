//! Expressions.

use super::{
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    symbols::Step,
    value::{Arguments, Value},
};
use rustpython_ast::{self as ast, Expr, InterpolatedStringElement, Number, name::Name};
use rustpython_text_size::{Ranged, TextRange};

impl<'a> Interpreter<'a> {
    /// What an expression can be; its effects become findings on the way.
    pub(super) fn eval(&mut self, expr: &'a Expr) -> Value {
        self.step();
        let value = self.deeper(|this| this.eval_inner(expr)).unwrap_or(Value::Unknown);
        match &value {
            Value::Text(text) => self.state.worked(text.start().len() / 8),
            Value::Bytes(bytes) => self.state.worked(bytes.len() / 8),
            _ => {}
        }
        value
    }

    fn eval_inner(&mut self, expr: &'a Expr) -> Value {
        match expr {
            Expr::Name(e) => self.load(&e.id),
            Expr::Attribute(e) => {
                let object = self.eval(&e.value);
                self.attribute(&object, &e.attr.id, e.range())
            }
            Expr::Call(e) => self.eval_call(e),
            Expr::Subscript(e) => {
                let object = self.eval(&e.value);
                if let Expr::Slice(slice) = &*e.slice {
                    return self.slice(&object, slice, e.range());
                }
                let index = self.eval(&e.slice);
                self.item(&object, &index, e.range())
            }
            Expr::StringLiteral(e) => Value::text(e.value.to_str()),
            Expr::BytesLiteral(e) => Value::bytes(e.value.bytes().collect::<Vec<u8>>()),
            Expr::NumberLiteral(e) => match &e.value {
                Number::Int(int) => int.as_i64().map_or(Value::Number, Value::Int),
                _ => Value::Number,
            },
            Expr::BooleanLiteral(e) => Value::Bool(e.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::EllipsisLiteral(_) | Expr::IpyEscapeCommand(_) => Value::Unknown,
            Expr::FString(e) => self.f_string(&e.value),
            Expr::TString(e) => {
                let elements: Vec<_> = e.value.elements().collect();
                for element in elements {
                    if let InterpolatedStringElement::Interpolation(part) = element {
                        self.eval(&part.expression);
                    }
                }
                Value::Unknown
            }
            Expr::BinOp(e) => {
                let left = self.eval(&e.left);
                let right = self.eval(&e.right);
                self.binary(&left, e.op, &right, e.range())
            }
            Expr::UnaryOp(e) => {
                let operand = self.eval(&e.operand);
                super::number::unary(e.op, &operand)
            }
            Expr::BoolOp(e) => self.bool_op(e),
            Expr::Compare(e) => self.compare(e),
            Expr::If(e) => {
                let test = self.eval(&e.test);
                match test.truth() {
                    Some(true) => self.eval(&e.body),
                    Some(false) => self.eval(&e.orelse),
                    None => {
                        let body = self.eval(&e.body);
                        body.or(self.eval(&e.orelse))
                    }
                }
            }
            Expr::Named(e) => {
                let value = self.eval(&e.value);
                if let Expr::Name(name) = &*e.target {
                    let scope = self.scope();
                    self.state.assign_outside(scope, &name.id, value.clone());
                }
                value
            }
            Expr::Lambda(e) => self.lambda(e),
            Expr::List(e) => self.sequence(SequenceKind::List, &e.elts),
            Expr::Tuple(e) => self.sequence(SequenceKind::Tuple, &e.elts),
            Expr::Set(e) => self.sequence(SequenceKind::Set, &e.elts),
            Expr::Dict(e) => self.dict(e),
            Expr::ListComp(e) => self.comprehension(SequenceKind::List, &e.elt, &e.generators),
            Expr::SetComp(e) => self.comprehension(SequenceKind::Set, &e.elt, &e.generators),
            Expr::Generator(e) => self.comprehension(SequenceKind::Iterator, &e.elt, &e.generators),
            Expr::DictComp(e) => self.dict_comprehension(e),
            Expr::Await(e) => self.eval(&e.value),
            Expr::Starred(e) => self.eval(&e.value),
            Expr::Yield(e) => self.yield_expression(e),
            Expr::YieldFrom(e) => self.yield_from(e),
            Expr::Slice(e) => {
                for part in [&e.lower, &e.upper, &e.step].into_iter().flatten() {
                    self.eval(part);
                }
                Value::Unknown
            }
        }
    }

    /// What a name stands for.
    pub(super) fn load(&mut self, name: &Name) -> Value {
        let scope = self.scope();
        if let Some(value) = self.state.lookup(scope, name) {
            return value.clone();
        }
        let stars = self.state.stars(scope);
        if let Some(builtin) = self.builtin_name(name) {
            // A star import may shadow a builtin (`from numpy import *` does), so both are possible then.
            let known: Vec<Value> = self.in_stars(&stars, name, true);
            return known.into_iter().fold(builtin, Value::or);
        }
        Value::any(self.in_stars(&stars, name, false))
    }

    fn in_stars(&mut self, stars: &[super::symbols::SymbolId], name: &Name, only_known: bool) -> Vec<Value> {
        let mut found = Vec::new();
        for &module in stars {
            let id = self.symbols.step(module, Step::Attribute(name.clone()));
            let qualified = self.symbols.name(id);
            if !only_known || !self.knowledge.calls(&qualified).is_empty() {
                found.push(self.settled(&Value::symbol(id)));
            }
        }
        found
    }

    fn bool_op(&mut self, e: &'a ast::ExprBoolOp) -> Value {
        let mut found = Vec::new();
        for value in &e.values {
            let value = self.eval(value);
            let decided = match (e.op, value.truth()) {
                (ast::BoolOp::Or, Some(true)) | (ast::BoolOp::And, Some(false)) => true,
                (ast::BoolOp::Or, Some(false)) | (ast::BoolOp::And, Some(true)) if found.len() + 1 < e.values.len() => {
                    continue;
                }
                _ => false,
            };
            found.push(value);
            if decided {
                break;
            }
        }
        Value::any(found)
    }

    fn compare(&mut self, e: &'a ast::ExprCompare) -> Value {
        let left = self.eval(&e.left);
        let rights: Vec<Value> = e.comparators.iter().map(|right| self.eval(right)).collect();
        let ([op], [right]) = (&*e.ops, &rights[..]) else { return Value::Unknown };
        super::number::compare(*op, &left, right)
    }

    fn sequence(&mut self, kind: SequenceKind, elements: &'a [Expr]) -> Value {
        let mut items = Vec::with_capacity(elements.len());
        let mut rest: Option<Value> = None;
        for element in elements {
            let value = self.eval(element);
            if !element.is_starred_expr() {
                match &mut rest {
                    Some(all) => *all = std::mem::replace(all, Value::None).or(value),
                    None => items.push(value),
                }
                continue;
            }
            let unpacked = self.elements(&value, element.range());
            match (&mut rest, unpacked.rest) {
                (None, None) => items.extend(unpacked.items),
                (before, after) => {
                    let all = Value::any(before.take().into_iter().chain(unpacked.items).chain(after));
                    rest = Some(all);
                }
            }
        }
        self.new_sequence(kind, items, rest)
    }

    fn dict(&mut self, e: &'a ast::ExprDict) -> Value {
        let id = self.state.allocate(Object::Mapping { entries: Vec::new(), rest: None });
        let object = Value::Object(id);
        for item in &e.items {
            if let Some(key) = &item.key {
                let key = self.eval(key);
                let value = self.eval(&item.value);
                self.set_item(&object, &key, value, item.value.range());
            } else {
                let other = self.eval(&item.value);
                self.merge_mapping(id, &other, item.value.range());
            }
        }
        object
    }

    /// A container of the code.
    pub(super) fn new_sequence(&mut self, kind: SequenceKind, items: Vec<Value>, rest: Option<Value>) -> Value {
        self.state.worked(items.len());
        let id = self.state.allocate(Object::Sequence { kind, items, rest });
        self.state.update(id, |_| {});
        Value::Object(id)
    }

    /// The arguments of a call.
    pub(super) fn arguments(&mut self, arguments: &'a ast::Arguments) -> Arguments {
        let mut all = Arguments::default();
        for argument in arguments.arguments_source_order() {
            match argument {
                ast::ArgOrKeyword::Arg(Expr::Starred(starred)) => {
                    let value = self.eval(&starred.value);
                    let elements = self.elements(&value, starred.range());
                    match (&mut all.more, elements.rest) {
                        (None, None) => all.positional.extend(elements.items),
                        (more, rest) => {
                            let any = more.take().into_iter().chain(elements.items).chain(rest);
                            all.more = Some(Value::any(any));
                        }
                    }
                }
                ast::ArgOrKeyword::Arg(expr) => {
                    let value = self.eval(expr);
                    match &mut all.more {
                        Some(more) => *more = std::mem::replace(more, Value::None).or(value),
                        None => all.positional.push(value),
                    }
                }
                ast::ArgOrKeyword::Keyword(keyword) => {
                    let value = self.eval(&keyword.value);
                    match &keyword.arg {
                        Some(name) => all.keywords.push((name.id.clone(), value)),
                        None => self.spread(&mut all, &value, keyword.range()),
                    }
                }
            }
        }
        all
    }

    /// `**value`.
    fn spread(&mut self, all: &mut Arguments, value: &Value, range: TextRange) {
        self.touch(value, range);
        if let Value::Object(id) = value
            && let Object::Mapping { entries, rest } = &**self.state.object(*id)
        {
            for (key, value) in entries {
                if let Key::Text(name) = key {
                    all.keywords.push((Name::new(name), value.clone()));
                }
            }
            all.more_keywords = all.more_keywords.take().or_else(|| rest.clone());
        } else {
            all.more_keywords = Some(Value::Unknown);
        }
    }
}
