//! What writing the code of a run cost, all attempts together, by the run's log: its JSON tells of the last attempt alone.

use serde_json::Value;
use std::{fmt, iter::Sum};

/// US dollars, as far as they are known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cost {
    /// None where nobody was asked who costs anything.
    usd: Option<f64>,
    /// Attempts that cannot say.
    unknown: usize,
}

impl Cost {
    /// Of a log, an event a line.
    pub(super) fn of(events: &str) -> Self {
        let events = events.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        events.filter_map(|event| event["body"]["metadata"].get("cost_usd").map(Self::one)).sum()
    }

    fn one(said: &Value) -> Self {
        Self { usd: Some(said.as_f64().unwrap_or_default()), unknown: usize::from(said.is_null()) }
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            usd: one.usd.map_or(sum.usd, |usd| Some(sum.usd.unwrap_or_default() + usd)),
            unknown: sum.unknown + one.unknown,
        })
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match (self.usd, self.unknown) {
            (None, _) => "-".into(),
            (Some(usd), 0) => format!("{usd:.4}"),
            (Some(usd), _) if usd > 0.0 => format!("{usd:.4}+?"),
            (Some(_), _) => "?".into(),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_added_up_and_what_is_not_known_is_said() {
        let log = |costs: &[&str]| -> String {
            let line = |cost: &&str| format!(r#"{{"kind": "generated", "body": {{"metadata": {{{cost}}}}}}}"#);
            costs.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        for (costs, shown) in [
            (&[r#""cost_usd": 0.01"#, r#""cost_usd": 0.002"#][..], "0.0120"),
            (&[r#""cost_usd": 0.01"#, r#""cost_usd": null"#], "0.0100+?"),
            (&[r#""cost_usd": null"#], "?"),
            (&[r#""recipe": "mean""#], "-"),
            (&[], "-"),
        ] {
            assert_eq!(Cost::of(&log(costs)).to_string(), shown);
        }
        let all: Cost = [Cost::of(&log(&[r#""cost_usd": 1"#])), Cost::default()].into_iter().sum();
        assert_eq!(format!("{all:>8}|"), "  1.0000|");
    }
}
