//! What can be wrong with a knowledge table: which file, which line, which key, and the way out.

use crate::nearest::nearest;
use pyexec_core::Capability;
use std::ops::Range;

/// A knowledge table that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// Not TOML, a key that there is not, or a value of the wrong kind.
    #[error("knowledge table `{name}`, line {line}: {message}")]
    Unreadable {
        /// Which table.
        name: String,
        /// From 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// A capability that the house does not know and that has no dot, so it is no plugin's either.
    #[error("knowledge table `{name}`, {place}: there is no capability `{capability}`{}", meant(nearest.as_deref()))]
    UnknownCapability {
        /// Which table.
        name: String,
        /// Which entry.
        place: String,
        /// The name.
        capability: String,
        /// The known one that is nearest to it.
        nearest: Option<String>,
    },
    /// It would make our own tables say less.
    #[error(
        "knowledge table `{name}`, {place}: `{key}` cannot be said of `{subject}`, of which the built-in tables speak: a table \
         of yours can only add capabilities there"
    )]
    Weakens {
        /// Which table.
        name: String,
        /// Which entry.
        place: String,
        /// The key.
        key: &'static str,
        /// What it is said of.
        subject: String,
    },
    /// An entry that says nothing.
    #[error("knowledge table `{name}`, {place}: {problem}")]
    Useless {
        /// Which table.
        name: String,
        /// Which entry.
        place: String,
        /// Why.
        problem: &'static str,
    },
    /// An example does not hold.
    #[error("knowledge table `{name}`, {place}: the example `{example}` of `{list}` {problem}")]
    Example {
        /// Which table.
        name: String,
        /// Which entry.
        place: String,
        /// `match` or `not_match`.
        list: &'static str,
        /// The line of code.
        example: String,
        /// What was found in it.
        problem: String,
    },
    /// The analyzer failed on an example.
    #[error("knowledge table `{name}`: an example could not be analysed: {source}")]
    Analyze {
        /// Which table.
        name: String,
        /// Why.
        #[source]
        source: crate::stack::BigStackError,
    },
}

impl KnowledgeError {
    /// From what the TOML reader says, in one line, with the key that was probably meant.
    pub(super) fn unreadable(name: &str, text: &str, error: &toml::de::Error) -> Self {
        let Range { start, .. } = error.span().unwrap_or_default();
        let line = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
        let mut message = error.message().lines().collect::<Vec<_>>().join(", ");
        if let Some((first, expected)) = message.split_once(", expected ")
            && let Some(wrong) = first.strip_prefix("unknown field ")
        {
            let known = expected.split('`').skip(1).step_by(2);
            let near = nearest(wrong.trim_matches('`'), known);
            message = format!("there is no key {wrong}{}", meant(near.as_deref()));
        }
        Self::Unreadable { name: name.to_owned(), line, message }
    }

    /// Of a capability that is not known; `None` if it may be used.
    pub(super) fn of_capability(name: &str, place: &str, capability: &Capability) -> Option<Self> {
        let known = Capability::KNOWN.iter().map(Capability::as_str);
        if known.clone().any(|known| known == capability.as_str()) {
            return None;
        }
        // Plugins name their own with a dot (`site.interlock`); a misspelt one of ours is caught by likeness.
        let nearest = nearest(capability.as_str(), known);
        (nearest.is_some() || !capability.as_str().contains('.')).then(|| Self::UnknownCapability {
            name: name.to_owned(),
            place: place.to_owned(),
            capability: capability.to_string(),
            nearest,
        })
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}
