//! Orders for tests: everything but what the test is about has a plain value.

use pyexec_core::{
    CodeHash, ExecutionMode, Isolation,
    order::{ExecuteOrder, Limits, PrepareOrder, Scope},
};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

/// A read-only order without inputs, for a run folder that is there.
///
/// # Panics
///
/// Never: the identifiers are well formed.
pub fn prepare_order(folder: &Path) -> PrepareOrder {
    PrepareOrder {
        run_id: fresh_id().parse().unwrap_or_else(|e| panic!("{e}")),
        attempt: 1,
        mode: ExecutionMode::ReadOnly,
        grants: Vec::new(),
        folder: folder.into(),
        inputs: Vec::new(),
        context: None,
        limits: Limits { timeout_seconds: 60, ..Limits::default() },
        environment: BTreeMap::new(),
        accept_isolation: vec![Isolation::Full],
    }
}

/// The order to execute this code as it was prepared.
///
/// # Panics
///
/// Never: the identifiers are well formed.
pub fn execute_order(prepare: PrepareOrder, code_sha256: CodeHash) -> ExecuteOrder {
    let token = fresh_id().parse().unwrap_or_else(|e| panic!("{e}"));
    ExecuteOrder { prepare, code_sha256, token, scope: Scope::Run }
}

fn fresh_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    format!("00000000-0000-7000-8000-{:012x}", COUNT.fetch_add(1, Ordering::Relaxed))
}
