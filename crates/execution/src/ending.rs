//! How an execution ended, and whether that is a failure: from what the host saw first, and only then from what the runner
//! said. Pure.

use crate::{
    protocol::message::{RunnerError, RunnerErrorKind},
    refused::{Noticed, RefusedCall},
};
use pyexec_core::{
    ErrorKind, RunError,
    order::Limits,
    outcome::{Ended, Results},
};
use serde::Deserialize;

/// Why the host itself killed the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// The deadline.
    Deadline,
    /// What came over the channel was not the protocol; the sentence says what.
    Protocol(String),
}

/// How the code's process ended: the one line on the status descriptor, which the code cannot reach.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// By itself or by a signal.
    #[serde(rename = "ended")]
    pub how: HowEnded,
    /// Exit code.
    #[serde(default)]
    pub code: Option<i32>,
    /// Signal.
    #[serde(default)]
    pub signal: Option<i32>,
    /// Of the whole tree.
    #[serde(default)]
    pub cpu_ms: u64,
    /// Of the largest process.
    #[serde(default)]
    pub peak_rss_bytes: u64,
    /// System calls that the sandbox refused.
    #[serde(default)]
    pub refused: Vec<RefusedCall>,
    /// Whether the kernel killed something because all of it together had used up its memory: a control group's word, which
    /// is the host's to add.
    #[serde(skip)]
    pub out_of_memory: bool,
}

/// The two ways to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowEnded {
    /// `code` says with what.
    Exited,
    /// `signal` says by which.
    Signalled,
}

impl Status {
    /// Reads the status line.
    pub fn parse(line: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(line).ok().and_then(Self::whole)
    }

    /// Itself, if it says how.
    pub(crate) fn whole(self) -> Option<Self> {
        let whole = match self.how {
            HowEnded::Exited => self.code.is_some(),
            HowEnded::Signalled => self.signal.is_some(),
        };
        whole.then_some(self)
    }
}

/// What the runner said, as far as it got.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// Its first error.
    pub error: Option<RunnerError>,
    /// Its first result, with warnings.
    pub results: Option<(Results, Vec<String>)>,
    /// The figures that it saved itself, in order.
    pub figures: Vec<String>,
    /// What it noticed itself trying.
    pub noticed: Option<Vec<Noticed>>,
    /// Whether it came to its end.
    pub ended: bool,
}

/// How it ended and why that is a failure, if it is. `None`: nobody saw how it ended, so the machinery failed.
pub fn judge(
    stopped: Option<&Stopped>,
    status: Option<&Status>,
    heard: &Heard,
    limits: &Limits,
) -> Option<(Ended, Option<RunError>)> {
    match stopped {
        Some(Stopped::Deadline) => return Some((Ended::Deadline, Some(late(heard, limits)))),
        Some(Stopped::Protocol(what)) => {
            let message =
                format!("what the code's process sent to its host cannot be understood, so it was stopped: {what}");
            return Some((Ended::Killed, Some(RunError::new(ErrorKind::Runtime, message))));
        }
        None => {}
    }
    let status = status?;
    let (ended, error) = match (status.how, status.code, status.signal) {
        (HowEnded::Exited, Some(code), _) => (Ended::Exited { code }, exit_error(code, heard, limits)),
        (HowEnded::Signalled, _, Some(signal)) => by_signal(signal, status.cpu_ms, heard, limits),
        _ => return None,
    };
    Some(if status.out_of_memory { out_of_memory(ended, error, limits) } else { (ended, error) })
}

fn exit_error(code: i32, heard: &Heard, limits: &Limits) -> Option<RunError> {
    if let Some(error) = &heard.error {
        return Some(told(error, limits));
    }
    if code != 0 {
        let when = if heard.results.is_some() {
            "after the code's end, by an exit handler or a thread"
        } else {
            "before its results were taken"
        };
        return Some(RunError::new(
            ErrorKind::Runtime,
            format!("the code's process ended with exit status {code} {when}"),
        ));
    }
    if heard.ended && heard.results.is_some() {
        return None;
    }
    let message = match heard.results {
        None => "the code's process ended before its results were taken",
        Some(_) => {
            "the code's process was ended, with exit status 0, by an exit handler or a thread after the code's end"
        }
    };
    let help = "`os._exit` and its kin end a run before it is whole; `sys.exit(0)` does not";
    Some(RunError::new(ErrorKind::Runtime, message).with_help(help))
}

