//! Modes, grants, limits and isolation in plain words. No foreign text passes through here.

use pyexec_core::{
    ExecutionMode, Finding, Grant, Isolation,
    finding::{Certainty, Severity},
    order::Limits,
};

pub(super) fn mode(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::ReadOnly => "it computes and changes nothing outside its own folder",
        ExecutionMode::WriteEnabled => "it may change what is listed next",
        ExecutionMode::EpicsControl => "it may change the control system, and what is listed next",
    }
}

pub(super) fn grant(grant: &Grant) -> String {
    match grant {
        Grant::Output { .. } => "write, change and delete in this folder".into(),
        Grant::Read { .. } => "read this file or folder".into(),
        Grant::Net => "use this machine's network".into(),
        Grant::Process => "start programs inside its sandbox".into(),
        Grant::ChannelWrite(grant) => {
            let range = match (grant.min, grant.max) {
                (Some(min), Some(max)) => format!("values from {min} to {max}"),
                (Some(min), None) => format!("values from {min} up"),
                (None, Some(max)) => format!("values up to {max}"),
                (None, None) => "any value".into(),
            };
            let times = match grant.max_writes {
                Some(1) => "once".into(),
                Some(times) => format!("at most {times} times"),
                None => "as often as it likes".into(),
            };
            format!("write {range} to these channels, {times}")
        }
    }
}

pub(super) fn finding(finding: &Finding) -> String {
    let certainty = match finding.certainty {
        Certainty::Definite => "it happens when the line runs",
        Certainty::Possible => "it may happen",
    };
    let severity = match finding.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "danger",
    };
    format!("{severity} in line {}, {certainty}", finding.line)
}

pub(super) fn isolation(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::Full => "full isolation: own namespaces, own file system, allowed system calls only",
        Isolation::Reduced => "REDUCED isolation: this machine gives no user namespaces",
        Isolation::Container => "isolated in a hardened container",
        Isolation::Endpoint => "NO isolation of ours: it runs on a remote endpoint, with whatever that gives",
        Isolation::None => "NO isolation: it runs with all rights of this service",
    }
}

pub(super) fn limits(limits: &Limits) -> [String; 3] {
    [
        format!("stopped after {} s, or after {} s of CPU time", limits.timeout_seconds, limits.cpu_seconds),
        format!("at most {} MiB of memory and {} MiB of scratch space", limits.memory_mb, limits.scratch_mb),
        format!("at most {} processes and {} KiB of kept output", limits.processes, limits.output_kb),
    ]
}
