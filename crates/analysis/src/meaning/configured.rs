//! Names of callables in data: what a logging configuration makes, what a replacement field of a format reaches, what an
//! annotation that is text evaluates to.

use super::{
    finding::Found,
    interpreter::{Definition, Interpreter},
    object::{Key, Object},
    value::{Arguments, Value},
};
use pyexec_core::{Capability, Certainty};
use rustpython_ast::{
    self as ast, Expr, Stmt,
    name::Name,
    visitor::{self, Visitor},
};
use rustpython_text_size::TextRange;

/// Tables in tables of a configuration.
const DEPTH: u32 = 6;

impl Interpreter<'_> {
    /// Calls that look names up in data.
    pub(super) fn configured_call(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        Some(match name {
            "logging.config.dictConfig" | "logging.config.DictConfigurator" => {
                let table = arguments.get(Some(0), Some("config")).unwrap_or(Value::Unknown);
                self.configure(&table, DEPTH, range);
                Value::None
            }
            "string.Formatter().get_field" => self.field(arguments, range)?,
            "typing.get_type_hints" | "inspect.get_annotations" | "inspect.signature" => {
                let always = name == "typing.get_type_hints";
                let asked = arguments.get(None, Some("eval_str")).is_some_and(|asked| asked.truth() != Some(false));
                if always || asked {
                    self.evaluate_annotations(&arguments.at(0)?, name, range);
                }
                return None;
            }
            _ => return None,
        })
    }

    /// A table of `logging.config`: `()` and `class` name what is called with the other entries.
    fn configure(&mut self, value: &Value, depth: u32, range: TextRange) {
        let object = match value {
            Value::Object(id) if depth > 0 => (**self.state.object(*id)).clone(),
            Value::Unknown | Value::Symbol(_) | Value::Union(_) if depth == DEPTH => {
                let message = "configures logging from data, which may name anything that is then called".to_owned();
                return self.dynamic(range, "logging.config.dictConfig", Certainty::Possible, message);
            }
            _ => return,
        };
        match object {
            Object::Mapping { entries, rest } => {
                let maker =
                    entries.iter().find(|(key, _)| matches!(key, Key::Text(t) if matches!(&**t, "()" | "class")));
                if let Some((_, maker)) = maker {
                    let callee = maker.as_text().map(str::to_owned).map_or(maker.clone(), |name| self.by_path(&name));
                    let given = entries.iter().filter_map(|(key, value)| match key {
                        Key::Text(name) if !matches!(&**name, "()" | "class" | "level" | "formatter" | "filters") => {
                            Some((Name::new(name), value.clone()))
                        }
                        _ => None,
                    });
                    let keywords = given.collect();
                    self.call(&callee, &Arguments { keywords, ..Arguments::default() }, range);
                }
                for (_, value) in entries {
                    self.configure(&value, depth - 1, range);
                }
                if rest.is_some() {
                    self.configure(&Value::Unknown, DEPTH, range);
                }
            }
            Object::Sequence { items, .. } => {
                for item in items {
                    self.configure(&item, depth - 1, range);
                }
            }
            _ => {}
        }
    }

    /// What a dotted name in data leads to.
    fn by_path(&mut self, name: &str) -> Value {
        let name = name.trim_start_matches("ext://");
        match name.strip_prefix("__main__.") {
            Some(own) => self.state.own(self.module, own).cloned().unwrap_or(Value::Unknown),
            None => self.named(name),
        }
    }

    /// `Formatter().get_field("0.name", arguments, keywords)`.
    fn field(&mut self, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let field = arguments.at(0)?.as_text()?.to_owned();
        let end = field.find(['.', '[']).unwrap_or(field.len());
        let (first, path) = field.split_at(end);
        let from = match first.parse::<i64>() {
            Ok(index) => self.item(&arguments.at(1)?, &Value::Int(index), range),
            Err(_) => self.item(&arguments.at(2)?, &Value::text(first), range),
        };
        let path = path.trim_start_matches('.');
        let found = if path.is_empty() { from } else { self.attribute_by_value(&from, &Value::text(path), range) };
        Some(self.new_sequence(super::object::SequenceKind::Tuple, vec![found, Value::text(first)], None))
    }

    /// Annotations that are text are code to whoever asks for what they mean.
    fn evaluate_annotations(&mut self, of: &Value, asker: &str, range: TextRange) {
        let mut texts = Texts::default();
        match of {
            Value::Function(id) => {
                if let Definition::Function(def) = self.function(*id).definition {
                    let annotations = def.parameters.iter().filter_map(ast::AnyParameterRef::annotation);
                    annotations.chain(def.returns.as_deref()).for_each(|annotation| texts.visit_expr(annotation));
                }
            }
            Value::Class(class) => {
                let body = self.class(*class).body.unwrap_or_default();
                let annotated = body.iter().filter_map(Stmt::as_ann_assign_stmt);
                annotated.for_each(|stmt| texts.visit_expr(&stmt.annotation));
            }
            _ => {}
        }
        for text in texts.0 {
            if self.inner(&text).is_none_or(|found| !found.is_empty()) {
                let found = Found {
                    rule: super::effect::rule_name(&Capability::DYNAMIC_CODE, asker),
                    capability: Some(Capability::DYNAMIC_CODE),
                    certainty: Certainty::Definite,
                    message: "evaluates annotations that are text".into(),
                    evidence: Some(asker.to_owned()),
                    subject: None,
                };
                self.findings.record(range, found);
                self.inner_effects(&Value::text(text), range);
            }
        }
    }
}

/// The texts in an expression.
#[derive(Default)]
struct Texts(Vec<String>);

impl Visitor<'_> for Texts {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::StringLiteral(text) => self.0.push(text.value.to_str().to_owned()),
            _ => visitor::walk_expr(self, expr),
        }
    }
}