/// The deadline came. What the runner said until then tells a slow script from one that ended and left something behind.
fn late(heard: &Heard, limits: &Limits) -> RunError {
    let seconds = limits.timeout_seconds;
    let (what, help) = if heard.ended {
        ("the code ended, but its process did not", "look for what holds an interpreter that is done: a native library")
    } else if heard.results.is_some() {
        (
            "the code came to its end, but a thread or an exit handler that it left behind did not",
            "make threads daemons or end them; look at what `atexit` runs",
        )
    } else {
        ("the code ran longer", "raise `timeout_seconds`, or give it less to do")
    };
    let than = if heard.results.is_some() { "within" } else { "than" };
    RunError::new(ErrorKind::Timeout, format!("{what} {than} {seconds} s, and was stopped")).with_help(help)
}

fn by_signal(signal: i32, cpu_ms: u64, heard: &Heard, limits: &Limits) -> (Ended, Option<RunError>) {
    // RLIMIT_CPU counts by process in whole seconds, the status line counts the tree in ms: a second of slack.
    let cpu_spent = cpu_ms.saturating_add(1000) >= limits.cpu_seconds.saturating_mul(1000);
    if cpu_spent && matches!(signal, libc::SIGXCPU | libc::SIGKILL) {
        let seconds = limits.cpu_seconds;
        let error = RunError::new(ErrorKind::ResourceLimit, format!("the code used more than {seconds} s of CPU time"))
            .with_help("raise `[execution.limits] cpu_seconds`");
        return (Ended::Limit { limit: "cpu_seconds".into() }, Some(error));
    }
    let (name, meaning) = signal_name(signal);
    let message = format!("the code's process was ended by signal {signal} ({name}): {meaning}");
    let mut error = RunError::new(ErrorKind::Runtime, message);
    match signal {
        libc::SIGKILL => error = error.with_help("either it killed itself, or the machine ran out of memory"),
        libc::SIGSEGV => {
            error = error.with_help("a native library failed, or calls were nested too deeply (sys.setrecursionlimit)");
        }
        _ => {}
    }
    if let Some(traceback) = heard.error.as_ref().map(|e| e.traceback.as_str()).filter(|t| !t.is_empty()) {
        error = error.with_traceback(traceback);
    }
    (Ended::Signalled { signal }, Some(error))
}

/// The same, when the kernel killed something of the tree because all of it together had used up its memory.
fn out_of_memory(ended: Ended, error: Option<RunError>, limits: &Limits) -> (Ended, Option<RunError>) {
    let Some(error) = error else { return (ended, None) };
    let message = format!("the code's processes together ran out of memory: {}", error.message);
    let help = format!("raise `[execution.limits] memory_mb` (now {})", limits.memory_mb);
    let mut told = RunError::new(ErrorKind::ResourceLimit, message).with_help(help);
    told.traceback = error.traceback;
    let killed = ended == Ended::Signalled { signal: libc::SIGKILL };
    (if killed { Ended::Limit { limit: "memory_mb".into() } } else { ended }, Some(told))
}

/// The runner's own account of a failure.
fn told(error: &RunnerError, limits: &Limits) -> RunError {
    let told = match error.kind {
        RunnerErrorKind::Syntax => RunError::new(ErrorKind::Syntax, sentence(error)),
        RunnerErrorKind::Exit => {
            let with = error.code.map_or_else(|| error.message.clone(), |code| code.to_string());
            RunError::new(ErrorKind::Runtime, format!("the code called sys.exit({with})"))
        }
        // After release this can only be the code's doing.
        RunnerErrorKind::Sandbox | RunnerErrorKind::Runtime => match limit_met(error) {
            Some((what, key, value)) => RunError::new(ErrorKind::ResourceLimit, format!("{what}: {}", sentence(error)))
                .with_help(format!("raise `[execution.limits] {key}` (now {})", value(limits))),
            None => RunError::new(ErrorKind::Runtime, sentence(error)),
        },
    };
    if error.traceback.is_empty() { told } else { told.with_traceback(error.traceback.as_str()) }
}

