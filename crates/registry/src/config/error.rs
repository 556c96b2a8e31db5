//! What can be wrong with a configuration: a sentence, a place, a way out.

use super::{secret, source::Place};
use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

/// A configuration that cannot be used, with everything that was found wrong, in the order of the file. Nothing of it is
/// ever used in part.
#[derive(Debug)]
pub struct ConfigError {
    diagnostics: Vec<Diagnostic>,
}

impl ConfigError {
    /// Everything that is wrong; never empty.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    pub(super) fn from_all(mut diagnostics: Vec<Diagnostic>) -> Result<(), Self> {
        // Files before variables, each in its order; what has no place concerns everything and comes first.
        diagnostics.sort_by_key(|it| it.place.as_ref().map(|place| (place.file().is_none(), place.span.start)));
        if diagnostics.is_empty() { Ok(()) } else { Err(Self { diagnostics }) }
    }
}

impl From<Diagnostic> for ConfigError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic] }
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Diagnostic::new(problem, None).into()
    }
}

/// One sentence: the first of what is wrong, and how much more there is.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.diagnostics.first() {
            write!(f, "{first}")?;
        }
        match self.diagnostics.len() {
            0 | 1 => Ok(()),
            2 => f.write_str(" (and one more error)"),
            more => write!(f, " (and {} more errors)", more - 1),
        }
    }
}

impl std::error::Error for ConfigError {}

/// One thing that is wrong, and where.
#[derive(Debug)]
pub struct Diagnostic {
    pub(super) problem: Problem,
    pub(super) place: Option<Place>,
}

impl Diagnostic {
    pub(super) fn new(problem: Problem, place: Option<Place>) -> Self {
        Self { problem, place }
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// One sentence that names the thing.
    pub fn message(&self) -> String {
        self.problem.to_string()
    }

    /// The way out, if there is one to name.
    pub fn help(&self) -> Option<String> {
        self.problem.help()
    }

    /// The file that holds it, absolute.
    pub fn file(&self) -> Option<&Path> {
        self.place.as_ref()?.file()
    }

    /// The environment variable that holds it.
    pub fn variable(&self) -> Option<&str> {
        self.place.as_ref()?.variable()
    }

    /// Its line in the file, from 1.
    pub fn line(&self) -> Option<usize> {
        self.file()?;
        self.place.as_ref().map(Place::line)
    }

    /// Its bytes in the file, or in `NAME=value` of the variable.
    pub fn span(&self) -> Option<Range<usize>> {
        self.place.as_ref().map(|place| place.span.clone())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(file), Some(line)) = (self.file(), self.line()) {
            write!(f, "{}:{line}: ", shown_path(file))?;
        } else if let Some(name) = self.variable() {
            write!(f, "{}: ", shown(name))?;
        }
        write!(f, "{}", self.problem)
    }
}

