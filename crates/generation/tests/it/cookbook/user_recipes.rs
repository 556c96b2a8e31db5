//! Folders of recipes of one's own.

use super::asking::{CO2, create, data, generate, request};
use serde_json::{Value, json};
use std::fs;

const RECIPE: &str = r#"# /// pyexec-recipe
# title = "Beam lifetime"
# description = "How long the beam lives."
# phrases = ["beam lifetime", "how long does the beam live"]
#
# [parameters]
# INPUT = { kind = "input" }
# FACTOR = { kind = "number", words = ["factor"] }
# ///

INPUT = "beam.csv"
FACTOR = 2

results = {"input": INPUT, "factor": FACTOR}
"#;

fn config(folders: &[&tempfile::TempDir]) -> Value {
    json!({ "folders": folders.iter().map(|folder| folder.path()).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_folder_adds_recipes_and_stands_before_the_shipped_ones() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(first.path().join("beam_lifetime.py"), RECIPE).unwrap();
    fs::write(first.path().join("notes.txt"), "not a recipe").unwrap();
    let own = RECIPE.replace("beam lifetime", "find outliers").replace("Beam lifetime", "Our outliers");
    fs::write(first.path().join("outliers.py"), "broken in a moment").unwrap();
    fs::write(first.path().join("outliers.py"), &own).unwrap();
    fs::write(second.path().join("outliers.py"), own.replace("Our", "Later")).unwrap();
    let ask = async |query, folders: &[&_]| generate(&config(folders), request(query, &[data().join(CO2)])).await;

    let answer = ask("what is the beam lifetime, with factor 3?", &[&first]).await.unwrap();
    assert_eq!(answer.metadata["recipe"], "beam_lifetime");
    assert_eq!(answer.metadata["file"], first.path().join("beam_lifetime.py").display().to_string());
    assert!(answer.code.to_text().contains("\nINPUT = \"./co2_mauna_loa_weekly.csv\"\nFACTOR = 3\n"));
    assert_eq!(ask("find outliers", &[&first]).await.unwrap().metadata["title"], "Our outliers");
    assert_eq!(ask("find outliers", &[&first, &second]).await.unwrap().metadata["title"], "Later outliers");
    assert_eq!(ask("find outliers", &[&second, &first]).await.unwrap().metadata["title"], "Our outliers");
    assert_eq!(ask("find outliers", &[]).await.unwrap().metadata["file"], json!(null));
}

#[tokio::test]
async fn the_recipe_of_the_readme_works() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let recipe = readme.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("above_limit.py"), recipe).unwrap();
    let asked = request("how often is it above 350?", &[data().join(CO2)]);
    let answer = generate(&config(&[&folder]), asked).await.unwrap();
    assert_eq!(answer.metadata["recipe"], "above_limit");
    assert_eq!(
        (&answer.metadata["parameters"]["LIMIT"], &answer.metadata["parameters"]["COLUMN"]),
        (&json!(350), &json!("co2_ppm"))
    );
}

#[test]
fn a_recipe_that_cannot_be_used_is_an_error_with_its_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, part) in [
        ("a.py", "print(1)\n".to_owned(), "a.py` cannot be used: line 1: there is no block"),
        ("a.py", RECIPE.replace("# title", "# titel"), "a.py` cannot be used: line 2: unknown field `titel`"),
        (
            "a.py",
            RECIPE.replace("FACTOR = 2", "FACTOR = f()"),
            "a.py` cannot be used: line 12: the default of `FACTOR`",
        ),
        ("a.py", RECIPE.replace("\"number\"", "\"numbr\""), "a.py` cannot be used: line 8: unknown variant `numbr`"),
        ("A-b.py", RECIPE.to_owned(), "A-b.py` cannot be used: its name must be made of [a-z0-9_]"),
        ("a.py", "#".repeat(300 << 10), "larger than 256 KiB"),
    ] {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        let error = create(&config(&[&folder])).unwrap_err();
        assert!(error.kind == "bad_file" && error.message.contains(part), "{error}");
        fs::remove_file(file).unwrap();
    }
    fs::write(folder.path().join("a.py"), b"\xff\xfe").unwrap();
    assert!(create(&config(&[&folder])).unwrap_err().message.contains("a.py` cannot be read"));
    fs::remove_file(folder.path().join("a.py")).unwrap();
    fs::create_dir(folder.path().join("a.py")).unwrap();
    assert!(create(&config(&[&folder])).unwrap_err().message.contains("not a regular file"));
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error() {
    for (folders, part) in
        [(json!(["recipes"]), "must be an absolute path"), (json!(["/no/such/folder"]), "cannot be listed")]
    {
        let error = create(&json!({ "folders": folders })).unwrap_err();
        assert!(error.kind == "bad_file" && error.message.contains(part), "{error}");
        assert!(error.help.contains("[execution.generators.cookbook]"));
    }
}
