//! What a decision still requires before code may run, and the card that a person decides by. Quick and pure.
//!
//! `gate.rs` holds the rules of `[execution.approval]`; `card.rs` what a person is shown, and `expose.rs` how foreign text
//! is made harmless on the way there. Nothing here keeps tickets, asks anybody or looks at a clock: the service does.

mod card;
mod expose;
mod gate;

pub use card::{
    AuthorView, CardView, Change, CodeView, EarlierView, FindingView, GrantView, InputView, Row, Since, Warning,
    WriteView,
};
pub use expose::{Exposed, Reading, expose};
pub use gate::{AutoApprove, DefaultGate, GateConfig, GateMode};
