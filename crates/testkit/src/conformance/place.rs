//! The surroundings of a run: a run folder, a folder that can be granted, one that never is, and somebody who listens.

use std::{
    fs, io,
    io::Write,
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};
use tempfile::TempDir;

/// What whoever connects is told.
pub(super) const GREETING: &str = "hello";
/// In a file of either folder.
pub(super) const SECRET: &str = "a secret";

/// An ordinary user's id, of whom nothing else is known.
const SOMEBODY: u32 = 1000;

/// See the module. Everything goes with it.
pub(super) struct Place {
    root: TempDir,
    listener: Option<JoinHandle<()>>,
    port: u16,
    over: Arc<AtomicBool>,
}

impl Place {
    pub(super) fn new() -> io::Result<Self> {
        // below /var/tmp: /tmp is another one inside many a sandbox
        let root = tempfile::Builder::new().prefix("conformance-").tempdir_in("/var/tmp")?;
        for folder in ["run", "granted", "outside"] {
            fs::create_dir(root.path().join(folder))?;
        }
        for folder in ["granted", "outside"] {
            // whoever the code runs as: what keeps it out must be the executor
            fs::set_permissions(root.path().join(folder), fs::Permissions::from_mode(0o777))?;
            fs::write(root.path().join(folder).join("there.txt"), SECRET)?;
        }
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755))?;
        if fs::metadata(root.path())?.uid() == 0 {
            // what is root's may be closed to code for that reason alone
            chown(root.path().join("granted"), Some(SOMEBODY), Some(SOMEBODY))?;
        }
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (port, over) = (listener.local_addr()?.port(), Arc::new(AtomicBool::new(false)));
        let ended = Arc::clone(&over);
        let listener = thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Acquire) {
                    return;
                }
                let _ = stream.and_then(|mut stream| stream.write_all(GREETING.as_bytes())); // who went hears nothing
            }
        });
        Ok(Self { root, listener: Some(listener), port, over })
    }

    /// The run folder.
    pub(super) fn run(&self) -> PathBuf {
        self.root.path().join("run")
    }

    /// The folder that can be granted, with `st_dev` and `st_ino`.
    pub(super) fn granted(&self) -> io::Result<(PathBuf, u64, u64)> {
        let path = self.root.path().join("granted");
        let metadata = fs::metadata(&path)?;
        Ok((path, metadata.dev(), metadata.ino()))
    }

    /// Where an input's bytes are put.
    pub(super) fn staged(&self, name: &str) -> PathBuf {
        self.root.path().join(format!("staged-{name}"))
    }

    /// The place's own facts in a script.
    pub(super) fn fill_in(&self, code: &str) -> String {
        let folder = |name: &str| self.root.path().join(name).display().to_string();
        code.replace("@GRANTED@", &folder("granted"))
            .replace("@OUTSIDE@", &folder("outside"))
            .replace("@PORT@", &self.port.to_string())
    }

    /// What a file of the two folders holds now, as text; `None` when there is none.
    pub(super) fn read(&self, path: impl AsRef<Path>) -> Option<String> {
        fs::read_to_string(self.root.path().join(path)).ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        drop(std::net::TcpStream::connect(("127.0.0.1", self.port))); // wakes the listener
        if let Some(listener) = self.listener.take() {
            drop(listener.join());
        }
    }
}
