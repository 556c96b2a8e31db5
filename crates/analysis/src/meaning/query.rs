//! Expressions of pandas (`query`, `eval`): names are columns, only what an `@` reaches is of the code.

use super::{
    interpreter::Interpreter,
    value::{Arguments, Piece, Value},
};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

/// What an expression reaches besides what [`Interpreter::query`] followed.
pub(super) enum Query {
    /// Columns, and values of the code.
    Columns,
    /// This Python.
    Code(String),
    /// What cannot be said.
    Beyond,
}

impl Interpreter<'_> {
    /// Follows each `@name.attribute(…)`, with arguments of which nothing is known.
    pub(super) fn query(&mut self, value: &Value, range: TextRange) -> Query {
        let Value::Text(text) = value else { return Query::Columns };
        let pieces = text.pieces().iter().map(|piece| match piece {
            Piece::Literal(literal) => literal.as_ref(),
            _ => "0",
        });
        let text: String = pieces.collect();
        let mut beyond = false;
        for after in text.split('@').skip(1) {
            let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(after.len());
            let (path, rest) = after.split_at(end);
            let mut steps = path.split('.').filter(|step| !step.is_empty());
            let Some(first) = steps.next() else { continue };
            let mut reached = self.load(&Name::new(first));
            let mut hops = 0;
            for step in steps {
                reached = self.attribute(&reached, &Name::new(step), range);
                hops += 1;
            }
            if rest.trim_start().starts_with('(') {
                let open = reached.alternatives().iter().any(|one| matches!(one, Value::Unknown | Value::Method(_)));
                let acts = reached.alternatives().iter().any(|one| match one {
                    Value::Symbol(symbol) => self.symbols.callable(symbol.id).acts(),
                    _ => false,
                });
                beyond |= path.contains("__") || acts || (hops > 1 && open);
                self.call(&reached, &Arguments::unknown(), range);
            } else {
                beyond |= path.contains("__");
            }
        }
        if beyond && !text.contains("__import__") {
            Query::Beyond
        } else if text.contains("__") {
            Query::Code(text.replace(['@', '`'], ""))
        } else {
            Query::Columns
        }
    }
}
