//! Inputs on their way into a container: read once more, as what was staged, and copied in pieces.

use super::{carry::framed, error::EngineError, hold::Held};
use crate::error::PrepareError;
use pyexec_core::{Digest, order::StagedInput};
use rustix::fs::{Mode, OFlags, open};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::{fs::File, io::Read};

const PIECE: usize = 1 << 20;

/// Copies all of them.
pub(super) async fn send(held: &Held, inputs: &[StagedInput]) -> Result<(), PrepareError> {
    for input in inputs {
        one(held, input).await?;
    }
    Ok(())
}

async fn one(held: &Held, input: &StagedInput) -> Result<(), PrepareError> {
    let wrong = |why: String| PrepareError::Input { name: input.name.clone(), why };
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = open(&input.staged, flags, Mode::empty()).map_err(|e| wrong(e.to_string()))?;
    let mut file = File::from(opened);
    let Some(original) = input.original.to_str() else {
        return Err(wrong("its path is not UTF-8, and a container takes no other".into()));
    };
    let (mut left, mut hash) = (input.bytes, Sha256::new());
    loop {
        let size = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; size];
            file.read_exact(&mut piece).map(|()| (file, piece))
        });
        let (back, piece) = read.await.map_err(|e| wrong(e.to_string()))?.map_err(|e| wrong(e.to_string()))?;
        file = back;
        hash.update(&piece);
        left -= size as u64;
        let last = left == 0;
        // what is not what was staged never becomes an input
        if last && Digest::from_bytes(hash.clone().finalize().into()) != input.sha256 {
            return Err(wrong("its content is not what was staged".into()));
        }
        let header = json!({"type": "input", "name": input.name, "original": original, "last": last});
        let frame = framed(&header, &piece).map_err(|e: EngineError| wrong(e.to_string()))?;
        held.tell(frame).await;
        if last {
            return Ok(());
        }
    }
}
