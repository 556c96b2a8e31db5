//! The hash chain: what an event's hash covers, and how a reader checks it.
//!
//! ```text
//! hash = SHA-256( "pyexec-event-1\0"
//!               ‖ text(run) ‖ u64(seq) ‖ u32(version) ‖ text(kind) ‖ text(at) ‖ text(body) ‖ prev )
//! text(t) = u64(length of t in bytes) ‖ t in UTF-8      integers are big-endian      prev: the 32 raw bytes
//! ```
//!
//! `prev` is the hash of the event before, 32 zero bytes for the first. Every field has a length of its own, so no two
//! different events have one encoding.
//!
//! **What it holds.** An event changed, swapped, moved to another run, removed or cut from the end shows up, also by the
//! tip that the run's head keeps. It holds against accidents and partial edits: whoever can rewrite the whole file can
//! compute a new chain; the signed anchors show that (`anchor.rs`).

use super::StoreError;
use pyexec_core::{Digest, RunId};
use serde::{Deserialize, Serialize};

/// What `prev` of a run's first event is.
pub const GENESIS: Digest = Digest::from_bytes([0; 32]);

/// An event as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// Of this run.
    pub run: RunId,
    /// Its place, from 1 without gaps.
    pub seq: u64,
    /// The version of the shape of `body`.
    pub version: u32,
    /// What happened.
    pub kind: String,
    /// When: RFC 3339, UTC, milliseconds.
    pub at: String,
    /// Canonical JSON; opaque here.
    pub body: String,
    /// The hash of the event before, or [`GENESIS`].
    pub prev: Digest,
    /// Of this event and, through `prev`, of all before it.
    pub hash: Digest,
}

/// What a writer brings; the rest is the store's.
#[derive(Debug, Clone, Copy)]
pub struct NewEvent<'a> {
    /// The version of the shape of `body`.
    pub version: u32,
    /// What happened.
    pub kind: &'a str,
    /// When: RFC 3339, UTC, milliseconds.
    pub at: &'a str,
    /// Canonical JSON already ([`super::canonical`]): stored and hashed as it is.
    pub body: &'a str,
}

impl StoredEvent {
    /// A new event in its place.
    pub(super) fn link(run: &RunId, seq: u64, event: NewEvent<'_>, prev: Digest) -> Self {
        Self {
            run: run.clone(),
            seq,
            version: event.version,
            kind: event.kind.into(),
            at: event.at.into(),
            body: event.body.into(),
            prev,
            hash: hash(run, seq, event, &prev),
        }
    }

    /// Whether `hash` is the hash of the rest. Readers of the store need not ask: it did.
    pub fn is_intact(&self) -> bool {
        let event = NewEvent { version: self.version, kind: &self.kind, at: &self.at, body: &self.body };
        self.hash == hash(&self.run, self.seq, event, &self.prev)
    }
}

fn hash(run: &RunId, seq: u64, event: NewEvent<'_>, prev: &Digest) -> Digest {
    let mut bytes = Vec::with_capacity(160 + event.body.len());
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    };
    bytes.extend(b"pyexec-event-1\0");
    text(&mut bytes, run.as_str());
    bytes.extend(seq.to_be_bytes());
    bytes.extend(event.version.to_be_bytes());
    text(&mut bytes, event.kind);
    text(&mut bytes, event.at);
    text(&mut bytes, event.body);
    bytes.extend(prev.as_bytes());
    Digest::of(&bytes)
}

/// The end of a run's chain as its head keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tip {
    pub(super) seq: u64,
    pub(super) hash: Digest,
}

