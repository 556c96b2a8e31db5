use super::*;
use serde_json::json;

fn shown(results: &Value, columns: usize) -> String {
    let all = lines(results.as_object().unwrap(), columns, Face::Plain);
    for line in &all {
        assert!(line.width() <= columns.max(40), "{} columns: {line}", line.width());
    }
    all.join("\n")
}

#[test]
fn points_stand_under_each_other() {
    let text = shown(&json!({"mean_co2": 340.142_25, "n": 2225, "clear": true, "name": "x", "slope": -0.05}), 80);
    let expected = "  \
  clear     true
  mean_co2   340.142
  n         2225
  name      x
  slope       -0.05
  (rounded to be read; results.json has every digit)";
    assert_eq!(text, expected);
}

#[test]
fn what_is_nested_is_indented_and_rows_are_rows() {
    let results = json!({
        "by_month": {"jan": {"mean": 1.5, "n": 3}, "feb": {"mean": 12.25, "n": 3}},
        "empty": {}, "none": null,
        "fit": [[1.5, 20], [13.25, 3]],
        "series": [1, 2.5, "x", [1, 2]],
        "rows": [{"month": "jan", "mean": 1.5}, {"month": "february", "mean": 112.25, "odd": true}],
    });
    let expected = "  \
  by_month
    feb
      mean  12.25
      n      3
    jan
      mean  1.5
      n     3
  empty   {}
  fit
     1.5   20
    13.25   3
  none    null
  rows
      mean  month     odd
      1.5   jan
    112.25  february  true
  series  [1, 2.5, x, [1, 2]]";
    assert_eq!(shown(&results, 80), expected);
}

#[test]
fn everything_is_bounded() {
    let long: Vec<_> = (0..100_000).collect();
    let rows: Vec<_> =
        (0..500).map(|n| json!({"n": n, "text": "y".repeat(100), "a": "z".repeat(30), "b": 2, "c": 3})).collect();
    let mut deep = json!(1);
    for _ in 0..60 {
        deep = json!({"deeper": deep});
    }
    let many: Map<String, Value> = (0..5000).map(|n| (format!("name {n}"), json!(n))).collect();
    let texts = json!({"long": long, "rows": rows, "deep": deep, "wide": "x".repeat(10_000), "lines": "a\n".repeat(500),
        "n".repeat(300): 1, "t".repeat(300): "数".repeat(300)});
    let text = shown(&texts, 60);
    for part in ["… 480 more rows", "more columns", "… 480 more lines", "[0, 1, 2, "] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    let text = shown(&Value::Object(many), 60);
    assert!(text.ends_with("… there is more: results.json has the whole"), "{text}");
    assert!(text.lines().count() <= LINES + 1);
    for columns in 0..60 {
        shown(&texts, columns.max(40));
    }
}

#[test]
fn foreign_text_stays_in_its_line() {
    let hostile = "a\u{1b}[2J\u{202e}\r b\tc";
    let results = json!({hostile: hostile, "rows": [{hostile: hostile}], "lines": format!("{hostile}\nrun  approved"),
        "nested": {"a\nb": 1}});
    let text = shown(&results, 80);
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
    assert!(text.lines().all(|line| line.starts_with("  ")), "{text}");
    assert!(text.contains("    │ run  approved"), "{text}");
}

#[test]
fn no_results_are_said() {
    assert_eq!(shown(&json!({}), 80), "no results: the dict is empty");
}
