//! Writing the next anchor, and checking the list of them.
//!
//! The last anchor's signature vouches for the whole list, as each covers the one before; so a list is checked by its hashes
//! and one signature, and a reader who kept a copy of any anchor can tell whether the list was since cut or rewritten.

use super::{key_text::PublicKey, keys::SigningKey, verify::Alteration};
use crate::{
    clock,
    store::{Anchor, GENESIS, Seal, Store, StoreError, anchor_message},
};
use pyexec_core::Digest;
use serde::{Deserialize, Serialize};

/// How many anchors are read at once.
const PAGE: usize = 500;
/// The most alterations that are told.
const MOST_TOLD: usize = 50;

/// Anchors what changed and rests; nothing if there is no such run. Any process may, at any time.
pub async fn anchor(store: &Store, key: &SigningKey) -> Result<Option<Anchor>, StoreError> {
    store.write_anchor(&clock::stamp(clock::now()), |hash| key.seal(hash)).await
}

/// One anchor without its heads: what a careful person keeps elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestAnchor {
    /// Its place.
    pub n: u64,
    /// When.
    pub at: String,
    /// How many runs it is over.
    pub runs: usize,
    /// The hash of the anchor before.
    pub prev: Digest,
    /// Its hash.
    pub hash: Digest,
    /// The fingerprint of the key that signed it.
    pub key: String,
    /// The signature, in base64.
    pub signature: String,
}

impl From<&Anchor> for LatestAnchor {
    fn from(anchor: &Anchor) -> Self {
        let Seal { key, signature } = anchor.seal.clone();
        let (prev, hash) = (anchor.prev, anchor.hash);
        Self { n: anchor.n, at: anchor.at.clone(), runs: anchor.heads.len(), prev, hash, key, signature }
    }
}

/// What was found of the list of anchors.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AnchorsReport {
    /// How many there are.
    pub count: u64,
    /// The last one.
    pub latest: Option<LatestAnchor>,
    /// What does not fit.
    pub altered: Vec<Alteration>,
}

/// Checks the whole list: that it has no gap, that each anchor is what was hashed and follows the one before, that the
/// last one is signed by one of these keys, and that it holds the one that somebody `kept`.
pub async fn check_anchors(
    store: &Store,
    keys: &[PublicKey],
    kept: Option<&LatestAnchor>,
) -> Result<AnchorsReport, StoreError> {
    let named = store.highest_anchor_named().await?; // before the list is read: an anchor may come meanwhile
    let mut walk = Walk { hash: GENESIS, last: None, cut: false, report: AnchorsReport::default() };
    loop {
        let page = match store.anchors(walk.report.count, PAGE).await {
            Ok(page) => page,
            Err(StoreError::AnchorAltered { n }) => {
                for anchor in store.anchors(walk.report.count, before(n, walk.report.count)).await? {
                    walk.take(anchor, kept);
                }
                walk.altered(n, "it is not readable".into());
                walk.cut = true;
                break;
            }
            Err(other) => return Err(other),
        };
        let more = page.len() == PAGE;
        for anchor in page {
            walk.take(anchor, kept);
        }
        if !more {
            break;
        }
    }
    let Walk { last, cut, mut report, .. } = walk;
    let end = report.count;
    let mut altered = |n, what: String| report.altered.push(Alteration::of_anchor(n, what));
    if named > end && !cut {
        altered(end + 1, format!("a run's row names anchor {named}, and the list ends at {end}: the rest is gone"));
    }
    if let Some(kept) = kept {
        if !signed(keys, &kept.key, &kept.hash, &kept.signature) {
            altered(kept.n, "the anchor that was kept is not signed by a key that is known here".into());
        } else if kept.n > end {
            altered(end + 1, format!("anchor {} was kept, and the list ends at {end}: the rest is gone", kept.n));
        }
    }
    if let Some(last) = &last {
        let Seal { key, signature } = &last.seal;
        if !keys.iter().any(|known| known.fingerprint().as_str() == key) {
            altered(end, format!("it is signed by an unknown key {}", printable(key)));
        } else if !signed(keys, key, &last.hash, signature) {
            altered(end, "its signature does not fit: the list was rewritten by somebody without the key".into());
        }
    }
    report.latest = last.as_ref().map(Into::into);
    Ok(report)
}

/// The list so far.
struct Walk {
    hash: Digest,
    last: Option<Anchor>,
    /// Whether there is more that could not be read.
    cut: bool,
    report: AnchorsReport,
}

impl Walk {
    fn take(&mut self, anchor: Anchor, kept: Option<&LatestAnchor>) {
        let (n, expected) = (anchor.n, self.report.count + 1);
        if n > expected {
            let which = if n == expected + 1 { "it is".into() } else { format!("it and all before {n} are") };
            self.altered(expected, format!("{which} gone"));
        } else if anchor.prev != self.hash {
            self.altered(n, "it does not follow the one before".into());
        }
        if !anchor.is_intact() {
            self.altered(n, "it is not what was signed".into());
        }
        if kept.is_some_and(|kept| kept.n == n && kept.hash != anchor.hash) {
            self.altered(n, "it is not the one that was kept".into());
        }
        self.hash = anchor.hash;
        self.report.count = n;
        self.last = Some(anchor);
    }

    fn altered(&mut self, n: u64, what: String) {
        if self.report.altered.len() < MOST_TOLD {
            self.report.altered.push(Alteration::of_anchor(n, what));
        }
    }
}

/// How many anchors there can be after number `after` and before number `n`.
fn before(n: u64, after: u64) -> usize {
    usize::try_from(n.saturating_sub(after + 1)).unwrap_or(PAGE)
}

fn signed(keys: &[PublicKey], key: &str, hash: &Digest, signature: &str) -> bool {
    let mut known = keys.iter().filter(|known| known.fingerprint().as_str() == key);
    known.any(|known| known.signed(&anchor_message(hash), signature))
}

fn printable(key: &str) -> String {
    key.chars().take(64).filter(char::is_ascii_graphic).collect()
}
