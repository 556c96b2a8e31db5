//! What a name can stand for while code is followed: constants, library objects, local functions, and unions of these.

use super::symbols::SymbolId;
use rustpython_ast::name::Name;
use std::rc::Rc;

/// Alternatives beyond this are no longer told apart.
const MAX_ALTERNATIVES: usize = 24;
/// Text longer than this is not folded.
pub(super) const MAX_TEXT: usize = 1 << 14;

/// An index into the interpreter's table of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FunctionId(pub(super) u32);

/// An index into the interpreter's table of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ClassId(pub(super) u32);

/// An index into the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ObjectId(pub(super) u32);

/// What an expression can be. `Eq` matters: with it `Rc` compares pointers before it compares what they point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// Anything.
    Unknown,
    /// `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// A small integer.
    Int(i64),
    /// Some number: as text it has no slash.
    Number,
    /// Text, known in whole or in part.
    Text(Text),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// Something of a library.
    Symbol(Symbol),
    /// A function or lambda of the code.
    Function(FunctionId),
    /// A class of the code.
    Class(ClassId),
    /// A container, or an instance of a class of the code.
    Object(ObjectId),
    /// A method of a constant or a container.
    Method(Rc<Method>),
    /// A callable with its first arguments.
    Partial(Rc<Partial>),
    /// `property`, `staticmethod`, `classmethod` around something.
    Descriptor(Rc<Descriptor>),
    /// One of these.
    Union(Rc<[Value]>),
}

/// A library's object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) id: SymbolId,
    /// The path or channel that it was made from.
    pub(super) origin: Option<Rc<Value>>,
}

/// A built-in method of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Method {
    pub(super) receiver: Value,
    pub(super) name: Name,
}

/// A callable with its first arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partial {
    pub(super) callee: Value,
    pub(super) arguments: Arguments,
}

/// How a function in a class is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) kind: DescriptorKind,
    pub(super) function: Value,
    pub(super) setter: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DescriptorKind {
    Property,
    Static,
    Class,
}

/// The arguments of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Arguments {
    pub(super) positional: Vec<Value>,
    pub(super) keywords: Vec<(Name, Value)>,
    /// More positional ones, number unknown.
    pub(super) more: Option<Value>,
    /// More keywords, names unknown.
    pub(super) more_keywords: Option<Value>,
}

impl Arguments {
    pub(super) fn of(positional: impl Into<Vec<Value>>) -> Self {
        Self { positional: positional.into(), ..Self::default() }
    }

    /// Nothing is known of them.
    pub(super) fn unknown() -> Self {
        Self { more: Some(Value::Unknown), more_keywords: Some(Value::Unknown), ..Self::default() }
    }

    /// By position or keyword; `None` when it is certainly absent.
    pub(super) fn get(&self, index: Option<usize>, keyword: Option<&str>) -> Option<Value> {
        if let Some(value) = index.and_then(|at| self.positional.get(at)) {
            return Some(value.clone());
        }
        if let Some((_, value)) = keyword.and_then(|k| self.keywords.iter().find(|(name, _)| name == k)) {
            return Some(value.clone());
        }
        let more = index.and(self.more.as_ref());
        more.or(keyword.and(self.more_keywords.as_ref())).cloned()
    }

    pub(super) fn at(&self, index: usize) -> Option<Value> {
        self.get(Some(index), None)
    }

    /// Every value in them.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value> {
        let named = self.keywords.iter().map(|(_, value)| value);
        self.positional.iter().chain(named).chain(&self.more).chain(&self.more_keywords)
    }

    /// These, then `later`.
    pub(super) fn then(&self, later: &Self) -> Self {
        let mut all = self.clone();
        match &all.more {
            Some(more) => all.more = Some(later.positional.iter().cloned().fold(more.clone(), Value::or)),
            None => all.positional.extend(later.positional.iter().cloned()),
        }
        all.more = all.more.or_else(|| later.more.clone());
        all.keywords.retain(|(name, _)| !later.keywords.iter().any(|(n, _)| n == name));
        all.keywords.extend(later.keywords.iter().cloned());
        all.more_keywords = all.more_keywords.or_else(|| later.more_keywords.clone());
        all
    }
}

/// Text as a row of pieces; whole when all are literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(Rc<[Piece]>);

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Known.
    Literal(Rc<str>),
    /// Digits and the like: never a slash.
    Number,
    /// From data: taken not to be a way out.
    Data,
    /// The home folder.
    Home,
    /// The run's own folder.
    Here,
    /// Anything.
    Unknown,
}

