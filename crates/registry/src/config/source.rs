//! Texts that configuration came from, and places in them. Knows nothing of keys.

use super::secret;
use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

/// A text as it may be shown: what is assigned to a name that looks like a secret's is masked, byte for byte, so that
/// spans still hold.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: SourceName,
    shown: String,
}

#[derive(Debug)]
pub(super) enum SourceName {
    /// An absolute path.
    File(PathBuf),
    /// An environment variable; its text is `NAME=value`.
    Variable(String),
}

impl Source {
    pub(super) fn file(path: PathBuf, text: &str) -> Arc<Self> {
        Arc::new(Self { name: SourceName::File(path), shown: secret::masked(text) })
    }

    pub(super) fn variable(name: &str, value: &str) -> Arc<Self> {
        Arc::new(Self { name: SourceName::Variable(name.into()), shown: secret::masked(&format!("{name}={value}")) })
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }
}

/// A stretch of a [`Source`], in bytes.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) source: Arc<Source>,
    pub(super) span: Range<usize>,
}

impl Place {
    pub(super) fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self { source: Arc::clone(source), span }
    }

    pub(super) fn file(&self) -> Option<&Path> {
        match &self.source.name {
            SourceName::File(path) => Some(path),
            SourceName::Variable(_) => None,
        }
    }

    pub(super) fn variable(&self) -> Option<&str> {
        match &self.source.name {
            SourceName::File(_) => None,
            SourceName::Variable(name) => Some(name),
        }
    }

    /// From 1.
    pub(super) fn line(&self) -> usize {
        let before = self.source.shown.as_bytes().iter().take(self.span.start);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    /// The whole value of a variable, as it was typed: `2024` for a key that wants a text is a text.
    pub(super) fn typed(&self) -> Option<&str> {
        let start = self.variable()?.len() + 1;
        let shown = self.source.shown();
        (self.span == (start..shown.len())).then(|| &shown[start..])
    }
}
