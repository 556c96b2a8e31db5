//! The `jupyter` executor against a real Jupyter Server, which the tests start for themselves.

mod bench;
mod ending;
mod lost;
mod refused;
mod runs;
mod server;
