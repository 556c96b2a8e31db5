//! Role `executor`.

use super::RoleAdapter;
use pyexec_core::{
    CodeExecutor, Result, Role,
    executor::{DESCRIBE, DISCARD, EXECUTE, ExecuteRequest, ExecutionHost, PREPARE},
    host::HostContext,
    instance::unknown_op,
    payload,
};

/// A [`CodeExecutor`] behind the ABI.
pub struct ExecutorAdapter<T>(T);

impl<T: CodeExecutor> RoleAdapter for ExecutorAdapter<T> {
    const ROLE: Role = Role::Executor;

    fn create(config: &str) -> Result<Self> {
        T::create(payload::config(config)?).map(Self)
    }

    async fn invoke(&self, op: &str, request: &str, host: &HostContext) -> Result<String> {
        let host = &ExecutionHost::new(host.clone());
        match op {
            DESCRIBE => {
                let () = payload::open(request)?;
                payload::seal(&self.0.describe(host).await?)
            }
            PREPARE => payload::seal(&self.0.prepare(payload::open(request)?, host).await?),
            EXECUTE => {
                let ExecuteRequest { prepared, order } = payload::open(request)?;
                payload::seal(&self.0.execute(prepared, order, host).await?)
            }
            DISCARD => {
                let () = self.0.discard(payload::open(request)?).await?;
                payload::seal(&())
            }
            _ => Err(unknown_op(Self::ROLE, op)),
        }
    }
}
