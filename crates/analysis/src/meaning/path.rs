//! Paths: where they lead, textually, and what `pathlib` and `os.path` make of them.

use super::{
    interpreter::Interpreter,
    object::SequenceKind,
    value::{Arguments, Piece, Symbol, Text, Value},
};
use rustpython_ast::name::Name;
use std::rc::Rc;

/// The qualified name of a path object.
pub(super) const PATH: &str = "pathlib.Path()";
/// Its list of folders above.
pub(super) const PARENTS: &str = "pathlib.Path().parents";

/// Where an operation on a path takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Not on a path at all: a buffer, an open file, nothing.
    Nowhere,
    /// In the run folder; the path from there if it is known.
    Inside(Option<String>),
    /// On a declared input.
    Input(String),
    /// Elsewhere; the path if it is known.
    Outside(Option<String>),
    /// On the network.
    Url,
    /// Known only when the code runs.
    Unknown,
}

/// For messages: what is remarkable about a place outside.
pub(super) fn kind_of_place(path: Option<&str>) -> String {
    match path {
        Some(path) => format!("`{path}`"),
        None => "outside the run folder".into(),
    }
}

impl Interpreter<'_> {
    /// Where a value used as a path leads.
    pub(super) fn place_of(&self, value: &Value, url: bool) -> Place {
        let text = match value {
            Value::Text(text) => text.clone(),
            Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Text::literal(text),
                Err(_) => return Place::Unknown,
            },
            Value::Symbol(symbol) => {
                let name = self.symbols.name(symbol.id);
                if &*name == PATH {
                    self.path_text(value)
                } else if self.knowledge.is_handle(&name) {
                    return Place::Nowhere; // judged where it was opened
                } else if let Some(Value::Text(text)) = symbol.origin.as_deref()
                    && text.pieces().contains(&Piece::Here)
                {
                    text.clone()
                } else {
                    return Place::Unknown;
                }
            }
            Value::None | Value::Int(0..=2) | Value::Object(_) | Value::Bool(_) => return Place::Nowhere,
            _ => return Place::Unknown,
        };
        self.place_of_text(&text, url)
    }

    fn place_of_text(&self, text: &Text, url: bool) -> Place {
        let start = text.start();
        if url
            && let Some((scheme, rest)) = start.split_once("://")
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            && !scheme.is_empty()
        {
            return match scheme {
                "file" => self.place_of_text(&Text::literal(rest), false),
                _ => Place::Url,
            };
        }
        if start == ":memory:" {
            return Place::Nowhere;
        }
        if let Some(path) = text.whole() {
            if path.starts_with('/') {
                let path = normal(path);
                return match self.inputs.iter().find(|input| input.path == path) {
                    Some(_) => Place::Input(path),
                    None => Place::Outside(Some(path)),
                };
            }
            let Some(folder) = &self.folder else {
                return match normal_relative(path) {
                    Some(inside) => Place::Inside(Some(inside)),
                    None => Place::Outside(Some(path.to_owned())),
                };
            };
            let joined = folder.append(&Text::literal("/")).append(text);
            return match joined.whole() {
                Some(absolute) => Place::Outside(Some(normal(absolute))),
                None => Place::Unknown,
            };
        }
        if self.folder.is_some() && !start.starts_with('/') {
            return Place::Unknown;
        }
        match text.pieces().first() {
            Some(Piece::Home) => Place::Outside(None),
            Some(Piece::Here) => {
                let rest: Vec<Piece> = text.pieces()[1..].to_vec();
                let below = match rest.first() {
                    Some(Piece::Literal(text)) => Text::literal(text.trim_start_matches('/')),
                    _ => Text::literal("."),
                };
                let below = Text::join(below.pieces().iter().chain(rest.iter().skip(1)).cloned());
                match self.place_of_text(&below, false) {
                    Place::Unknown if rest.is_empty() => Place::Inside(None),
                    place => place,
                }
            }
            Some(Piece::Literal(literal)) if literal.starts_with('/') => Place::Outside(None),
            Some(Piece::Data) if text.pieces().len() == 1 => Place::Unknown, // data may well be a whole path
            Some(Piece::Literal(_) | Piece::Number | Piece::Data) => pieces_inside(text),
            Some(Piece::Unknown) | None => Place::Unknown,
        }
    }

    /// The text of a path object.
    pub(super) fn path_text(&self, value: &Value) -> Text {
        match value {
            Value::Symbol(symbol) if &*self.symbols.name(symbol.id) == PATH => match symbol.origin.as_deref() {
                Some(Value::Text(text)) => text.clone(),
                _ => Text::piece(Piece::Unknown),
            },
            other => self.text_of(other),
        }
    }

    /// A path object.
    pub(super) fn new_path(&mut self, text: Text) -> Value {
        let id = self.symbols.named(PATH);
        Value::Symbol(Symbol { id, origin: Some(Rc::new(Value::Text(text))) })
    }

    /// Paths joined as `os.path.join` does.
    pub(super) fn join_paths(&self, parts: &[Value]) -> Vec<Text> {
        let mut all = vec![Text::literal("")];
        for part in parts {
            let texts: Vec<Text> = part.alternatives().iter().map(|p| self.path_text(p)).collect();
            all = all.iter().flat_map(|before| texts.iter().map(|next| joined(before, next))).collect();
            all.truncate(64);
        }
        all
    }

    /// An attribute of a path object that only computes.
    pub(super) fn path_attribute(&mut self, symbol: &Symbol, name: &Name) -> Option<Value> {
        let text = match symbol.origin.as_deref() {
            Some(Value::Text(text)) => text.clone(),
            _ => Text::piece(Piece::Unknown),
        };
        Some(match name.as_str() {
            "parent" => {
                let parent = parent_of(&text);
                self.new_path(parent)
            }
            "name" => Value::Text(last_of(&text)),
            "stem" => Value::Text(text.whole().map_or(Text::piece(Piece::Data), |t| Text::literal(stem(t)))),
            "suffix" => Value::Text(text.whole().map_or(Text::piece(Piece::Data), |t| Text::literal(suffix(t)))),
            _ => return None,
        })
    }

    /// A method of a path object that only computes; `None` for all others.
    pub(super) fn path_method(&mut self, text: &Text, method: &str, arguments: &Arguments) -> Option<Value> {
        let first = arguments.at(0);
        Some(match method {
            "joinpath" | "__truediv__" | "__rtruediv__" => {
                let mut parts = vec![Value::Text(text.clone())];
                parts.extend(arguments.positional.iter().cloned());
                if method == "__rtruediv__" {
                    parts.reverse();
                }
                let texts = self.join_paths(&parts);
                Value::any(texts.into_iter().map(|t| self.new_path(t)).collect::<Vec<_>>())
            }
            "with_name" | "with_stem" => {
                let parent = Value::Text(parent_of(text));
                let texts = self.join_paths(&[parent, first?]);
                Value::any(texts.into_iter().map(|t| self.new_path(t)).collect::<Vec<_>>())
            }
            "with_suffix" => {
                let new = self.text_of(&first?);
                let path = match text.whole() {
                    Some(path) => Text::literal(path.strip_suffix(suffix(path)).unwrap_or(path)).append(&new),
                    None => text.append(&new),
                };
                self.new_path(path)
            }
            "resolve" | "absolute" | "expanduser" | "__enter__" | "with_segments" => {
                let path = if method == "expanduser" { expanded(text) } else { text.clone() };
                self.new_path(path)
            }
            "as_posix" | "__str__" | "__fspath__" => Value::Text(text.clone()),
            "relative_to" => self.new_path(Text::piece(Piece::Data)),
            "glob" | "rglob" | "iterdir" => {
                let below = joined(text, &Text::piece(Piece::Data));
                let each = self.new_path(below);
                self.new_sequence(SequenceKind::Iterator, Vec::new(), Some(each))
            }
            _ => return None,
        })
    }
}

