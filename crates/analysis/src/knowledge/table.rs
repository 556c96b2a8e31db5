//! The format of a knowledge table.
//!
//! ```toml
//! data = ["numpy"]                    # modules whose objects are mere data
//! harmless = ["math"]                 # modules that do nothing but compute
//! inert = ["builtins.isinstance"]     # callables that do not call what they are given
//! buffers = ["io.StringIO()"]         # what may stand for a path without being one
//! settable = ["matplotlib.rcParams"]  # assigning below these is configuration
//!
//! [alias]                             # reached as -> known as
//! "posix" = "os"
//!
//! [constant]                          # for folding
//! "os.sep" = "/"
//!
//! [[call]]
//! names = ["numpy.load", "os.*"]      # `.*`: everything below that has no entry of its own
//! capability = "fs.read"              # or `open`: read or write, as the mode says
//! path = "0:file|path"                # the argument that is a path: position, keywords, or both; `self`: what the
//!                                     # receiver was made from
//! when = { argument = ":allow_pickle", unless = [false], missing = "skip" }   # or a list: all must hold
//! says = "reads an array file"
//! match = ["import numpy; numpy.load('/x.npy')"]
//! not_match = ["import numpy; numpy.load('x.npy')"]
//! ```
//!
//! `[[method]]` is a call by the method's bare name on any object of the modules in `receivers` (`?`: of an unknown one);
//! `[[set]]` an assignment to an attribute or item; `[[use]]` a value that is read; `[[attribute]]` a name that is
//! remarkable on any object.

use crate::hash::HashMap;
use pyexec_core::Capability;
use serde::{
    Deserialize,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use std::{fmt, str::FromStr};

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Table {
    pub(super) data: Vec<String>,
    pub(super) harmless: Vec<String>,
    pub(super) inert: Vec<String>,
    pub(super) settable: Vec<String>,
    pub(super) buffers: Vec<String>,
    pub(super) alias: HashMap<String, Alias>,
    pub(super) constant: HashMap<String, Constant>,
    pub(super) call: Vec<CallEntry>,
    pub(super) method: Vec<CallEntry>,
    pub(super) set: Vec<SetEntry>,
    pub(super) r#use: Vec<UseEntry>,
    pub(super) attribute: Vec<AttributeEntry>,
}

/// Where an alias leads.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Alias(pub(super) String);

/// A value that a table can hold.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Constant {
    /// `true`, `false`.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Text; in `unless` and `only` also the qualified name of a library's object.
    Text(String),
}

/// What a call can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallEntry {
    pub(super) names: Vec<String>,
    /// Names below a wildcard that it does not cover.
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// For `[[method]]`: root modules of the receivers.
    #[serde(default)]
    pub(super) receivers: Vec<String>,
    /// Absent: the entry only says what the call returns.
    #[serde(default)]
    pub(crate) capability: Option<Effect>,
    /// A stable name; made from capability and callable if absent.
    #[serde(default)]
    pub(crate) rule: Option<String>,
    /// The argument that is a path.
    #[serde(default)]
    pub(crate) path: Option<Argument>,
    /// The argument that tells reading from writing, with what it is when absent.
    #[serde(default)]
    pub(crate) mode: Option<Argument>,
    /// What `mode` is when it is not given.
    #[serde(default)]
    pub(crate) default_mode: Option<String>,
    /// A list stands for the paths in it.
    #[serde(default)]
    pub(crate) many: bool,
    /// The path may be a URL; then the call is `net`.
    #[serde(default)]
    pub(crate) url: bool,
    /// The argument that names a channel, or a list of them.
    #[serde(default)]
    pub(crate) channel: Option<Argument>,
    /// Only when all of these hold.
    #[serde(default, deserialize_with = "one_or_many")]
    pub(crate) when: Vec<When>,
    /// Arguments that are run as code, one after the other; what they do is followed where they are constant.
    #[serde(default)]
    pub(crate) code: Vec<Argument>,
    /// In which language they are written.
    #[serde(default)]
    pub(crate) grammar: Grammar,
    /// The argument that is a database URL: one of a file is judged by its path, one in memory is nothing.
    #[serde(default)]
    pub(crate) dsn: Option<Argument>,
    /// The argument that is a statement: the files and databases that a constant one names are judged, nothing else.
    #[serde(default)]
    pub(crate) sql: Option<Argument>,
    /// What the result is known as, instead of the callable with `()`.
    #[serde(default)]
    pub(crate) returns: Option<String>,
    /// The argument that the result remembers (a path, a channel).
    #[serde(default)]
    pub(crate) keeps: Option<Argument>,
    /// The path or file that receives what decoding may trust later: this code made it itself.
    #[serde(default)]
    pub(crate) dumps: Option<Argument>,
    /// In plain words, third person.
    #[serde(default)]
    pub(crate) says: Option<String>,
    /// Lines in which this must be found.
    #[serde(default)]
    pub(super) r#match: Vec<String>,
    /// Lines in which this must not be found.
    #[serde(default)]
    pub(super) not_match: Vec<String>,
    /// From a table of a user's.
    #[serde(skip)]
    pub(super) added: bool,
}

