//! The last steps, in the code's own process and in an order that matters: each needs what the next takes away.

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    landlock_rules, limits, listener, outer,
    plan::Plan,
    seccomp::{self, Strict},
};
use caps::CapSet;
use rustix::{
    process::{DumpableBehavior, set_dumpable_behavior},
    thread::{CapabilitiesSecureBits, set_capabilities_secure_bits, set_no_new_privs},
};
use std::{
    fs,
    os::fd::{AsRawFd, OwnedFd},
};

/// Gives up everything but what `plan` opens. Descriptors 0 to 3 and `keep` stay. `beside`: processes of ours in its user
/// namespace; `strict`: its filter, where it was made before.
pub(crate) fn confine(
    plan: &Plan,
    keep: i32,
    gives: OwnedFd,
    beside: u64,
    strict: Option<&Strict>,
) -> Result<(), SandboxError> {
    limits::apply(&plan.limits, beside)?;
    // As in plain Python: its own /proc files are its own. Pid 1 and the outer process stay closed.
    set_dumpable_behavior(DumpableBehavior::Dumpable).step(format_args!("own its /proc files"), UNEXPECTED)?;
    // With the process grant the limits add up to more than a machine has: then let it be the code that goes, not its host.
    fs::write("/proc/self/oom_score_adj", "1000")
        .step(format_args!("offer itself when memory is short"), UNEXPECTED)?;
    outer::close_all_but(&[0, 1, 2, 3, keep, gives.as_raw_fd()])
        .step(format_args!("close inherited descriptors"), UNEXPECTED)?;
    drop_capabilities()?;
    set_no_new_privs(true).step(format_args!("renounce new privileges"), UNEXPECTED)?;
    landlock_rules::apply(plan)?;
    let listener = match strict {
        Some(strict) => strict.apply()?,
        None => seccomp::begin(plan)?.apply()?,
    };
    // Both ends are closed here when this returns: nothing that runs later can answer in pid 1's place.
    listener::give(gives, listener).step(format_args!("hand over what is refused"), UNEXPECTED)
}

/// Drops every capability for good. Those of the user namespace are worth nothing outside it, and yet are rights.
pub(crate) fn drop_capabilities() -> Result<(), SandboxError> {
    let bits = CapabilitiesSecureBits::NO_ROOT
        | CapabilitiesSecureBits::NO_ROOT_LOCKED
        | CapabilitiesSecureBits::NO_SETUID_FIXUP
        | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
        | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED;
    set_capabilities_secure_bits(bits).step(format_args!("lock its capabilities"), UNEXPECTED)?;
    for set in [CapSet::Bounding, CapSet::Ambient, CapSet::Effective, CapSet::Permitted, CapSet::Inheritable] {
        caps::clear(None, set).step(format_args!("drop its {set:?} capabilities"), UNEXPECTED)?;
    }
    Ok(())
}

/// No program that this process executes gets any capability; its own stay.
pub(crate) fn bound_capabilities() -> Result<(), SandboxError> {
    caps::clear(None, CapSet::Bounding).step(format_args!("bound its capabilities"), UNEXPECTED)
}
