//! A component's failure as the run's: a role may only fail in its own ways.
//!
//! A plugin names the kind of its error itself, and the kind decides what happens next and how the program exits. So a
//! generator cannot say that a person rejected the run, nor an executor that policy denies it: what is not a role's to say
//! is the plugin's own fault. That the host waited in vain is no time-out of the code.

use pyexec_core::{ErrorKind, Instance, PluginError, Role, RunError};

/// What went wrong, in the words of the table of failures, naming the component where the machinery is to blame.
pub(crate) fn blame(component: &Instance, error: &PluginError) -> RunError {
    let said = RunError::from(error);
    if may_say(component.role()).contains(&said.kind) {
        return said;
    }
    let (role, name) = (component.role(), component.name());
    let ours = RunError::new(ErrorKind::Plugin, format!("the {role} `{name}` failed: {}", said.message));
    RunError { help: said.help, ..ours }
}

const fn may_say(role: Role) -> &'static [ErrorKind] {
    use ErrorKind as K;
    match role {
        Role::Generator => &[
            K::GenerationEmpty,
            K::AttemptsExhausted,
            K::Budget,
            K::UnknownName,
            K::BadFile,
            K::BadRequest,
            K::MissingCredential,
            K::Daemon,
            K::Provider,
        ],
        Role::Executor => &[
            K::UnknownName,
            K::BadFile,
            K::BadRequest,
            K::MissingCredential,
            K::IsolationNotAcceptable,
            K::CodeAltered,
            K::Daemon,
            K::Sandbox,
            K::Store,
        ],
        // What of theirs fails is a denial in words; a connector's failures are the broker's to judge.
        Role::DomainAnalyzer | Role::PolicyAnalyzer | Role::ApprovalGate | Role::Connector => &[],
    }
}
