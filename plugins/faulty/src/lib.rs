//! A plugin that misbehaves on demand, in every role that a host must survive.
//!
//! Its components say in their configuration or request what they do wrong. What no file of this library can be, wrong as a
//! whole (another interface, no export, a start that hangs), is in `examples/`, a library each. What no guard contains
//! (a segmentation fault, `abort`, a panic in a drop during unwinding) is not here: it would end the test as it ends a host.

mod analyzers;
mod executor;
mod gate;
mod generator;
mod unsealed;

pyexec_sdk::export_plugin!();
