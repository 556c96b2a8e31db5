//! How a run goes, on stderr: a line a stage with its time, the code's own output as it comes.

use super::live;
use pyexec_service::progress::{Observer, Progress};

/// Shows progress. Output of the code goes to stderr too: stdout is for results.
pub(crate) struct Lines {
    /// Whether people watch: then stages and output are shown, else only what the set-up says.
    stages: bool,
}

impl Lines {
    pub(crate) fn new(stages: bool) -> Self {
        Self { stages }
    }
}

impl Observer for Lines {
    fn log(&self, line: &[u8]) {
        pyexec_registry::plugin_log::forward("", line);
    }

    fn on(&self, progress: Progress) {
        match progress {
            Progress::Message(text) => live::say(&format!("{:>12}  {}", "", super::plain(&text))),
            Progress::Started(stage) if self.stages => live::begin(stage),
            Progress::Ended(stage) if self.stages => live::end(stage),
            Progress::Output(stream, bytes) if self.stages => live::output(stream, &bytes),
            Progress::Started(_) | Progress::Ended(_) | Progress::Output(..) | Progress::Waiting(_) => {}
        }
    }
}
