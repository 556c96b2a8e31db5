//! Whose containers are whose. Every one carries three labels: the installation (a data folder), the run, and the lease, a file
//! that the process which made it keeps locked as long as it lives. What carries our installation and a lease that nobody
//! holds is of a dead process, and goes; anything else is never touched.

use super::{engine::Engine, error::EngineError};
use bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};
use std::{
    collections::HashMap,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// Which data folder.
const INSTALLATION: &str = "io.pyexec.installation";
/// Which run, or [`STANDING_BY`].
const RUN: &str = "io.pyexec.run";
/// Which living process.
const LEASE: &str = "io.pyexec.lease";
/// Of one that was made before anybody asked.
pub(super) const STANDING_BY: &str = "pool";

/// Held as long as this process may have containers.
#[derive(Debug)]
pub(super) struct Lease {
    folder: PathBuf,
    installation: Uuid,
    id: Uuid,
    /// Locked. The kernel lets go of it, however the process ends.
    _file: File,
}

impl Lease {
    /// Takes one, in `data_dir/containers`. Blocks.
    pub(super) fn take(data_dir: &Path) -> Result<Self, EngineError> {
        let folder = data_dir.join("containers");
        let failed = |error: io::Error| EngineError::Folder { path: folder.clone(), why: error.to_string() };
        DirBuilder::new().recursive(true).mode(0o700).create(folder.join("leases")).map_err(failed)?;
        let installation = installation(&folder).map_err(failed)?;
        let id = Uuid::new_v4();
        let file = locked(&folder.join("leases"), id).map_err(failed)?;
        Ok(Self { folder, installation, id, _file: file })
    }

    /// The labels of a container.
    pub(super) fn labels(&self, run: &str) -> HashMap<String, String> {
        [(INSTALLATION, self.installation.to_string()), (RUN, run.to_owned()), (LEASE, self.id.to_string())]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
    }

    /// Removes what dead processes of this installation left on the engine. How many containers that were.
    pub(super) async fn reap(&self, engine: &Engine) -> Result<usize, EngineError> {
        let left = left(engine, self.installation, |lease| self.is_dead(lease)).await?;
        for container in &left {
            remove(engine, container).await?;
        }
        self.forget_the_dead();
        Ok(left.len())
    }

    fn is_dead(&self, lease: Uuid) -> bool {
        lease != self.id && is_dead(&self.folder, lease)
    }

    /// Their files, once nothing of theirs is left.
    fn forget_the_dead(&self) {
        let Ok(files) = fs::read_dir(self.folder.join("leases")) else { return };
        for file in files.flatten() {
            let name = file.file_name();
            if name.to_str().and_then(|name| name.parse().ok()).is_some_and(|lease: Uuid| self.is_dead(lease)) {
                let _ = fs::remove_file(file.path()); // the next start tries again
            }
        }
    }
}

/// What dead processes of the installation in `data_dir` left, without removing it. None if there never was one.
pub(super) async fn leftovers(engine: &Engine, data_dir: &Path) -> Result<Vec<String>, EngineError> {
    let folder = data_dir.join("containers");
    match known(&folder.join("installation")) {
        Some(installation) => left(engine, installation, |lease| is_dead(&folder, lease)).await,
        None => Ok(Vec::new()),
    }
}

/// Removes one, also where it is on its way out already.
async fn remove(engine: &Engine, container: &str) -> Result<(), EngineError> {
    use bollard::errors::Error::DockerResponseServerError as Answered;
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    match engine.api.remove_container(container, Some(options)).await {
        Ok(()) | Err(Answered { status_code: 404 | 409, .. }) => Ok(()),
        Err(error) => Err(engine.failed("remove a container of a dead process")(error)),
    }
}

async fn left(engine: &Engine, ours: Uuid, is_dead: impl Fn(Uuid) -> bool) -> Result<Vec<String>, EngineError> {
    let filters = HashMap::from([("label", vec![format!("{INSTALLATION}={ours}")])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let listed = engine.api.list_containers(Some(options)).await.map_err(engine.failed("list containers"))?;
    let dead = listed.into_iter().filter_map(|container| {
        let labels = container.labels.unwrap_or_default();
        // Asked for already; an engine that does not filter must not cost anybody a container.
        let lease = labels.get(LEASE).filter(|_| labels.get(INSTALLATION) == Some(&ours.to_string()));
        let lease = lease.and_then(|lease| lease.parse().ok())?;
        container.id.filter(|_| is_dead(lease))
    });
    Ok(dead.collect())
}

/// Whether nobody holds the lease. Where that cannot be known, somebody does.
fn is_dead(folder: &Path, lease: Uuid) -> bool {
    match File::open(folder.join("leases").join(lease.to_string())) {
        Ok(file) => match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        },
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// A new lease's file. It has its name only once it is locked, or another process could take it for a dead one's.
fn locked(leases: &Path, id: Uuid) -> io::Result<File> {
    let nameless = leases.join(format!("new-{id}"));
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&nameless)?;
    file.lock()?;
    fs::rename(nameless, leases.join(id.to_string()))?;
    Ok(file)
}

/// Which installation this is: said once, by whoever comes first.
fn installation(folder: &Path) -> io::Result<Uuid> {
    let path = folder.join("installation");
    loop {
        if let Some(known) = known(&path) {
            return Ok(known);
        }
        let id = Uuid::new_v4();
        let new = folder.join(format!("installation-{id}"));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(id.to_string().as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&new, &path);
        fs::remove_file(&new)?;
        match linked {
            Ok(()) => return Ok(id),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && known(&path).is_some() => {}
            Err(error) => return Err(error),
        }
    }
}

fn known(path: &Path) -> Option<Uuid> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_lives_as_long_as_it_is_held() {
        let data = tempfile::tempdir().unwrap();
        let (first, second) = (Lease::take(data.path()).unwrap(), Lease::take(data.path()).unwrap());
        assert_eq!(first.installation, second.installation);
        assert!(!second.is_dead(first.id) && !first.is_dead(first.id));
        let dead = first.id;
        drop(first);
        assert!(second.is_dead(dead));
        second.forget_the_dead();
        assert_eq!(fs::read_dir(data.path().join("containers/leases")).unwrap().count(), 1);
        assert!(second.is_dead(dead), "without a file as well");
        assert!(!second.is_dead(second.id));
    }

    #[test]
    fn labels_say_whose_it_is() {
        let data = tempfile::tempdir().unwrap();
        let lease = Lease::take(data.path()).unwrap();
        let labels = lease.labels("r1");
        assert_eq!(labels[RUN], "r1");
        assert_eq!(labels[LEASE], lease.id.to_string());
        assert_eq!(labels[INSTALLATION], lease.installation.to_string());
        let elsewhere = Lease::take(tempfile::tempdir().unwrap().path()).unwrap();
        assert_ne!(labels[INSTALLATION], elsewhere.installation.to_string());
    }

    #[test]
    fn a_damaged_installation_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir_all(data.path().join("containers")).unwrap();
        fs::write(data.path().join("containers/installation"), "x").unwrap();
        assert!(matches!(Lease::take(data.path()), Err(EngineError::Folder { .. })));
    }
}