impl CallEntry {
    /// Whether it is of a table that ships with the crate.
    pub(crate) fn is_built_in(&self) -> bool {
        !self.added
    }
}

/// A capability, or `open`: whichever the mode says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Reads or writes.
    Open,
    /// This.
    Is(Capability),
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("open"),
            Self::Is(capability) => capability.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for Effect {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "open" => Ok(Self::Open),
            _ => text.parse().map(Self::Is).map_err(serde::de::Error::custom),
        }
    }
}

/// A condition on an argument.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    pub(crate) argument: Argument,
    /// Holds unless the argument is certainly one of these.
    #[serde(default)]
    pub(crate) unless: Vec<Constant>,
    /// Holds only if the argument may be one of these.
    #[serde(default)]
    pub(crate) only: Vec<Constant>,
    /// What an absent argument means.
    #[serde(default)]
    pub(crate) missing: Missing,
}

/// A condition, or a list of them.
fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<When>, D::Error> {
    struct Conditions;
    impl<'de> Visitor<'de> for Conditions {
        type Value = Vec<When>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a condition or a list of conditions")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<When>, A::Error> {
            When::deserialize(MapAccessDeserializer::new(map)).map(|when| vec![when])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Vec<When>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }
    deserializer.deserialize_any(Conditions)
}

/// The language of text that is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grammar {
    /// Python.
    #[default]
    Python,
    /// Expressions of pandas: names are columns, only `@name` reaches further.
    Query,
}

/// What an absent argument means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Missing {
    /// The condition does not hold.
    #[default]
    Skip,
    /// It does.
    Apply,
}

/// Which argument: `0`, `0:file`, `0:file|path`, `:file`, `self`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    /// What the receiver remembers.
    Receiver,
    /// An argument of the call.
    Given {
        /// By position.
        index: Option<usize>,
        /// By keyword; several where a list of callables shares an entry.
        keywords: Vec<String>,
    },
}

impl FromStr for Argument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "self" {
            return Ok(Self::Receiver);
        }
        let bad = || format!("`{text}` names no argument: `0`, `0:file`, `0:file|path`, `:file` or `self` does");
        let (index, names) = text.split_once(':').unwrap_or((text, ""));
        let index = if index.is_empty() { None } else { Some(index.parse().map_err(|_| bad())?) };
        let keywords: Vec<String> = names.split('|').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let is_name = |name: &String| name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if (index.is_none() && keywords.is_empty()) || !keywords.iter().all(is_name) {
            return Err(bad());
        }
        Ok(Self::Given { index, keywords })
    }
}

impl<'de> Deserialize<'de> for Argument {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What an assignment can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetEntry {
    pub(super) names: Vec<String>,
    /// Attributes; `*` for any; empty for items.
    #[serde(default)]
    pub(crate) attributes: Vec<String>,
    /// Whether item assignment counts.
    #[serde(default)]
    pub(crate) items: bool,
    pub(crate) capability: Capability,
    /// The channel is what the receiver remembers.
    #[serde(default)]
    pub(crate) channel: Option<Argument>,
    #[serde(default)]
    pub(crate) says: Option<String>,
}

/// What reading a value can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UseEntry {
    pub(super) names: Vec<String>,
    pub(crate) capability: Capability,
    #[serde(default)]
    pub(crate) says: Option<String>,
    /// Methods that only write to it.
    #[serde(default)]
    pub(crate) except: Vec<String>,
}

/// A name that is remarkable on any object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttributeEntry {
    pub(super) names: Vec<String>,
    pub(crate) capability: Capability,
    #[serde(default)]
    pub(crate) says: Option<String>,
}
