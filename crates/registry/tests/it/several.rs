//! More than one library, and the names in them.

use crate::{built, recorder::code, workshop::Workshop};
use pyexec_core::{Role, instance::Source};
use pyexec_registry::inspect;
use serde_json::Value;
use std::fs;

#[tokio::test]
async fn two_libraries_have_their_own_registrations() {
    let mut workshop = Workshop::faulty();
    workshop.install(&built::wrong("faulty_twin"));
    let [first, second] = workshop.registry.libraries() else { panic!("two") };
    let names = |library: &pyexec_registry::LoadedLibrary| -> Vec<_> {
        library.components().iter().map(|c| format!("{} {}", c.role, c.name)).collect()
    };
    assert_eq!(
        names(first),
        [
            "generator faulty",
            "generator faulty_unsealed",
            "domain_analyzer faulty",
            "policy_analyzer faulty",
            "approval_gate rubber_stamp",
            "executor faulty"
        ]
    );
    assert_eq!(names(second), ["generator faulty", "generator twin"]);
    assert_eq!(second.roles(), [Role::Generator]);
    assert_eq!(
        (second.name(), second.version(), second.interface()),
        ("pyexec-plugin-faulty", env!("CARGO_PKG_VERSION"), 1)
    );
    assert_eq!((second.source(), second.path()), (Source::Library, Some(&*built::wrong("faulty_twin"))));
    assert_eq!(code(&workshop.generator("twin"), "").await, "results = {'twin': True}");
}

#[test]
fn reading_is_not_loading() {
    let manifest = inspect(&built::wrong("faulty_stuck")).unwrap();
    assert_eq!((manifest.name.as_str(), manifest.version.as_str(), manifest.interface), ("stuck", "1.0.0", 1));
    assert_eq!(manifest.components.len(), 1);
}

#[test]
fn the_same_library_twice() {
    let mut workshop = Workshop::new();
    workshop.install(&built::wrong("faulty_twin"));
    let again = workshop.place("libagain.so", &fs::read(built::wrong("faulty_twin")).unwrap());
    workshop.install(&again);
    assert_eq!(workshop.registry.libraries().len(), 1);
    assert_eq!(workshop.generator("twin").name(), "twin");
}

#[test]
fn one_name_in_two_libraries() {
    let mut workshop = Workshop::faulty();
    workshop.install(&built::wrong("faulty_twin"));
    let error = workshop.create(Role::Generator, "faulty", &Value::Null).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the generator `faulty` is offered twice, by `pyexec-plugin-faulty` ({}) and by `pyexec-plugin-faulty` ({})",
            built::faulty().display(),
            built::wrong("faulty_twin").display()
        )
    );
    assert!(error.help().is_some());
}

#[test]
fn names_that_nobody_has() {
    let mut workshop = Workshop::new();
    let refusal = |workshop: &Workshop, role, name| {
        let error = workshop.create(role, name, &Value::Null).unwrap_err();
        (error.to_string(), error.help().unwrap())
    };
    assert_eq!(
        refusal(&workshop, Role::Generator, "basic"),
        (
            "there is no generator `basic`".into(),
            "no loaded plugin offers any generator; `pyexec plugins list` shows what is loaded".into()
        )
    );
    workshop.install(&built::wrong("faulty_twin"));
    assert_eq!(
        refusal(&workshop, Role::Generator, "fualty"),
        (
            "there is no generator `fualty`; did you mean `faulty`?".into(),
            "the known names of the role generator are `faulty`, `twin`".into()
        )
    );
    assert_eq!(refusal(&workshop, Role::Generator, "something else").0, "there is no generator `something else`");
    assert_eq!(refusal(&workshop, Role::Executor, "twin").0, "there is no executor `twin`", "roles do not mix");
}
