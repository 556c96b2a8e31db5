//! `os.path`, `pathlib`, `glob`, `tempfile`: paths made from paths.

use super::{
    interpreter::Interpreter,
    object::SequenceKind,
    path,
    value::{Arguments, Piece, Text, Value},
};

impl Interpreter<'_> {
    /// Functions of paths that only compute.
    pub(super) fn path_call(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            "os.path.join" | "posixpath.join" => {
                let mut texts = self.join_paths(&arguments.positional);
                if let Some(more) = &arguments.more {
                    // Any number of parts of which only what they can be is known.
                    let more: Vec<Piece> = more.alternatives().iter().map(|part| self.part_below(part)).collect();
                    let below = if more.contains(&Piece::Unknown) { Piece::Unknown } else { Piece::Data };
                    texts = texts.iter().map(|before| path::joined(before, &Text::piece(below.clone()))).collect();
                }
                Value::any(texts.into_iter().map(Value::Text))
            }
            "os.path.expanduser" => self.on_text(&first, path::expanded),
            "os.path.dirname" => self.on_text(&first, |text| match text.whole() {
                Some(path) => Text::literal(path.rfind('/').map_or("", |at| if at == 0 { "/" } else { &path[..at] })),
                None => path::parent_of(text),
            }),
            "os.path.basename" => self.on_text(&first, |text| match text.whole() {
                Some(path) => Text::literal(path.rsplit('/').next().unwrap_or_default()),
                None => Text::piece(Piece::Data),
            }),
            "os.path.normpath" => self.on_text(&first, |text| match text.whole() {
                Some(path) if path.starts_with('/') => Text::literal(path::normal(path)),
                _ => text.clone(),
            }),
            "os.path.splitext" | "os.path.split" => self.split_path(name, &first),
            "os.path.abspath" | "os.path.realpath" | "os.fspath" | "os.path.normcase" | "os.fsdecode" => {
                self.on_text(&first, Text::clone)
            }
            "os.path.expandvars" => self.on_text(&first, |text| match text.whole() {
                Some(path) if path.contains('$') => Text::piece(Piece::Unknown),
                _ => text.clone(),
            }),
            _ => return None,
        })
    }

    /// Data if a part of a path surely leads further down, else unknown.
    fn part_below(&self, part: &Value) -> Piece {
        let text = self.path_text(part);
        let below = |piece: &Piece| match piece {
            Piece::Literal(literal) => !literal.starts_with('/') && !literal.contains(".."),
            Piece::Number | Piece::Data => true,
            Piece::Home | Piece::Here | Piece::Unknown => false,
        };
        if text.pieces().iter().all(below) { Piece::Data } else { Piece::Unknown }
    }

    /// Folders, and what is in them.
    pub(super) fn folder_call(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        let first = arguments.at(0).unwrap_or(Value::Unknown);
        Some(match name {
            // Temporary folders of a run lie in its own scratch.
            "os.getcwd" | "os.getcwdb" | "tempfile.mkdtemp" | "tempfile.mktemp" | "tempfile.TemporaryDirectory" => {
                Value::Text(Self::here())
            }
            "pathlib.Path" => {
                let texts = self.join_paths(&arguments.positional);
                let texts = if arguments.more.is_some() { vec![Text::piece(Piece::Unknown)] } else { texts };
                Value::any(texts.into_iter().map(|t| self.new_path(t)).collect::<Vec<_>>())
            }
            "pathlib.Path.home" => self.new_path(Text::piece(Piece::Home)),
            "pathlib.Path.cwd" => {
                let here = Self::here();
                self.new_path(here)
            }
            "tempfile.gettempdir" => Value::text("/tmp"),
            "glob.glob" | "glob.iglob" => {
                let below = match first {
                    Value::Text(text) => path::joined(&path::parent_of(&text), &Text::piece(Piece::Data)),
                    _ => Text::piece(Piece::Unknown),
                };
                self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(Value::Text(below)))
            }
            "os.listdir" => {
                let each = Value::Text(path::joined(&Text::literal("."), &Text::piece(Piece::Data)));
                self.new_sequence(SequenceKind::List, Vec::new(), Some(each))
            }
            "os.chdir" => {
                let goes = first;
                let inside = matches!(self.place_of(&goes, false), path::Place::Inside(_));
                if !inside {
                    self.folder = Some(self.path_text(&goes));
                }
                Value::None
            }
            "os.walk" => {
                let top = self.path_text(&first);
                let below = Value::Text(path::joined(&top, &Text::piece(Piece::Data)));
                let name = Value::Text(path::joined(&Text::literal("."), &Text::piece(Piece::Data)));
                let names = self.new_sequence(SequenceKind::List, Vec::new(), Some(name));
                let row = self.new_sequence(SequenceKind::Tuple, vec![below, names.clone(), names], None);
                self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(row))
            }
            _ => return None,
        })
    }

    fn split_path(&mut self, name: &str, value: &Value) -> Value {
        let text = self.path_text(value);
        let (head, tail) = match (text.whole(), name) {
            (Some(path), "os.path.splitext") => {
                let at = path.len() - path::suffix(path).len();
                (Text::literal(&path[..at]), Text::literal(&path[at..]))
            }
            (Some(path), _) => {
                let (head, tail) = path.rsplit_once('/').unwrap_or(("", path));
                (Text::literal(if head.is_empty() && path.starts_with('/') { "/" } else { head }), Text::literal(tail))
            }
            (None, "os.path.splitext") => (text, Text::piece(Piece::Data)),
            (None, _) => (path::parent_of(&text), Text::piece(Piece::Data)),
        };
        self.new_sequence(SequenceKind::Tuple, vec![Value::Text(head), Value::Text(tail)], None)
    }

    fn on_text(&mut self, value: &Value, f: impl Fn(&Text) -> Text) -> Value {
        value.map(|value| match value {
            Value::Text(_) | Value::Symbol(_) => Value::Text(f(&self.path_text(value))),
            _ => Value::Unknown,
        })
    }
}
