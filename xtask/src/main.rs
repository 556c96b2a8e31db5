//! Tasks of the workspace: `cargo xtask run -- ARGS`, `setup`, `engine`, `jupyter`, `image`, `test PART`, `test-all`, `bench`,
//! `crash`, `eval`, `fuzz`, `gallery`, `leaks`, `picture`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program that prints")]

mod agent;
mod bench;
mod build;
mod daemon;
mod engine;
mod eval;
mod examples;
mod fuzz;
mod gallery;
mod image;
mod jupyter;
mod leaks;
mod picture;
mod setup;
mod test;
mod tools;

use anyhow::{Context, Result, bail};
use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const USAGE: &str = "\
cargo xtask run -- ARGS    build everything that runs, then run `pyexec ARGS`
cargo xtask setup          install and prepare what the tests need; as root, and leaves a Docker engine and a Jupyter
                           Server for the tests running; with --basics, what needs neither root nor these
cargo xtask engine start|stop|status
                           that engine (target/engine/docker.sock); test and test-all start it themselves
cargo xtask jupyter start|stop|status
                           that server (target/jupyter/url), likewise
cargo xtask image          docker/Dockerfile without a registry, of Debian's packages, for that engine
cargo xtask test PART      the tests of one part: core, sdk, registry, generation, analysis, approval, execution,
                           sandbox, control, service, cli, and integration: the whole product by its command
                           line, with the examples
cargo xtask eval --generator NAME [--config FILE] [--only WORDS]
                           the task set (examples/tasks) put to a generator: solved, attempts, cost, time
cargo xtask bench NAME     a benchmark, with --json as one JSON object: analysis, approval, container,
                           generation, local, store
cargo xtask fuzz [--seconds N] [TARGET]
                           hostile bytes for what reads them, a minute for each target
cargo xtask gallery [--scripts N]
                           every script of matplotlib's gallery here and in plain Python: as many figures, no false alarm
cargo xtask leaks [--runs N] [--concurrent N] [--pool]
                           many runs, and what they leave behind: 1000 in a row and 200 at once unless told otherwise
cargo xtask picture        draw the README's pictures again
cargo xtask test-all       set-up, format, lints, every test; wants root, because the sandbox is tested as root and
                           as an ordinary user
cargo xtask crash [--runs N] [--seed S] [--only K]
                           runs with a fault each, and what must hold afterwards (docs/crash-proof.md); wants root";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match perform(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(arguments: &[String]) -> Result<ExitCode> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["run", rest @ ..] => run(rest.strip_prefix(&["--"]).unwrap_or(rest)),
        ["picture"] => picture::picture().map(|()| ExitCode::SUCCESS),
        ["setup"] => setup::setup().map(|()| ExitCode::SUCCESS),
        ["setup", "--basics"] => setup::basics().map(|()| ExitCode::SUCCESS),
        ["engine", "start"] => setup::containers().and_then(|()| engine::keep()).map(|()| ExitCode::SUCCESS),
        ["engine", "stop"] => engine::stop().map(|()| ExitCode::SUCCESS),
        ["engine", "status"] => engine::status().map(|()| ExitCode::SUCCESS),
        ["jupyter", "start"] => jupyter::keep().map(|()| ExitCode::SUCCESS),
        ["jupyter", "stop"] => jupyter::stop().map(|()| ExitCode::SUCCESS),
        ["jupyter", "status"] => jupyter::status().map(|()| ExitCode::SUCCESS),
        ["image"] => setup::image().map(|()| ExitCode::SUCCESS),
        ["test", part] => test::part(part).map(|()| ExitCode::SUCCESS),
        ["bench", name] => bench::run(name, false).map(|()| ExitCode::SUCCESS),
        ["bench", name, "--json"] => bench::run(name, true).map(|()| ExitCode::SUCCESS),
        ["eval", rest @ ..] => eval::eval(rest),
        ["fuzz", rest @ ..] => fuzz::fuzz(rest).map(|()| ExitCode::SUCCESS),
        ["gallery", rest @ ..] => gallery::gallery(rest).map(|()| ExitCode::SUCCESS),
        ["leaks", rest @ ..] => leaks::leaks(rest).map(|()| ExitCode::SUCCESS),
        ["crash", rest @ ..] => test::crash(rest).map(|()| ExitCode::SUCCESS),
        ["test-all"] => test::all().map(|()| ExitCode::SUCCESS),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("there is no task `{}`\n{USAGE}", arguments.join(" ")),
    }
}

/// Builds what runs and becomes it: exit code, signals and terminal are the program's own.
fn run(arguments: &[&str]) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    build::programs()?;
    let error = Command::new(build::pyexec()).args(arguments).exec();
    Err(error).context("pyexec does not start")
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The target folder, also where the environment puts it elsewhere.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Runs a command in the root of the workspace to its successful end.
fn succeed(command: &mut Command) -> Result<()> {
    let shown = format!("{} {}", command.get_program().display(), shown(command));
    let status = command.current_dir(root()).status().with_context(|| format!("`{shown}` does not start"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    command.get_args().map(|a| a.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
