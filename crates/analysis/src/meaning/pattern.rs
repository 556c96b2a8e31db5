//! What the names in a `match` pattern are bound to.

use super::{
    interpreter::Interpreter,
    object::SequenceKind,
    value::{Arguments, Value},
};
use rustpython_ast::{Identifier, Pattern, name::Name};
use rustpython_text_size::{Ranged, TextRange};

impl<'a> Interpreter<'a> {
    /// Binds a pattern's names to parts of the subject, as if it matched.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern, subject: &Value) {
        match pattern {
            Pattern::MatchValue(p) => {
                self.eval(&p.value);
            }
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.pattern(inner, subject);
                }
                self.capture(p.name.as_ref(), subject.clone());
            }
            Pattern::MatchStar(p) => self.capture(p.name.as_ref(), subject.clone()),
            Pattern::MatchOr(p) => p.patterns.iter().for_each(|inner| self.pattern(inner, subject)),
            Pattern::MatchSequence(p) => {
                let elements = self.elements(subject, p.range());
                let star = p.patterns.iter().position(Pattern::is_match_star);
                for (at, inner) in p.patterns.iter().enumerate() {
                    let part = match star {
                        Some(star) if star == at => {
                            let all = Some(elements.any());
                            self.new_sequence(SequenceKind::List, Vec::new(), all)
                        }
                        Some(star) if star < at => elements.any(),
                        _ => elements.at(at).or(elements.any()),
                    };
                    self.pattern(inner, &part);
                }
            }
            Pattern::MatchMapping(p) => {
                for (key, inner) in p.keys.iter().zip(&p.patterns) {
                    let key = self.eval(key);
                    let part = self.item(subject, &key, p.range());
                    self.pattern(inner, &part);
                }
                self.capture(p.rest.as_ref(), subject.clone());
            }
            Pattern::MatchClass(p) => {
                let class = self.eval(&p.cls);
                self.call_dunder(&class, "__instancecheck__", &Arguments::unknown(), p.range());
                let names = self.positional_names(&class, p.range());
                for (at, inner) in p.arguments.patterns.iter().enumerate() {
                    // `case str(name)` captures the subject itself, `case Point(x)` an attribute of it.
                    let part = match names.get(at) {
                        Some(name) => self.attribute(subject, name, p.range()),
                        None => subject.clone().or(Value::Unknown),
                    };
                    self.pattern(inner, &part);
                }
                for keyword in &p.arguments.keywords {
                    let part = self.attribute(subject, &keyword.attr.id, p.range());
                    self.pattern(&keyword.pattern, &part);
                }
            }
        }
    }

    /// The attributes that the places of a class pattern stand for: `__match_args__`, or a dataclass's fields.
    fn positional_names(&mut self, class: &Value, range: TextRange) -> Vec<Name> {
        let Value::Class(class) = class else { return Vec::new() };
        match self.class_member(*class, &Name::new_static("__match_args__")) {
            Some(names) => {
                let names = self.elements(&names, range).items;
                names.iter().map_while(|name| name.as_text().map(Name::new)).collect()
            }
            None => self.class(*class).fields.clone(),
        }
    }

    fn capture(&mut self, name: Option<&Identifier>, value: Value) {
        if let Some(name) = name {
            let scope = self.scope();
            self.state.assign(scope, &name.id, value);
        }
    }
}
