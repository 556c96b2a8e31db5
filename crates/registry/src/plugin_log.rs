//! A plugin's log lines as tracing events of this program, under the plugin's own targets, so that filters
//! (`PYEXEC_LOG=my_plugin=trace`) see them like any other.
//!
//! tracing wants a target that lives for ever. Each pair of target and level gets one, on first use, up to a limit; beyond it
//! events go under the target `plugin`.

use crate::error::one_line;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};
use tracing::{
    Event, Level, Metadata,
    callsite::{self, Callsite},
    field::{FieldSet, display},
    metadata::Kind,
    subscriber::Interest,
};

/// The most that is read of one line, in bytes.
const LINE_LIMIT: usize = 16 << 10;
/// The most pairs of target and level that are told apart.
const TARGET_LIMIT: usize = 512;
const FIELDS: &[&str] = &["message", "plugin", "fields"];

#[derive(Deserialize)]
struct Line {
    level: String,
    target: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// Logs what `plugin` emitted under the kind `log`: the SDK's JSON (`level`, `target`, `fields` with a `message`), or any text.
/// Never fails; too long a line is cut.
/// An empty `plugin` is left out: the target says it.
pub fn forward(plugin: &str, line: &[u8]) {
    let cut = &line[..line.len().min(LINE_LIMIT)];
    let Ok(Line { level, target, mut fields }) = serde_json::from_slice(cut) else {
        return log(plugin, Level::INFO, "plugin", &String::from_utf8_lossy(cut), None);
    };
    let message = fields.remove("message").unwrap_or_default();
    let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    let fields = (!fields.is_empty()).then(|| Value::Object(fields).to_string());
    log(plugin, level.parse().unwrap_or(Level::INFO), &target, &message, fields.as_deref());
}

fn log(plugin: &str, level: Level, target: &str, message: &str, fields: Option<&str>) {
    let metadata = origin(level, target);
    let names = metadata.fields();
    tracing::dispatcher::get_default(|dispatch| {
        if !dispatch.enabled(metadata) {
            return;
        }
        let message = display(one_line(message, LINE_LIMIT));
        let fields = fields.map(display);
        let fields = fields.as_ref().map(|fields| fields as &dyn tracing::Value);
        let plugin = (!plugin.is_empty()).then_some(&plugin).map(|plugin| plugin as &dyn tracing::Value);
        dispatch.event(&Event::new(metadata, &names.value_set_all(&[Some(&message), plugin, fields])));
    });
}

/// The metadata of events under `target`, made on first use and kept for ever.
fn origin(level: Level, target: &str) -> &'static Metadata<'static> {
    static ORIGINS: OnceLock<Mutex<HashMap<(Level, String), &'static Metadata<'static>>>> = OnceLock::new();
    let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '-' | '.');
    let target = if (1..=128).contains(&target.len()) && target.chars().all(usual) { target } else { "plugin" };
    let mut origins = ORIGINS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let target = if origins.len() < TARGET_LIMIT || target == "plugin" { target } else { "plugin" };
    let key = (level, target.to_owned());
    if let Some(known) = origins.get(&key) {
        return known;
    }
    let origin = Origin::leak(level, Box::leak(target.into()));
    origins.insert(key, origin.metadata());
    drop(origins); // registering may log, and so come back here
    callsite::register(origin);
    origin.metadata()
}

/// A callsite that came to be at run time.
struct Origin(OnceLock<Metadata<'static>>);

impl Origin {
    fn leak(level: Level, target: &'static str) -> &'static Self {
        let origin: &'static Self = Box::leak(Box::new(Self(OnceLock::new())));
        origin.0.get_or_init(|| {
            let fields = FieldSet::new(FIELDS, callsite::Identifier(origin));
            Metadata::new("plugin event", target, level, None, None, None, fields, Kind::EVENT)
        });
        origin
    }
}

impl Callsite for Origin {
    // `log` asks the subscriber each time: the targets of plugins are few and their lines rare.
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().expect("`leak` is the only constructor, and sets it")
    }
}