type LimitMet = (&'static str, &'static str, fn(&Limits) -> u64);

/// No space left on device; file too large (a single file of the whole scratch space).
const FULL: [&str; 2] = ["[Errno 28]", "[Errno 27]"];

/// Exceptions that a limit raises inside Python.
fn limit_met(error: &RunnerError) -> Option<LimitMet> {
    if error.type_name.ends_with("MemoryError") {
        Some(("the code ran out of memory", "memory_mb", |limits| limits.memory_mb))
    } else if error.type_name.ends_with("OSError") && FULL.iter().any(|full| error.message.starts_with(full)) {
        Some(("the code filled its scratch space", "scratch_mb", |limits| limits.scratch_mb))
    } else if error.message.starts_with("can't start new thread") {
        Some(("the code has too many processes and threads", "processes", |limits| limits.processes))
    } else {
        None
    }
}

fn sentence(error: &RunnerError) -> String {
    let what = match (error.type_name.is_empty(), error.message.is_empty()) {
        (true, true) => "an error without a name".into(),
        (true, false) => error.message.clone(),
        (false, true) => error.type_name.clone(),
        (false, false) => format!("{}: {}", error.type_name, error.message),
    };
    match error.line {
        Some(line) if error.kind != RunnerErrorKind::Exit => format!("{what} (line {line})"),
        _ => what,
    }
}

