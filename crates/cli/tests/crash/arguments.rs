//! `--runs N --seed S --only K --nth N`.

use std::time::{SystemTime, UNIX_EPOCH};

const RUNS: u32 = 300;
const USAGE: &str = "\
cargo xtask crash [--runs N] [--seed S] [--only K] [--nth N]
  --runs N   how many runs [default: 300]
  --seed S   where everything random comes from [default: the clock]
  --only K   just this run of that seed
  --nth N    with --only: the fault at this operation, instead of the one that the seed and this build give";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Arguments {
    pub(crate) runs: u32,
    pub(crate) seed: u64,
    pub(crate) only: Option<u32>,
    pub(crate) nth: Option<u64>,
}

impl Arguments {
    /// From the command line. `cargo test NAME` gives its filter to every test program; one that is not ours runs nothing.
    pub(crate) fn read(given: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut arguments = Self { runs: RUNS, seed: clock, only: None, nth: None };
        let mut given = given.peekable();
        while let Some(name) = given.next() {
            if !name.starts_with('-') && !"crash".contains(&name) {
                return Ok(None);
            }
            let mut number = || {
                let value = given.next().and_then(|value| value.parse::<u64>().ok());
                value.ok_or_else(|| format!("`{name}` needs a number\n{USAGE}"))
            };
            let small = |n: u64| u32::try_from(n).map_err(|_| format!("{n} is too much\n{USAGE}"));
            match name.as_str() {
                "--runs" => arguments.runs = small(number()?)?,
                "--seed" => arguments.seed = number()?,
                "--only" => arguments.only = Some(small(number()?)?),
                "--nth" => arguments.nth = Some(number()?),
                "crash" => {}
                _ => return Err(format!("there is no argument `{name}`\n{USAGE}")),
            }
        }
        Ok(Some(arguments))
    }
}
