//! The host of the doctor's own scripts: hands out one, once, and keeps what it prints.
//!
//! Only what is compiled into this program is ever handed out here: it needs neither analysis nor a permit, because nobody
//! else wrote it. Whatever a run asks for goes through the service instead.

use pyexec_core::{
    PluginError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    executor::{self, OutputChunk, ReleaseRequest},
    guard,
    order::FileRef,
    payload,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// More output than this of an attempt tells nothing new, in bytes.
const MOST_KEPT: usize = 64 << 10;

/// A host of one call. Clones share it.
#[derive(Clone, Default)]
pub(in super::super) struct Bench(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    script: Option<FileRef>,
    output: Vec<u8>,
}

impl Bench {
    /// For components that have nothing to ask for.
    pub(in super::super) fn quiet() -> Self {
        Self::default()
    }

    /// Hands out this script to the first who asks for it.
    pub(super) fn releasing(script: FileRef) -> Self {
        let bench = Self::default();
        bench.lock().script = Some(script);
        bench
    }

    /// What goes over the boundary.
    pub(in super::super) fn lend(&self) -> HostBox {
        Host_TO::from_ptr(RArc::new(self.clone()), TD_Opaque)
    }

    /// What was printed.
    pub(super) fn output(&self) -> Vec<u8> {
        self.lock().output.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, op: &str, json: &str) -> pyexec_core::Result<String> {
        match op {
            executor::RELEASE => {
                let asked: ReleaseRequest = payload::open(json)?;
                let mut state = self.lock();
                let script = state.script.take().filter(|script| script.sha256 == asked.code_sha256.0);
                payload::seal(&script.ok_or_else(|| executor::refused("that is not the doctor's script"))?)
            }
            executor::OUTPUT => {
                let OutputChunk { bytes, .. } = payload::open(json)?;
                let mut state = self.lock();
                let room = MOST_KEPT.saturating_sub(state.output.len());
                state.output.extend(bytes.into_iter().take(room));
                payload::seal(&())
            }
            _ => Err(PluginError::new("unknown", format!("the doctor does not answer `{op}`"))),
        }
    }
}

impl Host for Bench {
    fn emit(&self, _kind: RStr<'_>, _bytes: RSlice<'_, u8>) {}

    fn call(&self, op: RString, json: RString) -> FfiFuture<Reply> {
        let bench = self.clone();
        guard::ffi(async move { bench.answer(&op, &json).map(RString::from).into() })
    }
}
