//! Libraries of another interface, or that fail before they can be asked anything.
//!
//! The interface is checked in three places, each broken here by itself: the records (a patched file), `abi_stable`'s header
//! (a patched file), and the version and layout of the root module (libraries built so).

use crate::{built, workshop::Workshop};
use pyexec_core::Role;
use serde_json::Value;
use std::{fs, time::Duration};

/// The file with every `from` replaced.
fn patched(workshop: &Workshop, name: &str, from: &[u8], to: &[u8]) -> std::path::PathBuf {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(built::wrong("faulty_twin")).unwrap();
    let places: Vec<_> = bytes.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    workshop.place(name, &bytes)
}

#[test]
fn records_of_another_interface() {
    let mut workshop = Workshop::new();
    let path = patched(&workshop, "libnewer.so", b"{\"abi\":1,", b"{\"abi\":2,");
    assert_eq!(
        workshop.refusal(&path),
        "cannot load plugin `newer` (libnewer.so) because it was built for interface 2 and this host speaks 1"
    );
    let error = workshop.load(&path, None, true).unwrap_err();
    assert_eq!(error.help(), "rebuild it against pyexec-sdk 1");
}

#[test]
fn records_of_another_role_or_shape() {
    let mut workshop = Workshop::new();
    let role = patched(&workshop, "librole.so", b"\"role\":\"generator\"", b"\"role\":\"visionary\"");
    // Which of its generators stands first is the linker's business.
    let refusal = workshop.refusal(&role);
    assert!(refusal.starts_with("cannot load plugin `role` (librole.so) because its component `"), "{refusal}");
    assert!(refusal.ends_with("` plays the role `visionary`, which this host does not know"), "{refusal}");
    let shape = patched(&workshop, "libshape.so", b"{\"abi\":1,", b"{\"abi\":1;");
    assert!(workshop.refusal(&shape).contains("because its manifest cannot be read ("));
}

/// What a record promises and the code does not keep is the library's own refusal.
#[test]
fn records_of_what_is_not_there() {
    let mut workshop = Workshop::new();
    let path = patched(&workshop, "liblie.so", b"\"name\":\"twin\"", b"\"name\":\"twim\"");
    workshop.install(&path);
    let error = workshop.create(Role::Generator, "twim", &Value::Null).unwrap_err();
    assert_eq!(
        workshop.plain(&error.to_string()),
        "the generator `twim` of `pyexec-plugin-faulty` (liblie.so) could not be created: it has no generator `twim`"
    );
    let unlisted = workshop.create(Role::Generator, "twin", &Value::Null).unwrap_err();
    assert_eq!(unlisted.to_string(), "there is no generator `twin`; did you mean `twim`?");
}

#[test]
fn the_toolkit_of_another_interface() {
    let mut workshop = Workshop::new();
    let magic = b"abi stable library for Rust     ";
    let header = |minor: u8| [&magic[..], &[0, 0, 0, 0, minor, 0, 0, 0]].concat();
    let older = patched(&workshop, "libolder.so", &header(11), &header(10));
    assert_eq!(
        workshop.refusal(&older),
        "cannot load plugin `pyexec-plugin-faulty` (libolder.so) because it was built for interface 1 on abi_stable 0.10 and this host speaks 1 on abi_stable 0.11"
    );
}

/// The refusal of a library of `plugins/faulty`, under the name `libwrong.so`.
fn wrong(workshop: &mut Workshop, name: &str) -> String {
    let path = workshop.place("libwrong.so", &fs::read(built::wrong(name)).unwrap());
    workshop.refusal(&path)
}

#[test]
fn a_root_module_of_another_interface() {
    let mut workshop = Workshop::new();
    assert_eq!(
        wrong(&mut workshop, "faulty_version"),
        "cannot load plugin `later` (libwrong.so) because it was built for interface 2 and this host speaks 1"
    );
    assert_eq!(
        wrong(&mut workshop, "faulty_layout"),
        "cannot load plugin `other` (libwrong.so) because its types differ from this host's: `PluginMod` is of package `pyexec-plugin-faulty`, here `pyexec-core`"
    );
}

#[test]
fn what_never_gets_that_far() {
    let mut workshop = Workshop::new();
    assert_eq!(
        wrong(&mut workshop, "faulty_unexported"),
        "cannot load plugin `pyexec-plugin-faulty` (libwrong.so) because it registers components but does not export them"
    );
    assert_eq!(
        wrong(&mut workshop, "faulty_start"),
        "cannot load plugin `start` (libwrong.so) because it failed while it initialised (the root module loader panicked)"
    );
}

#[test]
fn a_start_that_hangs() {
    let mut workshop = Workshop::with_limit(Duration::from_millis(500));
    assert_eq!(
        wrong(&mut workshop, "faulty_stuck"),
        "cannot load plugin `stuck` (libwrong.so) because it did not finish initialising within 0.5 s"
    );
    // The library that hangs holds no lock of the system's loader: others still come in.
    let mut workshop = Workshop::new();
    workshop.install(&built::wrong("faulty_twin"));
    assert_eq!(workshop.generator("twin").name(), "twin");
}
