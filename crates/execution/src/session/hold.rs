//! What the host has in its hand while code runs: something that can be killed as a whole and seen dead. A process tree, a
//! container.

use std::{future::Future, io, time::Duration};

/// How long what is under way may go on after a kill.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// How long those that were told to end a run may take to do so and report.
pub(super) const REPORTING: Duration = Duration::from_millis(500);

/// How long what the dead have written may take to be read.
const SETTLING: Duration = Duration::from_secs(1);

/// The hand on the code's processes. Dropping it ends them.
pub(crate) trait Hold: Sync {
    /// Tells everything to die, now.
    fn kill(&self);

    /// Has everything killed by one who then reports, which takes moments; [`Self::kill`] is for when that does not come.
    fn stop(&self) {
        self.kill();
    }

    /// Returns once it was told to die; never, if it is not.
    fn killed(&self) -> impl Future<Output = ()> + Send;

    /// Waits for the end of whatever ends last.
    fn exited(&self) -> impl Future<Output = io::Result<()>> + Send;

    /// Whether it still runs.
    fn is_alive(&self) -> bool;

    /// Whether somebody waits for an answer: it runs, and was not told to die.
    fn is_listening(&self) -> bool;

    /// A while after the end. Pipes and the channel need not end with the processes: code can send their other ends along as
    /// descriptors, over the channel itself or in a ring of sockets, and there they lie. So nobody waits longer for them.
    fn settled(&self) -> impl Future<Output = ()> + Send {
        async {
            let _ = self.exited().await; // what cannot be watched has nothing more to give either
            tokio::time::sleep(SETTLING).await;
        }
    }

    /// `work` to its end, but no longer than [`GRACE`] once everything was told to die.
    fn outlive<T: Send>(&self, work: impl Future<Output = T> + Send) -> impl Future<Output = Option<T>> + Send {
        async {
            let mut work = std::pin::pin!(work);
            tokio::select! {
                done = &mut work => Some(done),
                () = self.killed() => tokio::time::timeout(GRACE, work).await.ok(),
            }
        }
    }
}
