//! Parameters from words and columns, and names that would like to be code.

use super::asking::{CO2, FORBES, Kitchen, MICHELSON, NILE, ask, ask_of, data, generate, request};
use pyexec_core::{PluginError, generator::GeneratedCode};
use serde_json::{Value, json};
use std::fs;

#[track_caller]
fn parameters(query: &str, answer: Result<GeneratedCode, PluginError>) -> Value {
    answer.unwrap_or_else(|error| panic!("{query}: {error}; {}", error.help)).metadata["parameters"].clone()
}

#[tokio::test]
async fn numbers_spans_and_choices_come_from_the_words() {
    for (file, query, name, expected) in [
        (CO2, "7-day rolling mean", "WINDOW", json!([7, "day"])),
        (CO2, "moving average, window of two weeks", "WINDOW", json!([2, "week"])),
        (CO2, "running mean of 25 points", "WINDOW", json!([25, "row"])),
        (CO2, "rolling mean", "WINDOW", json!(null)),
        (CO2, "resample from weekly to monthly means", "EVERY", json!([1, "month"])),
        (CO2, "resample to 3 months", "EVERY", json!([3, "month"])),
        (CO2, "maximum per year", "STATISTIC", json!("max")),
        (CO2, "smooth out the weekly wiggles", "WINDOW", json!(null)),
        (CO2, "rolling mean, year-long window", "WINDOW", json!([1, "year"])),
        (NILE, "mean for each decade", "EVERY", json!([10, "year"])),
        (NILE, "did the flow get less over the 100 years?", "COLUMN", json!("flow_1e8_m3")),
        (MICHELSON, "histogram", "COLUMN", json!("speed_km_s")),
        (FORBES, "correlation of pressure and temperature", "COLUMNS", json!(["boiling_point_f", "pressure_inhg"])),
        (CO2, "histgoram with 7 bins", "BINS", json!(7)),
        (CO2, "top five values", "COUNT", json!(5)),
        (CO2, "the 12 largest values", "COUNT", json!(12)),
        (CO2, "the 12 largest values", "WHICH", json!("highest")),
        (CO2, "histogram with 7 bins", "BINS", json!(7)),
        (CO2, "histogram, bins: 7", "BINS", json!(7)),
        (CO2, "2.5% and 97.5% percentiles", "PERCENT", json!([2.5, 97.5])),
        (CO2, "fit a cubic", "MODEL", json!("cubic")),
        (CO2, "fit a line, a parabola or an exponential", "MODEL", json!("best")),
        (CO2, "the best curve fit, not linear", "MODEL", json!("best")),
        (CO2, "the best parabola through the points since 1958", "MODEL", json!("parabola")),
        (CO2, "moving average with a window of 5", "WINDOW", json!([5, "row"])),
        (CO2, "power spectrum, I think the strongest is one year", "TOP", json!(3)),
        (NILE, "which quantiles hold the central 80 percent", "CENTRAL", json!(80)),
        (CO2, "histogram with bins of 5 ppm", "WIDTH", json!(5)),
        (CO2, "is there a trend? I am a gardener of 30 years", "COLUMN", json!("co2_ppm")),
        (CO2, "outliers above 4 sigma", "LIMIT", json!(4)),
        (NILE, "is there a trend", "TIME_FORMAT", json!("%Y")),
        (NILE, "is there a trend", "TIME", json!("year")),
        (FORBES, "histogram of `pressure_inhg`", "COLUMN", json!("pressure_inhg")),
        (FORBES, "histogram of PRESSURE", "COLUMN", json!("pressure_inhg")),
        (FORBES, "calibrate boiling point against pressure", "REFERENCE", json!("pressure_inhg")),
        (MICHELSON, "average speed by run", "GROUP", json!("run")),
        (CO2, "is there a trend in co2_mauna_loa_weekly.csv", "INPUT", json!("./co2_mauna_loa_weekly.csv")),
    ] {
        let found = parameters(query, ask(query, &[file]).await);
        assert_eq!(found[name], expected, "{query}: {found}");
    }
}

