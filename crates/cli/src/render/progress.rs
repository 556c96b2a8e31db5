//! How a run goes, on stderr: a line a stage with its time, the code's own output as it comes.

use pyexec_core::executor::Stream;
use pyexec_service::progress::{Observer, Progress, Stage};
use std::{
    collections::HashMap,
    io::Write,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Shows progress. Output of the code goes to stderr too: stdout is for results.
pub(crate) struct Lines {
    started: Mutex<HashMap<Stage, Instant>>,
    /// Whether people watch: then stages are shown, else only what the code and the set-up say.
    stages: bool,
}

impl Lines {
    pub(crate) fn new(stages: bool) -> Self {
        Self { started: Mutex::default(), stages }
    }
}

impl Observer for Lines {
    fn log(&self, line: &[u8]) {
        pyexec_registry::plugin_log::forward("", line);
    }

    fn on(&self, progress: Progress) {
        // Written at once and unbuffered; that stderr is gone is no reason to stop a run.
        let mut err = std::io::stderr().lock();
        let _ = match progress {
            Progress::Started(stage) => {
                self.started.lock().unwrap_or_else(PoisonError::into_inner).insert(stage, Instant::now());
                Ok(())
            }
            Progress::Ended(stage) => {
                let started = self.started.lock().unwrap_or_else(PoisonError::into_inner).remove(&stage);
                match started.filter(|_| self.stages) {
                    Some(at) => writeln!(err, "{:>12}  {:.2} s", stage.name(), at.elapsed().as_secs_f64()),
                    None => Ok(()),
                }
            }
            Progress::Message(text) => writeln!(err, "{:>12}  {}", "", super::plain(&text)),
            Progress::Output(Stream::Stdout | Stream::Stderr, bytes) if self.stages => {
                err.write_all(super::plain(&String::from_utf8_lossy(&bytes)).as_bytes())
            }
            Progress::Output(..) | Progress::Waiting(_) => Ok(()),
        };
    }
}
