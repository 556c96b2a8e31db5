//! Lines from a pipe, none of them too long. Reading can be broken off at any await and loses nothing.

use std::io;
use tokio::{io::AsyncReadExt, net::unix::pipe::Receiver};

/// The longest line, in bytes: what a tool has read stands in it twice, escaped.
const LONGEST: usize = 32 << 20;

/// The reader.
#[derive(Default)]
pub(super) struct Lines {
    /// What was read and not given yet.
    kept: Vec<u8>,
    /// How much of it has no end of line in it.
    searched: usize,
}

impl Lines {
    /// The next line without its end; none at the end of the pipe. What stands there without an end of line is no line.
    pub(super) async fn next(&mut self, pipe: &mut Receiver) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(at) = self.kept[self.searched..].iter().position(|byte| *byte == b'\n') {
                let rest = self.kept.split_off(self.searched + at + 1);
                let mut line = std::mem::replace(&mut self.kept, rest);
                line.pop();
                self.searched = 0;
                return Ok(Some(line));
            }
            self.searched = self.kept.len();
            if self.kept.len() > LONGEST {
                let message = format!("a line of more than {} MiB", LONGEST >> 20);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            if pipe.read_buf(&mut self.kept).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// What came after the last line.
    pub(super) fn rest(&self) -> &[u8] {
        &self.kept
    }
}
