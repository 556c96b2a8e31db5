//! Fakes for those who write or use a component by itself: hosts that keep what they were told and answer what they were
//! given. They decide nothing and record nothing durable: a service's own host does. Open `execution_host.rs` for an
//! executor's host, `order.rs` for what it executes.

mod execution_host;
mod order;

pub use execution_host::ExecutionHostFake;
pub use order::{execute_order, prepare_order};
