//! f-strings.

use super::{
    interpreter::Interpreter,
    value::{Piece, Text, Value},
};
use rustpython_ast::{self as ast, InterpolatedStringElement};
use rustpython_text_size::Ranged;

impl<'a> Interpreter<'a> {
    /// What an f-string can be.
    pub(super) fn f_string(&mut self, value: &'a ast::FStringValue) -> Value {
        let mut parts = Vec::new();
        for part in value {
            match part {
                ast::FStringPart::Literal(literal) => parts.push(Part::Literal(literal.as_str())),
                ast::FStringPart::FString(f_string) => parts.extend(f_string.elements.iter().map(Part::of)),
            }
        }
        self.interpolated(parts)
    }

    fn interpolated(&mut self, elements: Vec<Part<'a>>) -> Value {
        let mut text = Text::literal("");
        let mut alternatives: Vec<Text> = Vec::new();
        for part in elements {
            match part {
                Part::Literal(literal) => {
                    text = text.append(&Text::literal(literal));
                    for text in &mut alternatives {
                        *text = text.append(&Text::literal(literal));
                    }
                }
                Part::Value(element) => {
                    let value = self.eval(&element.expression);
                    self.touch(&value, element.range());
                    let texts = self.formatted(&value, element);
                    let before = if alternatives.is_empty() { vec![text.clone()] } else { alternatives };
                    alternatives = before.iter().flat_map(|b| texts.iter().map(|t| b.append(t))).collect();
                    if alternatives.len() > 64 {
                        alternatives = vec![alternatives[0].clone(), Text::piece(Piece::Unknown)];
                    }
                }
            }
        }
        match alternatives.len() {
            0 => Value::Text(text),
            _ => Value::any(alternatives.into_iter().map(Value::Text)),
        }
    }

    fn formatted(&mut self, value: &Value, element: &'a ast::InterpolatedElement) -> Vec<Text> {
        let spec = element.format_spec.as_ref().map(|spec| {
            let parts = spec.elements.iter().map(Part::of).collect();
            self.interpolated(parts)
        });
        let plain =
            spec.is_none() && matches!(element.conversion, ast::ConversionFlag::None | ast::ConversionFlag::Str);
        let each = |value: &Value| {
            let text = self.text_of(value);
            match text.pieces() {
                _ if plain => text,
                // A width or a precision adds no slash to a number; to text it may.
                [Piece::Number | Piece::Data] => text,
                _ if matches!(value, Value::Int(_)) => Text::piece(Piece::Number),
                _ => Text::piece(Piece::Unknown),
            }
        };
        value.alternatives().iter().map(each).collect()
    }
}

/// A part of an f-string.
enum Part<'a> {
    Literal(&'a str),
    Value(&'a ast::InterpolatedElement),
}

impl<'a> Part<'a> {
    fn of(element: &'a InterpolatedStringElement) -> Self {
        match element {
            InterpolatedStringElement::Literal(literal) => Self::Literal(&literal.value),
            InterpolatedStringElement::Interpolation(element) => Self::Value(element),
        }
    }
}
