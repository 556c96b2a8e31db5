use super::*;
use serde_json::json;

const GOOD: &str = r#"# A note before the block is fine.
# /// pyexec-recipe
# title = "Count"
# description = "Counts rows."
# phrases = ["count the rows"]
#
# [parameters]
# INPUT = { kind = "input" }
# COLUMN = { kind = "column", type = ["numeric", "datetime"] }
# MOST = { kind = "number", words = ["most"], optional = true }
# ///

INPUT = "a.csv"
COLUMN = "x"  
# between them a comment may stand
MOST = None

import pandas as pd

INPUT_AGAIN = "INPUT = 1"
text = """
INPUT = "not this one"
"""
"#;

#[test]
fn a_recipe_is_read_and_bound() {
    let recipe = parse("count", GOOD).unwrap();
    let names: Vec<&str> = recipe.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["INPUT", "COLUMN", "MOST"]);
    assert_eq!(recipe.parameters[2].default, Value::Null);
    let values = BTreeMap::from([("INPUT".into(), json!("./b\".csv")), ("MOST".into(), json!(3))]);
    let script = recipe.bound(&values);
    assert!(script.starts_with(
        "# Count (recipe `count`)\n# Counts rows.\n\nINPUT = \"./b\\\".csv\"\nCOLUMN = \"x\"  \n# between"
    ));
    assert!(script.contains("\nMOST = 3\n"));
    assert!(script.contains("\nINPUT = \"not this one\"\n"), "only the line below the block is a parameter");
}

/// `GOOD` with one change, and what is said about it.
#[track_caller]
fn check(from: &str, to: &str, line: usize, part: &str) {
    assert!(GOOD.contains(from), "{from}");
    let error = parse("count", &GOOD.replacen(from, to, 1)).unwrap_err();
    assert!(error.line == line && error.problem.contains(part), "{error}");
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    check("# /// pyexec-recipe", "# /// script", 1, "no block that opens with `# /// pyexec-recipe`");
    check("# ///\n\n", "\n", 2, "not closed");
    check("# A note before the block is fine.", "import os", 1, "before any code");
    check("# description", "description", 4, "does not start with `# `");
    check("# title = \"Count\"", "# title = Count", 3, "");
    check("# title = \"Count\"", "# titel = \"Count\"", 3, "unknown field `titel`");
    check("\"Count\"", "\"Co\\nunt\"", 3, "`title` must be one line of text");
    check("[\"count the rows\"]", "[]", 3, "`phrases` is empty");
    check("kind = \"input\"", "kind = \"file\"", 8, "unknown variant `file`");
    check("\"datetime\"]", "\"date\"]", 9, "");
    check("optional = true }", "optional = true, lest = 3 }", 10, "lest");
    check("MOST = None\n", "", 10, "`MOST` is not assigned");
    check("MOST = None\n", "MOST = 3 + 4\n", 16, "the default of `MOST` must be one line");
    check("MOST = None\n", "MOST = \"a\"\n", 16, "the default of `MOST` must be a number");
    check("MOST = None\n", "COLUMN = \"y\"\nMOST = None\n", 16, "`COLUMN` is assigned twice");
    check("MOST = None\n", "import os\nMOST = None\n", 10, "`MOST` is not assigned in the lines directly below");
    check("INPUT = { kind = \"input\" }", "INPUT = { kind = \"separator\" }", 8, "needs a parameter of kind `input`");
    check(
        "kind = \"number\", words = [\"most\"]",
        "kind = \"span\", of = \"TIME\"",
        10,
        "`of` must name a single column",
    );
    assert_eq!(parse("empty", "").unwrap_err().line, 1);
}
