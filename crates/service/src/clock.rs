//! Time and identifiers: the two things that a pure pipeline gets from outside.

use jiff::Timestamp;
use std::str::FromStr;

/// Now, in whole milliseconds, so that what is stored reads back equal.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A fresh identifier of any of the kinds in `pyexec_core::id` (`UUIDv7`: sorts by time).
///
/// # Panics
///
/// Never: what a UUID looks like is what those kinds take.
pub fn new_id<T: FromStr>() -> T
where
    T::Err: std::fmt::Debug,
{
    uuid::Uuid::now_v7().hyphenated().to_string().parse().expect("a hyphenated lower-case UUID is an identifier")
}
