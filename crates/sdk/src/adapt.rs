//! From the typed traits of `core` to the one `Component` of the ABI: a file a role says which operations it has and how
//! they are typed; this file carries a call over to the plugin's own runtime, guarded.

mod approval_gate;
mod connector;
mod domain_analyzer;
mod executor;
mod generator;
mod policy_analyzer;

pub use approval_gate::ApprovalGateAdapter;
pub use connector::ConnectorAdapter;
pub use domain_analyzer::DomainAnalyzerAdapter;
pub use executor::ExecutorAdapter;
pub use generator::GeneratorAdapter;
pub use policy_analyzer::PolicyAnalyzerAdapter;

use crate::runtime;
use pyexec_core::{
    Result, Role,
    abi::{
        Component, Component_TO, ComponentBox, HostBox, Reply,
        abi_stable::{erased_types::TD_Opaque, std_types::RString},
        async_ffi::FfiFuture,
    },
    guard::{self, Contained},
    host::HostContext,
};
use std::{future::Future, sync::Arc};

/// One for each role: which operations it has and how they are typed.
pub trait RoleAdapter: Send + Sync + Sized + 'static {
    /// The role.
    const ROLE: Role;

    /// Creates the component from its configuration, plain JSON.
    fn create(config: &str) -> Result<Self>;

    /// Performs `op` with a sealed request (see [`pyexec_core::payload`]) and seals the reply.
    fn invoke(&self, op: &str, request: &str, host: &HostContext) -> impl Future<Output = Result<String>> + Send;
}

/// Creates a component of the ABI. A panic is an error of kind `panic`.
pub(crate) fn create<R: RoleAdapter>(config: &str) -> Result<ComponentBox> {
    let role = guard::catch(|| runtime::inside(|| R::create(config)))???;
    Ok(Component_TO::from_value(Boundary(Contained::new(Arc::new(role))), TD_Opaque))
}

/// Shared with the calls in flight: a component that the host lets go of lives until they have ended.
struct Boundary<R>(Contained<Arc<R>>);

impl<R: RoleAdapter> Component for Boundary<R> {
    fn invoke(&self, op: RString, request: RString, host: HostBox) -> FfiFuture<Reply> {
        // Guarded by itself: the call may be the last to let go, and that while a panic of its own unwinds.
        let role = Contained::new(Arc::clone(&self.0));
        guard::ffi(async move {
            let context = HostContext::new(host.clone());
            let work = async move { role.invoke(&op, &request, &context).await.map(RString::from) };
            runtime::run(host, work).await.into()
        })
    }
}