/// Checks events `first..=last` of a run, which must be exactly these; when `last` is the tip's, its hash too.
///
/// `events` holds `None` where a row was not readable as an event at all.
pub(super) fn check(
    run: &RunId,
    first: u64,
    last: u64,
    tip: Tip,
    events: Vec<Option<StoredEvent>>,
) -> Result<Vec<StoredEvent>, StoreError> {
    let altered = |seq| StoreError::Altered { run: run.clone(), seq };
    let mut good: Vec<StoredEvent> = Vec::with_capacity(events.len());
    for (seq, event) in (first..).zip(events) {
        let before = match good.last() {
            Some(event) => Some(event.hash),
            None if seq == 1 => Some(GENESIS),
            None => None, // a page's anchor: what it follows was another page's to check
        };
        match event {
            Some(event) if event.seq == seq && event.is_intact() && before.is_none_or(|hash| hash == event.prev) => {
                good.push(event);
            }
            _ => return Err(altered(seq)),
        }
    }
    let reached = first - 1 + good.len() as u64;
    if reached < last {
        return Err(altered(reached + 1));
    }
    match good.last() {
        Some(event) if event.seq == tip.seq && event.hash != tip.hash => Err(altered(event.seq)),
        _ => Ok(good),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> RunId {
        "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c11".parse().unwrap()
    }

    fn event(body: &str) -> NewEvent<'_> {
        NewEvent { version: 1, kind: "Requested", at: "2025-10-14T09:00:00.000Z", body }
    }

    fn three() -> Vec<StoredEvent> {
        let mut events: Vec<StoredEvent> = vec![];
        for (seq, body) in (1..).zip(["{}", r#"{"a":1}"#, "[]"]) {
            let prev = events.last().map_or(GENESIS, |event| event.hash);
            events.push(StoredEvent::link(&run(), seq, event(body), prev));
        }
        events
    }

    fn broken_at(events: Vec<StoredEvent>, tip: &StoredEvent) -> Option<u64> {
        let tip = Tip { seq: tip.seq, hash: tip.hash };
        match check(&run(), 1, tip.seq, tip, events.into_iter().map(Some).collect()) {
            Ok(_) => None,
            Err(StoreError::Altered { seq, .. }) => Some(seq),
            Err(other) => panic!("{other}"),
        }
    }

    /// The documented encoding, computed with another program: it must never change.
    #[test]
    fn the_encoding_is_frozen() {
        let first = StoredEvent::link(&run(), 1, event("{}"), GENESIS);
        assert_eq!(first.hash.to_string(), "e367d938eaa69e19cc05b717aedbd37721aae90d4e823759d8a9df817bb95596");
    }

    #[test]
    fn a_whole_chain_passes() {
        let events = three();
        assert_eq!(broken_at(events.clone(), &events[2]), None);
    }

    #[test]
    fn every_field_is_covered() {
        type Edit = fn(&mut StoredEvent);
        let edits: [Edit; 8] = [
            |e| e.run = "0199e2d0-5c1b-7c3e-9f00-2b8f1f0a4c12".parse().unwrap(),
            |e| e.seq = 7,
            |e| e.version = 2,
            |e| e.kind.push('x'),
            |e| e.at.push('x'),
            |e| e.body.push(' '),
            |e| e.prev = Digest::of(b"x"),
            |e| e.hash = Digest::of(b"x"),
        ];
        for edit in edits {
            let tip = three().remove(2);
            let mut events = three();
            edit(&mut events[1]);
            assert_eq!(broken_at(events, &tip), Some(2));
        }
    }

    #[test]
    fn text_cannot_move_between_fields() {
        let a = NewEvent { kind: "ab", at: "c", ..event("{}") };
        let b = NewEvent { kind: "a", at: "bc", ..event("{}") };
        assert_ne!(hash(&run(), 1, a, &GENESIS), hash(&run(), 1, b, &GENESIS));
    }

    #[test]
    fn a_missing_cut_or_replaced_event_shows() {
        let tip = three().remove(2);
        let mut removed = three();
        removed.remove(1);
        assert_eq!(broken_at(removed, &tip), Some(2));

        let mut cut = three();
        cut.pop();
        assert_eq!(broken_at(cut, &tip), Some(3));

        let mut replaced = three();
        let prev = replaced[1].hash;
        replaced[2] = StoredEvent::link(&run(), 3, event("{}"), prev);
        assert_eq!(broken_at(replaced, &tip), Some(3), "a consistent other end is not what the head says");
    }
}
