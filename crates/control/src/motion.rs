//! How far and how fast a channel may move: the step check and the rate check.
//!
//! Both compare with what is known of the channel, and refuse when that is not a finite number: a check that passes
//! because there is nothing to compare with is none.

use crate::{
    channel_name::ChannelName,
    limits::{ChannelLimits, violation},
    value::{number, shown},
};
use pyexec_core::RunError;
use serde_json::Value;
use tokio::time::Instant;

/// Floats: 0.1 + 0.2 is one step of 0.1 above 0.2.
const ROUNDING: f64 = 1.0 + 1e-9;

/// The last put of a channel by this process.
#[derive(Debug, Clone)]
pub(crate) struct LastPut {
    pub(crate) at: Instant,
    pub(crate) value: Value,
}

/// Whether `value` is at most one step from `reference`.
pub(crate) fn step(
    limits: &ChannelLimits,
    name: &ChannelName,
    value: &Value,
    reference: &Value,
) -> Result<(), RunError> {
    let Some(max_step) = limits.max_step else {
        return Ok(());
    };
    let distance = distance(name, value, reference)?;
    if distance <= max_step * ROUNDING {
        return Ok(());
    }
    let message = format!(
        "`{name}` may change by {max_step} at a time, and {} is {distance} from {}",
        shown(value),
        shown(reference)
    );
    Err(violation(message))
}

/// Whether the change from the last put was slow enough. The first put of a process has nothing to be fast against.
pub(crate) fn rate(
    limits: &ChannelLimits,
    name: &ChannelName,
    value: &Value,
    last: Option<&LastPut>,
    now: Instant,
) -> Result<(), RunError> {
    let (Some(max_rate), Some(last)) = (limits.max_rate, last) else {
        return Ok(());
    };
    let elapsed = now.saturating_duration_since(last.at).as_secs_f64();
    let distance = distance(name, value, &last.value)?;
    if distance <= max_rate * elapsed * ROUNDING {
        return Ok(());
    }
    let message = format!(
        "`{name}` may change by {max_rate} per second, and {} is {distance} from what was written {elapsed:.3} s before",
        shown(value)
    );
    Err(violation(message).with_help("write less at a time, or wait between writes"))
}

fn distance(name: &ChannelName, value: &Value, reference: &Value) -> Result<f64, RunError> {
    match (number(value), number(reference)) {
        (Some(value), Some(reference)) => Ok((value - reference).abs()),
        _ => Err(violation(format!(
            "`{name}` has a limit on its changes, which cannot be checked between {} and {}: both must be finite numbers",
            shown(reference),
            shown(value)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    fn limits(max_step: Option<f64>, max_rate: Option<f64>) -> ChannelLimits {
        ChannelLimits { writable: true, min_value: None, max_value: None, max_step, max_rate, verification: None }
    }

    #[test]
    fn steps() {
        let (limits, name) = (limits(Some(0.1), None), "A".parse().unwrap());
        assert!(step(&limits, &name, &json!(0.1 + 0.2), &json!(0.2)).is_ok());
        assert!(step(&limits, &name, &json!(0.2), &json!(0.4)).is_err());
        for unusable in [json!(null), json!("0.2"), json!([0.2]), json!(true)] {
            assert!(step(&limits, &name, &json!(0.2), &unusable).is_err(), "{unusable}");
        }
        assert!(step(&limits, &name, &json!(1e308), &json!(-1e308)).is_err());
    }

    #[test]
    fn rates() {
        let (limits, name) = (limits(None, Some(2.0)), "A".parse().unwrap());
        let start = Instant::now();
        let last = LastPut { at: start, value: json!(0) };
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(rate(&limits, &name, &json!(99), None, start).is_ok());
        assert!(rate(&limits, &name, &json!(2), Some(&last), after(1)).is_ok());
        assert!(rate(&limits, &name, &json!(3), Some(&last), after(1)).is_err());
        assert!(rate(&limits, &name, &json!(1), Some(&last), start).is_err());
        assert!(rate(&limits, &name, &json!(0), Some(&last), start).is_ok());
    }
}
