//! One of the code's streams on its way to the host: in batches, cut to what is kept.

use super::{error::ExecuteError, process::Tree};
use crate::output::OutputLimit;
use pyexec_core::executor::{ExecutionHost, Stream};
use std::{io, time::Duration};
use tokio::{io::AsyncReadExt, net::unix::pipe::Receiver, time::Instant};

/// A batch is full, or as old as that.
const BATCH: usize = 64 << 10;
const DELAY: Duration = Duration::from_millis(100);

/// Until the end of the stream, or until nothing comes any more from a tree that is gone; how many bytes were left out.
pub(super) async fn pump(
    stream: Stream,
    mut pipe: Receiver,
    keep: usize,
    tree: &Tree,
    host: &ExecutionHost,
) -> Result<u64, ExecuteError> {
    let mut limit = OutputLimit::new(keep);
    let mut buffer = vec![0; BATCH];
    let mut batch = Vec::new();
    let mut since = Instant::now();
    loop {
        let read = if batch.is_empty() {
            tokio::select! {
                biased;
                read = pipe.read(&mut buffer) => Some(read),
                () = tree.settled() => break,
            }
        } else {
            tokio::time::timeout_at(since + DELAY, pipe.read(&mut buffer)).await.ok()
        };
        match read {
            None => send(stream, &mut batch, host).await?,
            Some(Ok(0)) => break,
            Some(Ok(read)) => {
                if batch.is_empty() {
                    since = Instant::now();
                }
                batch.extend_from_slice(limit.push(&buffer[..read]));
                if batch.len() >= BATCH || since.elapsed() >= DELAY {
                    send(stream, &mut batch, host).await?;
                }
            }
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Some(Err(error)) => return Err(ExecuteError::Sandbox(format!("reading the code's output: {error}"))),
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
