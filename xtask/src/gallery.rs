//! Every script of matplotlib's gallery, in plain Python and in the executor: the test of the same name at length, with its
//! report. Without a number it takes all of them.

use crate::{cargo, setup, succeed, test};
use anyhow::{Context, Result, bail};

/// `[--scripts N]`: as many, spread over the gallery.
pub(crate) fn gallery(arguments: &[&str]) -> Result<()> {
    let scripts = match arguments {
        [] => "all",
        ["--scripts", number] => {
            number.parse::<u32>().with_context(|| format!("`{number}` is no number"))?;
            number
        }
        _ => bail!("it takes `--scripts N` at the most"),
    };
    setup::setup()?;
    let mut tests = cargo();
    tests.args(["test", "--quiet", "--package", "pyexec-execution", "--test", "it", "gallery::scripts_", "--"]);
    tests.args(["--nocapture"]).env("PYEXEC_TEST_DATA", test::data_dir()).env("PYEXEC_GALLERY_SCRIPTS", scripts);
    succeed(&mut tests)
}
