//! A host that keeps what it is told and answers no call, and calls of a generator through it.

use pyexec_core::{
    Instance, PluginError, Request, Result,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RErr, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    generator::{GENERATE, GeneratedCode, GenerationRequest},
    guard,
};
use std::sync::mpsc::{Receiver, Sender, channel};

#[derive(Clone)]
struct Recorder(Sender<String>);

impl Host for Recorder {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        // The test may have gone.
        let _ = self.0.send(format!("{kind} {}", String::from_utf8_lossy(&bytes)));
    }

    fn call(&self, op: RString, _json: RString) -> FfiFuture<Reply> {
        guard::ffi(async move { RErr(PluginError::new("refused", format!("a generator may not `{op}`"))) })
    }
}

/// A host and what it is told.
pub(crate) fn host() -> (HostBox, Receiver<String>) {
    let (sender, receiver) = channel();
    (Host_TO::from_ptr(RArc::new(Recorder(sender)), TD_Opaque), receiver)
}

/// One generation; the query is what a faulty generator goes by.
pub(crate) async fn generate_with(generator: &Instance, query: &str, host: HostBox) -> Result<GeneratedCode> {
    let request = GenerationRequest {
        attempt: 1,
        attempts: 1,
        request: Request { user_query: Some(query.into()), ..Request::default() },
        inputs: Vec::new(),
        mode_ceiling: None,
        failures: Vec::new(),
        python: None,
    };
    generator.invoke(GENERATE, &request, host).await
}

/// The same with a host that nobody listens to.
pub(crate) async fn generate(generator: &Instance, query: &str) -> Result<GeneratedCode> {
    generate_with(generator, query, host().0).await
}

/// The code of a generation that works.
pub(crate) async fn code(generator: &Instance, query: &str) -> String {
    generate(generator, query).await.unwrap().code.to_text()
}
