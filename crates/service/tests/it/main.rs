//! Integration tests of the service: real files, real processes, and components that do as they are told.

mod bench;
mod driver;
mod fakes;
mod notebook;
mod pipeline;
mod record;
mod store;
