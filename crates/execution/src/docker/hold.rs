//! The hand on a container. Letting go of it ends it: its standard input closes.

use super::{container::force_away, engine::Engine};
use crate::session::{GRACE, Hold};
use std::{io, time::Duration};
use tokio::{
    runtime::Handle,
    sync::{Mutex, mpsc, oneshot, watch},
};

/// Pid 1 kills at once; one that has not done so by then is ended by the engine.
const OBEDIENCE: Duration = Duration::from_secs(5);

/// The hand.
pub(super) struct Held {
    engine: Engine,
    id: String,
    tell: mpsc::Sender<Vec<u8>>,
    killed: watch::Sender<bool>,
    /// Everything of the code's is dead, or the container is gone.
    ended: watch::Sender<bool>,
    exit: Mutex<Option<oneshot::Receiver<Result<i64, String>>>>,
}

impl Held {
    pub(super) fn new(
        engine: Engine,
        id: String,
        tell: mpsc::Sender<Vec<u8>>,
        killed: watch::Sender<bool>,
        ended: watch::Sender<bool>,
        exit: oneshot::Receiver<Result<i64, String>>,
    ) -> Self {
        Self { engine, id, tell, killed, ended, exit: Mutex::new(Some(exit)) }
    }

    /// Tells pid 1 something. One that is gone hears nothing, and that shows elsewhere.
    pub(super) async fn tell(&self, bytes: Vec<u8>) {
        let _ = self.tell.send(bytes).await;
    }

    /// What is known of an end that was not the code's: the engine's word.
    pub(super) async fn why_it_ended(&self) -> String {
        let exit = self.exit.lock().await.take();
        let exit = match exit {
            Some(exit) => tokio::time::timeout(GRACE, exit).await.ok().and_then(Result::ok),
            None => None,
        };
        match exit {
            Some(Ok(137)) => {
                "the engine says that it was killed (status 137): from outside, or because memory was short".into()
            }
            Some(Ok(status)) => format!("the engine says that it ended with status {status}"),
            Some(Err(why)) => format!("the engine cannot be asked any more: {why}"),
            None => "the engine does not say how".into(),
        }
    }
}

impl Hold for Held {
    fn kill(&self) {
        if self.killed.send_replace(true) {
            return;
        }
        let (engine, id, mut ended) = (self.engine.clone(), self.id.clone(), self.ended.subscribe());
        tokio::spawn(async move {
            if tokio::time::timeout(OBEDIENCE, ended.wait_for(|ended| *ended)).await.is_err() {
                force_away(&engine, &id).await;
            }
        });
    }

    async fn killed(&self) {
        drop(self.killed.subscribe().wait_for(|killed| *killed).await);
    }

    async fn exited(&self) -> io::Result<()> {
        drop(self.ended.subscribe().wait_for(|ended| *ended).await);
        Ok(())
    }

    fn is_alive(&self) -> bool {
        !*self.ended.borrow()
    }

    fn is_listening(&self) -> bool {
        !*self.killed.borrow() && self.is_alive()
    }
}

impl Drop for Held {
    /// The writer goes with the last sender, and with it the container's standard input. One that does not care is removed.
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        let (engine, id, mut ended) = (self.engine.clone(), self.id.clone(), self.ended.subscribe());
        runtime.spawn(async move {
            if tokio::time::timeout(OBEDIENCE, ended.wait_for(|ended| *ended)).await.is_err() {
                force_away(&engine, &id).await;
            }
        });
    }
}