/// Everything that can be wrong. Texts from outside are escaped and shortened in messages, and secrets never quoted.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum Problem {
    /// Named, and not there.
    #[error("there is no configuration file {}", shown_path(path))]
    Missing { path: PathBuf },
    /// A folder, a device, a pipe.
    #[error("the configuration {} is {what}, not a file", shown_path(path))]
    NotAFile { path: PathBuf, what: &'static str },
    /// More than anybody writes by hand.
    #[error("the configuration file {} is larger than {most} bytes", shown_path(path))]
    FileTooLarge { path: PathBuf, most: u64 },
    /// TOML is UTF-8.
    #[error("the configuration file {} is not UTF-8 (byte {offset})", shown_path(path))]
    NotUtf8 { path: PathBuf, offset: usize },
    /// The system says no.
    #[error("cannot read the configuration file {}: {error}", shown_path(path))]
    Unreadable { path: PathBuf, error: std::io::Error },
    /// Neither the XDG variable nor `HOME` is there.
    #[error("cannot tell where the {what} folder is: neither {variable} nor HOME is set")]
    NoHome { what: &'static str, variable: &'static str, instead: &'static str },
    /// A variable of the environment that cannot be used at all.
    #[error("the environment variable {} {why}", shown(name))]
    BadVariable { name: String, why: &'static str, help: &'static str },
    /// Not TOML.
    #[error("this is not TOML: {}", escaped(message))]
    Syntax { message: String },
    /// Tables in tables in tables.
    #[error("this is nested more than {most} levels deep")]
    TooDeep { most: usize },
    /// A number beyond 64 bits.
    #[error("the number {} is too large", shown(text))]
    TooLarge { text: String },
    /// NaN or an infinity where JSON will carry it.
    #[error("NaN and infinities cannot be passed to a plugin")]
    NotFinite,
    /// Nobody would read it.
    #[error("there is no key {}", shown(key))]
    UnknownKey { key: String, nearest: Option<String> },
    /// A later version reads it.
    #[error("{} is not available in this version", shown(key))]
    Unavailable { key: String },
    /// A key that must be there.
    #[error("{} is missing here", shown(key))]
    MissingKey { key: String, name: &'static str },
    /// A value of another type.
    #[error("{} must be {expected}, not {found}", shown(key))]
    WrongType { key: String, expected: String, found: &'static str },
    /// Not one of a few names.
    #[error("{} is not a value of {}", shown(value), shown(key))]
    UnknownValue { key: String, value: String, known: Vec<&'static str>, nearest: Option<&'static str> },
    /// A number outside its range, or NaN.
    #[error("{} must be {bounds}, not {value}", shown(key))]
    OutOfBounds { key: String, bounds: String, value: String },
    /// The right type, and still not usable.
    #[error("{} {why}", shown(key))]
    Unusable { key: String, why: String, help: String },
    /// A secret, written down.
    #[error("{} would be a secret in a configuration, where secrets do not belong", shown(key))]
    LiteralSecret { key: String, instead: String },
    /// Two names for one thing, both given.
    #[error("{} is set twice, here and by {}", shown(key), shown(by))]
    SetTwice { key: String, by: String },
    /// A generator names a model, and there is no such table.
    #[error("{} names the model {}, and there is no `[models.{}]`", shown(key), shown(name), escaped(name))]
    NoSuchModel { key: String, name: String, nearest: Option<String> },
    /// A table for a component that nothing selects.
    #[error("the table {} would not be read, because nothing selects a component of that name", shown(key))]
    Unselected { key: String, nearest: Option<String> },
}

impl Problem {
    /// The way out, if there is one to name.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Missing { .. } => {
                "check the path, or leave out --config and PYEXEC_CONFIG to use the defaults".into()
            }
            Self::NotAFile { .. } => "name a regular file, such as pyexec.toml".into(),
            Self::FileTooLarge { .. } => "name a pyexec.toml; data belongs into files of its own".into(),
            Self::NotUtf8 { .. } => "save it as UTF-8".into(),
            Self::Unreadable { .. } => "make it readable for the user that runs pyexec".into(),
            Self::NoHome { instead, .. } => format!("set HOME, or {instead}"),
            Self::BadVariable { help, .. } => (*help).into(),
            Self::UnknownKey { nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean {}?", shown(nearest)),
                None => "`docs/configuration.md` lists every key".into(),
            },
            Self::Unavailable { .. } => "take it out; it would have no effect".into(),
            Self::MissingKey { name, .. } => format!("add `{name} = …`"),
            Self::WrongType { expected, .. } if expected == "a table" => "write it as `[section]`".into(),
            Self::Syntax { .. }
            | Self::TooDeep { .. }
            | Self::TooLarge { .. }
            | Self::NotFinite
            | Self::WrongType { .. }
            | Self::OutOfBounds { .. } => return None,
            Self::UnknownValue { known, nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("possible are {}", listed(known)),
            },
            Self::Unusable { help, .. } => help.clone(),
            Self::LiteralSecret { instead, .. } => instead.clone(),
            Self::SetTwice { .. } => "take one of them out".into(),
            Self::NoSuchModel { name, nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean {}?", shown(nearest)),
                None => format!("add a table `[models.{}]` with `provider` and `model`", escaped(name)),
            },
            Self::Unselected { nearest, .. } => match nearest {
                Some(nearest) => format!("did you mean {}?", shown(nearest)),
                None => "take it out, or select the component (analyzers, gate, execution method)".into(),
            },
        };
        Some(text)
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A text from outside, for a message: escaped, so that it cannot drive a terminal, without a password, and
/// not endless.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 120;
    let mut escaped = escaped(&secret::without_userinfo(text));
    if let Some((at, _)) = escaped.char_indices().nth(MOST) {
        escaped.truncate(at);
        escaped.push('…');
    }
    format!("`{escaped}`")
}

fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

/// With every control character, and every character that changes the direction of text, as its escape.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}
