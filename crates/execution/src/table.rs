//! What the tables of all executors have in common.

use crate::protocol::frame::MAX_BODY;
use std::path::Path;

/// The largest `results` that can be asked for, MiB of JSON: a frame of the runner protocol holds no more.
const LARGEST_RESULTS_MB: u64 = (MAX_BODY >> 20) as u64;

/// Where a table says nothing.
pub(crate) const fn results_max_mb() -> u64 {
    LARGEST_RESULTS_MB
}

/// Refuses what cannot work, with a sentence.
pub(crate) fn check(data_dir: &Path, results_max_mb: u64) -> Result<(), String> {
    if !data_dir.is_absolute() {
        return Err(format!("`data_dir` must be an absolute path, not `{}`", data_dir.display()));
    }
    if !(1..=LARGEST_RESULTS_MB).contains(&results_max_mb) {
        return Err(format!("`results_max_mb` must be 1 to {LARGEST_RESULTS_MB}, not {results_max_mb}"));
    }
    Ok(())
}
