//! The attempts as data, and what counts as contained.

use nix::errno::Errno;
use pyexec_core::{Outcome, RunError, outcome::Ended};
use serde::Deserialize;

const DATA: &str = include_str!("attempts.toml");

/// One way out that must be closed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attempt {
    pub(super) name: String,
    pub(super) says: String,
    contained: Vec<String>,
    #[serde(default)]
    pub(super) quick: bool,
    #[serde(default)]
    calls: bool,
    #[serde(default)]
    pub(super) limits: Limits,
    code: String,
    #[serde(skip)]
    before: String,
}

/// Limits that an attempt needs, MiB.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    pub(super) memory_mb: u64,
    pub(super) scratch_mb: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mb: 512, scratch_mb: 16 }
    }
}

/// What became of one.
#[derive(Debug)]
pub(super) enum Fate {
    /// Stopped as it should be.
    Contained(String),
    /// Stopped somehow.
    Otherwise(String),
    /// Not stopped.
    GotOut(String),
    /// Not begun: the machinery failed.
    Unmade(RunError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    syscalls: String,
    attempt: Vec<Attempt>,
}

/// Every attempt, in the order of the file.
pub(super) fn all() -> Result<Vec<Attempt>, toml::de::Error> {
    let Data { syscalls, attempt: mut attempts } = toml::from_str(DATA)?;
    for attempt in attempts.iter_mut().filter(|attempt| attempt.calls) {
        attempt.before.clone_from(&syscalls);
    }
    Ok(attempts)
}

impl Attempt {
    /// The numbers of system calls are another machine's elsewhere.
    pub(super) fn is_for_this_machine(&self) -> bool {
        !self.calls || cfg!(target_arch = "x86_64")
    }

    /// The whole script. Whoever comes to its end got out.
    pub(super) fn script(&self) -> String {
        format!("{}\n{}\nresults = {{}}\n", self.before, self.code)
    }

    /// By how the host saw it end. That it failed says nothing: it must have failed in the way that shows who stopped it.
    pub(super) fn judge(&self, outcome: &Outcome) -> Fate {
        let Some(error) = &outcome.error else {
            return Fate::GotOut("it came to its end, and nothing stopped it".into());
        };
        if let Ended::Signalled { signal } = outcome.ended {
            return Fate::Otherwise(format!("signal {signal}"));
        }
        let errno = errno(&error.message);
        let is = |way: &&String| errno.as_deref() == Some(way.as_str()) || error.message.contains(way.as_str());
        match self.contained.iter().find(is) {
            Some(way) => Fate::Contained(way.clone()),
            None => Fate::Otherwise(error.message.clone()),
        }
    }
}

/// `PermissionError: [Errno 1] …` is EPERM.
fn errno(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("[Errno ")?;
    let number = rest.split_once(']')?.0.parse().ok()?;
    Some(format!("{:?}", Errno::from_raw(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyexec_core::{
        ErrorKind, Isolation,
        outcome::{Results, Usage},
    };
    use std::collections::BTreeSet;

    fn outcome(error: Option<&str>) -> Outcome {
        Outcome {
            ended: Ended::Exited { code: 0 },
            results: Results::Missing,
            error: error.map(|message| RunError::new(ErrorKind::Runtime, message)),
            warnings: vec![],
            figures: vec![],
            artifacts: vec![],
            usage: Usage::default(),
            isolation: Isolation::Full,
            python: None,
            environment: None,
            refused: vec![],
        }
    }

    #[test]
    fn the_data_is_what_its_head_says() {
        let attempts = all().unwrap();
        assert!(attempts.len() >= 20 && attempts.iter().filter(|attempt| attempt.quick).count() >= 4);
        let names: BTreeSet<_> = attempts.iter().map(|attempt| &attempt.name).collect();
        assert_eq!(names.len(), attempts.len(), "each has a name of its own");
        for attempt in &attempts {
            assert!(attempt.says.ends_with('.') && !attempt.contained.is_empty(), "{attempt:?}");
            let known =
                |way: &String| way.ends_with("Error") || (way.starts_with('E') && way.chars().all(char::is_uppercase));
            assert!(attempt.contained.iter().all(known), "{attempt:?}");
        }
    }

    #[test]
    fn only_the_right_refusal_counts() {
        let attempts = all().unwrap();
        let attempt = attempts.iter().find(|attempt| attempt.name == "subprocess").unwrap();
        let judge = |error| attempt.judge(&outcome(error));
        assert!(
            matches!(judge(Some("PermissionError: [Errno 1] Operation not permitted")), Fate::Contained(how) if how == "EPERM")
        );
        assert!(matches!(judge(Some("FileNotFoundError: [Errno 2] No such file")), Fate::Otherwise(_)));
        assert!(matches!(judge(Some("NameError: name 'os' is not defined")), Fate::Otherwise(_)));
        assert!(matches!(judge(None), Fate::GotOut(_)));
        let killed = Outcome { ended: Ended::Signalled { signal: 11 }, ..outcome(Some("EPERM")) };
        assert!(matches!(attempt.judge(&killed), Fate::Otherwise(_)));
    }
}
