//! The `pyexec` program: reads flags and configuration, wires the stages to a service, shows what comes of it.
//!
//! Data goes to stdout, everything else to stderr; the exit code says how it ended (see `exit.rs`). Open `args.rs` for the
//! command line, `wiring.rs` for what is connected to what, and `commands/` for one file a command.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the program that prints")]

mod args;
mod commands;
mod exit;
mod logging;
mod principal;
mod render;
mod wiring;

use args::{Arguments, Command};
use clap::Parser;
use exit::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Clap's own: 2 for bad usage, 0 for --help and --version.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::report(&Failure::machinery(format!("the runtime does not start: {error}"))),
    };
    let done = runtime.block_on(perform(arguments));
    // A plugin that still blocks a thread must not keep the program.
    runtime.shutdown_background();
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => exit::report(&failure),
    }
}

async fn perform(arguments: Arguments) -> Result<u8, Failure> {
    let config = arguments.config.as_deref();
    match arguments.command {
        Command::Run(run) => commands::run::run(config, *run).await,
        Command::Analyze(analyze) => commands::analyze::analyze(config, analyze).await,
        Command::Approvals(approvals) => commands::approvals::approvals(config, approvals).await,
        Command::Runs(runs) => Box::pin(commands::runs::runs(config, runs)).await, // large: it may drive a run
        Command::Plugins(plugins) => commands::plugins::plugins(config, plugins),
        Command::Config(settings) => commands::config::config(config, settings).await,
        Command::Doctor(doctor) => commands::doctor::doctor(config, &doctor).await,
    }
}
