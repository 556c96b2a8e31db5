//! Everything of the host's that is seen inside, opened as detached mounts: the plan's mounts and the system's part. Opened
//! before root is given up, because a mount may lie where an ordinary user cannot go (below `/root`).

use crate::{
    error::{SandboxError, Step, UNEXPECTED},
    ids::IdMaps,
    plan::{Mount, Plan},
    tree::{self, NO_DEV, NO_EXEC, NO_SUID, READ_ONLY},
};
use std::{
    fs,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

/// Sources, opened.
pub(crate) struct Sources {
    /// In the order of mounting.
    pub(crate) trees: Vec<Source>,
    /// `/lib` and its kin where they are symbolic links: path and what it points to.
    pub(crate) links: Vec<(&'static str, PathBuf)>,
}

/// One detached mount.
pub(crate) struct Source {
    pub(crate) tree: OwnedFd,
    /// Absolute, inside.
    pub(crate) target: PathBuf,
}

/// Top folders of a system. On most they are links into `/usr`.
const TOP: [&str; 6] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// Of `/etc`, always: the loader's cache, what Debian's libraries (BLAS) are links through, the clock, tables that Python
/// reads. None holds a secret.
const ETC: [&str; 6] =
    ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/mime.types", "/etc/protocols", "/etc/services"];
/// Of `/etc`, with the network: names and certificates (Debian's and Fedora's places).
const ETC_NET: [&str; 6] = [
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted",
];
/// Devices without state of their own.
pub(crate) const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

impl Sources {
    /// Opens all. `maps` when the process is about to become another user.
    pub(crate) fn open(plan: &Plan, mut maps: Option<IdMaps>) -> Result<Self, SandboxError> {
        let mut trees = vec![system(Path::new("/usr"), READ_ONLY | NO_SUID | NO_DEV)?];
        let mut links = Vec::new();
        for top in TOP {
            match fs::read_link(top) {
                Ok(to) => links.push((top, to)),
                Err(_) => trees.extend(if_there(Path::new(top), READ_ONLY | NO_SUID | NO_DEV)?),
            }
        }
        for file in ETC.iter().chain(ETC_NET.iter().filter(|_| plan.net)) {
            trees.extend(if_there(Path::new(file), READ_ONLY | NO_SUID | NO_DEV | NO_EXEC)?);
        }
        for device in DEVICES {
            trees.push(system(Path::new(device), READ_ONLY | NO_SUID | NO_EXEC)?);
        }
        for mount in &plan.mounts {
            trees.push(planned(mount, maps.as_mut())?);
        }
        Ok(Self { trees, links })
    }
}

fn system(path: &Path, attributes: u64) -> Result<Source, SandboxError> {
    let help = "the sandbox shows the system's own programs and devices read-only and needs this one";
    let tree = tree::open(path).step(format_args!("open {}", path.display()), help)?;
    restrict(tree.as_fd(), path, attributes)?;
    Ok(Source { tree, target: path.into() })
}

fn if_there(path: &Path, attributes: u64) -> Result<Option<Source>, SandboxError> {
    if path.exists() { system(path, attributes).map(Some) } else { Ok(None) }
}

fn restrict(tree: BorrowedFd<'_>, path: &Path, attributes: u64) -> Result<(), SandboxError> {
    tree::set_attributes(tree, attributes, None)
        .step(format_args!("restrict the mount of {}", path.display()), UNEXPECTED)
}

/// Opens one of the plan's mounts and checks that it is what it should be.
pub(crate) fn planned(mount: &Mount, maps: Option<&mut IdMaps>) -> Result<Source, SandboxError> {
    let path = mount.source.as_path();
    let help =
        "the path must exist, be reachable for the user that runs the service, and lie on a mount that can be cloned";
    let tree = tree::open(path).step(format_args!("open {}", path.display()), help)?;
    let status = rustix::fs::fstat(&tree).step(format_args!("look at {}", path.display()), UNEXPECTED)?;
    if let (Some(dev), Some(inode)) = (mount.dev, mount.inode)
        && (status.st_dev, status.st_ino) != (dev, inode)
    {
        return Err(SandboxError::Step {
            step: format!("mount {}", path.display()),
            cause: "it is no longer what was approved".into(),
            help: "something else stands at this path now: ask for a new approval",
        });
    }
    let attributes = NO_SUID | NO_DEV | if mount.writable { 0 } else { READ_ONLY };
    let Some(maps) = maps else {
        restrict(tree.as_fd(), path, attributes)?;
        return Ok(Source { tree, target: mount.target.clone() });
    };
    let owner = (status.st_uid, status.st_gid);
    let map = maps.of(owner).step(format_args!("make a map of owner {} of {}", owner.0, path.display()), UNEXPECTED)?;
    match tree::set_attributes(tree.as_fd(), attributes, Some(map)) {
        Ok(()) => {}
        // Without a map code reads as a stranger: less, never more. To write it must be the owner.
        Err(_) if !mount.writable => restrict(tree.as_fd(), path, attributes)?,
        Err(e) => {
            let help = "a root service writes on file systems with idmapped mounts (ext4, xfs, btrfs; tmpfs since Linux \
                        6.3): choose an output folder there, or run the service as an ordinary user";
            return Err(e).step(format_args!("map the owner of {}", path.display()), help);
        }
    }
    Ok(Source { tree, target: mount.target.clone() })
}
