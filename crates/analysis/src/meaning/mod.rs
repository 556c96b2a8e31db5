//! What code does, by following what its names mean.
//!
//! A small abstract interpreter: it runs the tree once, with sets of possible values instead of values, both ways through
//! every branch, local functions with the arguments they are called with. It knows Python's scopes and containers and folds
//! constants; what libraries can do it asks of [`crate::knowledge`]. It executes nothing and reads nothing but the tree, and
//! its work is bounded: past the bound it still walks the rest once, says so in a finding, and follows no more calls.
//!
//! Open [`interpreter`] first, then `effect` for how a call becomes a finding.

mod assign;
mod attribute;
mod builtins;
mod call;
mod callable;
mod class_protocol;
mod codec;
mod collection_builtin;
mod comprehension;
mod condition;
mod configured;
mod container;
mod container_call;
mod control_flow;
mod conversion_builtin;
mod definition;
mod effect;
mod escape;
mod exception;
mod expression;
mod finding;
mod function_attribute;
mod functional_call;
mod generator;
mod import;
mod inner;
mod interpolation;
mod interpreter;
mod item;
mod library;
mod number;
mod object;
mod operation;
mod path;
mod path_call;
mod pattern;
mod percent;
mod query;
mod reflection;
mod reflective_builtin;
mod sql;
mod state;
mod statement;
mod symbols;
mod text_method;
mod value;

pub(crate) use interpreter::{Meaning, Surroundings, follow};
