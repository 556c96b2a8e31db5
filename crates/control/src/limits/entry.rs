//! One entry of the limits database: a channel's own, or the defaults.

use super::{ChannelLimits, parse::EntryProblem};
use crate::{
    nearest::nearest,
    strict_json::{Node, repeated},
    verification::{Tolerance, Verification, VerificationLevel},
};

const KEYS: [&str; 7] = ["min_value", "max_value", "max_step", "max_rate", "writable", "verification", "_comment"];
const VERIFICATION_KEYS: [&str; 3] = ["level", "tolerance_absolute", "tolerance_percent"];

/// An entry as it stands in the file. `verification` counts as one key: a channel's replaces the default as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    writable: Option<bool>,
    min_value: Option<f64>,
    max_value: Option<f64>,
    max_step: Option<f64>,
    max_rate: Option<f64>,
    verification: Option<Verification>,
}

impl Entry {
    /// This entry where it says something, `defaults` where it does not; writable where neither does.
    pub(super) fn over(&self, defaults: &Self) -> Result<ChannelLimits, EntryProblem> {
        let limits = ChannelLimits {
            writable: self.writable.or(defaults.writable).unwrap_or(true),
            min_value: self.min_value.or(defaults.min_value),
            max_value: self.max_value.or(defaults.max_value),
            max_step: self.max_step.or(defaults.max_step),
            max_rate: self.max_rate.or(defaults.max_rate),
            verification: self.verification.or(defaults.verification),
        };
        match (limits.min_value, limits.max_value) {
            (Some(min), Some(max)) if min > max => Err(EntryProblem::Swapped { min, max }),
            _ => Ok(limits),
        }
    }
}

pub(super) fn read(node: Node) -> Result<Entry, EntryProblem> {
    let mut entry = Entry::default();
    for (key, node) in members(node, &KEYS, "")? {
        match key.as_str() {
            "min_value" => entry.min_value = Some(number(&key, &node)?),
            "max_value" => entry.max_value = Some(number(&key, &node)?),
            "max_step" => entry.max_step = Some(positive(&key, &node)?),
            "max_rate" => entry.max_rate = Some(positive(&key, &node)?),
            "writable" => entry.writable = Some(boolean(&key, &node)?),
            "verification" => entry.verification = Some(verification(node)?),
            _comment => {}
        }
    }
    Ok(entry)
}

fn verification(node: Node) -> Result<Verification, EntryProblem> {
    let (mut level, mut absolute, mut percent) = (None, None, None);
    for (key, node) in members(node, &VERIFICATION_KEYS, "verification.")? {
        match key.as_str() {
            "verification.level" => level = Some(self::level(&key, node)?),
            "verification.tolerance_absolute" => absolute = Some(positive(&key, &node)?),
            _percent => percent = Some(positive(&key, &node)?),
        }
    }
    let level = level.ok_or(EntryProblem::Tolerance("`verification` names no `level`"))?;
    let tolerance = match (absolute, percent) {
        (None, None) => Tolerance::default(),
        _ if level != VerificationLevel::Readback => {
            return Err(EntryProblem::Tolerance("a tolerance is read with `verification.level` readback only"));
        }
        (Some(units), None) => Tolerance::Absolute(units),
        (None, Some(percent)) => Tolerance::Percent(percent),
        (Some(_), Some(_)) => {
            return Err(EntryProblem::Tolerance("`tolerance_absolute` and `tolerance_percent` exclude each other"));
        }
    };
    Ok(Verification { level, tolerance })
}

fn level(key: &str, node: Node) -> Result<VerificationLevel, EntryProblem> {
    let Node::Text(found) = node else {
        return Err(wrong(key, "a text", &node));
    };
    VerificationLevel::ALL.into_iter().find(|level| level.name() == found).ok_or(EntryProblem::Level { found })
}

/// The members of an object that has only known keys, each once; `prefix` is put before each key.
fn members(node: Node, known: &[&str], prefix: &str) -> Result<Vec<(String, Node)>, EntryProblem> {
    let Node::Object(members) = node else {
        return Err(match prefix.strip_suffix('.') {
            Some(key) => wrong(key, "an object", &node),
            None => EntryProblem::NotAnObject(node.kind()),
        });
    };
    if members.is_empty() {
        return Err(EntryProblem::Empty);
    }
    if let Some(key) = repeated(&members) {
        return Err(EntryProblem::Repeated(format!("{prefix}{key}")));
    }
    if let Some((key, _)) = members.iter().find(|(key, _)| !known.contains(&key.as_str())) {
        let nearest = nearest(key, known.iter().copied()).map(|near| format!("{prefix}{near}"));
        return Err(EntryProblem::UnknownKey { key: format!("{prefix}{key}"), nearest });
    }
    Ok(members.into_iter().map(|(key, node)| (format!("{prefix}{key}"), node)).collect())
}

fn number(key: &str, node: &Node) -> Result<f64, EntryProblem> {
    match node {
        Node::Number(n) if n.is_finite() => Ok(*n),
        Node::Number(_) => Err(EntryProblem::NotFinite(key.into())),
        other => Err(wrong(key, "a number", other)),
    }
}

fn positive(key: &str, node: &Node) -> Result<f64, EntryProblem> {
    let value = number(key, node)?;
    if value > 0.0 { Ok(value) } else { Err(EntryProblem::NotPositive { key: key.into(), value }) }
}

fn boolean(key: &str, node: &Node) -> Result<bool, EntryProblem> {
    match node {
        Node::Bool(value) => Ok(*value),
        other => Err(wrong(key, "true or false", other)),
    }
}

fn wrong(key: &str, wanted: &'static str, found: &Node) -> EntryProblem {
    EntryProblem::Type { key: key.into(), wanted, found: found.kind() }
}
