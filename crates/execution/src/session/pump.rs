//! One of the code's streams on its way to the host: in batches, cut to what is kept. What comes after a silence goes on at
//! once, so that nobody waits for a first line; what follows it closely is gathered.

use super::hold::Hold;
use crate::{error::ExecuteError, output::OutputLimit};
use pyexec_core::executor::{ExecutionHost, Stream};
use std::{io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::Instant,
};

/// A batch is full, or as long after the one before it.
const BATCH: usize = 64 << 10;
const DELAY: Duration = Duration::from_millis(100);

/// Until the end of the stream, or until nothing comes any more from a tree that is gone; how many bytes were left out.
pub(super) async fn pump(
    stream: Stream,
    mut pipe: impl AsyncRead + Unpin,
    keep: usize,
    holder: &impl Hold,
    host: &ExecutionHost,
) -> Result<u64, ExecuteError> {
    let mut limit = OutputLimit::new(keep);
    let mut buffer = vec![0; BATCH];
    let mut batch = Vec::new();
    let mut due = Instant::now();
    loop {
        let read = if batch.is_empty() {
            tokio::select! {
                biased;
                read = pipe.read(&mut buffer) => Some(read),
                () = holder.settled() => break,
            }
        } else {
            tokio::time::timeout_at(due, pipe.read(&mut buffer)).await.ok()
        };
        match read {
            None => {}
            Some(Ok(0)) => break,
            Some(Ok(read)) => batch.extend_from_slice(limit.push(&buffer[..read])),
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Some(Err(error)) => return Err(ExecuteError::Sandbox(format!("reading the code's output: {error}"))),
        }
        if batch.len() >= BATCH || (!batch.is_empty() && Instant::now() >= due) {
            send(stream, &mut batch, host).await?;
            due = Instant::now() + DELAY;
        }
    }
    let (dropped, rest) = limit.finish();
    batch.extend(rest);
    send(stream, &mut batch, host).await?;
    Ok(dropped)
}

async fn send(stream: Stream, batch: &mut Vec<u8>, host: &ExecutionHost) -> Result<(), ExecuteError> {
    for chunk in batch.chunks(BATCH) {
        host.output(stream, chunk).await.map_err(ExecuteError::Host)?;
    }
    batch.clear();
    Ok(())
}
