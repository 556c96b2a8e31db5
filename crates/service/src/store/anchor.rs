//! What an anchor is, and what exactly is signed.
//!
//! A run's chain holds against partial edits, not against whoever writes a new chain. Anchors are the store's answer: a
//! list, itself chained, each over the ends of the runs that changed since the one before, and signed.
//!
//! ```text
//! hash      = SHA-256( "pyexec-anchor-1\0" ‖ u64(n) ‖ text(at) ‖ u64(number of heads)
//!                    ‖ for each head: text(run) ‖ u64(seq) ‖ the 32 raw bytes of event seq's hash
//!                    ‖ prev )
//! signature = Ed25519( "pyexec-anchor-signature-1\0" ‖ hash )
//! text(t)   = u64(length of t in bytes) ‖ t in UTF-8      integers are big-endian      prev: the 32 raw bytes
//! ```
//!
//! Heads are in the order of their run ids, each run once. `n` counts from 1 without gaps; `prev` is the hash of the anchor
//! before, 32 zero bytes for the first. As every anchor covers the one before, a good signature of the last one vouches for
//! all of them, and a head of a run vouches for all its events up to that one.
//!
//! This file knows no key: whoever writes an anchor brings the signature.

use super::chain::GENESIS;
use pyexec_core::{Digest, RunId};
use serde::Serialize;

/// A signed list of heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Anchor {
    /// Its place, from 1 without gaps.
    pub n: u64,
    /// When: RFC 3339, UTC, milliseconds.
    pub at: String,
    /// The heads that changed since the anchor before.
    pub heads: Vec<AnchoredHead>,
    /// The hash of the anchor before, or [`GENESIS`].
    pub prev: Digest,
    /// Of this anchor and, through `prev`, of all before it.
    pub hash: Digest,
    /// Who signed.
    #[serde(flatten)]
    pub seal: Seal,
}

/// The end of a run as an anchor knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnchoredHead {
    /// The run.
    pub run: RunId,
    /// Its last event then.
    pub seq: u64,
    /// That event's hash.
    pub hash: Digest,
}

/// A signature, and the key that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seal {
    /// The key's fingerprint.
    pub key: String,
    /// The signature, in base64.
    pub signature: String,
}

impl Anchor {
    /// The next one after `prev` (its place and hash).
    pub(super) fn link(
        prev: Option<Digest>,
        n: u64,
        at: &str,
        heads: Vec<AnchoredHead>,
        seal: impl FnOnce(&Digest) -> Seal,
    ) -> Self {
        let prev = prev.unwrap_or(GENESIS);
        let hash = hash(n, at, &heads, &prev);
        Self { n, at: at.into(), heads, prev, hash, seal: seal(&hash) }
    }

    /// Whether `hash` is the hash of the rest. It says nothing of the signature.
    pub fn is_intact(&self) -> bool {
        let ordered = self.heads.windows(2).all(|two| two[0].run < two[1].run);
        ordered && self.hash == hash(self.n, &self.at, &self.heads, &self.prev)
    }
}

fn hash(n: u64, at: &str, heads: &[AnchoredHead], prev: &Digest) -> Digest {
    let mut bytes = Vec::with_capacity(120 + 84 * heads.len());
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    };
    bytes.extend(b"pyexec-anchor-1\0");
    bytes.extend(n.to_be_bytes());
    text(&mut bytes, at);
    bytes.extend((heads.len() as u64).to_be_bytes());
    for head in heads {
        text(&mut bytes, head.run.as_str());
        bytes.extend(head.seq.to_be_bytes());
        bytes.extend(head.hash.as_bytes());
    }
    bytes.extend(prev.as_bytes());
    Digest::of(&bytes)
}

/// What a signature of an anchor is over.
pub fn anchor_message(hash: &Digest) -> Vec<u8> {
    [b"pyexec-anchor-signature-1\0".as_slice(), hash.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsigned(_: &Digest) -> Seal {
        Seal { key: String::new(), signature: String::new() }
    }

    fn head(run: &str, seq: u64) -> AnchoredHead {
        AnchoredHead { run: run.parse().unwrap(), seq, hash: Digest::of(b"event") }
    }

    fn two_heads() -> Vec<AnchoredHead> {
        vec![head("0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11", 7), head("0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c12", 4)]
    }

    /// The documented encoding, computed with another program (Python's hashlib): it must never change.
    #[test]
    fn the_encoding_is_frozen() {
        let anchor = Anchor::link(None, 1, "2025-10-14T09:00:00.000Z", two_heads(), unsigned);
        assert_eq!(anchor.hash.to_string(), "7b5e44eb44af4c096b9690601997c3332d637ed5bb53108fa374a000d6359392");
    }

    #[test]
    fn every_field_is_covered() {
        type Edit = fn(&mut Anchor);
        let edits: [Edit; 9] = [
            |a| a.n = 2,
            |a| a.at.push('x'),
            |a| a.heads[0].seq = 8,
            |a| a.heads[0].hash = Digest::of(b"other"),
            |a| a.heads[1].run = "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c13".parse().unwrap(),
            |a| a.heads.swap(0, 1),
            |a| drop(a.heads.pop()),
            |a| a.prev = Digest::of(b"x"),
            |a| a.hash = Digest::of(b"x"),
        ];
        let good = Anchor::link(None, 1, "2025-10-14T09:00:00.000Z", two_heads(), unsigned);
        assert!(good.is_intact());
        for edit in edits {
            let mut anchor = good.clone();
            edit(&mut anchor);
            assert!(!anchor.is_intact(), "{anchor:?}");
        }
    }
}
