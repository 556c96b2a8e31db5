//! Tracing events (and panics) of this library, forwarded to the host of the call that they belong to.
//!
//! A line is JSON: `level` (`INFO`), `target`, and `fields` with the `message` among them. Installed only behind the ABI.
//! Spans are not forwarded: the host knows which run a call belongs to, and the fields of a plugin's inner spans are its own
//! business.

use crate::{log_level, runtime};
use pyexec_core::abi::HostBox;
use serde_json::{Map, Value, json};
use std::{
    fmt::Debug,
    sync::{Once, OnceLock},
};
use tracing::{Event, Metadata, Subscriber, field, level_filters::LevelFilter, span};

/// Takes what no call can be found for: events of threads and tasks that the component spawned itself.
static LIBRARY_HOST: OnceLock<HostBox> = OnceLock::new();

/// Makes `host` the library's own if it is the first, and the forwarder the library's subscriber.
pub(crate) fn install(host: &HostBox) {
    static ONCE: Once = Once::new();
    LIBRARY_HOST.get_or_init(|| host.clone());
    ONCE.call_once(|| {
        let level = log_level::from_environment();
        // Fails when the plugin installed a subscriber of its own: its choice.
        let _ = tracing::subscriber::set_global_default(Forward(level));
        std::panic::set_hook(Box::new(|info| tracing::error!(target: "panic", "{info}")));
    });
}

struct Forward(LevelFilter);

impl Subscriber for Forward {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.0
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let metadata = event.metadata();
        let line = json!({"level": metadata.level().as_str(), "target": metadata.target(), "fields": fields.0});
        if let Some(host) = runtime::current_host().as_ref().or_else(|| LIBRARY_HOST.get()) {
            host.emit("log".into(), line.to_string().as_bytes().into());
        }
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

struct Fields(Map<String, Value>);

impl Fields {
    fn add(&mut self, field: &field::Field, value: impl Into<Value>) {
        self.0.insert(field.name().into(), value.into());
    }
}

impl field::Visit for Fields {
    fn record_debug(&mut self, field: &field::Field, value: &dyn Debug) {
        self.add(field, format!("{value:?}"));
    }
    fn record_str(&mut self, field: &field::Field, value: &str) {
        self.add(field, value);
    }
    fn record_bool(&mut self, field: &field::Field, value: bool) {
        self.add(field, value);
    }
    fn record_i64(&mut self, field: &field::Field, value: i64) {
        self.add(field, value);
    }
    fn record_u64(&mut self, field: &field::Field, value: u64) {
        self.add(field, value);
    }
    fn record_f64(&mut self, field: &field::Field, value: f64) {
        self.add(field, value);
    }
}
