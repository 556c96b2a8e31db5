//! The image that the tests run containers of, where no registry can be reached: what `docker/Dockerfile` makes of
//! `python:slim` is made of Debian's packages and of the managed Python environment.
//!
//! What its `FROM` and `RUN` bring is imported from `xtask/assets/image.sh`, and kept in the tests' engine under a digest of
//! what it is made from. What its last stage says besides is done by the engine, from the file itself: copied files, user,
//! entry point and labels cannot drift.

use crate::{engine, examples, root, target};
use anyhow::{Context, Result, bail};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// What tests ask for.
pub(crate) const NAME: &str = "pyexec-test:latest";
const DOCKERFILE: &str = "docker/Dockerfile";
const BASE: &str = "pyexec-test-base";

/// Made where it is not there. Wants the engine and the managed environment.
pub(crate) fn image() -> Result<()> {
    let start = Instant::now();
    let environment = examples::environment()?;
    let base = format!("{BASE}:{}", digest(&environment)?);
    if !is_there(&base)? {
        eprintln!("making the image's base of Debian's packages and {}", environment.display());
        import(&environment, &base)?;
    }
    build(&base)?;
    eprintln!("image {NAME}: {} MB, {} s", megabytes()?, start.elapsed().as_secs());
    Ok(())
}

/// Of the recipe and, by the name of its folder and its packages' lock, the environment.
fn digest(environment: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    for path in [root().join("xtask/assets/image.sh"), environment.join("requirements.lock")] {
        hash.update(fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))?);
    }
    Ok(hash.finalize().iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

fn is_there(image: &str) -> Result<bool> {
    let output =
        engine::docker().args(["image", "ls", "--quiet", image]).output().context("`docker` does not start")?;
    if !output.status.success() {
        bail!("the engine does not list its images: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(!output.stdout.is_empty())
}

fn import(environment: &Path, name: &str) -> Result<()> {
    let folder = target().join("image");
    fs::create_dir_all(&folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    let path = folder.join("log");
    let log = fs::File::create(&path).with_context(|| format!("`{}` cannot be made", path.display()))?;
    let mut script = Command::new("unshare");
    script.args(["--mount", "--propagation", "private", "--"]).arg(root().join("xtask/assets/image.sh"));
    script.arg(&folder).arg(environment).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut script = script.spawn().context("`unshare` (of util-linux) does not start")?;
    let archive = script.stdout.take().context("the archive has no pipe")?;
    // under another name until it is known to be whole
    let unfinished = format!("{BASE}:unfinished");
    let imported = engine::docker().args(["import", "-", &unfinished]).stdin(archive).stdout(Stdio::null()).status();
    let made = script.wait().context("the script is lost")?;
    if !made.success() || !imported.context("`docker` does not start")?.success() {
        bail!("the image's base cannot be made ({made}); what debootstrap said is in {}", path.display());
    }
    docker(&["tag", &unfinished, name])?;
    docker(&["rmi", &unfinished])?;
    let listed = engine::docker().args(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", BASE]).output();
    let listed = String::from_utf8_lossy(&listed.context("`docker` does not start")?.stdout).into_owned();
    // their names: layers that something still uses stay
    listed.lines().filter(|other| *other != name).try_for_each(|other| docker(&["rmi", "--force", other]))
}

/// The rest of the Dockerfile, by the engine. Its layers are cached: this costs a second where nothing changed.
fn build(base: &str) -> Result<()> {
    let path = root().join(DOCKERFILE);
    let text = fs::read_to_string(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
    let mut build = engine::docker();
    // the classic builder: the other one is a program of its own, which Debian 12 does not have
    build.args(["build", "--quiet", "--network", "none", "--tag", NAME, "--file", "-", "."]).current_dir(root());
    build.env("DOCKER_BUILDKIT", "0").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = build.spawn().context("`docker` does not start")?;
    let input = child.stdin.take().context("the builder has no pipe")?;
    write!(&input, "FROM {base}\n{}", last_stage(&text)).context("the builder does not take its input")?;
    drop(input);
    let output = child.wait_with_output().context("the builder is lost")?;
    if !output.status.success() {
        bail!("{DOCKERFILE} cannot be built on {base}: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(())
}

/// What follows the last `FROM`, without what the base has: what `RUN` makes, and what comes out of other stages.
fn last_stage(dockerfile: &str) -> String {
    let mut stage = String::new();
    let mut lines = dockerfile.lines();
    while let Some(line) = lines.next() {
        let mut instruction = line.to_owned();
        while instruction.ends_with('\\') {
            let Some(next) = lines.next() else { break };
            instruction.push('\n');
            instruction.push_str(next);
        }
        let words: Vec<_> = instruction.split_whitespace().take(2).collect();
        match words.as_slice() {
            ["FROM", ..] => stage.clear(),
            ["RUN" | "ARG" | "SHELL", ..] => {}
            ["COPY", option] if option.starts_with("--from=") => {}
            _ => stage = stage + &instruction + "\n",
        }
    }
    stage
}

fn megabytes() -> Result<u64> {
    let size = ["image", "inspect", "--format", "{{.Size}}", NAME];
    let output = engine::docker().args(size).output().context("`docker` does not start")?;
    let bytes: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().context("the image has no size")?;
    Ok(bytes / 1_000_000)
}

fn docker(arguments: &[&str]) -> Result<()> {
    let output = engine::docker().args(arguments).output().context("`docker` does not start")?;
    if !output.status.success() {
        bail!("`docker {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stage_is_what_the_engine_does() {
        let dockerfile = "ARG BASE=python\nFROM ${BASE} AS packages\nCOPY lock /lock\nRUN pip install \\\n  -r /lock\n\
                          FROM ${BASE}\n# ours\nCOPY --from=packages /opt /opt\nCOPY a /b\nRUN x && \\\n  y\nENV A=1 \\\n  B=2\nUSER 1\n";
        assert_eq!(last_stage(dockerfile), "# ours\nCOPY a /b\nENV A=1 \\\n  B=2\nUSER 1\n");
    }
}
