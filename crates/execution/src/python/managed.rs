//! The managed Python: a virtual environment below the data folder with exactly the packages of a lock file.
//!
//! One set-up at a time (a lock file, held by the set-up's own process too, so that a killed host leaves no second writer), and a folder counts
//! only with its completion marker, written last: a killed set-up is done again.

use super::{AskError, Facts, Interpreter, Known, find, lock::LOCKS};
use command_fds::CommandFdExt;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

const PROGRAM: &str = include_str!("managed.py");
/// Written last. Another shape is another name.
const MARKER: &str = "pyexec-environment-2.json";
const FONT_CACHE: &str = "matplotlib-cache";

/// Why there is no managed Python.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// Nothing to make it from.
    #[error("no CPython 3.11 or later with venv was found for the managed Python: {0}")]
    NoPython(String),
    /// The data folder cannot be written.
    #[error("the managed Python cannot be set up in {}: {cause}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// venv or pip failed.
    #[error("setting up the managed Python failed: {0}")]
    Failed(String),
    /// It was made and does not work.
    #[error("the managed Python was set up but {0}")]
    Broken(AskError),
}

impl SetUpError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::NoPython(_) => {
                "install one (`apt-get install python3 python3-venv`), or set `[python] interpreter` to your own".into()
            }
            Self::Folder { .. } => "make the folder writable, or choose another `data_dir`".into(),
            Self::Failed(_) | Self::Broken(_) => {
                "the packages come from the index that pip is configured with: check that it is reachable \
                 (`python3 -m pip download numpy`), or set `[python] interpreter` to an environment of your own"
                    .into()
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Marker {
    facts: Facts,
}

/// The managed Python below `data_dir`, made if it is not there. `say` hears of each step.
pub async fn provide(data_dir: &Path, known: &Known, say: impl Fn(&str)) -> Result<Interpreter, SetUpError> {
    let root = data_dir.join("python");
    if let Some(found) = existing(&root) {
        return Ok(found);
    }
    let unusable = |cause| SetUpError::Folder { path: root.clone(), cause };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&root).map_err(unusable)?;
    let lock = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(root.join("lock"));
    let held = hold(lock.map_err(unusable)?, &say).await.map_err(unusable)?;
    if let Some(found) = existing(&root) {
        return Ok(found); // by whoever held the lock before
    }
    let (base, lock) = find::find(known).await.map_err(SetUpError::NoPython)?;
    let folder = root.join(lock.folder_name());
    let at_folder = |cause| SetUpError::Folder { path: folder.clone(), cause };
    match fs::remove_dir_all(&folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(at_folder(cause)),
        _ => {}
    }
    say(&format!(
        "setting up the managed Python once: {} packages from {} in {}",
        lock.packages(),
        base.executable.display(),
        folder.display()
    ));
    make(&base, &folder, lock.text, held, &say).await?;
    let facts = known.ask(&folder.join("bin/python")).await.map_err(SetUpError::Broken)?;
    mark(&folder, &Marker { facts }).map_err(at_folder)?;
    existing(&root).ok_or_else(|| SetUpError::Failed("its completion marker cannot be read back".into()))
}

/// A finished one, of the first lock that has one. No process is started for this: it is on the way of every run.
pub(super) fn existing(root: &Path) -> Option<Interpreter> {
    LOCKS.iter().find_map(|lock| {
        let folder = root.join(lock.folder_name());
        let marker: Marker = serde_json::from_slice(&fs::read(folder.join(MARKER)).ok()?).ok()?;
        // the interpreter below may have been removed or upgraded away, or the folder moved: then it is made again
        let whole = marker.facts.executable.starts_with(&folder) && marker.facts.executable.exists();
        whole.then(|| Interpreter {
            facts: marker.facts,
            font_cache: Some(folder.join(FONT_CACHE)),
            origin: "managed, with numpy, pandas, matplotlib and scipy".into(),
        })
    })
}

/// The caches of an environment that was made here, also where it is named by its path. Without them the first import of
/// matplotlib looks for fonts by a program, which no permit opens.
pub(super) fn font_cache(facts: &Facts) -> Option<PathBuf> {
    let made = facts.prefixes.iter().find(|folder| folder.join(MARKER).is_file());
    made.map(|folder| folder.join(FONT_CACHE))
}

