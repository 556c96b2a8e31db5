//! Frames: two big-endian lengths, a JSON header, a body. What a runner sends is hostile: both lengths are checked before
//! anything is allocated for them, and a header is parsed elsewhere only once it is whole.

/// The longest header of either side, bytes.
pub const MAX_HEADER: usize = 64 << 10;
/// The longest body from a runner, bytes.
pub const MAX_BODY: usize = 16 << 20;
/// The longest body from the host, bytes.
pub const MAX_HOST_BODY: usize = 32 << 20;
/// The two lengths.
const PREFIX: usize = 8;

/// One frame as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// JSON, not yet looked at.
    pub header: Vec<u8>,
    /// Anything.
    pub body: Vec<u8>,
}

/// Why bytes are not frames.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FrameError {
    /// Lengths are limited.
    #[error("a frame's {part} of {bytes} bytes is longer than {limit} bytes")]
    TooLong {
        /// `header` or `body`.
        part: &'static str,
        /// Announced.
        bytes: usize,
        /// Allowed.
        limit: usize,
    },
    /// No frame without a header.
    #[error("a frame has no header")]
    NoHeader,
}

/// Puts frames together from bytes in pieces of any size.
#[derive(Debug, Default)]
pub struct FrameReader {
    buffer: Vec<u8>,
    /// How much of it was taken: thousands of tiny frames come in one read, and moving the rest for each costs a core.
    taken: usize,
}

impl FrameReader {
    /// Takes the next bytes. Memory is bounded by the caller taking every whole frame before it reads on: then at most one
    /// frame of the maximal size and one read are held.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, if there is one. After an error the stream is lost: there is no way back into step.
    pub fn take(&mut self) -> Result<Option<Frame>, FrameError> {
        let untaken = self.buffer.get(self.taken..).unwrap_or_default();
        let Some((header, rest)) = untaken.split_first_chunk() else { return Ok(None) };
        let Some((body, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let [header, body] = [header, body].map(|length| u32::from_be_bytes(*length) as usize);
        if header == 0 {
            return Err(FrameError::NoHeader);
        }
        for (part, bytes, limit) in [("header", header, MAX_HEADER), ("body", body, MAX_BODY)] {
            if bytes > limit {
                return Err(FrameError::TooLong { part, bytes, limit });
            }
        }
        let Some(content) = rest.get(..header + body) else { return Ok(None) };
        let (header, body) = content.split_at(header);
        let frame = Frame { header: header.to_vec(), body: body.to_vec() };
        self.taken += PREFIX + content.len();
        Ok(Some(frame))
    }

    /// Whether a frame has begun and not ended.
    pub fn is_mid_frame(&self) -> bool {
        self.buffer.len() > self.taken
    }
}

/// The bytes of a frame of the host's.
pub fn encode(header: &serde_json::Value, body: &[u8]) -> Result<Vec<u8>, FrameError> {
    let header = header.to_string().into_bytes();
    let length = |part, bytes: usize, limit| {
        u32::try_from(bytes).ok().filter(|_| bytes <= limit).ok_or(FrameError::TooLong { part, bytes, limit })
    };
    let mut frame = Vec::with_capacity(PREFIX + header.len() + body.len());
    frame.extend_from_slice(&length("header", header.len(), MAX_HEADER)?.to_be_bytes());
    frame.extend_from_slice(&length("body", body.len(), MAX_HOST_BODY)?.to_be_bytes());
    frame.extend_from_slice(&header);
    frame.extend_from_slice(body);
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn drain(reader: &mut FrameReader) -> Result<Vec<Frame>, FrameError> {
        let mut frames = Vec::new();
        while let Some(frame) = reader.take()? {
            frames.push(frame);
        }
        Ok(frames)
    }

    proptest! {
        #[test]
        fn frames_survive_any_cutting(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6), step in 1_usize..50,
        ) {
            let mut wire = Vec::new();
            for body in &bodies {
                wire.extend(encode(&json!({"type": "end"}), body).unwrap());
            }
            let (mut reader, mut got) = (FrameReader::default(), Vec::new());
            for piece in wire.chunks(step) {
                reader.push(piece);
                got.extend(drain(&mut reader).unwrap());
            }
            prop_assert!(!reader.is_mid_frame());
            prop_assert_eq!(got.iter().map(|f| f.body.clone()).collect::<Vec<_>>(), bodies);
        }

        #[test]
        fn any_bytes_are_frames_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
            let mut reader = FrameReader::default();
            reader.push(&bytes);
            if let Ok(frames) = drain(&mut reader) {
                prop_assert!(frames.iter().all(|f| f.header.len() <= MAX_HEADER && f.body.len() <= MAX_BODY));
            }
        }
    }

    #[test]
    fn a_length_is_refused_before_its_bytes_come() {
        for (prefix, part) in [([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], "header"), ([0, 0, 0, 1, 1, 0, 0, 1], "body")] {
            let mut reader = FrameReader::default();
            reader.push(&prefix);
            assert!(matches!(reader.take(), Err(FrameError::TooLong { part: p, .. }) if p == part));
        }
        let mut reader = FrameReader::default();
        reader.push(&[0; 8]);
        assert_eq!(reader.take(), Err(FrameError::NoHeader));
    }

    #[test]
    fn the_host_cannot_send_what_is_too_long() {
        assert!(encode(&json!({"type": "x".repeat(MAX_HEADER)}), &[]).is_err());
    }
}
