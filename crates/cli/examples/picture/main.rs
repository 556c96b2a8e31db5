//! The README's picture: runs the first question on a pseudo-terminal and draws what a person sees.
//!
//! `cargo xtask picture` calls it with the program, a Python interpreter, the question's arguments and the folder for the
//! pictures. `screen.rs` is the terminal, `normal.rs` takes this machine and this moment out of what it shows, `svg.rs` draws.
//! An example and not a program of the workspace, so that nothing of it is built for `pyexec` itself.
#![allow(clippy::print_stdout, reason = "a program that prints")]

mod normal;
mod screen;
mod svg;

use anyhow::{Context, Result, bail};
use std::{env, fs, path::Path, process::Command};

const COLUMNS: u16 = 96;
const FIGURE: &str = "figures/figure_01.png";
/// A README's picture is loaded by everybody who looks at it.
const MOST: usize = 60_000;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [program, interpreter, pictures, shown, question @ ..] = arguments.as_slice() else {
        bail!("usage: picture PROGRAM INTERPRETER PICTURES SHOWN ARGUMENT...");
    };
    // A home of its own: what a stranger has, and a path that says nothing of this machine.
    let home = tempfile::tempdir().context("no folder for the run")?;
    let mut command = Command::new(program);
    command.args(question).env_clear().env("HOME", home.path()).env("TERM", "xterm-256color");
    command.env("PATH", env::var_os("PATH").unwrap_or_default()).env("PYEXEC__PYTHON__INTERPRETER", interpreter);
    let raw = screen::run(command, COLUMNS)?;
    let folder = normal::folder(&raw, home.path()).context("the run says nothing of its folder")?;
    let figure = fs::read(folder.join(FIGURE)).context("the run left no figure")?;
    let rows = screen::rows(&normal::normal(&raw, home.path())?, COLUMNS);
    let svg = svg::draw(shown, &rows);
    if svg.len() > MOST {
        bail!("the picture has {} bytes, and {MOST} are the most", svg.len());
    }
    let pictures = Path::new(pictures);
    fs::create_dir_all(pictures).and_then(|()| fs::write(pictures.join("first-run.svg"), svg))?;
    fs::write(pictures.join("first-figure.png"), figure)?;
    println!("drew first-run.svg and first-figure.png in {}", pictures.display());
    Ok(())
}
