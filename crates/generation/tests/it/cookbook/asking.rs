//! How these tests ask the cookbook, and run what it answers.

use pyexec_core::{
    Instance, PluginError,
    code::Digest,
    finding::InputInfo,
    generator::{GENERATE, GeneratedCode, GenerationRequest},
};
use pyexec_testkit::{QuietHostFake, generation_request};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

pub(super) const CO2: &str = "co2_mauna_loa_weekly.csv";
pub(super) const FORBES: &str = "forbes_boiling_point.csv";
pub(super) const MICHELSON: &str = "michelson_speed_of_light.csv";
pub(super) const NILE: &str = "nile_annual_flow.csv";

/// The folder `examples/data`.
pub(super) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data").canonicalize().unwrap()
}

pub(super) fn create(config: &Value) -> Result<Instance, PluginError> {
    crate::create("cookbook", config)
}

pub(super) fn input(path: &Path) -> InputInfo {
    InputInfo {
        name: path.file_name().unwrap().to_str().unwrap().into(),
        path: path.to_str().unwrap().into(),
        sha256: Digest::of(b""),
        bytes: 0,
    }
}

pub(super) fn request(query: &str, inputs: &[PathBuf]) -> GenerationRequest {
    GenerationRequest { inputs: inputs.iter().map(|path| input(path)).collect(), ..generation_request(query) }
}

pub(super) async fn generate(config: &Value, request: GenerationRequest) -> Result<GeneratedCode, PluginError> {
    if *config == json!({}) {
        static DEFAULT: LazyLock<Instance> = LazyLock::new(|| create(&json!({})).unwrap());
        return DEFAULT.invoke(GENERATE, &request, QuietHostFake::default().host_box()).await;
    }
    create(config)?.invoke(GENERATE, &request, QuietHostFake::default().host_box()).await
}

/// Asks about files of `examples/data`.
pub(super) async fn ask(query: &str, files: &[&str]) -> Result<GeneratedCode, PluginError> {
    let files: Vec<PathBuf> = files.iter().map(|file| data().join(file)).collect();
    generate(&json!({}), request(query, &files)).await
}

/// Asks about one table that holds `text` and is called `name`; gives the answer with the folder that holds it.
pub(super) async fn ask_of(
    name: &str,
    text: &str,
    query: &str,
) -> (Result<GeneratedCode, PluginError>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    (generate(&json!({}), request(query, &[file])).await, folder)
}

/// The interpreter of the managed environment, with numpy, pandas, matplotlib and scipy.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-data");
    let data = std::env::var_os("PYEXEC_TEST_DATA").map_or(target, PathBuf::from);
    let environments = fs::read_dir(data.join("python")).into_iter().flatten().flatten();
    let mut pythons: Vec<PathBuf> = environments
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains("-cp3")))
        .map(|path| path.join("bin/python"))
        .filter(|python| python.exists())
        .collect();
    pythons.sort();
    pythons.pop().unwrap_or_else(|| {
        panic!("no Python environment in {}: `cargo xtask setup` makes it (PYEXEC_TEST_DATA)", data.display())
    })
}

/// What a script left.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) results: Value,
    pub(super) stdout: String,
}

/// Runs a script where its inputs are, and sees to it that it leaves one figure that can be drawn, and no warning.
pub(super) fn run(code: &GeneratedCode, inputs: &[&Path]) -> Ran {
    let mut kitchen = Kitchen::default();
    kitchen.add(code, inputs);
    kitchen.run().remove(0)
}

/// Scripts to be run by one interpreter: it takes longer to start than any of them takes.
#[derive(Default)]
pub(super) struct Kitchen {
    folders: Vec<tempfile::TempDir>,
}

impl Kitchen {
    /// One more.
    pub(super) fn add(&mut self, code: &GeneratedCode, inputs: &[&Path]) {
        let folder = tempfile::tempdir().unwrap();
        for input in inputs {
            fs::copy(input, folder.path().join(input.file_name().unwrap())).unwrap();
        }
        fs::write(folder.path().join("code.py"), code.code.as_bytes()).unwrap();
        self.folders.push(folder);
    }

    /// Runs them; each must succeed.
    pub(super) fn run(self) -> Vec<Ran> {
        let output = self.try_to_run();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let read = |folder: &Path, name| fs::read_to_string(folder.join(name)).ok();
        self.folders
            .iter()
            .map(|folder| {
                let code = read(folder.path(), "code.py").unwrap();
                let results = read(folder.path(), "results.json")
                    .unwrap_or_else(|| panic!("{stderr}\n{}", code.lines().take(12).collect::<Vec<_>>().join("\n")));
                assert!(!folder.path().join("pwned").exists(), "{code}");
                let stdout = read(folder.path(), "stdout.txt").unwrap();
                Ran { results: serde_json::from_str(&results).unwrap(), stdout }
            })
            .collect()
    }

    /// Runs them until one fails.
    pub(super) fn try_to_run(&self) -> std::process::Output {
        let caches = tempfile::tempdir().unwrap();
        let mut command = Command::new(python());
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run_recipe.py"));
        command.args(self.folders.iter().map(tempfile::TempDir::path));
        command.env("MPLCONFIGDIR", caches.path()).env("MPLBACKEND", "Agg").output().unwrap()
    }
}
