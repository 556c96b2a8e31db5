//! One value and what it must be: types, bounds, names.

use super::{
    error::{Diagnostic, Problem},
    tree::{Node, Value},
};
use crate::names::nearest;
use pyexec_core::Digest;
use std::{
    ops::RangeInclusive,
    path::{Component, Path, PathBuf},
};
use url::Url;

/// A value with its key, for messages.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    pub(super) key: &'a str,
    pub(super) node: &'a Node,
}

pub(super) type Parsed<T> = Result<T, Diagnostic>;

impl<'a> Item<'a> {
    pub(super) fn flag(self) -> Parsed<bool> {
        match self.node.value {
            Value::Flag(flag) => Ok(flag),
            _ => Err(self.not("`true` or `false`")),
        }
    }

    pub(super) fn whole(self, bounds: RangeInclusive<u64>) -> Parsed<u64> {
        let Value::Whole(number) = self.node.value else { return Err(self.not("a whole number")) };
        u64::try_from(number).ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
            let text = format!("a whole number from {} to {}", bounds.start(), bounds.end());
            self.problem(Problem::OutOfBounds { key: self.key.into(), bounds: text, value: number.to_string() })
        })
    }

    /// More than nothing, and no more than `most`; NaN is neither.
    pub(super) fn positive(self, most: f64) -> Parsed<f64> {
        self.number(&format!("a number above 0 and up to {most}"), |number| number > 0.0 && number <= most)
    }

    /// From nothing to `most`.
    pub(super) fn amount(self, most: f64) -> Parsed<f64> {
        self.number(&format!("a number from 0 to {most}"), |number| (0.0..=most).contains(&number))
    }

    fn number(self, bounds: &str, fits: impl Fn(f64) -> bool) -> Parsed<f64> {
        let number = match self.node.value {
            Value::Real(number) => number,
            #[expect(clippy::cast_precision_loss, reason = "far beyond any bound before it loses precision")]
            Value::Whole(number) => number as f64,
            _ => return Err(self.not("a number")),
        };
        if fits(number) {
            return Ok(number);
        }
        let (key, bounds) = (self.key.into(), bounds.into());
        Err(self.problem(Problem::OutOfBounds { key, bounds, value: number.to_string() }))
    }

    /// Any text without NUL. From the environment, `2024` is one too.
    pub(super) fn text(self) -> Parsed<String> {
        let text = match &self.node.value {
            Value::Text(text) => text.clone(),
            Value::List(_) | Value::Table(_) => return Err(self.not("a string")),
            _ => self.node.place.typed().map(str::to_owned).ok_or_else(|| self.not("a string"))?,
        };
        if text.contains('\0') {
            return Err(self.unusable("contains a NUL character", "take it out"));
        }
        Ok(text)
    }

    /// A text that people read: not empty, one line.
    pub(super) fn label(self) -> Parsed<String> {
        let text = self.text()?;
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(self.unusable("must be one line of text, and not empty", "write a short name"));
        }
        Ok(text)
    }

    /// The address of a page, in the form in which browsers take it. It is shown and kept, so it must hold no secret.
    pub(super) fn address(self) -> Parsed<String> {
        let help = "write an address such as `http://localhost:8088/lab/tree`";
        // The address itself is not quoted: what is wrong with it may be the password in it.
        let url = Url::parse(&self.text()?).map_err(|e| self.unusable(&format!("is not an address: {e}"), help))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(self.unusable("is not an `http` or `https` address", help));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(self.unusable("names a user, and it is kept with every run", "take user and password out"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(
                self.unusable("has a query or a fragment, where a token may stand", "end it before `?` and `#`")
            );
        }
        Ok(url.into())
    }

    /// The name of a component.
    pub(super) fn name(self) -> Parsed<String> {
        let text = self.text()?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
            return Err(self.unusable("is not the name of a component", "names are made of a-z, 0-9, `_`, `-` and `.`"));
        }
        Ok(text)
    }

    pub(super) fn one_of<T: Copy>(self, all: &[T], name: fn(T) -> &'static str) -> Parsed<T> {
        let text = self.text()?;
        all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| {
            let known: Vec<_> = all.iter().map(|one| name(*one)).collect();
            // Among few and short names almost any two are near; a slip hardly ever hits the first letter.
            let alike = |name: &&str| text.get(..1).is_some_and(|first| name.starts_with(first));
            let nearest = nearest(&text, known.iter().copied()).into_iter().find(alike);
            self.problem(Problem::UnknownValue { key: self.key.into(), value: text, known, nearest })
        })
    }

    /// Absolute: a relative path of a file starts at that file. One of a variable would start wherever the process
    /// happens to run, and is refused.
    pub(super) fn path(self) -> Parsed<PathBuf> {
        let text = self.text()?;
        if text.is_empty() {
            return Err(self.unusable("is an empty path", "name a file or folder, or take the key out"));
        }
        if text == "~" || text.starts_with("~/") {
            return Err(self.unusable("starts with `~`, which only a shell replaces", "write the path out"));
        }
        let path = match (Path::new(&text), self.node.place.file()) {
            (path, _) if path.is_absolute() => path.to_owned(),
            (path, Some(file)) => file.parent().unwrap_or(Path::new("/")).join(path),
            (_, None) => {
                let why = "is a relative path, and a variable has no folder for it to start from";
                return Err(self.unusable(why, "write an absolute path"));
            }
        };
        Ok(path.components().filter(|part| *part != Component::CurDir).collect())
    }

    pub(super) fn digest(self) -> Parsed<Digest> {
        let text = self.text()?;
        text.parse().map_err(|_| {
            let why = "is not a SHA-256: 64 lower-case hexadecimal digits";
            self.unusable(why, "`sha256sum FILE` prints it")
        })
    }

    /// A list without repetitions.
    pub(super) fn list<T: PartialEq>(self, parse: impl Fn(Item<'a>) -> Parsed<T>) -> Parsed<Vec<T>> {
        let Value::List(nodes) = &self.node.value else { return Err(self.not("a list")) };
        let mut list = Vec::with_capacity(nodes.len());
        for node in nodes {
            let item = Item { key: self.key, node };
            let value = parse(item)?;
            if list.contains(&value) {
                return Err(item.unusable("names this twice", "take one of them out"));
            }
            list.push(value);
        }
        Ok(list)
    }

    /// Names of components, at least one.
    pub(super) fn names(self) -> Parsed<Vec<String>> {
        let names = self.list(Item::name)?;
        if names.is_empty() { Err(self.unusable("is empty", "name at least `default`")) } else { Ok(names) }
    }

    pub(super) fn not(self, expected: &str) -> Diagnostic {
        let found = self.node.value.kind();
        self.problem(Problem::WrongType { key: self.key.into(), expected: expected.into(), found })
    }

    pub(super) fn unusable(self, why: &str, help: &str) -> Diagnostic {
        self.problem(Problem::Unusable { key: self.key.into(), why: why.into(), help: help.into() })
    }

    pub(super) fn problem(self, problem: Problem) -> Diagnostic {
        Diagnostic::new(problem, Some(self.node.place.clone()))
    }
}
