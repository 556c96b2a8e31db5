//! Comprehensions: followed element by element where the elements are known.

use super::{
    interpreter::Interpreter,
    object::{Key, Object, SequenceKind},
    state::ScopeKind,
    value::Value,
};
use rustpython_ast::{self as ast, Expr};
use rustpython_text_size::Ranged;

impl<'a> Interpreter<'a> {
    /// The elements that a comprehension yields, with whether all of them were seen.
    fn generate(
        &mut self,
        generators: &'a [ast::Comprehension],
        each: &mut dyn FnMut(&mut Self),
        outer_exact: bool,
    ) -> bool {
        let Some((generator, inner)) = generators.split_first() else {
            each(self);
            return outer_exact;
        };
        let iterable = self.eval(&generator.iter);
        let elements = self.elements(&iterable, generator.iter.range());
        let mut exact = outer_exact && elements.rest.is_none() && elements.items.len() <= 4096;
        let mut round = |this: &mut Self, element: Value, exact: &mut bool| {
            this.bind(&generator.target, element);
            for test in &generator.ifs {
                match this.eval(test).truth() {
                    Some(false) => return,
                    Some(true) => {}
                    None => *exact = false,
                }
            }
            *exact &= this.generate(inner, each, true);
        };
        if exact && self.has_steps() {
            let mut items = elements.items.into_iter();
            while let Some(item) = items.next() {
                // Out of steps: the rest at once.
                let steps = self.has_steps();
                let item = if steps { item } else { Value::any(items.by_ref().chain([item])) };
                exact &= steps;
                round(self, item, &mut exact);
            }
        } else {
            exact = false;
            let element = elements.any();
            round(self, element, &mut exact);
        }
        exact
    }

    fn in_comprehension<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.scope();
        // The scope of a comprehension sees that of a class around it only through its first iterable; that this one always
        // does finds more, not less.
        let scope = self.state.new_scope(ScopeKind::Comprehension, Some(outer));
        if let Some(frame) = self.frame() {
            frame.scope = scope;
        }
        let result = f(self);
        if let Some(frame) = self.frame() {
            frame.scope = outer;
        }
        result
    }

    pub(super) fn comprehension(
        &mut self,
        kind: SequenceKind,
        elt: &'a Expr,
        generators: &'a [ast::Comprehension],
    ) -> Value {
        let mut items = Vec::new();
        let exact = self.in_comprehension(|this| {
            this.generate(generators, &mut |this: &mut Self| items.push(this.eval(elt)), true)
        });
        if exact {
            self.new_sequence(kind, items, None)
        } else {
            let rest = Some(Value::any(items));
            self.new_sequence(kind, Vec::new(), rest)
        }
    }

    pub(super) fn dict_comprehension(&mut self, e: &'a ast::ExprDictComp) -> Value {
        let mut pairs = Vec::new();
        let exact = self.in_comprehension(|this| {
            let mut each = |this: &mut Self| {
                let key = this.eval(&e.key);
                pairs.push((key, this.eval(&e.value)));
            };
            this.generate(&e.generators, &mut each, true)
        });
        let mut entries: Vec<(Key, Value)> = Vec::new();
        let mut rest = None;
        for (key, value) in pairs {
            match Key::of(&key).filter(|_| exact) {
                Some(key) => {
                    entries.retain(|(known, _)| *known != key);
                    entries.push((key, value));
                }
                None => rest = Some(Value::any(rest.into_iter().chain([value]))),
            }
        }
        Value::Object(self.state.allocate(Object::Mapping { entries, rest }))
    }
}
