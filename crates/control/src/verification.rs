//! How a write is verified: a control system's "done" does not prove the value.

use crate::value::{number, numbers};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How far a write is followed. A channel's own level in the limits database goes before the configured one; code has no
/// say in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationLevel {
    /// The connector's word is all, and the report says that nothing was verified.
    None,
    /// The control system confirmed that it processed the write.
    #[default]
    Callback,
    /// The value is read afterwards and must be the one written.
    Readback,
}

impl VerificationLevel {
    /// Every level, weakest first.
    pub const ALL: [Self; 3] = [Self::None, Self::Callback, Self::Readback];

    /// The name in configuration and in the limits database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Callback => "callback",
            Self::Readback => "readback",
        }
    }
}

/// How one channel's writes are verified.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verification {
    /// How far.
    pub level: VerificationLevel,
    /// For [`VerificationLevel::Readback`].
    pub tolerance: Tolerance,
}

/// How far a readback may be from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Tolerance {
    /// Single-precision rounding: many records store 32 bits.
    #[default]
    Rounding,
    /// In the channel's own units.
    Absolute(f64),
    /// In percent of what was written.
    Percent(f64),
}

/// Relative: a little more than half a unit in the last place of an `f32`.
const ROUNDING: f64 = 1e-6;

impl Tolerance {
    /// Whether `read` counts as `written`. Numbers are compared with the tolerance, lists element by element, anything else
    /// exactly.
    pub(crate) fn accepts(self, written: &Value, read: &Value) -> bool {
        match (number(written), number(read)) {
            (Some(written), Some(read)) => self.near(written, read),
            _ => match (numbers(written), numbers(read)) {
                (Some(written), Some(read)) => {
                    written.len() == read.len() && written.iter().zip(&read).all(|(w, r)| self.near(*w, *r))
                }
                _ => written == read,
            },
        }
    }

    fn near(self, written: f64, read: f64) -> bool {
        let slack = match self {
            Self::Rounding => 0.0,
            Self::Absolute(units) => units,
            Self::Percent(percent) => written.abs() * percent / 100.0,
        };
        (written - read).abs() <= slack.max(written.abs() * ROUNDING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tolerances() {
        assert!(Tolerance::Rounding.accepts(&json!(0.1), &json!(f64::from(0.1_f32))));
        assert!(!Tolerance::Rounding.accepts(&json!(99), &json!(10)));
        assert!(Tolerance::Absolute(0.5).accepts(&json!(1), &json!(1.5)));
        assert!(!Tolerance::Absolute(0.5).accepts(&json!(1), &json!(1.6)));
        assert!(Tolerance::Percent(1.0).accepts(&json!(-200), &json!(-202)));
        assert!(!Tolerance::Percent(1.0).accepts(&json!(0), &json!(0.01)));
        assert!(Tolerance::Rounding.accepts(&json!([1, 2]), &json!([1, 2])));
        assert!(!Tolerance::Rounding.accepts(&json!([1, 2]), &json!([1])));
        assert!(
            !Tolerance::Rounding.accepts(&json!(1), &json!([1]))
                || !Tolerance::Rounding.accepts(&json!(true), &json!(1))
        );
        assert!(!Tolerance::Absolute(1e9).accepts(&json!("On"), &json!("Off")));
        assert!(!Tolerance::Absolute(f64::NAN).accepts(&json!(1), &json!(2)));
    }
}
