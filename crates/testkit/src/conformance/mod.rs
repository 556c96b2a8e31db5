//! What any executor must show: a table of behaviours, run against the trait in `pyexec_core`.
//!
//! A behaviour is a script with what is given to it and what must come of it, or a scene for which that is not enough. An
//! executor that cannot give one says so by data ([`Subject::refuses`]); then the suite checks that it *refuses* an order which
//! needs it, with its sentence and before any code is released, or, where no order tells, warns. Nothing passes by being
//! left out.
//!
//! The suite knows no executor. It wants `CPython` with numpy, pandas and matplotlib on the other side, and writes temporary
//! files.//! Open `table/` for the behaviours, `behaviour.rs` for what a row can say, `suite.rs` for how they are run.

mod act;
mod behaviour;
mod expect;
mod place;
mod stage;
mod subject;
mod suite;
mod table;

pub use behaviour::Behaviour;
pub use subject::{Manner, Refusal, Subject};
pub use suite::{Report, run};
pub use table::behaviours;
