use super::*;
use crate::verification::{Tolerance, VerificationLevel};

fn error(text: &str) -> String {
    Limits::parse(text).unwrap_err().to_string()
}

fn entry_error(entry: &str) -> String {
    error(&format!(r#"{{"OK": {{"writable": true}}, "MAG:SP": {entry}}}"#))
}

fn of(limits: &Limits, name: &str) -> ChannelLimits {
    limits.of(&name.parse().unwrap()).unwrap().clone()
}

#[test]
fn a_database_as_users_have_it() {
    let limits = Limits::parse(
        r#"{"_version": "1.0",
            "defaults": {"writable": true, "verification": {"level": "callback"}},
            "MAG:H01:SP": {"min_value": -10, "max_value": 10, "max_step": 2,
                           "verification": {"level": "readback", "tolerance_percent": 0.1}},
            "MAG:QF:SP": {"writable": false}}"#,
    )
    .unwrap();
    let h01 = of(&limits, "MAG:H01:SP");
    assert_eq!((h01.min_value, h01.max_value, h01.max_step), (Some(-10.0), Some(10.0), Some(2.0)));
    assert_eq!(h01.verification.unwrap().tolerance, Tolerance::Percent(0.1));
    assert!(!of(&limits, "MAG:QF:SP").writable);
    assert_eq!(of(&limits, "MAG:QF:SP").verification.unwrap().level, VerificationLevel::Callback);
}

#[test]
fn defaults_are_applied() {
    let text = r#"{"defaults": {"writable": false, "max_value": 5, "max_step": 1, "max_rate": 2},
                   "A": {"max_value": 7}, "B": {"writable": true}}"#;
    let limits = Limits::parse(text).unwrap();
    let (a, b) = (of(&limits, "A"), of(&limits, "B"));
    assert_eq!((a.writable, a.max_value, a.max_step, a.max_rate), (false, Some(7.0), Some(1.0), Some(2.0)));
    assert_eq!((b.writable, b.max_value), (true, Some(5.0)));
    let unlisted = of(&limits.allow_unlisted(true), "C");
    assert_eq!((unlisted.writable, unlisted.max_value), (false, Some(5.0)));
}

#[test]
fn a_misspelt_key_is_an_error_that_names_channel_and_key() {
    assert_eq!(
        entry_error(r#"{"min_value": 0, "max_valu": 1}"#),
        "the limits of `MAG:SP` cannot be used: `max_valu` is unknown; the nearest is `max_value`"
    );
    assert_eq!(
        entry_error(r#"{"verification": {"level": "callback", "tolerence_percent": 1}}"#),
        "the limits of `MAG:SP` cannot be used: `verification.tolerence_percent` is unknown; the nearest is \
         `verification.tolerance_percent`"
    );
    assert!(error(r#"{"defaults": {"writeable": true}, "A": {"writable": true}}"#).contains("`writeable` is unknown"));
    assert!(error(r#"{"_versoin": "1.0", "A": {"writable": true}}"#).contains("the nearest is `_version`"));
}

#[test]
fn on_violation_is_an_unknown_key() {
    assert!(entry_error(r#"{"max_value": 1, "on_violation": "skip"}"#).contains("`on_violation` is unknown"));
}

#[test]
fn empty_is_an_error() {
    assert_eq!(error(" \n"), "the limits database is empty");
    assert_eq!(error("{}"), "the limits database lists no channel");
    assert_eq!(error(r#"{"defaults": {"writable": true}}"#), "the limits database lists no channel");
    assert!(entry_error("{}").contains("the entry is empty"));
    assert!(entry_error(r#"{"verification": {}}"#).contains("the entry is empty"));
}

#[test]
fn swapped_limits_are_an_error() {
    assert_eq!(
        entry_error(r#"{"min_value": 10, "max_value": -10}"#),
        "the limits of `MAG:SP` cannot be used: `min_value` 10 is above `max_value` -10"
    );
    assert!(error(r#"{"defaults": {"max_value": 5}, "A": {"min_value": 6}}"#).contains("`min_value` 6 is above"));
}

#[test]
fn nan_limits_are_an_error() {
    assert_eq!(
        error("{\"MAG:SP\":\n  {\"min_value\": NaN}}"),
        "the limits database is not JSON: expected value at line 2 column 17; the line reads `{\"min_value\": NaN}}`"
    );
    assert!(entry_error(r#"{"max_value": 1e999}"#).contains("number out of range"));
    assert!(entry_error(r#"{"max_value": Infinity}"#).contains("is not JSON"));
    for wrong in ["\"nan\"", "\"10\"", "null", "true", "[1]", "{}"] {
        let message = entry_error(&format!(r#"{{"max_value": {wrong}}}"#));
        assert!(message.starts_with("the limits of `MAG:SP` cannot be used: `max_value` is "), "{message}");
    }
}

#[test]
fn the_last_duplicate_does_not_win() {
    assert_eq!(error(r#"{"A": {"max_value": 1}, "A": {"writable": true}}"#), "the limits database lists `A` twice");
    assert_eq!(
        error(r#"{"A": {"max_value": 1}, "A.VAL": {"writable": true}}"#),
        "the limits database lists `A.VAL` twice"
    );
    assert!(entry_error(r#"{"max_value": 1, "max_value": 100}"#).contains("`max_value` stands there twice"));
}

#[test]
fn a_bad_entry_is_not_dropped() {
    for entry in ["null", "5", "[]", "\"writable\"", r#"{"writable": 1}"#, r#"{"max_step": 0}"#, r#"{"max_step": -1}"#]
    {
        assert!(entry_error(entry).starts_with("the limits of `MAG:SP` cannot be used: "), "{entry}");
    }
    assert!(error(r#"{"A ": {"writable": true}}"#).contains("white space"));
    assert!(error("[]").contains("is a list"));
    assert!(error(r#"{"_version": "2.0", "A": {"writable": true}}"#).contains("version `2.0`"));
}

#[test]
fn tolerances_that_nobody_reads_are_errors() {
    for (verification, part) in [
        (r#"{"level": "callback", "tolerance_percent": 1}"#, "readback only"),
        (r#"{"level": "readback", "tolerance_percent": 1, "tolerance_absolute": 1}"#, "exclude each other"),
        (r#"{"tolerance_percent": 1}"#, "names no `level`"),
        (r#"{"level": "read_back"}"#, "none, callback and readback are known"),
    ] {
        assert!(entry_error(&format!(r#"{{"verification": {verification}}}"#)).contains(part), "{verification}");
    }
}
