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
//! path = "0:file"                     # the argument that is a path: position, keyword, or both; `self`: what the
//!                                     # receiver was made from
//! when = { argument = ":allow_pickle", unless = [false], missing = "skip" }
//! says = "reads an array file"
//! match = ["import numpy; numpy.load('/x.npy')"]
//! not_match = ["import numpy; numpy.load('x.npy')"]
//! ```
//!
//! `[[method]]` is a call by the method's bare name on any object of the modules in `receivers` (`?`: of an unknown one);
//! `[[set]]` an assignment to an attribute or item; `[[use]]` a value that is read; `[[attribute]]` a name that is
//! remarkable on any object.

use pyexec_core::Capability;
use serde::Deserialize;
use std::{collections::HashMap, str::FromStr};

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
    /// The path may be a URL; then the call is `net`.
    #[serde(default)]
    pub(crate) url: bool,
    /// The argument that names a channel, or a list of them.
    #[serde(default)]
    pub(crate) channel: Option<Argument>,
    /// Only then.
    #[serde(default)]
    pub(crate) when: Option<When>,
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
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of the tables"))]
    pub(super) r#match: Vec<String>,
    /// Lines in which this must not be found.
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of the tables"))]
    pub(super) not_match: Vec<String>,
}

/// A capability, or `open`: whichever the mode says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Reads or writes.
    Open,
    /// This.
    Is(Capability),
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
    /// Holds if the argument may be text that, run as code, does something of its own.
    #[serde(default)]
    pub(crate) code: bool,
    /// What an absent argument means.
    #[serde(default)]
    pub(crate) missing: Missing,
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

/// Which argument: `0`, `0:file`, `:file`, `self`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argument {
    /// What the receiver remembers.
    Receiver,
    /// An argument of the call.
    Given {
        /// By position.
        index: Option<usize>,
        /// By keyword.
        keyword: Option<String>,
    },
}

impl FromStr for Argument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "self" {
            return Ok(Self::Receiver);
        }
        let bad = || format!("`{text}` names no argument: `0`, `0:file`, `:file` or `self` does");
        let (index, keyword) = text.split_once(':').unwrap_or((text, ""));
        let index = if index.is_empty() { None } else { Some(index.parse().map_err(|_| bad())?) };
        let keyword = (!keyword.is_empty()).then(|| keyword.to_owned());
        if index.is_none() && keyword.is_none() { Err(bad()) } else { Ok(Self::Given { index, keyword }) }
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