/// signal(7).
fn signal_name(signal: i32) -> (&'static str, &'static str) {
    match signal {
        libc::SIGHUP => ("SIGHUP", "hang-up"),
        libc::SIGINT => ("SIGINT", "interrupt"),
        libc::SIGQUIT => ("SIGQUIT", "quit"),
        libc::SIGILL => ("SIGILL", "an instruction that this processor does not have"),
        libc::SIGTRAP => ("SIGTRAP", "trap"),
        libc::SIGABRT => ("SIGABRT", "it aborted"),
        libc::SIGBUS => ("SIGBUS", "memory that is no longer there"),
        libc::SIGFPE => ("SIGFPE", "an arithmetic error"),
        libc::SIGKILL => ("SIGKILL", "killed"),
        libc::SIGSEGV => ("SIGSEGV", "segmentation fault"),
        libc::SIGPIPE => ("SIGPIPE", "broken pipe"),
        libc::SIGALRM => ("SIGALRM", "its own alarm"),
        libc::SIGTERM => ("SIGTERM", "terminated"),
        libc::SIGXCPU => ("SIGXCPU", "CPU time limit"),
        libc::SIGXFSZ => ("SIGXFSZ", "file size limit"),
        libc::SIGSYS => ("SIGSYS", "a system call that the sandbox does not allow"),
        _ => ("no common one", "see signal(7)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};

    fn heard() -> Heard {
        let results = Some((Results::Dict { value: Map::new() }, Vec::new()));
        Heard { results, ended: true, ..Heard::default() }
    }

    fn exited(code: i32) -> Option<Status> {
        Status::parse(json!({"ended": "exited", "code": code}).to_string().as_bytes())
    }

    fn signalled(signal: i32, cpu_ms: u64) -> Option<Status> {
        Status::parse(json!({"ended": "signalled", "signal": signal, "cpu_ms": cpu_ms}).to_string().as_bytes())
    }

    fn runner_error(kind: RunnerErrorKind, type_name: &str, message: &str) -> Heard {
        let error = RunnerError {
            kind,
            type_name: type_name.into(),
            message: message.into(),
            traceback: "line 1".into(),
            code: None,
            line: Some(1),
        };
        Heard { error: Some(error), ..heard() }
    }

    fn kind(status: Option<&Status>, heard: &Heard) -> (Ended, Option<ErrorKind>) {
        let (ended, error) = judge(None, status, heard, &Limits::default()).unwrap();
        (ended, error.map(|e| e.kind))
    }

    #[test]
    fn success_needs_exit_0_results_and_the_end() {
        assert_eq!(kind(exited(0).as_ref(), &heard()), (Ended::Exited { code: 0 }, None));
        for not_yet in [Heard::default(), Heard { ended: false, ..heard() }, Heard { results: None, ..heard() }] {
            assert_eq!(kind(exited(0).as_ref(), &not_yet), (Ended::Exited { code: 0 }, Some(ErrorKind::Runtime)));
        }
        assert_eq!(kind(exited(3).as_ref(), &heard()), (Ended::Exited { code: 3 }, Some(ErrorKind::Runtime)));
    }

    #[test]
    fn signals_are_named() {
        let (ended, error) = judge(None, signalled(11, 0).as_ref(), &heard(), &Limits::default()).unwrap();
        assert_eq!(ended, Ended::Signalled { signal: 11 });
        assert!(error.unwrap().message.contains("segmentation fault"));
    }

    #[test]
    fn cpu_time_is_a_limit_only_when_it_was_spent() {
        let limit = Ended::Limit { limit: "cpu_seconds".into() };
        for signal in [libc::SIGXCPU, libc::SIGKILL] {
            assert_eq!(
                kind(signalled(signal, 599_900).as_ref(), &heard()),
                (limit.clone(), Some(ErrorKind::ResourceLimit))
            );
            assert_eq!(
                kind(signalled(signal, 5).as_ref(), &heard()),
                (Ended::Signalled { signal }, Some(ErrorKind::Runtime))
            );
        }
    }

    #[test]
    fn a_kill_for_memory_is_a_limit() {
        let killed = |out_of_memory| signalled(9, 0).map(|status| Status { out_of_memory, ..status });
        let limit = Ended::Limit { limit: "memory_mb".into() };
        assert_eq!(kind(killed(true).as_ref(), &heard()), (limit, Some(ErrorKind::ResourceLimit)));
        assert_eq!(kind(killed(false).as_ref(), &heard()), (Ended::Signalled { signal: 9 }, Some(ErrorKind::Runtime)));
    }

    #[test]
    fn limits_met_inside_python() {
        for (type_name, message) in [
            ("MemoryError", ""),
            ("numpy._core._exceptions._ArrayMemoryError", "Unable to allocate 8. TiB"),
            ("OSError", "[Errno 28] No space left on device"),
            ("RuntimeError", "can't start new thread"),
        ] {
            let heard = runner_error(RunnerErrorKind::Runtime, type_name, message);
            assert_eq!(kind(exited(1).as_ref(), &heard).1, Some(ErrorKind::ResourceLimit), "{type_name}");
        }
    }

    #[test]
    fn the_runner_tells_what_went_wrong() {
        let syntax = runner_error(RunnerErrorKind::Syntax, "SyntaxError", "invalid syntax");
        assert_eq!(kind(exited(1).as_ref(), &syntax).1, Some(ErrorKind::Syntax));
        let (_, error) = judge(None, exited(1).as_ref(), &syntax, &Limits::default()).unwrap();
        assert_eq!(error.unwrap().message, "SyntaxError: invalid syntax (line 1)");
        // a forged one after release is the code's own failure, never the machinery's
        let forged = runner_error(RunnerErrorKind::Sandbox, "", "no namespaces");
        assert_eq!(kind(exited(0).as_ref(), &forged).1, Some(ErrorKind::Runtime));
    }

    #[test]
    fn the_host_comes_first() {
        let (ended, error) = judge(Some(&Stopped::Deadline), exited(0).as_ref(), &heard(), &Limits::default()).unwrap();
        assert_eq!((ended, error.unwrap().kind), (Ended::Deadline, ErrorKind::Timeout));
        let stopped = Stopped::Protocol("a frame has no header".into());
        let (ended, error) = judge(Some(&stopped), exited(0).as_ref(), &heard(), &Limits::default()).unwrap();
        assert_eq!((ended, error.unwrap().kind), (Ended::Killed, ErrorKind::Runtime));
        assert_eq!(judge(None, None, &heard(), &Limits::default()), None);
    }

    #[test]
    fn status_lines() {
        for bad in [&b""[..], b"{}", br#"{"ended":"exited"}"#, br#"{"ended":"signalled","code":1}"#, b"null"] {
            assert_eq!(Status::parse(bad), None);
        }
    }
}
