//! Opens for a zygote's children what only one run sees. A process of its own that runs no code of anybody's: it has the
//! host's view of files and the host's rights, and does nothing but clone mounts for it.

use crate::{
    error::{SandboxError, Step},
    ids::{self, IdMaps},
    plan::Mount,
    sources::planned,
};
use rustix::{process::geteuid, thread::UnshareFlags};
use std::os::fd::OwnedFd;

/// The opener's state.
pub(crate) struct Opener {
    /// When the code's user is not the host's.
    maps: Option<IdMaps>,
}

impl Opener {
    /// `ids` are the code's user and group, given exactly when the host is root.
    pub(crate) fn begin(ids: Option<(u32, u32)>) -> Result<Self, SandboxError> {
        match (ids, geteuid().is_root()) {
            (Some((uid, gid)), true) if uid != 0 && gid != 0 => Ok(Self { maps: Some(IdMaps::new(uid, gid)) }),
            (None, false) => {
                ids::enter_user_namespace()?;
                // Only in a mount namespace of its own may an ordinary user clone mounts.
                ids::unshare(UnshareFlags::NEWNS).step(format_args!("create a mount namespace"), ids::NO_NAMESPACES)?;
                Ok(Self { maps: None })
            }
            _ => Err(SandboxError::Plan("exactly a root host names another uid and gid".into())),
        }
    }

    /// Clones one mount, restricted as it says.
    pub(crate) fn open(&mut self, mount: &[u8]) -> Result<OwnedFd, SandboxError> {
        let mount: Mount = serde_json::from_slice(mount).map_err(|e| SandboxError::Plan(e.to_string()))?;
        mount.check().map_err(SandboxError::Plan)?;
        planned(&mount, self.maps.as_mut()).map(|source| source.tree)
    }
}
