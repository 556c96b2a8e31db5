//! What pid 1 of a container says (`python/pyexec/_container.py`): it carries what the code prints and what its runner says on
//! the channel, unread, and tells on its own how the code ended and what it left. Code cannot reach it; it is bounded and
//! parsed as strictly all the same.

use super::frame::Frame;
use crate::ending::{HowEnded, Status};
use pyexec_core::executor::Stream;
use serde::Deserialize;

/// One thing that pid 1 said.
#[derive(Debug, Clone, PartialEq)]
pub enum Carried {
    /// The code's process waits for the channel's first frame. For each mount that was asked for: device and inode.
    Up {
        /// In the order of asking.
        mounts: Vec<(u64, u64)>,
    },
    /// The code printed this.
    Output(Stream, Vec<u8>),
    /// A piece of what the runner says on the channel, cut anywhere.
    Channel(Vec<u8>),
    /// Everything of the code's is dead, and the pipes are empty.
    Status(Status),
    /// What the code left.
    Left(Piece),
    /// Nothing follows.
    Done,
}

/// A piece of what the code left in its working folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A file begins.
    File {
        /// Below the working folder, as it was named.
        path: Vec<u8>,
    },
    /// It goes on.
    Data(Vec<u8>),
    /// Something is left out.
    LeftOut {
        /// Why.
        reason: LeftOutReason,
        /// What.
        path: Vec<u8>,
    },
}

/// Why pid 1 sends something not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutReason {
    /// A symbolic link.
    Link,
    /// No regular file.
    Special,
    /// Too many folders inside each other.
    TooDeep,
    /// Too many files.
    TooMany,
    /// Larger than the scratch space in all.
    TooMuch,
    /// It cannot be read.
    Unreadable,
}

/// Why a frame is not one of pid 1's.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    /// Its header is not one of ours.
    #[error("a frame's header is none of a container's: {0}")]
    Header(serde_json::Error),
    /// A body where none belongs.
    #[error("a frame has a body of {0} bytes where none belongs")]
    Body(usize),
    /// No path.
    #[error("a file's path is not one")]
    Path,
    /// An end that is none.
    #[error("it does not say how the code ended")]
    Status,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Header {
    Up {
        mounts: Vec<(u64, u64)>,
    },
    Output {
        stream: Stream,
    },
    Channel {},
    Status {
        ended: HowEnded,
        #[serde(default)]
        code: Option<i32>,
        #[serde(default)]
        signal: Option<i32>,
        cpu_ms: u64,
        peak_rss_bytes: u64,
        out_of_memory: bool,
    },
    File {
        path: String,
    },
    Data {},
    LeftOut {
        reason: LeftOutReason,
        path: String,
    },
    Done {},
}

/// The longest path in a folder that is sixteen deep.
const LONGEST_PATH: usize = 8 << 10;

/// Understands one frame.
pub fn parse(frame: Frame) -> Result<Carried, CarrierError> {
    let Frame { header, body } = frame;
    let header: Header = serde_json::from_slice(&header).map_err(CarrierError::Header)?;
    if !body.is_empty() && !matches!(header, Header::Output { .. } | Header::Channel {} | Header::Data {}) {
        return Err(CarrierError::Body(body.len()));
    }
    Ok(match header {
        Header::Up { mounts } => Carried::Up { mounts },
        Header::Output { stream } => Carried::Output(stream, body),
        Header::Channel {} => Carried::Channel(body),
        Header::Status { ended, code, signal, cpu_ms, peak_rss_bytes, out_of_memory } => {
            let status =
                Status { how: ended, code, signal, cpu_ms, peak_rss_bytes, refused: Vec::new(), out_of_memory };
            Carried::Status(status.whole().ok_or(CarrierError::Status)?)
        }
        Header::File { path } => Carried::Left(Piece::File { path: unhex(&path)? }),
        Header::Data {} => Carried::Left(Piece::Data(body)),
        Header::LeftOut { reason, path } => Carried::Left(Piece::LeftOut { reason, path: unhex(&path)? }),
        Header::Done {} => Carried::Done,
    })
}

/// A path may be any bytes, and JSON takes only text.
fn unhex(text: &str) -> Result<Vec<u8>, CarrierError> {
    if text.len() > 2 * LONGEST_PATH || !text.len().is_multiple_of(2) {
        return Err(CarrierError::Path);
    }
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    pairs.map(byte).collect::<Option<_>>().ok_or(CarrierError::Path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(header: &str, body: &[u8]) -> Result<Carried, CarrierError> {
        parse(Frame { header: header.into(), body: body.into() })
    }

    #[test]
    fn everything_that_pid_1_says() {
        assert_eq!(said(r#"{"type":"up","mounts":[[1,2]]}"#, b"").unwrap(), Carried::Up { mounts: vec![(1, 2)] });
        let output = said(r#"{"type":"output","stream":"stderr"}"#, b"x").unwrap();
        assert_eq!(output, Carried::Output(Stream::Stderr, b"x".into()));
        assert_eq!(said(r#"{"type":"channel"}"#, b"x").unwrap(), Carried::Channel(b"x".into()));
        let status =
            r#"{"type":"status","ended":"signalled","signal":9,"cpu_ms":1,"peak_rss_bytes":2,"out_of_memory":true}"#;
        let Carried::Status(status) = said(status, b"").unwrap() else { panic!() };
        assert!(status.out_of_memory && status.signal == Some(9));
        let file = said(r#"{"type":"file","path":"61ff2f"}"#, b"").unwrap();
        assert_eq!(file, Carried::Left(Piece::File { path: b"a\xff/".into() }));
        assert_eq!(said(r#"{"type":"data"}"#, b"x").unwrap(), Carried::Left(Piece::Data(b"x".into())));
        let link = Piece::LeftOut { reason: LeftOutReason::Link, path: b"a".into() };
        assert_eq!(said(r#"{"type":"left_out","reason":"link","path":"61"}"#, b"").unwrap(), Carried::Left(link));
        assert_eq!(said(r#"{"type":"done"}"#, b"").unwrap(), Carried::Done);
    }

    #[test]
    fn what_is_refused() {
        for (header, body) in [
            ("", ""),
            (r#"{"type":"result","state":"missing"}"#, ""),
            (r#"{"type":"done"}"#, "x"),
            (r#"{"type":"done","more":1}"#, ""),
            (r#"{"type":"output","stream":"stdlog"}"#, "x"),
            (r#"{"type":"file","path":"6"}"#, ""),
            (r#"{"type":"file","path":"zz"}"#, ""),
            (r#"{"type":"file","path":"é"}"#, ""),
            (r#"{"type":"left_out","reason":"bored","path":"61"}"#, ""),
            (r#"{"type":"status","ended":"exited","cpu_ms":1,"peak_rss_bytes":2,"out_of_memory":false}"#, ""),
        ] {
            assert!(said(header, body.as_bytes()).is_err(), "{header} {body}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_understood_or_refused(header in any::<Vec<u8>>(), body in any::<Vec<u8>>()) {
            let _ = parse(Frame { header, body });
        }

        #[test]
        fn any_path_survives(path in prop::collection::vec(any::<u8>(), 0..300)) {
            let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
            let hex: String = path.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
            prop_assert_eq!(unhex(&hex).unwrap(), path);
        }
    }
}
