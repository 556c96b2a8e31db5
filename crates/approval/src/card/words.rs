//! Modes, grants, findings, limits and isolation in plain words, all ASCII. No foreign text passes through here.

use pyexec_core::{
    ExecutionMode, Grant, Isolation,
    finding::{Certainty, Severity},
    order::Limits,
};

pub(super) fn mode(mode: ExecutionMode) -> &'static str {
    match mode {
        ExecutionMode::ReadOnly => "it computes and changes nothing outside its own folder",
        ExecutionMode::WriteEnabled => "it may change what is listed below",
        ExecutionMode::EpicsControl => "it may change the control system",
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

pub(super) fn finding(severity: Severity, certainty: Certainty, numbers: &[u32]) -> String {
    let severity = match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "DANGER",
    };
    let certainty = match certainty {
        Certainty::Definite => "",
        Certainty::Possible => ", possible only",
    };
    format!("{severity}, {}{certainty}", lines(numbers))
}

/// Line numbers in words, the first few of many.
pub(super) fn lines(numbers: &[u32]) -> String {
    const MOST: usize = 8;
    let shown: Vec<_> = numbers.iter().take(MOST).map(ToString::to_string).collect();
    let line = if numbers.len() == 1 { "line" } else { "lines" };
    let more = numbers.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{line} {}{more}", shown.join(", "))
}

pub(super) fn count(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

pub(super) fn change(removed: usize, added: usize) -> String {
    if removed + added == 0 {
        return "nothing changed".into();
    }
    format!("{} removed, {added} added", count(removed, "line"))
}

pub(super) fn bytes(bytes: u64) -> String {
    format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" })
}

/// How long a ticket still waits.
pub(super) fn left(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds) {
        (0, 0, 0) => "which has passed".into(),
        (0, 0, seconds) => format!("in {seconds} s"),
        (0, minutes, _) => format!("in {minutes} min"),
        (hours, minutes, _) => format!("in {hours} h {minutes} min"),
    }
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
