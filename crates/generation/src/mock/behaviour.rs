//! What the mock can play, and the script of each.

use super::unusable;
use pyexec_core::{Code, ErrorKind, PluginError, Result, generator::GenerationRequest};
use std::collections::BTreeMap;

pub(super) const SUCCESS: &str = "success";
pub(super) const SEQUENCE: &str = "sequence";
const ERROR_AWARE: &str = "error_aware";

/// Scripts that are the same for every request.
const FIXED: [(&str, &str); 6] = [
    ("syntax_error", include_str!("../../mock/syntax_error.py")),
    ("runtime_error", include_str!("../../mock/runtime_error.py")),
    ("missing_results", include_str!("../../mock/missing_results.py")),
    ("security_risk", include_str!("../../mock/security_risk.py")),
    ("channel_read", include_str!("../../mock/channel_read.py")),
    ("channel_write", include_str!("../../mock/channel_write.py")),
];
const PLAIN: &str = include_str!("../../mock/success.py");
const CSV: &str = include_str!("../../mock/success_csv.py");
/// Stands in [`CSV`] for the input's path. The path must be a constant: analysis allows a read that it can see.
const CSV_PATH: &str = r#""./input.csv""#;
const FIRST: &str = include_str!("../../mock/error_aware_first.py");
const SECOND: &str = include_str!("../../mock/error_aware_second.py");
const REPAIRED: &str = include_str!("../../mock/error_aware_repaired.py");

/// One behaviour, ready to be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Behaviour {
    Success,
    ErrorAware,
    /// A fixed script, ours or the configuration's, with its name.
    Script(String, String),
}

/// What was played.
pub(super) struct Played {
    pub(super) behaviour: String,
    pub(super) code: Code,
}

/// The behaviour of this name, built-in or of `script`.
pub(super) fn parse(name: &str, script: &BTreeMap<String, String>) -> Result<Behaviour> {
    if let Some(source) = script.get(name) {
        return Ok(Behaviour::Script(name.into(), source.clone()));
    }
    if let Some((_, source)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
        return Ok(Behaviour::Script(name.into(), (*source).into()));
    }
    match name {
        SUCCESS => Ok(Behaviour::Success),
        ERROR_AWARE => Ok(Behaviour::ErrorAware),
        SEQUENCE => Err(unusable("a `sequence` cannot contain `sequence`")),
        unknown => Err(no_such(unknown, script)),
    }
}

/// A configured script must not take the name of a built-in behaviour.
pub(super) fn check_names(script: &BTreeMap<String, String>) -> Result<()> {
    for name in script.keys() {
        if built_in().any(|known| known == name) {
            return Err(unusable(format!("the script `{name}` has the name of a built-in behaviour")));
        }
        if name.is_empty() || !name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
            return Err(unusable(format!("the script `{}` needs a name of [a-z0-9_]", name.escape_debug())));
        }
    }
    Ok(())
}

fn built_in() -> impl Iterator<Item = &'static str> {
    [SUCCESS, ERROR_AWARE, SEQUENCE].into_iter().chain(FIXED.iter().map(|(name, _)| *name))
}

fn no_such(name: &str, script: &BTreeMap<String, String>) -> PluginError {
    let mut known: Vec<&str> = built_in().collect();
    known.extend(script.keys().map(String::as_str));
    let near = known.iter().max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)));
    let nearest = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
    let message = format!("the mock generator has no behaviour `{}`{nearest}", name.escape_debug());
    PluginError::new(ErrorKind::UnknownName.name(), message).with_help(format!("use one of {}", known.join(", ")))
}

impl Behaviour {
    /// The code for this request.
    pub(super) fn play(&self, request: &GenerationRequest) -> Played {
        let (behaviour, code) = match self {
            Self::Success => (SUCCESS, success(request)),
            Self::ErrorAware => (ERROR_AWARE, Code::from(error_aware(request))),
            Self::Script(name, source) => (name.as_str(), Code::from(source.as_str())),
        };
        Played { behaviour: behaviour.into(), code }
    }
}

fn success(request: &GenerationRequest) -> Code {
    let is_csv = |name: &&str| name.to_ascii_lowercase().ends_with(".csv");
    match request.inputs.iter().map(|input| input.name.as_str()).find(is_csv) {
        // A JSON string is a Python literal of the same text.
        Some(name) => Code::new(CSV.replacen(CSV_PATH, &serde_json::Value::from(format!("./{name}")).to_string(), 1)),
        None => Code::from(PLAIN),
    }
}

/// Repairs exactly what the error chain names. Without its chain it would make the same mistake for ever.
fn error_aware(request: &GenerationRequest) -> &'static str {
    let told = |kind| request.failures.iter().any(|failure| failure.error.kind == kind);
    match (told(ErrorKind::Runtime), told(ErrorKind::ResultsMissing)) {
        (false, _) => FIRST,
        (true, false) => SECOND,
        (true, true) => REPAIRED,
    }
}
