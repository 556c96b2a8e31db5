//! The environment with nbformat, nbconvert and a kernel, and what the tests do with it.

use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Its interpreter.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let tools = env::var_os("PYEXEC_TEST_TOOLS").map_or_else(|| target.join("test-tools"), PathBuf::from);
    let python = tools.join("bin/python");
    assert!(python.is_file(), "{} is missing; make it with `cargo xtask setup`", python.display());
    python
}

/// Runs its Python where nothing of this user's matters; the kernel's own files go to `scratch`.
fn run(scratch: &Path, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(python());
    command.args(arguments).current_dir(folder).env_clear();
    command.env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8");
    for name in ["HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"] {
        command.env(name, scratch);
    }
    command.output().unwrap()
}

fn succeeded(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{complaint}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn program(name: &str) -> String {
    format!("{}/tests/it/notebook/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The package that code imports in a run.
fn package() -> String {
    format!("{}/../../python", env!("CARGO_MANIFEST_DIR"))
}

/// Fails unless the Python `nbformat` finds each valid, and of version 4.5.
pub(super) fn validate(notebooks: &[Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let check = "import nbformat, sys\nfor name in sys.argv[1:]:\n    notebook = nbformat.read(name, 4)\n    \
                 nbformat.validate(notebook)\n    assert notebook.nbformat_minor == 5, name";
    let mut arguments = vec!["-W", "error", "-c", check];
    let names = put(folder.path(), notebooks);
    arguments.extend(names.iter().map(String::as_str));
    succeeded(&run(folder.path(), folder.path(), &arguments));
}

fn put(folder: &Path, notebooks: &[Vec<u8>]) -> Vec<String> {
    let one = |(n, bytes): (usize, &Vec<u8>)| {
        let name = format!("{n}.ipynb");
        fs::write(folder.join(&name), bytes).unwrap();
        name
    };
    notebooks.iter().enumerate().map(one).collect()
}

/// Executes it in its folder, through errors, and returns what it then is.
pub(super) fn execute(notebook: &Path) -> Value {
    let scratch = tempfile::tempdir().unwrap();
    let to = scratch.path().join("executed.ipynb");
    let (from, to) = (notebook.to_str().unwrap(), to.to_str().unwrap());
    let arguments = ["-m", "nbconvert", "--to", "notebook", "--execute", "--allow-errors", "--output", to, from];
    succeeded(&run(scratch.path(), notebook.parent().unwrap(), &arguments));
    serde_json::from_slice(&fs::read(to).unwrap()).unwrap()
}

/// What it is after somebody opened, ran through and saved it in Jupyter, as far as the file goes: other ids, counts and
/// metadata, another layout.
pub(crate) fn saved_again(notebook: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let save = "import nbformat, sys\nnotebook = nbformat.read(sys.argv[1], 4)\n\
                for at, cell in enumerate(notebook.cells):\n    cell.id = f'saved-{at}'\n    cell.metadata.tags = ['seen']\n    \
                if cell.cell_type == 'code':\n        cell.execution_count = at\n\
                notebook.metadata.kernelspec.display_name = 'Other'\nnbformat.write(notebook, sys.argv[1])";
    let names = put(folder.path(), &[notebook.to_vec()]);
    succeeded(&run(folder.path(), folder.path(), &["-W", "error", "-c", save, &names[0]]));
    fs::read(folder.path().join(&names[0])).unwrap()
}

/// What of their HTML could act, as `nbconvert` makes it: a line each, which begins with the notebook's number.
pub(super) fn active_html(notebooks: &[Vec<u8>]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec![program("active_html.py")];
    arguments.extend(put(folder.path(), notebooks));
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    succeeded(&run(folder.path(), folder.path(), &arguments)).lines().map(str::to_owned).collect()
}

/// What a run makes of `code.py` in `folder`, by the runner's own modules: results, output, failure, figures.
pub(super) fn reference(folder: &Path) -> Value {
    let scratch = tempfile::tempdir().unwrap();
    let said = succeeded(&run(scratch.path(), folder, &[&program("reference.py"), &package()]));
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// The values that the first cell's stand-ins keep otherwise than a run does.
pub(super) fn kept_otherwise(world: &Path) -> String {
    let scratch = tempfile::tempdir().unwrap();
    let arguments = [&program("kept.py"), &package(), world.to_str().unwrap()];
    succeeded(&run(scratch.path(), scratch.path(), &arguments.map(AsRef::as_ref)))
}
