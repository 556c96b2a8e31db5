//! A thread with a stack deep enough for the deepest tree that [`crate::source::depth`] lets through.
//!
//! Parsing, walking and *dropping* a tree recurse; all three happen inside. Starting a thread costs about 45 µs and the
//! reserve is only touched when it is needed, so nothing is kept alive between calls.

use std::{any::Any, thread};

/// Address space, not memory: measured need is below 20 kB a level in debug builds, at most
/// [`crate::source::depth::MAX_CHAIN`] levels deep in the tree and as many again in calls that are followed.
const RESERVE: usize = 512 << 20; // said in an error below

/// Why the work has no result.
#[derive(Debug, thiserror::Error)]
pub enum BigStackError {
    /// The thread did not start.
    #[error("the analysis could not reserve 512 MiB of address space for its stack: {0}")]
    Spawn(#[source] std::io::Error),
    /// The analysis panicked: a bug of ours, contained.
    #[error("the analysis panicked: {0}")]
    Panic(String),
}

/// Runs `work` with a big stack and waits for it.
pub(crate) fn with_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, BigStackError> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("pyexec-analysis".into())
            .stack_size(RESERVE)
            .spawn_scoped(scope, work)
            .map_err(BigStackError::Spawn)?
            .join()
            .map_err(|panic| BigStackError::Panic(message_of(&*panic)))
    })
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_panics() {
        assert_eq!(with_big_stack(|| 7).unwrap(), 7);
        let failed = with_big_stack::<()>(|| panic!("no")).unwrap_err();
        assert_eq!(failed.to_string(), "the analysis panicked: no");
    }
}
