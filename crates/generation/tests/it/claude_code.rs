//! The generator `claude_code` with the real Claude Code CLI, against a stand-in for its provider. No test here reaches
//! further than the loopback, and `network` shows that the CLI does not either.

mod agent;
mod conversations;
mod failing;
mod guarded;
mod limits;
mod network;
