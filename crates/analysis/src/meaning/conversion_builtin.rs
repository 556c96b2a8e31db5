//! Builtins that turn one value into another.

use super::{
    interpreter::Interpreter,
    object::Object,
    value::{Arguments, Piece, Text, Value},
};
use rustpython_ast::name::Name;
use rustpython_text_size::TextRange;

impl Interpreter<'_> {
    /// `str`, `chr`, `bytes`, `len` and their kin.
    pub(super) fn conversion_builtin(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            "str" | "repr" | "ascii" | "format" => self.text_from(name, arguments, range),
            "chr" => first.map(|v| match v.as_int().and_then(|i| char::from_u32(u32::try_from(i).ok()?)) {
                Some(c) => Value::text(c.to_string()),
                None => Value::Unknown,
            }),
            "ord" => first.map(|v| match (v.as_text().map(|t| t.chars().collect::<Vec<_>>()), v) {
                (Some(chars), _) if chars.len() == 1 => Value::Int(i64::from(u32::from(chars[0]))),
                (_, Value::Bytes(bytes)) if bytes.len() == 1 => Value::Int(bytes[0].into()),
                _ => Value::Number,
            }),
            "int" => super::number::to_int(&first, arguments.get(Some(1), Some("base")).as_ref()),
            "float" | "abs" | "round" | "sum" | "hash" | "id" | "pow" | "divmod" | "complex" => Value::Number,
            "len" => match (&first, first.as_text()) {
                (Value::Symbol(_), _) => {
                    self.touch(&first, range);
                    Value::Number
                }
                (_, Some(text)) => i64::try_from(text.chars().count()).map_or(Value::Number, Value::Int),
                (Value::Bytes(bytes), _) => i64::try_from(bytes.len()).map_or(Value::Number, Value::Int),
                (Value::Object(id), _) => match &**self.state.object(*id) {
                    Object::Sequence { items, rest: None, .. } => {
                        i64::try_from(items.len()).map_or(Value::Number, Value::Int)
                    }
                    _ => Value::Number,
                },
                _ => Value::Number,
            },
            "bool" => first.truth().map_or(Value::Unknown, Value::Bool),
            "hex" | "bin" | "oct" => {
                first.as_int().filter(|i| *i >= 0).map_or(Value::Text(Text::piece(Piece::Number)), |i| match name {
                    "hex" => Value::text(format!("{i:#x}")),
                    "bin" => Value::text(format!("{i:#b}")),
                    _ => Value::text(format!("{i:#o}")),
                })
            }
            "bytes" | "bytearray" => self.bytes_from(arguments, range),
            "bytes.fromhex" | "bytearray.fromhex" => super::codec::from_hex(&first),
            "str.join" | "str.format" | "str.replace" | "str.upper" | "str.lower" | "str.strip" | "bytes.decode"
            | "str.encode" | "bytes.join" | "str.translate" => {
                let method = name.rsplit('.').next()?;
                let mut others = arguments.clone();
                if !others.positional.is_empty() {
                    others.positional.remove(0);
                }
                let bound = self.attribute(&first, &Name::new(method), range);
                self.call(&bound, &others, range)
            }
            "str.maketrans" => super::codec::make_translation(self, arguments, range),
            "print" | "isinstance" | "issubclass" | "callable" | "hasattr" | "any" | "all" => {
                arguments.values().cloned().collect::<Vec<_>>().iter().for_each(|value| self.touch(value, range));
                Value::Unknown
            }
            "memoryview" => first,
            "object" | "input" => Value::Unknown,
            _ => return None,
        })
    }

    fn text_from(&mut self, name: &str, arguments: &Arguments, range: TextRange) -> Value {
        let Some(first) = arguments.at(0) else { return Value::text("") };
        self.touch(&first, range);
        match (&first, name) {
            (Value::Bytes(bytes), "str") if arguments.positional.len() > 1 => {
                super::codec::decode(bytes, arguments.at(1).and_then(|c| c.as_text().map(str::to_owned)).as_deref())
            }
            (Value::Bytes(_), _) => Value::Unknown,
            (Value::Object(_), "str" | "format") => {
                let shown = self.call_dunder(&first, "__str__", &Arguments::default(), range);
                shown.unwrap_or(Value::Unknown)
            }
            (_, "str") => first.map(|value| Value::Text(self.text_of(value))),
            (_, "format") if arguments.positional.len() == 1 => first.map(|value| Value::Text(self.text_of(value))),
            (Value::Int(_) | Value::Number, _) => Value::Text(Text::piece(Piece::Number)),
            _ => Value::Unknown,
        }
    }

    fn bytes_from(&mut self, arguments: &Arguments, range: TextRange) -> Value {
        match arguments.at(0) {
            None => Value::bytes(Vec::new()),
            Some(Value::Text(text)) => {
                text.whole().map_or(Value::Unknown, |text| Value::bytes(text.as_bytes().to_vec()))
            }
            Some(value @ (Value::Bytes(_) | Value::Object(_))) => {
                let elements = self.elements(&value, range);
                let bytes = elements.items.iter().map(|v| v.as_int().and_then(|i| u8::try_from(i).ok()));
                match bytes.collect::<Option<Vec<u8>>>() {
                    Some(bytes) if elements.rest.is_none() => Value::bytes(bytes),
                    _ => Value::Unknown,
                }
            }
            _ => Value::Unknown,
        }
    }
}
