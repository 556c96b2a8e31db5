//! Who is examined.

use pyexec_core::{
    CodeExecutor, Isolation, Outcome, Result,
    executor::{ExecutionHost, ExecutorDescription, PreparedId},
    order::{ExecuteOrder, PrepareOrder},
};
use std::{fmt, future::Future, pin::Pin, sync::Arc};

/// A behaviour that an executor cannot give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The behaviour's name.
    pub behaviour: &'static str,
    /// How it says so.
    pub manner: Manner,
    /// What its sentence holds.
    pub says: &'static str,
}

/// How an executor says that it cannot give something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It refuses the order with an error of this kind (`bad_request`), before any code is released.
    Refused(&'static str),
    /// No order tells that a run will need it: the outcome of one that did has a warning.
    Warned,
}

/// An executor with what is known of it.
#[derive(Clone)]
pub struct Subject {
    pub(super) executor: Arc<dyn Executor>,
    pub(super) isolation: Isolation,
    pub(super) refuses: &'static [Refusal],
}

impl Subject {
    /// One that gives everything, at this level of isolation.
    pub fn new(executor: impl CodeExecutor, isolation: Isolation) -> Self {
        Self { executor: Arc::new(executor), isolation, refuses: &[] }
    }

    /// What it cannot give.
    #[must_use]
    pub const fn refuses(mut self, refuses: &'static [Refusal]) -> Self {
        self.refuses = refuses;
        self
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("isolation", &self.isolation).finish_non_exhaustive()
    }
}

pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// [`CodeExecutor`] without its type, so that the table need not be generic.
pub(super) trait Executor: Send + Sync {
    fn describe<'a>(&'a self, host: &'a ExecutionHost) -> Boxed<'a, Result<ExecutorDescription>>;
    fn prepare<'a>(&'a self, order: PrepareOrder, host: &'a ExecutionHost) -> Boxed<'a, Result<PreparedId>>;
    fn execute<'a>(
        &'a self,
        prepared: PreparedId,
        order: ExecuteOrder,
        host: &'a ExecutionHost,
    ) -> Boxed<'a, Result<Outcome>>;
    fn discard(&self, prepared: PreparedId) -> Boxed<'_, Result<()>>;
}

impl<E: CodeExecutor> Executor for E {
    fn describe<'a>(&'a self, host: &'a ExecutionHost) -> Boxed<'a, Result<ExecutorDescription>> {
        Box::pin(CodeExecutor::describe(self, host))
    }

    fn prepare<'a>(&'a self, order: PrepareOrder, host: &'a ExecutionHost) -> Boxed<'a, Result<PreparedId>> {
        Box::pin(CodeExecutor::prepare(self, order, host))
    }

    fn execute<'a>(
        &'a self,
        prepared: PreparedId,
        order: ExecuteOrder,
        host: &'a ExecutionHost,
    ) -> Boxed<'a, Result<Outcome>> {
        Box::pin(CodeExecutor::execute(self, prepared, order, host))
    }

    fn discard(&self, prepared: PreparedId) -> Boxed<'_, Result<()>> {
        Box::pin(CodeExecutor::discard(self, prepared))
    }
}
