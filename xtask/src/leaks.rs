//! Many runs of the executor, and what they leave behind: the tests of the same name at length, with their figures.

use crate::{cargo, setup, succeed, test};
use anyhow::{Context, Result, bail};

/// `[--runs N] [--concurrent N] [--pool]`.
pub(crate) fn leaks(mut arguments: &[&str]) -> Result<()> {
    let mut tests = cargo();
    let (mut runs, mut concurrent) = ("1000", "200");
    loop {
        arguments = match arguments {
            [] => break,
            ["--runs", number, rest @ ..] => {
                runs = number;
                rest
            }
            ["--concurrent", number, rest @ ..] => {
                concurrent = number;
                rest
            }
            ["--pool", rest @ ..] => {
                tests.env("PYEXEC_LEAKS_POOL", "1");
                rest
            }
            [other, ..] => bail!("`{other}` is not known here; there are --runs N, --concurrent N and --pool"),
        };
    }
    for number in [runs, concurrent] {
        number.parse::<u32>().with_context(|| format!("`{number}` is no number"))?;
    }
    setup::setup()?;
    tests.args(["test", "--quiet", "--package", "pyexec-execution", "--test", "it", "leaks::", "--"]);
    tests.args(["--nocapture", "--test-threads=1"]).env("PYEXEC_TEST_DATA", test::data_dir());
    succeed(tests.env("PYEXEC_LEAKS_RUNS", runs).env("PYEXEC_LEAKS_CONCURRENT", concurrent))
}
