//! Whether a write is inside what a person approved for this run.

use crate::{
    channel_name::ChannelName,
    limits::range,
    nearest::hint,
    value::{numbers, shown, within},
};
use pyexec_core::{ErrorKind, Grant, RunError, grant::ChannelWriteGrant};
use serde_json::Value;

/// Admits the write if one of the grants alone covers it. `writes` says how often a channel was written before in this run,
/// earlier writes of the same request included.
pub(crate) fn check(
    grants: &[Grant],
    name: &ChannelName,
    value: &Value,
    writes: impl Fn(&ChannelName) -> u32,
) -> Result<(), RunError> {
    let channel_grants: Vec<_> = grants.iter().filter_map(channel_write).collect();
    let mut refusal = None;
    for (grant, names) in &channel_grants {
        if !names.contains(name) {
            continue;
        }
        match inside(grant, names, name, value, &writes) {
            Ok(()) => return Ok(()),
            Err(why) => refusal = refusal.or(Some(why)),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        let granted = channel_grants.iter().flat_map(|(_, names)| names.iter().map(ChannelName::as_str));
        let near = crate::nearest::nearest(name.as_str(), granted);
        outside(format!("this run was not granted writes of `{name}`{}", hint(near)))
    }))
}

/// A grant of channel writes with its names parsed. A name that is none grants nothing.
fn channel_write(grant: &Grant) -> Option<(&ChannelWriteGrant, Vec<ChannelName>)> {
    match grant {
        Grant::ChannelWrite(grant) => Some((grant, grant.names.iter().filter_map(|name| name.parse().ok()).collect())),
        Grant::Output { .. } | Grant::Read { .. } | Grant::Net | Grant::Process => None,
    }
}

fn inside(
    grant: &ChannelWriteGrant,
    names: &[ChannelName],
    name: &ChannelName,
    value: &Value,
    writes: impl Fn(&ChannelName) -> u32,
) -> Result<(), RunError> {
    if grant.min.is_some() || grant.max.is_some() {
        let approved = range(grant.min, grant.max);
        let Some(numbers) = numbers(value) else {
            let message = format!("`{name}` was approved {approved}, and {} is not a number", shown(value));
            return Err(outside(message));
        };
        if let Some(n) = numbers.iter().find(|n| !within(**n, grant.min, grant.max)) {
            return Err(outside(format!("`{name}` was approved {approved}, and {n} is outside")));
        }
    }
    if let Some(max) = grant.max_writes {
        // A grant may name a channel twice (`A`, `A.VAL`): counting it twice would be stricter than what was approved.
        let mut distinct: Vec<_> = names.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let so_far = distinct.into_iter().map(writes).fold(0, u32::saturating_add);
        if so_far >= max {
            return Err(outside(format!(
                "`{name}` was approved for {max} writes in this run, and there were {so_far}"
            )));
        }
    }
    Ok(())
}

fn outside(message: String) -> RunError {
    RunError::new(ErrorKind::OutsideEnvelope, message)
        .with_help("the run ends; a changed script with what it needs can be approved anew")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn grant(names: &[&str], min: Option<f64>, max: Option<f64>, max_writes: Option<u32>) -> Grant {
        let names = names.iter().map(ToString::to_string).collect();
        Grant::ChannelWrite(ChannelWriteGrant { names, min, max, max_writes })
    }

    fn verdict(grants: &[Grant], name: &str, value: &Value, writes: u32) -> Result<(), String> {
        check(grants, &name.parse().unwrap(), value, |_| writes).map_err(|e| {
            assert_eq!(e.kind, ErrorKind::OutsideEnvelope);
            e.message
        })
    }

    #[test]
    fn names_bounds_and_counts() {
        let grants = [Grant::Net, grant(&["A", "B.VAL"], Some(0.0), Some(5.0), Some(2))];
        assert_eq!(verdict(&grants, "A", &json!(5), 0), Ok(()));
        assert_eq!(verdict(&grants, "B", &json!(0), 0), Ok(()));
        assert!(verdict(&grants, "A", &json!(5.01), 0).unwrap_err().contains("5.01 is outside"));
        assert!(verdict(&grants, "A", &json!("3"), 0).unwrap_err().contains("not a number"));
        assert!(verdict(&grants, "A", &json!([1, 9]), 0).unwrap_err().contains("9 is outside"));
        assert!(verdict(&grants, "C", &json!(1), 0).unwrap_err().contains("not granted writes of `C`"));
        // one write of A and one of B: the grant's two are used up
        assert!(verdict(&grants, "A", &json!(1), 1).unwrap_err().contains("for 2 writes"));
        assert!(verdict(&[], "A", &json!(1), 0).is_err());
    }

    #[test]
    fn one_grant_alone_must_cover_it() {
        let grants = [grant(&["A"], Some(0.0), Some(1.0), None), grant(&["A"], Some(5.0), Some(6.0), None)];
        assert_eq!(verdict(&grants, "A", &json!(5.5), 9), Ok(()));
        assert!(verdict(&grants, "A", &json!(3), 0).unwrap_err().contains("from 0 to 1"));
    }

    #[test]
    fn a_name_that_is_none_and_a_nan_bound_grant_nothing() {
        assert!(verdict(&[grant(&["A ", ""], None, None, None)], "A", &json!(1), 0).is_err());
        assert!(verdict(&[grant(&["A"], Some(f64::NAN), None, None)], "A", &json!(1), 0).is_err());
        assert!(verdict(&[grant(&["A"], None, None, Some(0))], "A", &json!(1), 0).is_err());
    }
}
