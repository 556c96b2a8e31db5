//! How a run goes, for those who watch: never part of the record, never blocking.

use pyexec_core::{TicketId, executor::Stream};

/// A stage, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Finding or installing the interpreter.
    Environment,
    /// Getting code.
    Generation,
    /// Analysis, policy and gate.
    Analysis,
    /// Waiting for a person.
    Approval,
    /// The code runs.
    Execution,
}

impl Stage {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Generation => "generation",
            Self::Analysis => "analysis",
            Self::Approval => "approval",
            Self::Execution => "execution",
        }
    }
}

/// Something to show.
#[derive(Debug, Clone)]
pub enum Progress {
    /// A stage began.
    Started(Stage),
    /// A component says how its work goes.
    Message(String),
    /// The code wrote.
    Output(Stream, Vec<u8>),
    /// A person is asked.
    Waiting(TicketId),
    /// A stage ended.
    Ended(Stage),
}

/// Watches runs. Called from anywhere, so quick and non-blocking.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn on(&self, progress: Progress);

    /// A plugin logged a line (JSON: `level`, `target`, `fields`); called within the run's span. A program that can filter by
    /// the plugin's own targets does so here.
    fn log(&self, line: &[u8]) {
        tracing::debug!(target: "pyexec::plugin", "{}", String::from_utf8_lossy(line));
    }
}

/// Says that a stage begins and that it ended, around its work. A stage may lie within another: the environment is made when
/// analysis first needs it.
pub(crate) async fn observed<T>(stage: Stage, observer: &dyn Observer, work: impl Future<Output = T>) -> T {
    observer.on(Progress::Started(stage));
    let done = work.await;
    observer.on(Progress::Ended(stage));
    done
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn on(&self, _: Progress) {}
}