#[tokio::test]
async fn what_cannot_be_bound_is_refused_and_said() {
    for (files, query, kind, message, help) in [
        (&[][..], "is there a trend", "bad_request", "`mean_and_trend` needs a CSV input", "--input FILE.csv"),
        (&[CO2, NILE], "is there a trend", "bad_request", "reads one table", "file's name"),
        (&[FORBES], "is there a trend", "bad_request", "`boiling_point_f`, `pressure_inhg`", "name the column"),
        (&[FORBES], "trend of `presure_inhg`", "bad_request", "the nearest is `pressure_inhg`", "the columns are"),
        (
            &[FORBES],
            "trend of pressure and boiling point",
            "bad_request",
            "no use for the column",
            "one thing at a time",
        ),
        (
            &[FORBES],
            "seasonal pattern of pressure",
            "bad_request",
            "needs a date or time (more than the year) column",
            "give a table",
        ),
        (&[FORBES], "7-day rolling mean of pressure", "bad_request", "7 day cannot be counted", "12 rows"),
        (&[CO2], "correlation of the columns", "bad_request", "2 numeric columns", "give a table"),
        (&[CO2], "fit a parabola since 1990", "bad_request", "no use for the number 1990", "leave it out"),
        (&[NILE], "seasonal cycle", "bad_request", "more than the year", "give a table"),
        (&[CO2], "monthly averages, 12 values per year", "bad_request", "several stretches of time", "name one"),
        (&[CO2], "histogram of five years", "bad_request", "the number 5", "leave it out"),
        (&[CO2], "mean since 1990", "bad_request", "no use for the number 1990", "leave it out"),
        (&[CO2], "7-day and 30-day rolling mean", "bad_request", "7 day, 30 day", "name one"),
        (&[CO2], "histogram with 10 bins or 20 bins", "bad_request", "10, 20", "name one"),
        (&[CO2], "histogram with 0 bins", "bad_request", "must be more than 0", "another number"),
        (&[CO2], "histogram with 2.5 bins", "bad_request", "must be whole", "another number"),
        (&[CO2], "101st percentile", "bad_request", "must be at most 100", "another number"),
        (&[CO2], "trend in the last ten years", "bad_request", "speaks of some: `last ten years`", "only those rows"),
        (&[CO2], "trend in march", "bad_request", "speaks of some: `in march`", "only those rows"),
        (&[CO2], "mean and trend without the outliers", "bad_request", "", ""),
        (&[CO2], "email me the trend", "bad_request", "does what `email` asks for", "mean_and_trend: The mean"),
        (
            &[CO2],
            "beautiful purple elephants",
            "bad_request",
            "none knows `beautiful`, `elephants`, `purple`",
            "--generator",
        ),
        (&[CO2], "mean and outliers", "bad_request", "several things", "one of them at a time"),
        (&[CO2], "outliers and change points", "bad_request", "", ""),
        (&[CO2], "  ", "bad_request", "there is no question", "in a few words"),
        (&[CO2], "?!", "bad_request", "no recipe", "it has the recipes autocorrelation"),
    ] {
        let error = ask(query, files).await.map(|answer| answer.metadata).expect_err(query);
        assert_eq!(error.kind, kind, "{query}: {error}");
        assert!(error.message.contains(message) && error.help.contains(help), "{query}: {error}; {}", error.help);
    }
}

#[tokio::test]
async fn one_table_of_several_is_meant_by_its_name() {
    let found = parameters("trend", ask("trend in nile_annual_flow", &[CO2, NILE]).await);
    assert_eq!(found["INPUT"], "./nile_annual_flow.csv");
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.pdf");
    fs::write(&notes, "x").unwrap();
    let beside = request("is there a trend", &[notes.clone(), data().join(CO2)]);
    let found = parameters("beside notes", generate(&json!({}), beside).await);
    assert_eq!(found["INPUT"], "./co2_mauna_loa_weekly.csv");
    let error = generate(&json!({}), request("is there a trend", &[notes])).await.unwrap_err();
    assert!(error.message.contains("(only `notes.pdf`)"), "{error}");
    for (name, way) in
        [("x.xlsx", "save its sheet"), ("x.json", "read_json"), ("x.parquet", "read_parquet"), ("x.csv.gz", "unpack")]
    {
        let error = generate(&json!({}), request("is there a trend", &[folder.path().join(name)])).await.unwrap_err();
        assert!(error.kind == "bad_request" && error.help.contains(way), "{name}: {error}; {}", error.help);
    }
}

#[tokio::test]
async fn of_two_recipes_that_fit_the_one_is_meant_that_has_its_columns() {
    let temperatures = "day,temperature\n2001-01-01,20\n2001-01-02,21.5\n2001-01-03,21\n2001-01-04,23\n";
    let query = "is the temperature rising";
    let (answer, _folder) = ask_of("x.csv", temperatures, query).await;
    assert_eq!(parameters(query, answer)["COLUMN"], "temperature");
}

#[tokio::test]
async fn files_that_are_no_tables_get_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    let trend =
        async || generate(&json!({}), request("is there a trend", std::slice::from_ref(&path))).await.unwrap_err();
    let missing = trend().await;
    assert!(
        missing.kind == "bad_file" && missing.message.contains("`x.csv` cannot be read: No such file"),
        "{missing}"
    );
    fs::write(&path, [0x89, b'P', b'N', b'G', 0xff, 0]).unwrap();
    assert!(trend().await.message.contains("not text in UTF-8"));
    fs::write(&path, "day,v\n03/04/2001,1\n05/06/2001,2\n").unwrap();
    let dates = trend().await;
    assert!(dates.message.contains("day first or the month") && dates.help.contains("YYYY-MM-DD"), "{dates}");
    fs::write(&path, "day,v\nMon 3 April 01,1\nTue 4 April 01,2\n").unwrap();
    let dates = trend().await;
    assert!(dates.message.contains("form that is not read: `Mon 3 April 01`"), "{dates}");
    fs::write(&path, "Datum;Größe\n1;2\n".chars().map(|c| c as u8).collect::<Vec<_>>()).unwrap();
    let latin = trend().await;
    assert!(latin.kind == "bad_file" && latin.help.contains("iconv -f LATIN1"), "{latin}; {}", latin.help);
    fs::write(&path, "a,a\n1,2\n").unwrap();
    assert!(trend().await.message.contains("two columns named `a`"));
}

