//! A program that runs beside the tests, in namespaces of its own: it ends with all that it started, its mounts end with it, and
//! what it covers is covered for nobody else.
//!
//! It outlives the task that started it, or not, as the task wants: a pid file below the target folder says that it is there. This
//! module does not know what it runs.

use crate::{root, target};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Until it answers.
const START: Duration = Duration::from_mins(1);
/// Until it has ended in good order; after that it is killed.
const STOP: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// One of them. `xtask/assets/<name>.sh` becomes its first process and gets its folder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Daemon {
    /// Of its folder in the target folder, and of its script.
    pub(crate) name: &'static str,
    /// For messages.
    pub(crate) what: &'static str,
    /// Whether it answers.
    pub(crate) answers: fn() -> bool,
}

/// As long as this is there, so is the daemon.
#[derive(Debug)]
pub(crate) struct InUse {
    daemon: Daemon,
    /// Shared by all who use it: who can have it alone is the last.
    users: File,
    /// That this task started, and so stops.
    started: Option<Child>,
}

impl Daemon {
    /// Where its files are.
    pub(crate) fn folder(self) -> PathBuf {
        target().join(self.name)
    }

    /// Sees that it runs, and leaves it running. Returns whether it had to be started.
    pub(crate) fn keep(self) -> Result<bool> {
        let _turn = self.turn()?;
        if self.alive() {
            return Ok(false);
        }
        // not in the terminal's group: Ctrl-C is for the task
        self.start(self.command().process_group(0))?;
        Ok(true)
    }

    /// Sees that it runs, until the result is dropped: what was started for that is stopped then, unless somebody else uses it.
    pub(crate) fn hold(self) -> Result<InUse> {
        let _turn = self.turn()?;
        let users = self.file("users.lock")?;
        let started = if self.alive() { None } else { Some(self.start(&mut self.command())?) };
        users.lock_shared().context("the use cannot be noted")?;
        Ok(InUse { daemon: self, users, started })
    }

    /// Ends it in good order. Returns whether there was one.
    pub(crate) fn stop(self) -> Result<bool> {
        let Some(outer) = self.outer() else { return Ok(false) };
        self.end(outer, || !self.is_outer(outer))?;
        Ok(true)
    }

    /// Whether it is there.
    pub(crate) fn alive(self) -> bool {
        self.outer().is_some()
    }

    /// One task at a time starts or ends it; the turn is over when the file is closed.
    fn turn(self) -> Result<File> {
        let turn = self.file("turn.lock")?;
        turn.lock().context("another task cannot be waited for")?;
        Ok(turn)
    }

    fn file(self, name: &str) -> Result<File> {
        let folder = self.folder();
        fs::create_dir_all(&folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        let path = folder.join(name);
        File::create(&path).with_context(|| format!("`{}` cannot be made", path.display()))
    }

    /// `unshare` stays outside the new pid namespace, as the parent of its first process.
    fn command(self) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--kill-child", "--"]);
        command.arg(root().join("xtask/assets").join(self.name).with_extension("sh")).arg(self.folder());
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    fn start(self, command: &mut Command) -> Result<Child> {
        let what = self.what;
        if !crate::test::is_root() {
            bail!("{what} for the tests is started by root only: `sudo --preserve-env=PATH,HOME cargo xtask setup`");
        }
        let path = self.folder().join("log");
        let log = File::create(&path).with_context(|| format!("`{}` cannot be made", path.display()))?;
        command.stdout(log.try_clone().context("the log cannot be shared")?).stderr(log);
        let mut child = command.spawn().context("`unshare` (of util-linux) does not start")?;
        fs::write(self.pid_file(), child.id().to_string()).context("the pid file cannot be written")?;
        let deadline = Instant::now() + START;
        while !(self.answers)() {
            if let Some(status) = child.try_wait()? {
                bail!("{what} ended at its start ({status}); the end of {}:\n{}", path.display(), tail(&path));
            }
            if Instant::now() > deadline {
                self.finish(&mut child)?;
                bail!("{what} does not answer; the end of {}:\n{}", path.display(), tail(&path));
            }
            thread::sleep(PAUSE);
        }
        Ok(child)
    }

    /// Ends a child of this very task, and reaps it.
    fn finish(self, child: &mut Child) -> Result<()> {
        let outer = Pid::from_child(child);
        self.end(outer, || !matches!(child.try_wait(), Ok(None)))
    }

    fn end(self, outer: Pid, mut gone: impl FnMut() -> bool) -> Result<()> {
        // unshare itself hears no SIGTERM; the kernel takes the namespace's other processes with its first
        // gone already: then so is what is waited for
        let _ = match inner(outer) {
            Some(first) => kill_process(first, Signal::TERM),
            None => kill_process(outer, Signal::KILL),
        };
        let mut deadline = Instant::now() + STOP;
        let mut killed = false;
        while !gone() {
            if Instant::now() > deadline {
                if killed {
                    bail!("{} (process {outer}) does not end", self.what);
                }
                killed = true;
                deadline = Instant::now() + STOP;
                let _ = kill_process(outer, Signal::KILL); // `--kill-child` passes it on
            }
            thread::sleep(PAUSE);
        }
        fs::remove_file(self.pid_file()).context("the pid file cannot be removed")
    }

    fn pid_file(self) -> PathBuf {
        self.folder().join("pid")
    }

    /// The process of the pid file, if it is still that.
    fn outer(self) -> Option<Pid> {
        let pid = Pid::from_raw(fs::read_to_string(self.pid_file()).ok()?.parse().ok()?)?;
        self.is_outer(pid).then_some(pid)
    }

    /// A pid comes again; a zombie has no command line.
    fn is_outer(self, pid: Pid) -> bool {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.next() == Some(b"unshare") && words.any(|word| word == self.folder().as_os_str().as_encoded_bytes())
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        let Some(child) = &mut self.started else { return };
        let _turn = self.daemon.turn();
        match self.users.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return, // the others may have it
            Err(TryLockError::Error(error)) => eprintln!("warning: {error}"),
        }
        if let Err(error) = self.daemon.finish(child) {
            eprintln!("warning: {error:#}");
        }
    }
}

/// The first process of the namespace that this `unshare` waits for.
fn inner(outer: Pid) -> Option<Pid> {
    let children = fs::read_to_string(format!("/proc/{outer}/task/{outer}/children")).ok()?;
    Pid::from_raw(children.split_whitespace().next()?.parse().ok()?)
}

/// The last of a log.
fn tail(path: &PathBuf) -> String {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let start = file.metadata()?.len().saturating_sub(2048);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_else(|error| format!("(unreadable: {error})"))
}
