//! Foreign code that runs at once, with a time limit.
//!
//! A thread cannot be killed. One that does not come back is left behind, with whatever it holds; what it returns after all
//! is dropped on it.

use std::{
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Why there is no result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The limit passed.
    Overdue,
    /// The thread did not start, or ended without a result.
    NoResult(String),
}

/// Runs `work` on a thread of its own and waits for it, at most for `limit`.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name("pyexec-create".into());
    // Nobody listens any more: then what it returned is dropped here.
    let run = thread.spawn(move || drop(sender.send(work())));
    run.map_err(|e| Failure::NoResult(format!("no thread could be started: {e}")))?;
    receiver.recv_timeout(limit).map_err(|e| match e {
        RecvTimeoutError::Timeout => Failure::Overdue,
        RecvTimeoutError::Disconnected => Failure::NoResult("its thread ended early".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    #[test]
    fn three_ends() {
        assert_eq!(within(LONG, || 7), Ok(7));
        assert_eq!(
            within(Duration::ZERO, || loop {
                thread::park();
            }),
            Err::<(), _>(Failure::Overdue)
        );
        let panicked = within(LONG, || -> () { std::panic::resume_unwind(Box::new(())) });
        assert_eq!(panicked, Err(Failure::NoResult("its thread ended early".into())));
    }
}
