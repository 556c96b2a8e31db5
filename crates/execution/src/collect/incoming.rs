//! Files that arrive in pieces, from a container: the same judgements as for those that are found, in the same words.

use super::{Bounds, CollectError, Collected, LeftOut, Reason, Sorting, name, walk::Found, walk::Visit as _};
use crate::protocol::carrier::{LeftOutReason, Piece};
use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    path::Path,
};

/// Takes pieces.
pub(crate) struct Incoming<'a> {
    folder: &'a Path,
    sorting: Sorting<'a>,
    left_out: LeftOut,
    bounds: Bounds,
    entries: usize,
    files: usize,
    bytes_left: u64,
    arriving: Option<(Vec<u8>, Arriving)>,
}

enum Arriving {
    /// In a file without a name, so many bytes so far.
    Here(File, u64),
    /// It was left out; what still comes of it is dropped.
    Dropped,
}

impl<'a> Incoming<'a> {
    /// For `figures/` and `artifacts/` in `folder`.
    pub(crate) fn new(folder: &'a Path, saved_by_runner: &'a [String], bounds: Bounds) -> Self {
        Self {
            folder,
            sorting: Sorting::new(folder, saved_by_runner, bounds),
            left_out: LeftOut::default(),
            bounds,
            entries: 0,
            files: 0,
            bytes_left: bounds.bytes,
            arriving: None,
        }
    }

    /// The next piece. Blocks.
    pub(crate) fn take(&mut self, piece: Piece) -> Result<(), CollectError> {
        match piece {
            Piece::File { path } => {
                self.settle()?;
                self.entries += 1;
                self.files += 1;
                let deep = path.split(|byte| *byte == b'/').count() > self.bounds.depth + 1;
                let refused = match () {
                    () if deep => Some(Reason::TooDeep),
                    () if self.files > self.bounds.files || self.entries > self.bounds.entries => Some(Reason::TooMany),
                    () => None,
                };
                let arriving = match refused {
                    Some(reason) => {
                        self.left_out.add(reason, &shown(&path));
                        Arriving::Dropped
                    }
                    None => Arriving::Here(self.unnamed()?, 0),
                };
                self.arriving = Some((path, arriving));
            }
            Piece::Data(data) => {
                let Some((path, arriving)) = &mut self.arriving else { return Ok(()) };
                let Arriving::Here(file, written) = arriving else { return Ok(()) };
                if data.len() as u64 > self.bytes_left {
                    self.left_out.add(Reason::TooMuch, &shown(path));
                    self.bytes_left += *written;
                    *arriving = Arriving::Dropped;
                } else {
                    self.bytes_left -= data.len() as u64;
                    *written += data.len() as u64;
                    let path = self.folder;
                    file.write_all(&data).map_err(|cause| CollectError::Write { path: path.into(), cause })?;
                }
            }
            Piece::LeftOut { reason, path } => {
                self.entries += 1;
                if self.entries <= self.bounds.entries {
                    self.left_out.add(reason.into(), &shown(&path));
                }
            }
        }
        Ok(())
    }

    /// Everything came.
    pub(crate) fn finish(mut self) -> Result<Collected, CollectError> {
        self.settle()?;
        Ok(self.sorting.finish(self.left_out))
    }

    /// The file that was arriving is whole.
    fn settle(&mut self) -> Result<(), CollectError> {
        let Some((path, Arriving::Here(mut file, _))) = self.arriving.take() else { return Ok(()) };
        file.seek(SeekFrom::Start(0)).map_err(CollectError::Read)?;
        let components = components(&path);
        self.sorting.file(Found { file, shown: components.join("/"), components }, &mut self.left_out)
    }

    /// A file that has lost its name again: not every file system makes them without.
    fn unnamed(&self) -> Result<File, CollectError> {
        let path = self.folder.join(".pyexec-arriving");
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&path);
        let unnamed = opened.and_then(|file| fs::remove_file(&path).map(|()| file));
        unnamed.map_err(|cause| CollectError::Write { path, cause })
    }
}

impl From<LeftOutReason> for Reason {
    fn from(reason: LeftOutReason) -> Self {
        match reason {
            LeftOutReason::Link => Self::Link,
            LeftOutReason::Special => Self::Special,
            LeftOutReason::TooDeep => Self::TooDeep,
            LeftOutReason::TooMany => Self::TooMany,
            LeftOutReason::TooMuch => Self::TooMuch,
            LeftOutReason::Unreadable => Self::Unreadable,
        }
    }
}

fn components(path: &[u8]) -> Vec<String> {
    path.split(|byte| *byte == b'/').map(|part| name::sanitised(OsStr::from_bytes(part))).collect()
}

fn shown(path: &[u8]) -> String {
    components(path).join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Bounds {
        Bounds { files: 3, depth: 1, entries: 10, bytes: 10 }
    }

    fn file(path: &str, data: &str) -> Vec<Piece> {
        let pieces = data.as_bytes().chunks(2).map(|piece| Piece::Data(piece.into()));
        [Piece::File { path: path.into() }].into_iter().chain(pieces).collect()
    }

    fn take(pieces: Vec<Vec<Piece>>, figures: &[String]) -> (tempfile::TempDir, Collected) {
        let folder = tempfile::tempdir().unwrap();
        let mut incoming = Incoming::new(folder.path(), figures, bounds());
        pieces.into_iter().flatten().for_each(|piece| incoming.take(piece).unwrap());
        let collected = incoming.finish().unwrap();
        (folder, collected)
    }

    #[test]
    fn files_come_in_pieces_and_are_sorted() {
        let figures = ["b.png".to_owned(), "a.png".to_owned()];
        let (folder, got) = take(vec![file("a.png", "123"), file("b.png", "4"), file("d/x", "")], &figures);
        let paths =
            |records: &[pyexec_core::outcome::FileRecord]| records.iter().map(|r| r.path.clone()).collect::<Vec<_>>();
        assert_eq!(paths(&got.figures), ["figures/b.png", "figures/a.png"]);
        assert_eq!(paths(&got.artifacts), ["artifacts/d/x"]);
        assert_eq!(fs::read(folder.path().join("figures/a.png")).unwrap(), b"123");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing temporary is left");
    }

    #[test]
    fn hostile_names_stay_inside() {
        let (folder, got) = take(vec![file("../x", "1"), file("/etc", "2")], &[]);
        assert_eq!(got.artifacts.len(), 2);
        for record in &got.artifacts {
            let real = folder.path().join(&record.path).canonicalize().unwrap();
            assert!(real.starts_with(folder.path().canonicalize().unwrap().join("artifacts")), "{}", record.path);
        }
    }

    #[test]
    fn what_is_too_much_is_left_out_and_said() {
        let link = Piece::LeftOut { reason: LeftOutReason::Link, path: b"l".into() };
        let pieces =
            vec![file("a/b/c", "1"), file("big", "12345678901"), vec![link], file("ok", "1"), file("four", "1")];
        let (_folder, got) = take(pieces, &[]);
        assert_eq!(got.artifacts.iter().map(|r| r.path.as_str()).collect::<Vec<_>>(), ["artifacts/ok"]);
        let said = got.warnings.join("\n");
        for part in ["too many folders", "a/b/c", "larger than", "big", "symbolic links", "too many files: four"] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }

    #[test]
    fn data_without_a_file_is_dropped() {
        let (_folder, got) = take(vec![vec![Piece::Data(b"x".into())]], &[]);
        assert_eq!(got, Collected::default());
    }
}
