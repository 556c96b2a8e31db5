//! The crate's components can be had under the names that the configuration uses, and refuse what they cannot use.

use pyexec_core::Role;

fn refusal(role: Role, config: &str) -> (String, String) {
    let error = pyexec_sdk::create(role, "default", config).err().expect("is refused");
    (error.kind.to_string(), error.message.to_string())
}

#[test]
fn both_components_are_called_default() {
    // Without a use of the crate the linker would drop its registrations.
    assert!(pyexec_analysis::Policy::built_in().is_ok());
    for role in [Role::DomainAnalyzer, Role::PolicyAnalyzer] {
        assert!(pyexec_sdk::create(role, "default", "{}").is_ok(), "{role}");
        assert_eq!(refusal(role, r#"{"polcy": ""}"#).0, "config", "{role}");
    }
}

#[test]
fn a_policy_that_does_not_hold_is_a_configuration_error() {
    let config =
        r#"{"policy": "[[rule]]\ncapability = 'nett'\nverdict = 'ask'\nreason = 'x'", "policy_name": "site.toml"}"#;
    let (kind, message) = refusal(Role::PolicyAnalyzer, config);
    assert_eq!(kind, "config");
    assert!(message.contains("site.toml") && message.contains("did you mean `net`?"), "{message}");
}

#[test]
fn a_knowledge_table_that_does_not_hold_is_a_configuration_error() {
    let config = r#"{"knowledge": [{"name": "site.toml", "text": "[[call]]\nnames = ['x.y']\ncapability = 'nett'"}]}"#;
    let (kind, message) = refusal(Role::DomainAnalyzer, config);
    assert_eq!(kind, "config");
    assert!(message.contains("site.toml") && message.contains("did you mean `net`?"), "{message}");
}

#[test]
fn patterns_are_a_component_of_their_own() {
    assert!(pyexec_sdk::create(Role::DomainAnalyzer, "control_patterns", r#"{"write": ["put\\("]}"#).is_ok());
    let error = pyexec_sdk::create(Role::DomainAnalyzer, "control_patterns", r#"{"read": ["("]}"#);
    let error = error.err().expect("is refused");
    assert!(error.message.contains("control_system.patterns.read[0]"), "{}", error.message);
}
