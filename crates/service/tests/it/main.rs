//! Integration tests of the service: real files, real processes.

mod pipeline;
mod store;
