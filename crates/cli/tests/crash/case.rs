//! The world of one run: a folder of its own with data, configuration, code and a control system that counts.

use crate::{
    Broken,
    fault::{Fault, Victim},
    house, processes,
    scenario::{LIMITS, Scenario},
};
use serde_json::Value;
use std::{
    env,
    fs::{self, File},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The longest that one command may take: nothing here works for more than seconds.
const PATIENCE: Duration = Duration::from_secs(90);
/// Room for everything that one run leaves, for the disks that are not meant to fill.
const AMPLE: &str = "256m";

pub(crate) struct Case {
    pub(crate) scenario: Scenario,
    folder: PathBuf,
    /// On a real disk: code writes here through a mount, and not every kernel gives those on a `tmpfs`.
    out: PathBuf,
    /// Whether `data` is a disk of its own.
    has_disk: bool,
}

/// A command under way.
pub(crate) struct Running {
    child: Child,
    what: String,
    stem: PathBuf,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) what: String,
    /// Nothing if it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// What it printed on stdout as JSON, if it did.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.stdout).ok()
    }

    pub(crate) fn broke(&self, why: &str) -> Broken {
        Broken(format!("{why}: {self:#?}"))
    }
}

impl Case {
    /// Makes the world. `folder` and `out` must not exist yet.
    pub(crate) fn new(scenario: Scenario, fault: &Fault, folder: PathBuf, out: PathBuf) -> Result<Self, Broken> {
        let has_disk = matches!(fault, Fault::SmallDisk { .. });
        let case = Self { scenario, folder, out, has_disk };
        for folder in [&case.world(), &case.folder.join("said"), &case.folder.join("plant"), &case.out] {
            fs::create_dir_all(folder).map_err(|e| Broken(format!("{}: {e}", folder.display())))?;
        }
        // A strike needs something to hit.
        let nap = if matches!(fault, Fault::Strike { .. }) { 0.4 } else { 0.0 };
        let (state, limits) = (case.world().join("channels.json"), case.folder.join("limits.json"));
        case.write("limits.json", LIMITS)?;
        let text = |path: &Path| path.display().to_string();
        case.write("pyexec.toml", &scenario.configuration(nap, &text(&state), &text(&limits)))?;
        if let Some(code) = scenario.code(nap, &text(&case.effects())) {
            case.write("script.py", &code)?;
        }
        if has_disk {
            // What is loaded is copied beside the store first. Libraries are larger than all the rest, and their copies
            // have an error of their own.
            mount(&case.data())?;
            mount(&case.data().join("plugins"))?;
        }
        Ok(case)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Broken> {
        fs::write(self.folder.join(name), text).map_err(|e| Broken(format!("{name}: {e}")))
    }

    /// Leaves this much room on the disk of the data folder.
    pub(crate) fn shrink(&self, room_kib: u64) -> Result<(), Broken> {
        let disk = rustix::fs::statvfs(self.data()).map_err(|e| Broken(format!("statvfs: {e}")))?;
        let used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize / 1024;
        self.resize(&format!("{}k", used + room_kib))
    }

    /// Whether it has no room left, so that something must have been refused.
    pub(crate) fn is_full(&self) -> bool {
        rustix::fs::statvfs(self.data()).is_ok_and(|disk| disk.f_bfree * disk.f_frsize < 32 << 10)
    }

    /// Gives it room again.
    pub(crate) fn widen(&self) -> Result<(), Broken> {
        self.resize(AMPLE)
    }

    fn resize(&self, size: &str) -> Result<(), Broken> {
        run_tool(Command::new("mount").args(["-o"]).arg(format!("remount,size={size}")).arg(self.data()))
    }

    /// What faults are beneath: the data folder and the connector's files.
    pub(crate) fn world(&self) -> PathBuf {
        self.folder.join("world")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.world().join("data")
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that code with an output folder appends to.
    pub(crate) fn effects(&self) -> PathBuf {
        self.out.join("effects.txt")
    }

    /// The values that the connector was given, in order, as JSON.
    pub(crate) fn puts(&self) -> Vec<String> {
        let text = fs::read_to_string(self.world().join("channels.json.writes.jsonl")).unwrap_or_default();
        let value = |line: &str| Some(serde_json::from_str::<Value>(line).ok()?["value"].to_string());
        text.lines().filter_map(value).collect()
    }

    pub(crate) fn report(&self, slot: usize) -> PathBuf {
        self.folder.join(format!("report-{slot}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(house::pyexec());
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.join("home"))
            .env("PYEXEC_CONFIG", self.folder.join("pyexec.toml"))
            .env("PYEXEC__DATA_DIR", self.data())
            .env("PYEXEC__PYTHON__INTERPRETER", house::environment())
            .stdin(Stdio::null());
        command
    }

    /// Starts a command; `plan` puts the fault layer beneath it.
    pub(crate) fn start(&self, arguments: &[&str], plan: Option<(&str, usize)>) -> Result<Running, Broken> {
        let mut command = self.command(arguments);
        if let Some((plan, slot)) = plan {
            command
                .env("LD_PRELOAD", crate::layer::library())
                .env("PYEXEC_FAULT_BELOW", self.world())
                .env("PYEXEC_FAULT_REPORT", self.report(slot))
                .env("PYEXEC_FAULT_PLAN", plan);
        }
        let what = format!("pyexec {}", arguments.join(" "));
        let count = fs::read_dir(self.folder.join("said")).map_or(0, Iterator::count) / 2;
        let stem = self
            .folder
            .join("said")
            .join(format!("{count:02}_{}", arguments[..arguments.len().min(2)].join("_").replace('/', "")));
        let file = |end: &str| File::create(stem.with_extension(end)).map_err(|e| Broken(format!("{what}: {e}")));
        command.stdout(file("out")?).stderr(file("err")?);
        let child = command.spawn().map_err(|e| Broken(format!("{what}: {e}")))?;
        Ok(Running { child, what, stem })
    }

    /// Runs a command without any fault.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Said, Broken> {
        self.start(arguments, None)?.end()
    }
}

impl Drop for Case {
    fn drop(&mut self) {
        if self.has_disk {
            for disk in [self.data().join("plugins"), self.data()] {
                // The namespace goes with this program anyway.
                let _ = Command::new("umount").arg("--lazy").arg(disk).status();
            }
        }
    }
}

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn is_over(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills one of its processes after a while; whether there was one to kill. What `after` ends in is a matter of timing.
    pub(crate) fn strike(&mut self, victim: Victim, after: Duration) -> Result<bool, Broken> {
        let deadline = Instant::now() + PATIENCE;
        if victim == Victim::Host {
            thread::sleep(after); // the fault itself is a moment in time
            let lives = !self.is_over();
            let _ = self.child.kill();
            return Ok(lives);
        }
        let mut waited = false;
        while !self.is_over() && Instant::now() < deadline {
            let line = processes::sandbox_line(self.id());
            if line.len() <= victim.depth() {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
            processes::refuse_layer(&line)?;
            if !std::mem::replace(&mut waited, true) {
                thread::sleep(after);
            }
            // Else this one is gone: a sandbox that was only tried, or an earlier attempt's. There may be another.
            if processes::kill(line[victim.depth()]) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits for its end. One that does not come is a defect.
    pub(crate) fn end(mut self) -> Result<Said, Broken> {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() > deadline => {
                    let _ = self.child.kill();
                    let _ = self.child.wait();
                    return Err(Broken(format!("`{}` hangs", self.what)));
                }
                Ok(None) => thread::sleep(Duration::from_millis(4)),
                Err(e) => return Err(Broken(format!("{}: {e}", self.what))),
            }
        };
        let read = |end: &str| {
            fs::read(self.stem.with_extension(end))
                .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        let (stdout, stderr) = (read("out"), read("err"));
        Ok(Said { what: self.what, code: status.code(), signal: status.signal(), stdout, stderr })
    }
}

/// A disk in memory, as private as a data folder.
fn mount(at: &Path) -> Result<(), Broken> {
    fs::create_dir_all(at).map_err(|e| Broken(e.to_string()))?;
    let options = format!("size={AMPLE},mode=0700");
    run_tool(Command::new("mount").args(["-t", "tmpfs", "-o", &options, "crash-proof"]).arg(at))
}

/// Runs one of the system's programs.
pub(crate) fn run_tool(command: &mut Command) -> Result<(), Broken> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|e| Broken(format!("{shown}: {e}")))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Broken(format!("{shown}: {}", String::from_utf8_lossy(&output.stderr).trim())))
}
