//! What of a stream is kept: its head as it comes and its tail at the end; the middle is counted and dropped. Pure.

use std::collections::VecDeque;

/// Cuts one stream.
#[derive(Debug)]
pub struct OutputLimit {
    head_left: usize,
    tail_limit: usize,
    tail: VecDeque<u8>,
    dropped: u64,
}

impl OutputLimit {
    /// Keeps at most `bytes`: half from the beginning, half from the end.
    pub fn new(bytes: usize) -> Self {
        let tail_limit = bytes / 2;
        Self { head_left: bytes - tail_limit, tail_limit, tail: VecDeque::new(), dropped: 0 }
    }

    /// Takes the next bytes; what comes back belongs to the head and can go on at once.
    pub fn push<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (head, rest) = bytes.split_at(self.head_left.min(bytes.len()));
        self.head_left -= head.len();
        let (skipped, kept) = rest.split_at(rest.len().saturating_sub(self.tail_limit));
        let overflow = (self.tail.len() + kept.len()).saturating_sub(self.tail_limit);
        self.tail.drain(..overflow);
        self.tail.extend(kept);
        self.dropped += (skipped.len() + overflow) as u64;
        head
    }

    /// The end of the stream: what was dropped, in bytes, and what goes on after the head (with a marker line where
    /// something is missing).
    pub fn finish(self) -> (u64, Vec<u8>) {
        let mut rest = Vec::with_capacity(self.tail.len() + 80);
        if self.dropped > 0 {
            rest.extend(format!("\n[… {} bytes of output left out …]\n", self.dropped).bytes());
        }
        rest.extend(self.tail);
        (self.dropped, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(bytes: &[u8], limit: usize, step: usize) -> (u64, Vec<u8>) {
        let mut output = OutputLimit::new(limit);
        let mut kept: Vec<u8> = bytes.chunks(step).flat_map(|piece| output.push(piece).to_vec()).collect();
        let (dropped, rest) = output.finish();
        kept.extend(rest);
        (dropped, kept)
    }

    #[test]
    fn head_and_tail_stay() {
        let (dropped, kept) = cut(b"0123456789abcdefghij", 8, 3);
        assert_eq!(dropped, 12);
        assert_eq!(String::from_utf8(kept).unwrap(), "0123\n[… 12 bytes of output left out …]\nghij");
    }

    proptest! {
        #[test]
        fn what_fits_is_untouched_and_the_rest_is_counted(
            bytes in prop::collection::vec(any::<u8>(), 0..400), limit in 0_usize..300, step in 1_usize..97,
        ) {
            let (dropped, kept) = cut(&bytes, limit, step);
            prop_assert_eq!(usize::try_from(dropped).unwrap(), bytes.len().saturating_sub(limit));
            if dropped == 0 {
                prop_assert_eq!(kept, bytes);
            } else {
                prop_assert!(kept.starts_with(&bytes[..limit - limit / 2]));
                prop_assert!(kept.ends_with(&bytes[bytes.len() - limit / 2..]));
            }
        }
    }
}
