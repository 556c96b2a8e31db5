//! What must come of a run, and what holds for every run.

use super::stage::Stage;
use pyexec_core::{
    Digest, ErrorKind, Outcome,
    order::ExecuteOrder,
    outcome::{Ended, FileRecord, Results},
};
use serde_json::Value;
use std::fs;

/// One thing that must be so.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expect {
    /// It succeeded with exactly these results, as JSON.
    Results(&'static str),
    /// It succeeded without results.
    NoResults,
    /// It succeeded, and `results` is no dict but of this type.
    NotADict(&'static str),
    /// It failed so, with a sentence that holds this.
    Fails(ErrorKind, &'static str),
    /// It ended by itself with this status.
    Exited(i32),
    /// It ended by this signal.
    Signalled(i32),
    /// It was stopped at its deadline.
    Deadline,
    /// The traceback holds this.
    Traceback(&'static str),
    /// This came on stdout, and nothing else.
    Stdout(&'static str),
    /// This came on stderr, and nothing else.
    Stderr(&'static str),
    /// A warning holds this.
    Warns(&'static str),
    /// These are the figures, in order.
    Figures(&'static [&'static str]),
    /// These are the artifacts, by name, and what they hold.
    Artifacts(&'static [(&'static str, &'static str)]),
    /// A file of the place (`granted/x`) holds this now; `None`: it is not there.
    Holds(&'static str, Option<&'static str>),
    /// So many channel operations were asked for.
    Channels(usize),
    /// Anything else.
    That(fn(&Seen<'_>) -> Result<(), String>),
}

/// A run that is over.
pub(super) struct Seen<'a> {
    pub(super) stage: &'a Stage,
    pub(super) outcome: Outcome,
}

/// An error with this sentence unless it holds.
pub(super) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

impl Seen<'_> {
    pub(super) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stage.host.stdout()).into_owned()
    }

    pub(super) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stage.host.stderr()).into_owned()
    }

    /// The error's traceback.
    pub(super) fn traceback(&self) -> &str {
        self.outcome.error.as_ref().and_then(|error| error.traceback.as_deref()).unwrap_or_default()
    }

    /// The results of a run that succeeded.
    pub(super) fn results(&self) -> Result<Value, String> {
        self.succeeded()?;
        match &self.outcome.results {
            Results::Dict { value } => Ok(Value::Object(value.clone())),
            other => Err(format!("there are no results but {other:?}")),
        }
    }

    fn succeeded(&self) -> Result<(), String> {
        let (error, ended) = (&self.outcome.error, &self.outcome.ended);
        ensure(error.is_none() && *ended == Ended::Exited { code: 0 }, || {
            format!("it failed: {ended:?}, {error:?}, stderr {:?}", self.stderr())
        })
    }

    /// What holds for every run: how it was released, how it was held, and what is recorded of its files.
    pub(super) fn is_sound(&self, order: &ExecuteOrder) -> Result<(), String> {
        let (outcome, requests) = (&self.outcome, self.stage.host.release_requests());
        let [request] = requests.as_slice() else {
            return Err(format!("the code was asked for {} times", requests.len()));
        };
        ensure(request.token == order.token && request.code_sha256 == order.code_sha256, || {
            format!("something else than what was ordered was asked for: {request:?}")
        })?;
        ensure(outcome.isolation == request.isolation && outcome.isolation == self.stage.isolation, || {
            format!("it was held by `{:?}`, and asked for the code as `{:?}`", outcome.isolation, request.isolation)
        })?;
        if let Some(error) = &outcome.error {
            ensure(error.class == error.kind.class(), || format!("the class is not the kind's: {error:?}"))?;
            ensure(!error.message.is_empty() && error.message.len() <= 16 << 10, || {
                format!("a message of {} bytes is no sentence", error.message.len())
            })?;
        }
        outcome.figures.iter().try_for_each(|file| self.is_there(file, "figures/"))?;
        outcome.artifacts.iter().try_for_each(|file| self.is_there(file, "artifacts/"))
    }

    fn is_there(&self, file: &FileRecord, below: &str) -> Result<(), String> {
        ensure(file.path.starts_with(below) && !file.path.split('/').any(|part| part == ".."), || {
            format!("`{}` is not below {below}", file.path)
        })?;
        let path = self.stage.order.folder.join(&file.path);
        let metadata = fs::symlink_metadata(&path).map_err(|e| format!("`{}` is not there: {e}", file.path))?;
        ensure(metadata.is_file(), || format!("`{}` is no plain file", file.path))?;
        let bytes = fs::read(&path).map_err(|e| format!("`{}` cannot be read: {e}", file.path))?;
        ensure(file.bytes == bytes.len() as u64 && file.sha256 == Digest::of(&bytes), || {
            format!("`{}` is recorded with another size or digest", file.path)
        })
    }
}

impl Expect {
    pub(super) fn check(self, seen: &Seen<'_>) -> Result<(), String> {
        let Seen { stage, outcome } = seen;
        match self {
            Self::Results(json) => {
                let wanted: Value = serde_json::from_str(json).map_err(|e| format!("the table is wrong: {e}"))?;
                equal("results", &seen.results()?, &wanted)
            }
            Self::NoResults => {
                seen.succeeded()?;
                equal("results", &outcome.results, &Results::Missing)
            }
            Self::NotADict(type_name) => {
                seen.succeeded()?;
                equal("results", &outcome.results, &Results::NotADict { type_name: type_name.into() })
            }
            Self::Fails(kind, says) => match &outcome.error {
                Some(error) => ensure(error.kind == kind && error.message.contains(says), || {
                    format!("it failed as `{}` with {:?}, not as `{kind}` with {says:?}", error.kind, error.message)
                }),
                None => Err(format!("it succeeded: {:?}", outcome.results)),
            },
            Self::Exited(code) => equal("the end", &outcome.ended, &Ended::Exited { code }),
            Self::Signalled(signal) => equal("the end", &outcome.ended, &Ended::Signalled { signal }),
            Self::Deadline => equal("the end", &outcome.ended, &Ended::Deadline),
            Self::Traceback(says) => {
                let traceback = seen.traceback();
                ensure(traceback.contains(says), || format!("the traceback lacks {says:?}: {traceback}"))
            }
            Self::Stdout(text) => equal("stdout", seen.stdout().as_str(), text),
            Self::Stderr(text) => equal("stderr", seen.stderr().as_str(), text),
            Self::Warns(says) => ensure(outcome.warnings.iter().any(|warning| warning.contains(says)), || {
                format!("no warning holds {says:?}: {:?}", outcome.warnings)
            }),
            Self::Figures(paths) => {
                let found: Vec<_> = outcome.figures.iter().map(|figure| figure.path.as_str()).collect();
                equal("figures", &found[..], paths)
            }
            Self::Artifacts(files) => {
                let mut found: Vec<_> = outcome.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
                found.sort_unstable();
                let wanted: Vec<_> = files.iter().map(|(path, _)| *path).collect();
                equal("artifacts", &found, &wanted)?;
                files.iter().try_for_each(|(path, text)| {
                    let bytes = fs::read(stage.order.folder.join(path)).unwrap_or_default();
                    equal(path, &*String::from_utf8_lossy(&bytes), *text)
                })
            }
            Self::Holds(path, wanted) => equal(path, &stage.place.read(path).as_deref(), &wanted),
            Self::Channels(count) => equal("channel operations", &stage.host.channel_requests().len(), &count),
            Self::That(check) => check(seen),
        }
    }
}

fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, wanted: &T) -> Result<(), String> {
    ensure(found == wanted, || format!("{what}: {found:.2000?}, wanted {wanted:?}"))
}
