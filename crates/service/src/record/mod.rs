//! The record that others can check: who signs, what is anchored, what a receipt says, and whether all of it still fits.
//!
//! Open `verify.rs` first: what is compared with what. `keys.rs` holds the one signing key of a data folder, `anchors.rs` the
//! checks of the signed list that `store/anchor.rs` defines, `folder_copy.rs` those of a run folder; `receipt.rs` says what the
//! final notebook carries and `notebook_check.rs` reads it, without a store; `refusal.rs` shows why something was refused,
//! `replay.rs` runs the same again and `differences.rs` says what differs.
//!
//! Nothing here decides anything about a run: it looks, and says what it found.

mod anchors;
mod blobs;
mod cells;
mod differences;
mod folder_copy;
mod key_text;
mod keys;
mod notebook_check;
mod receipt;
mod refusal;
mod replay;
mod verify;

pub use anchors::{AnchorsReport, LatestAnchor, anchor, check_anchors};
pub use cells::cell_digests;
pub use differences::{Comparison, Difference};
pub use key_text::{Fingerprint, PublicKey, ReadKeyError};
pub use keys::{KeyError, SigningKey, public_keys};
pub use notebook_check::{NotebookReport, ReadNotebookError, check_notebook};
pub use receipt::{Approval, Environment, Input, LogEnd, Outputs, Policy, RECEIPT_VERSION, Receipt};
pub use refusal::{OffendingLine, Refusal};
pub use verify::{Alteration, RunReport, Tail, verify_all, verify_run};