/// Names of columns and files that try to end their literal, their line or their folder.
const HOSTILE: [&str; 9] = [
    "\"); __import__('os').system('touch pwned') #",
    "'''\n__import__('os').system('touch pwned')\n'''",
    "\\\"; __import__('os').system('touch pwned') #",
    "{__import__('os')}%s{0!r}",
    "$\\frac{$ _^ $$",
    "naïve\u{202e}µ\u{2028}日本😀",
    "_hidden",
    "http:example.csv",
    "INPUT = 1",
];

#[tokio::test]
async fn no_name_of_a_column_becomes_code() {
    let mut kitchen = Kitchen::default();
    for name in HOSTILE {
        let quoted = name.replace('"', "\"\"");
        let table = format!("\"{quoted}\",site\n1,a\n2,b\n4,a\n3,b\n5,a\n7,b\n6,a\n8,b\n");
        for query in ["is there a trend", "summarise the data", "histogram", "mean for each site", "top 3 values"] {
            let (answer, folder) = ask_of("x.csv", &table, query).await;
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {query}: {error}; {}", error.help));
            let parameters = answer.metadata["parameters"].as_object().unwrap();
            let is_it = |value: &Value| value == name || *value == json!([name]);
            assert!(parameters.values().any(is_it), "{name}: {query}: {parameters:?}");
            kitchen.add(&answer, &[&folder.path().join("x.csv")]);
        }
    }
    for ran in kitchen.run() {
        assert!(!ran.results.to_string().is_empty());
    }
}

#[tokio::test]
async fn no_name_of_a_file_becomes_code_or_an_address() {
    let mut kitchen = Kitchen::default();
    for name in HOSTILE {
        let name = format!("{}.csv", name.replace('/', "_"));
        let (answer, folder) = ask_of(&name, "v\n1\n2\n4\n3\n", "is there a trend").await;
        let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}; {}", error.help));
        assert_eq!(answer.metadata["parameters"]["INPUT"], format!("./{name}"));
        kitchen.add(&answer, &[&folder.path().join(&name)]);
    }
    for ran in kitchen.run() {
        assert_eq!(ran.results["mean_v"], 2.5);
    }
}

#[tokio::test]
async fn the_request_itself_never_becomes_code() {
    let query = "is there a trend\"\"\"\n__import__('os').system('id') #";
    if let Ok(answer) = ask(query, &[CO2]).await {
        assert!(!answer.code.to_text().contains("__import__"));
    }
}

#[tokio::test]
async fn the_record_says_what_was_chosen_and_why() {
    let answer = ask("is there a trend in the brightness?", &[CO2]).await.unwrap();
    assert_eq!(answer.metadata["generator"], "cookbook");
    assert_eq!(answer.metadata["title"], "Mean and trend");
    assert_eq!(answer.metadata["not_understood"], json!(["brightness"]));
    assert!(answer.metadata["score"].as_f64().unwrap() > 0.45);
    let [ranking] = answer.prompts.try_into().unwrap();
    assert_eq!(ranking.name, "ranking");
    assert!(ranking.text.starts_with("request: is there a trend in the brightness?\nleast score: 0.45\n"));
    assert!(ranking.text.contains("  mean_and_trend\n"));
    assert_eq!(answer.metadata["no_retry"], true);
    assert_eq!(answer.metadata["summary"], "recipe mean_and_trend: column=co2_ppm, time=date; not used: brightness");
    let source = answer.code.to_text();
    assert!(
        source.starts_with("# Mean and trend (recipe `mean_and_trend`)\n") && !source.contains("# ///"),
        "{source}"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(300))]

    /// Whatever is asked about whatever lies there: an answer or a refusal.
    #[test]
    fn nothing_makes_it_panic(
        words in proptest::collection::vec("mean|trend|by|per|top|`|\"|7|day|%|5th|x|site|[\\PC]{0,5}|outliers|rolling", 0..9),
        table in "(x|site|day|[\\PC]{0,4})([,;\t\n\"](x|7|1,5|2001-01-02|a|[\\PC]{0,3})){0,12}",
    ) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.csv");
        fs::write(&file, &table).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        if let Err(error) = runtime.block_on(generate(&json!({}), request(&words.join(" "), &[file]))) {
            let kinds = ["bad_request", "bad_file"];
            proptest::prop_assert!(kinds.contains(&error.kind.as_str()), "{error}");
            proptest::prop_assert!(!error.help.is_empty(), "{error}");
        }
    }
}