/// One path below another, or the second if it is absolute.
pub(super) fn joined(before: &Text, next: &Text) -> Text {
    let replaces = match next.pieces().first() {
        Some(Piece::Literal(text)) => text.starts_with('/'),
        Some(Piece::Home | Piece::Here) => true,
        _ => false,
    };
    let empty = before.whole() == Some("");
    if replaces || empty {
        return next.clone();
    }
    let slash = match before.pieces().last() {
        Some(Piece::Literal(text)) if text.ends_with('/') => "",
        _ => "/",
    };
    before.append(&Text::literal(slash)).append(next)
}

/// `~` at the start is the home folder.
pub(super) fn expanded(text: &Text) -> Text {
    let Some(rest) = text.start().strip_prefix('~') else { return text.clone() };
    let rest = Piece::Literal(rest.into());
    Text::join([Piece::Home, rest].into_iter().chain(text.pieces()[1..].iter().cloned()))
}

/// The folder above.
pub(super) fn parent_of(text: &Text) -> Text {
    let Some((last, before)) = text.pieces().split_last() else { return Text::literal(".") };
    let kept = || before.iter().cloned();
    match last {
        Piece::Literal(literal) => {
            let trimmed = literal.trim_end_matches('/');
            match trimmed.rfind('/') {
                Some(0) if before.is_empty() => Text::literal("/"),
                Some(at) => Text::join(kept().chain([Piece::Literal(trimmed[..at].into())])),
                None if !before.is_empty() => parent_of(&Text::join(kept())),
                None => match trimmed {
                    "" if literal.starts_with('/') => Text::literal("/"),
                    "." | "" | ".." => Text::literal(".."),
                    _ => Text::literal("."),
                },
            }
        }
        Piece::Data | Piece::Number => match before.last() {
            Some(Piece::Literal(literal)) if literal.ends_with('/') => Text::join(kept()),
            Some(_) => parent_of(&Text::join(kept())),
            None => Text::literal("."),
        },
        Piece::Here => Text::literal(".."),
        Piece::Home | Piece::Unknown => Text::piece(Piece::Unknown),
    }
}

