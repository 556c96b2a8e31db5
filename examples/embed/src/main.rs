//! An application that links pyexec's crates instead of running the program `pyexec`: each stage by itself, then the whole
//! service, with a generator of its own.
//!
//! One file a stage, in the order of a run: `generate.rs`, `analyze.rs`, `decide.rs`, `execute.rs`; `whole.rs` puts a service
//! together. `mean_of.rs` is the generator, `own_host.rs` what a component needs that is used without a service. No plugin
//! library is loaded here: what the linked crates and this program register is found by name.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

mod analyze;
mod decide;
mod execute;
mod generate;
mod mean_of;
mod own_host;
mod whole;

// Linked for their registrations alone; the other stages are also called by name.
use {pyexec_execution as _, pyexec_generation as _};

use anyhow::{Context, Result, anyhow};
use clap::Parser;
use pyexec_core::{Code, RunError};
use pyexec_registry::Registry;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Each stage of pyexec by itself, then the whole service.
#[derive(Debug, Parser)]
struct Arguments {
    /// The file `libpyexec_sandbox.so`, which jails the code: an embedding program has it wherever it was installed
    #[arg(long, value_name = "FILE")]
    sandbox_library: PathBuf,
    /// The Python that runs code: a program, a virtual environment, or `managed` for one that is installed on first use
    #[arg(long, value_name = "PATH", default_value = "/usr/bin/python3")]
    interpreter: String,
    /// Where the service keeps its runs; a temporary folder if absent
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Where things are.
struct Places {
    /// Of the service, and of the executor's runtime.
    data_dir: PathBuf,
    /// Removed at the end.
    scratch: PathBuf,
    interpreter: String,
    sandbox_library: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match show(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn show(arguments: Arguments) -> Result<()> {
    let scratch = tempfile::tempdir().context("there is no temporary folder")?;
    let places = Places::of(arguments, scratch.path())?;
    let mut registry = Registry::new(places.data_dir.join("plugins"));
    registry.link_registered();

    title("generate: a question becomes code");
    let code = generate::code(&registry, "What is the mean of 3, 4.5 and 9?").await?;
    listing(&code);

    title("analyse: what can that code do, and what does policy say?");
    let harmless = analyze::judge(&code)?;
    let curious = analyze::judge(&Code::from("print(open('/etc/hostname').read())\n"))?;

    title("decide: who has to be asked?");
    decide::requirement(&code, &harmless).await?;
    decide::requirement(&code, &curious).await?;

    title("execute: that code, jailed, with a host of our own");
    execute::run(&registry, &places, &code).await?;

    title("the whole service: a question, and code that needs an approval");
    let service = whole::open(&registry, &places).await?;
    whole::ask(&service, "And the mean of 1, 2, 3, 4?").await?;
    whole::write_after_approval(&service, &places).await
}

impl Places {
    fn of(arguments: Arguments, scratch: &Path) -> Result<Self> {
        let Arguments { sandbox_library, interpreter, data_dir } = arguments;
        let absolute = |path: &Path| std::path::absolute(path).with_context(|| format!("`{}`", path.display()));
        Ok(Self {
            data_dir: data_dir.map_or_else(|| Ok(scratch.join("data")), |path| absolute(&path))?,
            scratch: scratch.into(),
            sandbox_library: absolute(&sandbox_library)?,
            interpreter,
        })
    }

    /// The table of the executor `local`. The program `pyexec` finds the sandbox library beside itself; this one says where
    /// it is.
    fn executor_table(&self) -> Value {
        json!({
            "data_dir": self.data_dir,
            "interpreter": self.interpreter,
            "sandbox_library": self.sandbox_library,
        })
    }
}

/// An error of a component or of its creation, with its way out.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn explained<E>(error: E) -> anyhow::Error
where
    for<'a> RunError: From<&'a E>,
{
    let RunError { message, help, .. } = RunError::from(&error);
    match help {
        Some(help) => anyhow!("{message}\nhelp: {help}"),
        None => anyhow!(message),
    }
}

fn title(text: &str) {
    println!("\n== {text}");
}

fn listing(code: &Code) {
    for line in code.to_text().lines() {
        println!("   | {line}");
    }
}
