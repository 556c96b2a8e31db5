//! The host of a component that is used without a service.
//!
//! A service's host hands out code for a permit only, and writes into the log first. This one has no log and asks nobody: what
//! makes an execution right is then this application's own business. It keeps the least of the promises: exactly the code
//! that it was made for, once, and only into full isolation.

use pyexec_core::{
    Isolation, PluginError, Result,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    executor::{OUTPUT, OutputChunk, RELEASE, ReleaseRequest, refused},
    guard,
    order::FileRef,
    payload,
};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Clones share the code.
#[derive(Clone, Default)]
pub(crate) struct OwnHost {
    code: Arc<Mutex<Option<FileRef>>>,
}

impl OwnHost {
    /// For a component that asks for nothing.
    pub(crate) fn listening() -> Self {
        Self::default()
    }

    /// For an executor: it may have this code.
    pub(crate) fn releasing(code: FileRef) -> Self {
        Self { code: Arc::new(Mutex::new(Some(code))) }
    }

    /// As a component gets it.
    pub(crate) fn lend(&self) -> HostBox {
        Host_TO::from_ptr(RArc::new(self.clone()), TD_Opaque)
    }

    fn answer(&self, op: &str, json: &str) -> Result<String> {
        match op {
            RELEASE => payload::seal(&self.release(&payload::open(json)?)?),
            OUTPUT => {
                let OutputChunk { bytes, .. } = payload::open(json)?;
                for line in String::from_utf8_lossy(&bytes).lines() {
                    println!("   it says: {line}");
                }
                payload::seal(&())
            }
            _ => Err(PluginError::new("unknown", format!("this application answers no `{op}`"))),
        }
    }

    fn release(&self, request: &ReleaseRequest) -> Result<FileRef> {
        if request.isolation != Isolation::Full {
            return Err(refused("this application wants full isolation"));
        }
        let code = self.code.lock().unwrap_or_else(PoisonError::into_inner).take();
        code.filter(|code| code.sha256 == request.code_sha256.0)
            .ok_or_else(|| refused("there is no such code, or it was released before"))
    }
}

impl Host for OwnHost {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        let said: Value = serde_json::from_slice(bytes.as_slice()).unwrap_or_default();
        if let ("progress", Some(message)) = (kind.as_str(), said["message"].as_str()) {
            println!("   progress: {message}");
        }
    }

    fn call(&self, op: RString, json: RString) -> FfiFuture<Reply> {
        let host = self.clone();
        guard::ffi(async move { host.answer(&op, &json).map(RString::from).into() })
    }
}
