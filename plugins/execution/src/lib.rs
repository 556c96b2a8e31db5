//! The execution stage as a plugin library.

use pyexec_execution as _; // links it: without this line rustc drops the crate and its registrations

pyexec_sdk::export_plugin!();
