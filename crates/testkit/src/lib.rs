//! Fakes for those who write or use a component by itself: hosts that keep what they were told and answer what they were
//! given, and requests. They decide nothing and record nothing durable: a service's own host does. Open `execution_host.rs`
//! for an executor's host and `order.rs` for what it executes, `quiet_host.rs` for the host of every other role, and
//! `conformance/` for what any executor must show.

pub mod conformance;
mod execution_host;
mod generation;
mod order;
mod quiet_host;

pub use execution_host::ExecutionHostFake;
pub use generation::generation_request;
pub use order::{execute_order, prepare_order};
pub use quiet_host::QuietHostFake;
