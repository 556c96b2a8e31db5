//! Role `approval_gate`.

use super::RoleAdapter;
use pyexec_core::{
    ApprovalGate, Result, Role, approval_gate::REQUIRE, host::HostContext, instance::unknown_op, payload,
};

/// A [`ApprovalGate`] behind the ABI.
pub struct ApprovalGateAdapter<T>(T);

impl<T: ApprovalGate> RoleAdapter for ApprovalGateAdapter<T> {
    const ROLE: Role = Role::ApprovalGate;

    fn create(config: &str) -> Result<Self> {
        T::create(payload::config(config)?).map(Self)
    }

    async fn invoke(&self, op: &str, request: &str, _host: &HostContext) -> Result<String> {
        match op {
            REQUIRE => payload::seal(&self.0.require(payload::open(request)?).await?),
            _ => Err(unknown_op(Self::ROLE, op)),
        }
    }
}