/// The last component.
fn last_of(text: &Text) -> Text {
    match text.whole() {
        Some(path) => Text::literal(path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()),
        None => Text::piece(Piece::Data), // one component has no slash
    }
}

fn stem(path: &str) -> &str {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match name.rfind('.') {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

/// The last dot of the last component and what follows.
pub(super) fn suffix(path: &str) -> &str {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match name.rfind('.') {
        Some(at) if at > 0 => &name[at..],
        _ => "",
    }
}

/// A relative text with gaps: inside as long as no gap may be a way up. Data is taken not to be one.
fn pieces_inside(text: &Text) -> Place {
    let mut depth = 0_i32;
    let mut rendered = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(text) => rendered.push_str(text),
            Piece::Number | Piece::Data => rendered.push('#'),
            Piece::Unknown => {
                // After the beginning of a name the gap continues that name, unless a folder of that name exists.
                if rendered.is_empty() || rendered.ends_with('/') {
                    return Place::Unknown;
                }
                rendered.push('#');
            }
            Piece::Home | Piece::Here => return Place::Unknown,
        }
    }
    for part in rendered.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            return Place::Outside(None);
        }
    }
    Place::Inside(None)
}

/// An absolute path without `.`, `..` and double slashes.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The same for a relative one; `None` when it leaves where it starts.
fn normal_relative(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(if parts.is_empty() { ".".into() } else { parts.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn textual() {
        assert_eq!(normal("//a/./b/../c/"), "/a/c");
        assert_eq!(normal("/../../etc"), "/etc");
        assert_eq!(normal_relative("a/../b").as_deref(), Some("b"));
        assert_eq!(normal_relative("a/../../b"), None);
        assert_eq!(joined(&Text::literal("a"), &Text::literal("b")).whole(), Some("a/b"));
        assert_eq!(joined(&Text::literal("a"), &Text::literal("/b")).whole(), Some("/b"));
        assert_eq!(parent_of(&Text::literal("/a/b.txt")).whole(), Some("/a"));
        assert_eq!(parent_of(&Text::literal("b.txt")).whole(), Some("."));
        assert_eq!(parent_of(&Text::piece(Piece::Here)).whole(), Some(".."));
        assert_eq!((stem("a/b.tar.gz"), suffix("a/b.tar.gz"), suffix(".bashrc")), ("b.tar", ".gz", ""));
    }

    #[test]
    fn gaps() {
        let text = |pieces: &[Piece]| pieces_inside(&Text::join(pieces.iter().cloned()));
        let literal = |t: &str| Piece::Literal(t.into());
        assert_eq!(text(&[literal("plot_"), Piece::Unknown, literal(".png")]), Place::Inside(None));
        assert_eq!(text(&[literal("out/"), Piece::Unknown]), Place::Unknown);
        assert_eq!(text(&[Piece::Number, literal("/../../x")]), Place::Outside(None));
        assert_eq!(text(&[Piece::Data, literal(".csv")]), Place::Inside(None));
    }
}
