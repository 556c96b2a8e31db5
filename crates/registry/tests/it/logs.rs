//! What a library logs, as events of this program.
//!
//! One subscriber for the whole process: components are created on threads of their own, which a scoped one does not reach.

use crate::workshop::{LONG, Workshop};
use pyexec_core::Role;
use serde_json::json;
use std::{
    io::{self, Write},
    sync::{Mutex, OnceLock},
    time::Instant,
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

#[derive(Clone, Copy)]
struct Lines;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let filter = EnvFilter::new("warn,pyexec_plugin_faulty=info,quiet=error");
        let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Lines);
        tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    });
}

fn written() -> String {
    String::from_utf8_lossy(&WRITTEN.lock().unwrap()).into_owned()
}

#[test]
fn events_keep_target_level_and_fields() {
    listen();
    drop(Workshop::faulty().generator("faulty"));
    let line = written().lines().find(|line| line.contains("created")).map(str::to_owned).unwrap();
    for part in ["INFO", "pyexec_plugin_faulty::generator: created", "pyexec-plugin-faulty", r#"{"answer":42}"#] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn panics_say_where() {
    listen();
    Workshop::faulty().create(Role::Generator, "faulty", &json!({"create": "panic"})).unwrap_err();
    let deadline = Instant::now() + LONG;
    while !(written().contains("plugins/faulty/src/generator.rs") && written().contains("no luck in create")) {
        assert!(Instant::now() < deadline, "{}", written());
        std::thread::yield_now();
    }
}

#[test]
fn a_flood_is_cut() {
    listen();
    let workshop = Workshop::faulty();
    workshop.create(Role::Generator, "faulty", &json!({"create": "flood"})).unwrap();
    let lines = written().lines().filter(|line| line.contains("flood")).count();
    assert!((400..20_000).contains(&lines), "{lines}");
}

#[test]
fn any_bytes_are_a_line() {
    listen();
    pyexec_registry::plugin_log::forward("p", br#"{"level":"ERROR","target":"quiet","fields":{"message":"heard"}}"#);
    pyexec_registry::plugin_log::forward("p", br#"{"level":"WARN","target":"quiet","fields":{"message":"unheard"}}"#);
    pyexec_registry::plugin_log::forward(
        "p",
        br#"{"level":"ERROR","target":"odd target\n","fields":{"message":["a"]}}"#,
    );
    for bytes in [&b""[..], b"\xff\xfe", b"{", &b"x".repeat(100_000)] {
        pyexec_registry::plugin_log::forward("p", bytes);
    }
    let written = written();
    assert!(written.contains("quiet: heard") && !written.contains("unheard"), "{written}");
    assert!(written.contains(r#"ERROR plugin: ["a"]"#), "{written}");
}
