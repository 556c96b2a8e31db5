//! Where the sandbox's parts are, and who runs it: the two ways every test goes.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};
use tempfile::TempDir;

/// An ordinary user and group; they need no entry anywhere.
pub(crate) const ORDINARY: u32 = 1000;
/// Who a root host becomes.
pub(crate) const DROPPED: u32 = 65533;

/// Who starts the runner, with which interpreter.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// The user that the host runs as.
    pub(crate) ordinary: bool,
    pub(crate) interpreter: PathBuf,
    /// A program and its arguments that start the interpreter, for hosts in odd places.
    pub(crate) launcher: Vec<String>,
    /// Folders that the interpreter needs and the system does not have.
    pub(crate) prefixes: Vec<PathBuf>,
}

/// A copy of the library and the runtime that everybody may read.
pub(crate) struct Installed {
    _folder: TempDir,
    pub(crate) library: PathBuf,
    pub(crate) runtime: PathBuf,
}

pub(crate) static INSTALLED: LazyLock<Installed> = LazyLock::new(|| {
    assert!(rustix::process::geteuid().is_root(), "these tests show how root starts a sandbox: run them as root");
    let folder = public_folder();
    let library = folder.path().join("libpyexec_sandbox.so");
    fs::copy(built_library(), &library).unwrap();
    let runtime = folder.path().join("runtime");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../python/pyexec"), &runtime.join("pyexec"));
    Installed { _folder: folder, library, runtime }
});

/// Both ways: root with the `python3` of PATH (which may live below root's home), and a user with the system's.
pub(crate) fn ways() -> [Way; 2] {
    [way("as root", false, "python3"), way("as an ordinary user", true, "/usr/bin/python3")]
}

pub(crate) fn root_way() -> Way {
    let [root, _] = ways();
    root
}

pub(crate) fn ordinary_way() -> Way {
    let [_, ordinary] = ways();
    ordinary
}

fn way(name: &'static str, ordinary: bool, python: &str) -> Way {
    let ask = "import sys; print(sys.executable, sys.base_prefix, sep='\\n')";
    let output =
        Command::new(python).args(["-c", ask]).output().unwrap_or_else(|e| panic!("{python}: {e}: install it"));
    let text = String::from_utf8(output.stdout).unwrap();
    let [interpreter, prefix] = text.lines().collect::<Vec<_>>()[..] else { panic!("{python} said {text:?}") };
    let prefixes = Some(prefix).filter(|p| *p != "/usr").map(PathBuf::from).into_iter().collect();
    Way { name, ordinary, interpreter: interpreter.into(), launcher: Vec::new(), prefixes }
}

/// A folder for everybody, removed at the end.
pub(crate) fn public_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Cargo puts the library of the package under test beside the folder of its test programs.
fn built_library() -> PathBuf {
    let program = env::current_exe().unwrap();
    let name = "libpyexec_sandbox.so";
    let places = program.ancestors().skip(1).take(2).map(|folder| folder.join(name));
    places
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{name} is not beside {}", program.display()))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}
