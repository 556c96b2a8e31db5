//! The pictures of the README, made by what they show.

use crate::{build, cargo, examples, root, setup, succeed};
use anyhow::{Context, Result};
use std::fs;

/// Runs the README's first question and draws it. The drawing is an example of `crates/cli`: what it is made of is not built
/// for `cargo xtask run`.
pub(crate) fn picture() -> Result<()> {
    setup::basics()?;
    let readme = fs::read_to_string(root().join("README.md")).context("README.md cannot be read")?;
    let line = readme.lines().find_map(|line| line.strip_prefix("cargo xtask run -- "));
    let line = line.context("README.md has no line `cargo xtask run -- …`")?;
    // As a person types it, on two lines where one is too long.
    let shown = format!("pyexec {line}").replace(" --input", " \\\n    --input");
    let mut draw = cargo();
    draw.args(["run", "--quiet", "--package", "pyexec", "--example", "picture", "--"]);
    draw.arg(build::pyexec()).arg(examples::environment()?).arg(root().join("docs/pictures")).arg(shown);
    succeed(draw.args(words(line)))
}

/// The words of a line in which double quotes hold some together.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    let words = quoted.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}
