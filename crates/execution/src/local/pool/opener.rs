//! Mounts for children of a zygote: nothing of the host's is in their sight, so a process with the host's view and rights
//! opens what a run is to see, and the host hands it on.

use crate::{
    local::{
        pool::{
            Base,
            said::{Said, ask},
        },
        process::{self, Spawned, Tree},
    },
    mounts::Mount,
    session::{Channel, Hold as _},
};
use rustix::fd::OwnedFd;
use serde_json::json;
use std::path::Path;
use tokio::sync::Mutex;

/// The process. Dropping it kills it.
pub(super) struct Opener {
    tree: Tree,
    /// None once a question was cut off: its answer must never be taken for another's.
    channel: Mutex<Option<Channel>>,
}

impl Opener {
    pub(super) async fn start(base: &Base, runtime: &Path) -> Result<Self, String> {
        let spawned = process::spawn(&base.interpreter, &runtime.join("pyexec/_opener.py"));
        let Spawned { tree, channel, .. } = spawned.map_err(|e| format!("the opener of mounts does not start: {e}"))?;
        let mut channel = Channel::new(channel);
        let Base { plan, .. } = base;
        let header = json!({"type": "opener", "library": plan.library, "uid": plan.uid, "gid": plan.gid});
        match ask(&mut channel, &header, &[]).await {
            Ok((Said::Opened {}, _)) => Ok(Self { tree, channel: Mutex::new(Some(channel)) }),
            Ok(_) => Err("the opener of mounts said something else".into()),
            Err(why) => Err(why.or("the opener of mounts ended without a word".into())),
        }
    }

    /// Opens all, in their order.
    pub(super) async fn open(&self, mounts: &[Mount]) -> Result<Vec<OwnedFd>, String> {
        if mounts.is_empty() {
            return Ok(Vec::new());
        }
        let mut slot = self.channel.lock().await;
        let mut channel = slot.take().ok_or("the opener of mounts is gone")?;
        let mut opened = Vec::with_capacity(mounts.len());
        for mount in mounts {
            match ask(&mut channel, &json!({"type": "open", "mount": mount}), &[]).await {
                Ok((Said::Opened {}, Some(tree))) => opened.push(tree),
                Ok(_) => return Err("the opener of mounts said something else".into()),
                Err(why) => return Err(why.or("the opener of mounts ended".into())),
            }
        }
        *slot = Some(channel);
        Ok(opened)
    }

    pub(super) fn is_alive(&self) -> bool {
        self.tree.is_alive() && self.channel.try_lock().map_or(true, |slot| slot.as_ref().is_some_and(Channel::is_open))
    }
}
