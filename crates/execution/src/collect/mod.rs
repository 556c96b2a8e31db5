//! Takes what the code left in its working folder to the run folder.
//!
//! Everything here was named and written by hostile code, which is dead by now: only regular files are opened, never
//! through a symbolic link, counted and measured while they are read; what is left out is counted and said. Knows nothing of
//! processes; what it gets is a directory descriptor. Open `walk.rs` for what is found, `copy.rs` for how it is taken.

mod copy;
mod incoming;
mod name;
mod walk;

pub(crate) use incoming::Incoming;

use copy::Take;
use pyexec_core::outcome::FileRecord;
use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{Dir, Mode, OFlags, openat},
};
use std::{
    collections::BTreeSet,
    ffi::{CStr, OsStr},
    fmt::Write,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

/// What is taken at most.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Files.
    pub files: usize,
    /// Folders inside folders.
    pub depth: usize,
    /// Directory entries looked at.
    pub entries: usize,
    /// Bytes in all, as read: a sparse file counts with its holes.
    pub bytes: u64,
}

impl Bounds {
    /// For a scratch folder of this size.
    pub fn of_scratch(megabytes: u64) -> Self {
        Self { files: 2000, depth: 16, entries: 20_000, bytes: megabytes.saturating_mul(1 << 20) }
    }
}

/// What was taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Images: saved by the script by name, then those in `saved_by_runner` in that order.
    pub figures: Vec<FileRecord>,
    /// The rest, by name.
    pub artifacts: Vec<FileRecord>,
    /// What was left out, and why, a sentence for each reason.
    pub warnings: Vec<String>,
}

/// Why nothing could be taken.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The run folder cannot be written.
    #[error("what the code left cannot be written to {}: {cause}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The working folder cannot be read.
    #[error("the code's working folder cannot be read: {0}")]
    Read(io::Error),
}

/// Whether there is nothing to be taken for sure, which is told at once: nothing but `skip` and the folders that lead there.
pub fn is_empty(scratch: &OwnedFd, skip: &BTreeSet<PathBuf>) -> bool {
    holds_only(scratch.as_fd(), Path::new(""), skip)
}

/// Stops at the first that is something else, and goes no deeper than `skip` does.
fn holds_only(folder: BorrowedFd<'_>, path: &Path, skip: &BTreeSet<PathBuf>) -> bool {
    let is_known = |name: &CStr| {
        let path = path.join(OsStr::from_bytes(name.to_bytes()));
        if matches!(name.to_bytes(), b"." | b"..") || skip.contains(&path) {
            return true;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        skip.iter().any(|skipped| skipped.starts_with(&path))
            && openat(folder, name, flags, Mode::empty()).is_ok_and(|below| holds_only(below.as_fd(), &path, skip))
    };
    let entries = Dir::read_from(folder);
    entries.is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|entry| is_known(entry.file_name()))))
}

/// Copies everything below `scratch` but `skip` (paths relative to it, with what is below them) to `figures/` and
/// `artifacts/` in `folder`. Blocks.
pub fn collect(
    scratch: &OwnedFd,
    folder: &Path,
    skip: &BTreeSet<PathBuf>,
    saved_by_runner: &[String],
    bounds: Bounds,
) -> Result<Collected, CollectError> {
    let mut left_out = LeftOut::default();
    let mut sorting = Sorting::new(folder, saved_by_runner, bounds);
    walk::walk(scratch, skip, bounds, &mut left_out, &mut sorting)?;
    Ok(sorting.finish(left_out))
}

/// Takes each file and puts it where it belongs.
struct Sorting<'a> {
    take: Take<'a>,
    saved_by_runner: &'a [String],
    by_runner: Vec<(usize, FileRecord)>,
    collected: Collected,
}

impl<'a> Sorting<'a> {
    fn new(folder: &'a Path, saved_by_runner: &'a [String], bounds: Bounds) -> Self {
        let take = Take::new(folder, bounds.bytes);
        Self { take, saved_by_runner, by_runner: Vec::new(), collected: Collected::default() }
    }

    fn finish(self, left_out: LeftOut) -> Collected {
        let Self { mut by_runner, mut collected, .. } = self;
        by_runner.sort_by_key(|(rank, _)| *rank);
        collected.figures.extend(by_runner.into_iter().map(|(_, record)| record));
        collected.warnings = left_out.sentences();
        collected
    }
}

impl walk::Visit for Sorting<'_> {
    fn file(&mut self, found: walk::Found, left_out: &mut LeftOut) -> Result<(), CollectError> {
        let rank = self.saved_by_runner.iter().position(|path| *path == found.shown);
        match (self.take.file(&found, left_out)?, rank) {
            (Some((record, true)), Some(rank)) => self.by_runner.push((rank, record)),
            (Some((record, true)), None) => self.collected.figures.push(record),
            (Some((record, false)), _) => self.collected.artifacts.push(record),
            (None, _) => {}
        }
        Ok(())
    }
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Link,
    Special,
    TooDeep,
    TooMany,
    TooMuch,
    LongName,
    Unreadable,
}

impl Reason {
    const fn text(self) -> &'static str {
        match self {
            Self::Link => "symbolic links are not followed",
            Self::Special => "only regular files are kept",
            Self::TooDeep => "too many folders inside each other",
            Self::TooMany => "too many files",
            Self::TooMuch => "larger than the scratch space in all",
            Self::LongName => "the name is too long",
            Self::Unreadable => "not readable",
        }
    }
}

/// What was left out: a count and a few names for each reason.
#[derive(Debug, Default)]
struct LeftOut(std::collections::BTreeMap<Reason, (usize, Vec<String>)>);

impl LeftOut {
    const NAMES: usize = 3;

    fn add(&mut self, reason: Reason, name: &str) {
        let (count, names) = self.0.entry(reason).or_default();
        *count += 1;
        if names.len() < Self::NAMES {
            names.push(name.chars().take(80).collect());
        }
    }

    fn sentences(self) -> Vec<String> {
        let sentence = |(reason, (count, names)): (Reason, (usize, Vec<String>))| {
            let mut text = format!("left out of the run folder, because {}: {}", reason.text(), names.join(", "));
            if count > names.len() {
                let _ = write!(text, " and {} more", count - names.len());
            }
            text
        };
        self.0.into_iter().map(sentence).collect()
    }
}

#[cfg(test)]
mod tests;
