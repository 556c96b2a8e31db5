//! What differs from machine to machine and from run to run, replaced: paths, ids, the date, and how long things took.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

const RUN: &str = "01a2041e-3b58-72a4-9237-a483f1da6c65";
const DATE: &str = "20260102_030405";
const MONTH: &str = "2026-01";
/// What a stage takes on a laptop.
const STAGES: [(&str, Option<&str>); 4] =
    [("environment", None), ("generation", Some("0.01")), ("analysis", Some("0.02")), ("execution", Some("0.90"))];

/// The run folder, from the links to it.
pub(crate) fn folder(raw: &str, home: &Path) -> Option<PathBuf> {
    let start = format!("file://{}/", home.display());
    let results = raw.split(&start).skip(1).find_map(|rest| rest.split_once("/results.json"))?.0;
    Some(home.join(results))
}

/// What a terminal is told, with nothing of here and now.
pub(crate) fn normal(raw: &str, home: &Path) -> Result<String> {
    let folder = folder(raw, home).context("no run folder")?;
    let name = folder.file_name().and_then(|name| name.to_str()).context("a run folder has a name")?;
    let month = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()).context("and a month")?;
    // execution_YYYYMMDD_HHMMSS_<name>_<the end of the run's id>
    let date = name.get("execution_".len()..).and_then(|rest| rest.get(..DATE.len())).context("a date")?;
    let end = name.rsplit('_').next().context("an id")?;
    let run = raw.split_whitespace().find(|word| word.len() == RUN.len() && word.ends_with(end)).context("a run")?;
    let text = raw.replace(run, RUN).replace(&format!("_{end}"), &format!("_{}", &RUN[RUN.len() - end.len()..]));
    let text = text.replace(date, DATE).replace(&format!("/{month}/"), &format!("/{MONTH}/"));
    Ok(text.split_inclusive('\n').map(timed).collect())
}

/// The line of a stage with a time of ours; nothing of a stage that has a line only where it takes long.
fn timed(line: &str) -> String {
    // What stood on the row before was erased.
    let shown = line.rsplit("\x1b[2K").next().unwrap_or(line);
    let Some(seconds) = shown.trim_end().strip_suffix(" s") else { return shown.to_owned() };
    let before = seconds.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    match STAGES.iter().find(|(stage, _)| before.contains(stage)) {
        Some((_, Some(time))) => format!("{before}{time} s\r\n"),
        Some((_, None)) => String::new(),
        None => shown.to_owned(),
    }
}
