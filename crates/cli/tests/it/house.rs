//! A house of one's own for each test: the built program, a data folder, a configuration, and nothing of whoever runs it.

use serde_json::Value;
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The longest that a test waits for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct House {
    folder: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl House {
    /// A house with this configuration (TOML); the Python environment is the one that the set-up made.
    pub(crate) fn new(configuration: &str) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(house.path("config")).unwrap();
        house.configure(configuration);
        house
    }

    pub(crate) fn configure(&self, configuration: &str) {
        fs::write(self.path("config/pyexec.toml"), configuration).unwrap();
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file of the test's own.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(pyexec());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap())
            .env("HOME", self.path("home"))
            .env("XDG_CONFIG_HOME", self.path("no-configuration"))
            .env("PYEXEC_CONFIG", self.path("config/pyexec.toml"))
            .env("PYEXEC__DATA_DIR", self.path("data"))
            .env("PYEXEC__PYTHON__INTERPRETER", environment())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said(&self.command(arguments).output().unwrap())
    }

    /// With something on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Said {
        let mut child = start(self.command(arguments).stdin(Stdio::piped()));
        // A program that refuses before it has read everything closes the pipe: that is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        said(&child.wait_with_output().unwrap())
    }

    /// Runs code to the end.
    pub(crate) fn code(&self, code: &str, more: &[&str]) -> Said {
        let script = self.file("script.py", code);
        let mut arguments = vec!["run", "--code", script.to_str().unwrap(), "--json"];
        arguments.extend(more);
        self.run(&arguments)
    }

    /// The one run of this house.
    pub(crate) fn only_run(&self) -> String {
        let list = self.run(&["runs", "list", "--json"]).json();
        let runs = list["runs"].as_array().unwrap().clone();
        assert_eq!(runs.len(), 1, "{list}");
        runs[0]["run_id"].as_str().unwrap().to_owned()
    }

    /// The kinds of a run's events.
    pub(crate) fn events(&self, run: &str) -> Vec<String> {
        let said = self.run(&["runs", "events", run]);
        let kind = |line: &str| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned();
        said.stdout.lines().map(kind).collect()
    }
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e} in {self:#?}"))
    }

    /// Exit code and standard error must be as expected; every text must occur.
    #[track_caller]
    pub(crate) fn expect(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        for text in texts {
            assert!(self.stderr.contains(text) || self.stdout.contains(text), "no {text:?} in {self:#?}");
        }
        self
    }
}

pub(crate) fn said(output: &Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Starts a program whose output is read later.
pub(crate) fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until `look` finds something, at most for [`PATIENCE`].
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The program, with its libraries beside it, as cargo builds them in the profile of this test.
pub(crate) fn pyexec() -> PathBuf {
    built().join("pyexec")
}

/// Copies a program that is to be executed. By another process: while this one has the copy open to write, so have the children that
/// other tests start just then, and what is open to write cannot be executed.
pub(crate) fn copy_program(from: &Path, to: &Path) {
    assert!(Command::new("cp").args([from, to]).status().unwrap().success(), "{}", to.display());
}

/// A library of `plugins/faulty`.
pub(crate) fn faulty() -> PathBuf {
    built().join("libpyexec_plugin_faulty.so")
}

fn built() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let program = Path::new(env!("CARGO_BIN_EXE_pyexec"));
        let folder = program.parent().unwrap();
        let profile = if folder.ends_with("debug") { "dev" } else { "release" };
        let libraries =
            ["generation", "analysis", "approval", "execution", "faulty"].map(|s| format!("pyexec-plugin-{s}"));
        let packages = libraries.iter().map(String::as_str).chain(["pyexec-sandbox"]).flat_map(|p| ["--package", p]);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--lib", "--profile", profile]).args(packages);
        cargo.arg("--target-dir").arg(folder.parent().unwrap()).current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        folder.to_owned()
    })
}

/// A configuration that loads one library beside the four stages, pinned.
pub(crate) fn loading(path: &Path, more: &str) -> String {
    let stages = ["generation", "analysis", "approval", "execution"].map(|stage| {
        format!("[[plugins.load]]\npath = {:?}\n", faulty().with_file_name(format!("libpyexec_plugin_{stage}.so")))
    });
    let digest = fs::read(path).map(|bytes| pyexec_core::Digest::of(&bytes).to_string()).unwrap_or_default();
    let pin = if digest.is_empty() { String::new() } else { format!("sha256 = \"{digest}\"\n") };
    format!("{more}\n{}[[plugins.load]]\npath = {path:?}\n{pin}", stages.concat())
}

/// The managed Python environment that `cargo xtask setup` made.
pub(crate) fn environment() -> PathBuf {
    static ENVIRONMENT: OnceLock<PathBuf> = OnceLock::new();
    let find = || {
        let data = env::var_os("PYEXEC_TEST_DATA").map(PathBuf::from);
        let data = data
            .unwrap_or_else(|| Path::new(env!("CARGO_BIN_EXE_pyexec")).ancestors().nth(2).unwrap().join("test-data"));
        let found = fs::read_dir(data.join("python")).ok().and_then(|entries| {
            entries.filter_map(Result::ok).map(|entry| entry.path()).find(|path| path.join("pyvenv.cfg").is_file())
        });
        found.expect("there is no managed Python environment: run `cargo xtask setup` first")
    };
    ENVIRONMENT.get_or_init(find).clone()
}

/// The root of the workspace, for the examples.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}
