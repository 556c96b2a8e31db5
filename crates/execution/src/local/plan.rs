//! The plan that the sandbox library gets (`PROTOCOL.md`): plain data.

use crate::mounts::Mount;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// How the child is to hold itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Plan {
    pub(super) library: PathBuf,
    pub(super) uid: Option<u32>,
    pub(super) gid: Option<u32>,
    pub(super) mounts: Vec<Mount>,
    pub(super) limits: KernelLimits,
    pub(super) net: bool,
    pub(super) process: bool,
    pub(super) environment: BTreeMap<String, String>,
}

/// What the kernel limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct KernelLimits {
    pub(super) memory_mb: u64,
    pub(super) cpu_seconds: u64,
    pub(super) processes: u64,
    pub(super) scratch_mb: u64,
    pub(super) scratch_inodes: u64,
}

/// More files than that in a scratch folder are a mistake or an attack.
const SCRATCH_INODES: u64 = 16_384;

impl From<&pyexec_core::order::Limits> for KernelLimits {
    fn from(limits: &pyexec_core::order::Limits) -> Self {
        Self {
            memory_mb: limits.memory_mb,
            cpu_seconds: limits.cpu_seconds,
            processes: limits.processes,
            scratch_mb: limits.scratch_mb,
            scratch_inodes: SCRATCH_INODES,
        }
    }
}

/// What the code finds in its environment besides the runner's defaults: a cache for matplotlib, bounds on threads, then what
/// configuration names for the mode. Nothing of the host's.
pub(crate) fn environment(of_mode: &BTreeMap<String, String>, font_cache: Option<&Path>) -> BTreeMap<String, String> {
    // OpenBLAS maps tens of MiB for each thread: on a large machine its default alone is beyond the address space limit.
    // Asked once: the answer is looked up in a dozen files of control groups, and every run wants it.
    static THREADS: LazyLock<String> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, |n| n.get().min(4)).to_string());
    let mut environment = BTreeMap::new();
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
        environment.insert(name.to_owned(), THREADS.clone());
    }
    if let Some(folder) = font_cache.and_then(Path::to_str) {
        environment.insert("PYEXEC_MPL_CACHE".to_owned(), folder.to_owned());
    }
    environment.extend(of_mode.clone());
    environment
}