/// The folder of an environment that was begun, whatever became of it.
pub(super) fn begun(root: &Path) -> Option<PathBuf> {
    LOCKS.iter().map(|lock| root.join(lock.folder_name())).find(|folder| folder.exists())
}

/// Waits for the lock without occupying a thread.
async fn hold(lock: File, say: &impl Fn(&str)) -> io::Result<File> {
    let mut told = false;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => {
                if !std::mem::replace(&mut told, true) {
                    say("waiting for another process to set up the managed Python");
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(TryLockError::Error(cause)) => return Err(cause),
        }
    }
}

/// Runs `managed.py`; the lock file rides along and is free only when the last process of it is gone.
async fn make(base: &Facts, folder: &Path, lock: &str, held: File, say: &impl Fn(&str)) -> Result<(), SetUpError> {
    let failed = |cause: io::Error| SetUpError::Failed(cause.to_string());
    fs::create_dir(folder).map_err(|cause| SetUpError::Folder { path: folder.into(), cause })?;
    let requirements = folder.join("requirements.lock");
    fs::write(&requirements, lock).map_err(|cause| SetUpError::Folder { path: folder.into(), cause })?;
    let mut complaints = log_file(folder).map_err(failed)?;
    let mut command = Command::new(&base.executable);
    command.args(["-I", "-B", "-c", PROGRAM]).arg(folder).arg(&requirements).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(complaints.try_clone().map_err(failed)?);
    command.preserved_fds(vec![held.into()]);
    let mut child = command.spawn().map_err(failed)?;
    drop(command);
    let stdout = child.stdout.take();
    let (steps, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let work = tokio::task::spawn_blocking(move || {
        for line in stdout.into_iter().flat_map(|s| BufReader::new(s).lines()).map_while(Result::ok) {
            let _ = steps.send(line); // nobody listens when the call was dropped; the set-up goes on
        }
        child.wait()
    });
    while let Some(step) = heard.recv().await {
        say(&step);
    }
    let status = work.await.map_err(|e| SetUpError::Failed(e.to_string()))?.map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    let mut text = Vec::new();
    complaints.rewind().and_then(|()| (&complaints).take(1 << 20).read_to_end(&mut text)).map_err(failed)?;
    Err(SetUpError::Failed(super::ask::last_line(&text)))
}

/// For what pip complains about; a pipe would have to be drained beside the other one.
fn log_file(folder: &Path) -> io::Result<File> {
    let path = folder.join("set-up.log");
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

fn mark(folder: &Path, marker: &Marker) -> io::Result<()> {
    let temporary = folder.join("marker.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(&serde_json::to_vec(marker)?)?;
    file.sync_all()?;
    fs::rename(temporary, folder.join(MARKER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_its_marker_does_not_count() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(LOCKS[0].folder_name());
        fs::create_dir_all(folder.join("bin")).unwrap();
        fs::write(folder.join("bin/python"), "").unwrap();
        assert_eq!(existing(root.path()), None);
        let facts = Facts {
            implementation: "cpython".into(),
            version: [3, 11, 0],
            executable: folder.join("bin/python"),
            prefixes: vec![],
            library: vec![],
            site: vec![],
            packages: [].into(),
            modules: vec![],
        };
        mark(&folder, &Marker { facts }).unwrap();
        assert!(existing(root.path()).is_some());
        fs::remove_file(folder.join("bin/python")).unwrap();
        assert_eq!(existing(root.path()), None, "its interpreter is gone");
    }

    #[tokio::test]
    async fn a_set_up_that_fails_says_why_and_leaves_no_marker() {
        let root = tempfile::tempdir().unwrap();
        let known = Known::default();
        let (base, lock) = find::find(&known).await.expect("install CPython with venv: apt-get install python3-venv");
        let folder = root.path().join(lock.folder_name());
        let held = File::create(root.path().join("lock")).unwrap();
        let unhashed = "numpy==1.0\n"; // refused by --require-hashes before any index is asked
        let error = make(&base, &folder, unhashed, held, &|_| {}).await.unwrap_err();
        assert!(error.to_string().contains("numpy==1.0"), "{error}");
        assert_eq!(existing(root.path()), None);
    }
}
