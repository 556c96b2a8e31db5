//! What must be pinned, and what a pin means.

use crate::{built, workshop::Workshop};
use pyexec_core::{Digest, Role};
use std::{fs, os::unix::fs::PermissionsExt};

#[test]
fn another_file_than_the_pinned_one() {
    let mut workshop = Workshop::new();
    let bytes = fs::read(built::wrong("faulty_twin")).unwrap();
    let path = workshop.place("libtwin.so", &bytes);
    let (found, pinned) = (Digest::of(&bytes), Digest::of(b"another"));
    for installed in [false, true] {
        let error = workshop.load(&path, Some(pinned), installed).unwrap_err();
        assert_eq!(
            workshop.plain(&error.to_string()),
            format!(
                "cannot load plugin `pyexec-plugin-faulty` (libtwin.so) because its SHA-256 is {found} and the configuration pins {pinned}"
            )
        );
        assert!(error.help().starts_with("put the pinned file back"));
    }
    workshop.load(&path, Some(found), false).unwrap();
    assert_eq!(workshop.registry.libraries()[0].sha256(), Some(found));
}

#[test]
fn roles_that_need_a_pin() {
    let mut workshop = Workshop::new();
    let bytes = fs::read(built::faulty()).unwrap();
    let path = workshop.place("libfaulty.so", &bytes);
    assert_eq!(
        workshop.refusal(&path),
        "cannot load plugin `pyexec-plugin-faulty` (libfaulty.so) because it offers the approval_gate `rubber_stamp`, and a library with that role is only loaded with its SHA-256 pinned"
    );
    let help = workshop.load(&path, None, false).unwrap_err().help();
    assert!(help.contains(&format!("`sha256 = \"{}\"`", Digest::of(&bytes))), "{help}");
    workshop.load(&path, Some(Digest::of(&bytes)), false).unwrap();
    assert!(workshop.registry.libraries()[0].roles().contains(&Role::Executor));
}

#[test]
fn what_anybody_may_exchange() {
    let mut workshop = Workshop::new();
    let bytes = fs::read(built::wrong("faulty_twin")).unwrap();
    let path = workshop.place("libtwin.so", &bytes);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(
        workshop.refusal(&path),
        "cannot load plugin `pyexec-plugin-faulty` (libtwin.so) because every user of this machine may write to libtwin.so and no SHA-256 pins what is loaded"
    );
    workshop.load(&path, Some(Digest::of(&bytes)), false).unwrap();
}

/// The file may be exchanged after it was read: what is opened is the copy, which goes at once.
#[test]
fn copies_are_private_and_gone() {
    let mut workshop = Workshop::new();
    workshop.install(&built::wrong("faulty_twin"));
    let private = workshop.path("private");
    assert_eq!(private.metadata().unwrap().permissions().mode() & 0o7777, 0o700);
    assert_eq!(fs::read_dir(&private).unwrap().count(), 0);
    assert_eq!(workshop.generator("twin").name(), "twin");

    let mut workshop = Workshop::new();
    let private = workshop.path("private");
    fs::create_dir(&private).unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o755)).unwrap();
    let refusal = workshop.refusal(&built::wrong("faulty_twin"));
    assert!(
        refusal.ends_with("the private folder for copies of libraries, private, is open to others (mode 0755)"),
        "{refusal}"
    );
}
