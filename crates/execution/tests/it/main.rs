//! The `local` executor against the real jail and the managed Python, as whoever runs the tests: root or an ordinary user.
//!
//! The managed Python is set up once, below the build folder. Every test drives the executor as a service does: `prepare`,
//! `execute`, with a host of the test kit.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bench;
mod conformance;
mod docker;
mod ending;
mod figures;
mod files;
mod gallery;
mod grants;
mod hostile;
mod jupyter;
mod leaks;
mod output;
mod pool;
mod refused;
mod results;
mod scripts;
mod set_up;
mod waiting;
