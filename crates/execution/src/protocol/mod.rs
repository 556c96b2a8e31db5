//! The runner protocol (`PROTOCOL.md` beside `Cargo.toml`), host's side: pure functions over bytes. Knows nothing of
//! processes or containers. Open `frame.rs` for the wire, `message.rs` for what is said, `carrier.rs` for what a container adds.

pub mod carrier;
pub mod frame;
pub mod message;
pub mod weight;

/// The version that both sides must speak.
pub const VERSION: u32 = 1;
