//! Where the benches find what `cargo xtask bench` made ready for them.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

type Failed = Box<dyn Error + Send + Sync>;

/// The managed environment of the tests.
pub(crate) fn environment() -> Result<PathBuf, Failed> {
    let folder = env::var_os("PYEXEC_TEST_DATA").map_or_else(|| target().join("test-data"), PathBuf::from);
    let environments = fs::read_dir(folder.join("python")).into_iter().flatten().filter_map(Result::ok);
    let found = environments.map(|entry| entry.path()).find(|path| path.join("pyvenv.cfg").is_file());
    found.ok_or_else(|| "there is no managed Python environment: run `cargo xtask setup` first".into())
}

/// The sandbox library of this profile.
pub(crate) fn sandbox() -> Result<PathBuf, Failed> {
    let library = target().join("release/libpyexec_sandbox.so");
    if library.is_file() {
        return Ok(library);
    }
    Err("the sandbox library is not built: run `cargo build --release --package pyexec-sandbox` first".into())
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}
