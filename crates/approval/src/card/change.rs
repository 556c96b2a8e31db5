//! What changed since the code that was approved before, or that this one was made from.

use crate::expose::{Exposed, Line, Reading};
use pyexec_core::{
    Card, CodeHash, RunId,
    card::{ApprovedBefore, Basis},
};
use serde::Serialize;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};
use std::{collections::HashSet, ops::Range};

/// Unchanged lines around a change.
const AROUND: usize = 3;
/// Where more lines than these differ, they are taken as one change: the search grows with their square.
const MAX_COMPARED: usize = 4000;
/// The most rows that are shown; the code marks all new lines.
const MAX_ROWS: usize = 200;

/// A comparison of two pieces of code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// With what.
    pub since: Since,
    /// Of the code that it is compared with.
    pub sha256: CodeHash,
    /// How many lines went.
    pub removed: usize,
    /// How many lines came.
    pub added: usize,
    /// The changes with what stands around them.
    pub hunks: Vec<Vec<Row>>,
    /// How many changed lines more there are.
    pub left_out: usize,
    #[serde(skip)]
    pub(super) new_lines: HashSet<u32>,
}

/// With what code is compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Since {
    /// What a person approved last for this task.
    Approved {
        /// In which run.
        run_id: RunId,
        /// Who.
        by: Exposed,
        /// When.
        at: String,
    },
    /// The attempt that this one was edited out of.
    Edited {
        /// Which.
        attempt: u32,
    },
    /// The attempt before.
    Attempt {
        /// Which.
        attempt: u32,
    },
}

/// A line of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Whether it came, went or stayed: `+`, `-` or a space.
    pub sign: char,
    /// Its number in the old code.
    pub old: Option<u32>,
    /// Its number in the new code.
    pub new: Option<u32>,
    /// What it says.
    pub text: Exposed,
}

impl Change {
    /// What a card compares, if it has something to compare with.
    pub(super) fn of(card: &Card, new: &Exposed) -> Option<Self> {
        let previous = card.previous.as_ref()?;
        let since = match (&previous.basis, &card.approved_before) {
            (Basis::Approved, Some(ApprovedBefore { run_id, by, at, .. })) => {
                Since::Approved { run_id: run_id.clone(), by: Exposed::new(&by.0, Reading::Name), at: at.clone() }
            }
            (Basis::Approved, None) => return None,
            (Basis::Edited { attempt }, _) => Since::Edited { attempt: *attempt },
            (Basis::Attempt { attempt }, _) => Since::Attempt { attempt: *attempt },
        };
        let old = Exposed::new(previous.code.as_bytes(), Reading::Code);
        Some(Self::between(since, previous.code.hash(), old.lines(), new.lines()))
    }

    fn between(since: Since, sha256: CodeHash, old: &[Line], new: &[Line]) -> Self {
        let ops = ops(old, new);
        let changed = |op: &&DiffOp| op.tag() != DiffTag::Equal;
        let removed = ops.iter().filter(changed).map(|op| op.old_range().len()).sum();
        let added = ops.iter().filter(changed).map(|op| op.new_range().len()).sum();
        let new_lines = ops.iter().filter(changed).flat_map(DiffOp::new_range).map(number).collect();
        let (mut hunks, mut left, mut left_out) = (Vec::new(), MAX_ROWS, 0);
        for group in group_diff_ops(ops, AROUND) {
            let mut rows: Vec<_> = group.iter().flat_map(|op| rows(op, old, new)).collect();
            left_out += rows.iter().skip(left).filter(|row| row.sign != ' ').count();
            rows.truncate(left);
            left -= rows.len();
            if !rows.is_empty() {
                hunks.push(rows);
            }
        }
        Self { since, sha256, removed, added, hunks, left_out, new_lines }
    }
}

/// The differences, found in a time that hostile code cannot stretch.
fn ops(old: &[Line], new: &[Line]) -> Vec<DiffOp> {
    let same_start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[same_start..], &new[same_start..]);
    let same_end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_len, new_len) = (old_rest.len() - same_end, new_rest.len() - same_end);
    if old_len + new_len <= MAX_COMPARED {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    vec![
        DiffOp::Equal { old_index: 0, new_index: 0, len: same_start },
        DiffOp::Replace { old_index: same_start, old_len, new_index: same_start, new_len },
        DiffOp::Equal { old_index: same_start + old_len, new_index: same_start + new_len, len: same_end },
    ]
}

/// An operation as rows: what went before what came.
fn rows<'a>(op: &DiffOp, old: &'a [Line], new: &'a [Line]) -> Vec<Row> {
    if op.tag() == DiffTag::Equal {
        let both = op.old_range().zip(op.new_range());
        let row = |(o, n): (usize, usize)| Row {
            sign: ' ',
            old: Some(number(o)),
            new: Some(number(n)),
            text: Exposed::line(&new[n]),
        };
        return both.map(row).collect();
    }
    let went = |range: Range<usize>| {
        range.map(|o| Row { sign: '-', old: Some(number(o)), new: None, text: Exposed::line(&old[o]) })
    };
    let came = |range: Range<usize>| {
        range.map(|n| Row { sign: '+', old: None, new: Some(number(n)), text: Exposed::line(&new[n]) })
    };
    went(op.old_range()).chain(came(op.new_range())).collect()
}

/// The number of the line at an index.
fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}
