//! The control-system broker: the only way from sandboxed code to a channel.
//!
//! Code asks through the executor's channel; the host process hands the question to a [`Broker`], which checks names,
//! types, the mode, the approved grants and the limits database before a connector hears of it. Nothing here runs in the
//! process that it restrains. Open `broker.rs` for the walk of one write.
//!
//! The crate knows neither runs, tickets nor logs: the service makes a write's intention durable between
//! [`Broker::admit`] and [`Broker::put`], ends a run whose write was refused, and reads the limits file. The only file
//! touched here is the state of the `mock` connector, which registers itself from this crate.

mod admitted;
mod broker;
mod channel_name;
mod envelope;
mod limits;
mod mock;
mod motion;
mod nearest;
mod strict_json;
mod value;
mod verification;

pub use admitted::{AdmittedWrite, WrittenSoFar};
pub use broker::{Broker, ControlSettings};
pub use channel_name::{BadChannelName, ChannelName};
pub use limits::{ChannelLimits, EntryProblem, Limits, LimitsError};
pub use mock::{Mock, MockChannel, MockConfig};
pub use verification::{Tolerance, Verification, VerificationLevel};
