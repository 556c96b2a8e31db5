//! Fuzzes what reads hostile bytes: builds the targets with coverage counters and runs each for some time.
//!
//! These are the flags of `cargo fuzz --sanitizer none`, which works on a stable toolchain; calling cargo itself spares every
//! new machine the building of another program.

use crate::{cargo, root, succeed, target};
use anyhow::{Context, Result, bail};
use std::{fs, path::Path, process::Command};

const MANIFEST: &str = "crates/analysis/fuzz/Cargo.toml";
/// Each target, with where its first inputs lie and how they end.
const TARGETS: [(&str, &str, &str); 3] = [
    ("analyze", "crates/analysis/tests/it/cases", "py"),
    ("knowledge", "crates/analysis/knowledge", "toml"),
    ("policy", "crates/analysis/policies", "toml"),
];
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                        -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";
/// Beyond this a target is wrong, MiB; libFuzzer measures the resident set.
const MEMORY: u32 = 1024;
/// Beyond this an input is a hang, seconds.
const HANG: u32 = 20;

/// Of each target, when nobody says otherwise.
const SECONDS: u64 = 60;

/// `[--seconds N] [TARGET]`.
pub(crate) fn fuzz(arguments: &[&str]) -> Result<()> {
    let (seconds, rest) = match arguments {
        ["--seconds", number, rest @ ..] => (number.parse().context("`--seconds` wants a number")?, rest),
        rest => (SECONDS, rest),
    };
    match rest {
        [] => run(seconds, None),
        [name] => run(seconds, Some(name)),
        _ => bail!("it takes one target at the most"),
    }
}

/// Runs every target for so many seconds, or `only` one.
fn run(seconds: u64, only: Option<&str>) -> Result<()> {
    if let Some(name) = only.filter(|name| !TARGETS.iter().any(|(target, ..)| target == name)) {
        bail!("there is no fuzz target `{name}`; there are {}", TARGETS.map(|(name, ..)| name).join(", "));
    }
    let (folder, triple) = (target().join("fuzz"), triple()?);
    // No member of the workspace, so what holds for members is said here again.
    succeed(cargo().args(["fmt", "--check", "--manifest-path", MANIFEST]))?;
    let mut lint = cargo();
    lint.args(["clippy", "--quiet", "--locked", "--manifest-path", MANIFEST, "--target-dir"]).arg(&folder);
    succeed(lint.args(["--", "--deny", "warnings"]))?;
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--release", "--manifest-path", MANIFEST, "--target", &triple]);
    // A folder of its own: other flags than the workspace's.
    succeed(build.arg("--target-dir").arg(&folder).env("RUSTFLAGS", COVERAGE))?;
    for (name, seeds, extension) in TARGETS.iter().filter(|(name, ..)| only.is_none_or(|only| only == *name)) {
        let corpus = folder.join("corpus").join(name);
        fs::create_dir_all(&corpus).with_context(|| format!("`{}` cannot be made", corpus.display()))?;
        seed(&root().join(seeds), extension, &corpus)?;
        let mut program = Command::new(folder.join(&triple).join("release").join(name));
        program.arg(&corpus).arg(format!("-artifact_prefix={}/{name}-", folder.display()));
        program.arg(format!("-max_total_time={seconds}")).arg(format!("-rss_limit_mb={MEMORY}"));
        program.arg(format!("-timeout={HANG}")).args(["-max_len=16384", "-print_final_stats=1", "-verbosity=0"]);
        println!("fuzzing {name} for {seconds} s");
        succeed(&mut program)
            .with_context(|| format!("the target `{name}` found something: see the artifact above"))?;
    }
    Ok(())
}

/// Copies files into the corpus; the analyzer's inputs begin with a byte that chooses the version. Of tables and policies each
/// entry is an input too: the whole is refused for any of them.
fn seed(from: &Path, extension: &str, corpus: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("`{}` cannot be listed", from.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            seed(&path, extension, corpus)?;
        } else if path.extension().is_some_and(|found| found == extension) {
            let mut bytes = fs::read(&path)?;
            if extension == "py" {
                bytes.insert(0, b'0');
            }
            let name = path.components().rev().take(2).map(|part| part.as_os_str().to_string_lossy().into_owned());
            let name = name.collect::<Vec<_>>().join("-");
            if extension == "toml" {
                let text = String::from_utf8_lossy(&bytes);
                for (number, entry) in text.split("\n\n").enumerate() {
                    fs::write(corpus.join(format!("{name}-{number}")), entry)?;
                }
            }
            fs::write(corpus.join(name), bytes)?;
        }
    }
    Ok(())
}

/// This machine's: flags for a named target are not passed to build scripts and macros.
fn triple() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("rustc does not start")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say for which machine it compiles")
}
