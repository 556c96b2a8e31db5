//! Role `generator`.

use super::RoleAdapter;
use pyexec_core::{CodeGenerator, Result, Role, generator::GENERATE, host::HostContext, instance::unknown_op, payload};

/// A [`CodeGenerator`] behind the ABI.
pub struct GeneratorAdapter<T>(T);

impl<T: CodeGenerator> RoleAdapter for GeneratorAdapter<T> {
    const ROLE: Role = Role::Generator;

    fn create(config: &str) -> Result<Self> {
        T::create(payload::config(config)?).map(Self)
    }

    async fn invoke(&self, op: &str, request: &str, host: &HostContext) -> Result<String> {
        match op {
            GENERATE => payload::seal(&self.0.generate(payload::open(request)?, host).await?),
            _ => Err(unknown_op(Self::ROLE, op)),
        }
    }
}
