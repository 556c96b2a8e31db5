//! The sandbox as a host sees it: the real library, loaded by the real runner, in real interpreters. Runs as root, because
//! it must show both ways to start: as root, which becomes somebody else, and as an ordinary user.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in what it is made of")]

mod decoys;
mod escapes;
mod life;
mod memory;
mod place;
mod pool;
mod runner;
mod session;
mod unittest;