impl Text {
    pub(super) fn literal(text: impl AsRef<str>) -> Self {
        Self(Rc::new([Piece::Literal(text.as_ref().into())]))
    }

    pub(super) fn piece(piece: Piece) -> Self {
        Self(Rc::new([piece]))
    }

    pub(super) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Joins pieces, neighbouring literals into one.
    pub(super) fn join(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut all: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (all.last_mut(), piece) {
                (Some(Piece::Literal(before)), Piece::Literal(after)) => {
                    *before = format!("{before}{after}").into();
                }
                (Some(Piece::Unknown), Piece::Unknown) => {}
                (_, piece) => all.push(piece),
            }
        }
        all.retain(|piece| !matches!(piece, Piece::Literal(text) if text.is_empty()));
        let length: usize = all.iter().map(|p| if let Piece::Literal(text) = p { text.len() } else { 0 }).sum();
        if all.len() > 64 || length > MAX_TEXT {
            return Self::piece(Piece::Unknown);
        }
        if all.is_empty() { Self::literal("") } else { Self(all.into()) }
    }

    /// The whole text, if it is known.
    pub(super) fn whole(&self) -> Option<&str> {
        match &*self.0 {
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    pub(super) fn append(&self, other: &Self) -> Self {
        Self::join(self.0.iter().chain(&*other.0).cloned())
    }

    /// The literal that it begins with, which may be empty.
    pub(super) fn start(&self) -> &str {
        match self.0.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }
}

impl Value {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        if text.as_ref().len() > MAX_TEXT { Self::Unknown } else { Self::Text(Text::literal(text)) }
    }

    pub(super) fn bytes(bytes: impl Into<Rc<[u8]>>) -> Self {
        let bytes = bytes.into();
        if bytes.len() > MAX_TEXT { Self::Unknown } else { Self::Bytes(bytes) }
    }

    pub(super) fn symbol(id: SymbolId) -> Self {
        Self::Symbol(Symbol { id, origin: None })
    }

    /// The alternatives: itself, or those of the union.
    pub(super) fn alternatives(&self) -> &[Self] {
        match self {
            Self::Union(values) => values,
            other => std::slice::from_ref(other),
        }
    }

    /// Whether it can be called with an effect that matters; such alternatives are kept when others are merged.
    pub(super) fn is_callable_kind(&self) -> bool {
        !matches!(
            self,
            Self::Unknown | Self::None | Self::Bool(_) | Self::Int(_) | Self::Number | Self::Text(_) | Self::Bytes(_)
        )
    }

    /// Either of the two.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        let mut all: Vec<Self> = self.alternatives().to_vec();
        let add = |all: &mut Vec<Self>, value: Self| {
            if !all.contains(&value) {
                all.push(value);
            }
        };
        match other {
            Self::Union(values) => values.iter().for_each(|value| add(&mut all, value.clone())),
            one => add(&mut all, one),
        }
        if all.len() > MAX_ALTERNATIVES {
            let numbers = all.iter().all(|v| matches!(v, Self::Int(_) | Self::Number | Self::Bool(_)));
            all.retain(Self::is_callable_kind);
            all.truncate(4 * MAX_ALTERNATIVES);
            all.push(if numbers { Self::Number } else { Self::Unknown });
        }
        if all.len() == 1 { all.swap_remove(0) } else { Self::Union(all.into()) }
    }

    /// Any of these; `Unknown` of none.
    pub(super) fn any(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().reduce(Self::or).unwrap_or(Self::Unknown)
    }

    /// Applies `f` to each alternative.
    pub(super) fn map(&self, mut f: impl FnMut(&Self) -> Self) -> Self {
        match self {
            Self::Union(values) => Self::any(values.iter().map(f)),
            other => f(other),
        }
    }

    /// The constant text, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.whole(),
            _ => None,
        }
    }

    /// The small integer, if it is one.
    pub(super) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// Whether it is true, if that is known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::None => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Int(value) => Some(*value != 0),
            Self::Text(text) => text.whole().map(|t| !t.is_empty()),
            Self::Bytes(bytes) => Some(!bytes.is_empty()),
            Self::Function(_) | Self::Class(_) => Some(true),
            _ => None,
        }
    }
}
