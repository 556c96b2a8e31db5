//! Every shipped recipe, asked for in words, run on real data by a real Python.
//!
//! The numbers were computed without the recipes: with Python's own `statistics` and `csv`, or are known from the literature
//! (Forbes's line, Michelson's means, the Nile's change of 1899).

use super::asking::{CO2, FORBES, Kitchen, MICHELSON, NILE, ask, ask_of, create, data, generate, request, run};
use pyexec_generation as _;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path};

/// Asks, runs, and compares what stands at each JSON pointer; numbers to one part in a million.
async fn check(file: &str, query: &str, recipe: &str, expected: &[(&str, Value)]) {
    let answer = ask(query, &[file]).await.unwrap_or_else(|error| panic!("{query}: {error}; {}", error.help));
    assert_eq!(answer.metadata["recipe"], recipe, "{query}\n{}", answer.prompts[0].text);
    let ran = run(&answer, &[&data().join(file)]);
    assert!(!ran.stdout.trim().is_empty(), "{recipe} says nothing");
    for (pointer, value) in expected {
        let found = ran.results.pointer(pointer).unwrap_or_else(|| panic!("{recipe}: no {pointer} in {}", ran.results));
        let near = match (found.as_f64(), value.as_f64()) {
            (Some(found), Some(value)) => (found - value).abs() <= 1e-6 * value.abs().max(1e-3),
            _ => found == value,
        };
        assert!(near, "{recipe}: {pointer} is {found} and should be {value}");
    }
}

#[tokio::test]
async fn summary_statistics() {
    let expected = [
        ("/rows", json!(2284)),
        ("/co2_ppm/values", json!(2225)),
        ("/co2_ppm/missing", json!(59)),
        ("/co2_ppm/mean", json!(340.142_247_191)),
        ("/co2_ppm/standard_deviation", json!(17.003_884_829)),
        ("/co2_ppm/lower_quartile", json!(324.8)),
        ("/co2_ppm/median", json!(338.3)),
        ("/co2_ppm/upper_quartile", json!(354.8)),
        ("/co2_ppm/minimum", json!(313.0)),
        ("/co2_ppm/maximum", json!(373.9)),
    ];
    check(CO2, "summarise the data", "summary_statistics", &expected).await;
}

#[tokio::test]
async fn mean_and_trend() {
    let expected = [
        ("/mean_co2_ppm", json!(340.142_247_191)),
        ("/trend_co2_ppm_per_year", json!(1.342_944_991_7)),
        ("/trend_is_clear", json!(true)),
        ("/missing", json!(59)),
    ];
    check(CO2, "What is the mean, and is there a trend?", "mean_and_trend", &expected).await;
    // without times the rows are counted
    let expected = [("/mean_boiling_point_f", json!(202.952_941_176)), ("/values", json!(17))];
    check(FORBES, "mean and trend of boiling point", "mean_and_trend", &expected).await;
}

#[tokio::test]
async fn outliers() {
    // the rise of 1964 after a gap of four months stands out; the flow of 1913, the lowest, is 2.3 deviations off
    check(CO2, "find outliers", "outliers", &[("/strongest/0/date", json!("1964-05-30T00:00:00"))]).await;
    let (answer, folder) = ask_of("x.csv", "v\n1\n2\n3\n2\n1\n2\n3\n2\n100\n2\n", "any outliers beyond 5 sigma?").await;
    let results = run(&answer.unwrap(), &[&folder.path().join("x.csv")]).results;
    assert_eq!((&results["outliers"], &results["strongest"][0]["row"]), (&json!(1), &json!(9)));
    assert_eq!(results["limit_in_standard_deviations"], 5);
}

#[tokio::test]
async fn correlation() {
    let expected = [
        ("/pairs/0/pearson", json!(0.997_210_184_8)),
        ("/pairs/0/columns", json!(["boiling_point_f", "pressure_inhg"])),
        ("/pairs/0/rows", json!(17)),
    ];
    check(FORBES, "how strongly are the columns correlated?", "correlation", &expected).await;
    check(MICHELSON, "correlation matrix", "correlation", &[("/rows", json!(100)), ("/pairs/2/rows", json!(100))])
        .await;
}

#[tokio::test]
async fn resampling() {
    let expected = [
        ("/steps", json!(526)),
        ("/steps_without_value", json!(5)),
        ("/highest_co2_ppm", json!({"at": "2001-05-01T00:00:00", "value": 373.8})),
        ("/lowest_co2_ppm/value", json!(313.4)),
    ];
    check(CO2, "monthly averages", "resampling", &expected).await;
    let expected =
        [("/step", json!("1 year")), ("/last_co2_ppm/at", json!("2001-01-01T00:00:00")), ("/steps", json!(44))];
    check(CO2, "resample to yearly medians", "resampling", &expected).await;
}

#[tokio::test]
async fn histogram() {
    let expected = [("/bins", json!(20)), ("/values", json!(2225)), ("/mean_co2_ppm", json!(340.142_247_191))];
    check(CO2, "show a histogram with 20 bins", "histogram", &expected).await;
    // from 310 to 375
    let expected = [("/bins", json!(13)), ("/edges_co2_ppm/0", json!(310.0)), ("/edges_co2_ppm/13", json!(375.0))];
    check(CO2, "histogram with bins of 5 ppm", "histogram", &expected).await;
}

#[tokio::test]
async fn spectrum() {
    // 44 years in weeks: the year falls between two frequencies, of which this is the nearer
    let expected = [("/strongest/0/period_year", json!(0.994_835_418)), ("/even_steps", json!(2284))];
    check(CO2, "what are the dominant periods?", "spectrum", &expected).await;
    let waves = (0..200).map(|i| format!("{}\n", (f64::from(i) * 0.2 * std::f64::consts::PI).sin()));
    let table = format!("v\n{}", waves.collect::<String>());
    let (answer, folder) = ask_of("x.csv", &table, "power spectrum, sampled at 50 Hz, top 1 peak").await;
    let results = run(&answer.unwrap(), &[&folder.path().join("x.csv")]).results;
    let frequency = results["strongest"][0]["frequency_per_second"].as_f64().unwrap();
    assert!((frequency - 5.0).abs() < 1e-9 && results["strongest"].as_array().unwrap().len() == 1, "{results}");
}

#[tokio::test]
async fn curve_fit() {
    let expected = [
        ("/parameters/coefficient_1", json!(0.522_892_400_8)),
        ("/residual_standard_deviation_pressure_inhg", json!(0.232_829_410)),
        ("/model", json!("line")),
    ];
    check(FORBES, "fit a straight line to pressure against boiling point", "curve_fit", &expected).await;
    check(CO2, "find the best fitting curve", "curve_fit", &[("/points", json!(2225))]).await;
    // 3 + 2 exp(-x / 4), to the last digit that is written
    let rows = (0..40).map(|i| format!("{i},{}\n", 3.0 + 2.0 * (-f64::from(i) / 4.0).exp()));
    let table = format!("t,v\n{}", rows.collect::<String>());
    let (answer, folder) = ask_of("x.csv", &table, "fit an exponential decay of v against t").await;
    let results = run(&answer.unwrap(), &[&folder.path().join("x.csv")]).results;
    for (name, value) in [("offset", 3.0), ("amplitude", 2.0), ("rate_per_t", -0.25)] {
        let found = results["parameters"][name].as_f64().unwrap();
        assert!((found - value).abs() < 1e-5, "{results}");
    }
}

#[tokio::test]
async fn group_by() {
    let expected = [
        ("/groups/1/mean", json!(299_909.0)),
        ("/groups/4/mean", json!(299_820.5)),
        ("/groups/3/standard_deviation", json!(79.106_856_446)),
        ("/highest_mean", json!("1")),
        ("/lowest_mean", json!("4")),
        ("/equal_means_f", json!(4.287_802_525)),
        ("/equal_means_p_value", json!(0.003_114_446_047)),
    ];
    check(MICHELSON, "mean speed per experiment", "group_by", &expected).await;
    let table = "site,level\nnorth,1\nsouth,5\nnorth,2\n\"a, \"\"b\"\"\",7\nsouth,x\n";
    let (answer, folder) = ask_of("sites.csv", table, "which site has the highest median level?").await;
    let results = run(&answer.unwrap(), &[&folder.path().join("sites.csv")]).results;
    assert_eq!(results["groups"]["north"]["median"], 1.5);
    assert_eq!((&results["highest_median"], &results["rows_left_out"]), (&json!("a, \"b\""), &json!(1)));
}

#[tokio::test]
async fn missing_data() {
    let expected = [
        ("/missing_by_column", json!({"date": 0, "co2_ppm": 59})),
        ("/complete_rows", json!(2225)),
        ("/longest_gap/days", json!(133.0)),
        ("/longest_gap/from", json!("1964-01-18T00:00:00")),
    ];
    check(CO2, "how many values are missing?", "missing_data", &expected).await;
    let expected = [("/missing_by_column", json!({"speed_km_s": 0})), ("/complete_rows", json!(100))];
    check(MICHELSON, "is anything missing in `speed_km_s`?", "missing_data", &expected).await;
}

#[tokio::test]
async fn compare_two_columns() {
    let expected = [
        ("/mean_difference", json!(-177.894_117_647)),
        ("/standard_deviation_of_difference", json!(2.757_217_934)),
        ("/correlation", json!(0.997_210_184_8)),
    ];
    check(FORBES, "compare the two columns", "compare_two_columns", &expected).await;
}

#[tokio::test]
async fn rolling_mean() {
    let expected = [
        ("/window", json!("12 rows")),
        ("/last_co2_ppm/value", json!(369.75)),
        ("/highest_co2_ppm/value", json!(373.241_666_667)),
    ];
    check(CO2, "rolling mean over 12 rows", "rolling_mean", &expected).await;
    let expected = [("/window", json!("52 week")), ("/last_co2_ppm/value", json!(370.865_384_615))];
    check(CO2, "52-week moving average", "rolling_mean", &expected).await;
}

#[tokio::test]
async fn seasonality() {
    let expected = [("/cycle", json!("year")), ("/highest_at", json!("May")), ("/lowest_at", json!("Oct"))];
    check(CO2, "is there a seasonal pattern?", "seasonality", &expected).await;
    let answer = ask("is there a weekly pattern?", &[CO2]).await.unwrap();
    let mut kitchen = Kitchen::default();
    kitchen.add(&answer, &[&data().join(CO2)]);
    let output = kitchen.try_to_run();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("shows no week twice"), "{said}");
}

#[tokio::test]
async fn change_points() {
    let expected = [
        ("/change_points/0/first_after", json!("1899-01-01T00:00:00")),
        ("/change_points/0/level_before_flow_1e8_m3", json!(1097.75)),
        ("/change_points/0/level_after_flow_1e8_m3", json!(849.972_222_222)),
        ("/a_straight_line_fits_better", json!(false)),
    ];
    check(NILE, "when did the level change suddenly?", "change_points", &expected).await;
    check(CO2, "is there a step change?", "change_points", &[("/a_straight_line_fits_better", json!(true))]).await;
}

#[tokio::test]
async fn calibration_line() {
    let expected = [
        ("/slope", json!(0.522_892_400_8)),
        ("/intercept", json!(-81.063_727_129)),
        ("/residual_standard_deviation_pressure_inhg", json!(0.232_829_410)),
        ("/reference", json!("boiling_point_f")),
        ("/at_reading/boiling_point_f", json!(202.840_444_745)),
    ];
    let query = "calibration line of pressure against boiling point, at a reading of 25";
    check(FORBES, query, "calibration_line", &expected).await;
}

#[tokio::test]
async fn extremes() {
    let expected = [
        ("/highest/0", json!({"date": "2001-05-12T00:00:00", "co2_ppm": 373.9})),
        ("/highest/2", json!({"date": "2001-06-02T00:00:00", "co2_ppm": 373.8})),
    ];
    check(CO2, "top 3 values", "extremes", &expected).await;
    let expected = [("/lowest/0/date", json!("1958-11-08T00:00:00")), ("/highest/4/co2_ppm", json!(373.7))];
    check(CO2, "the highest and lowest values", "extremes", &expected).await;
}

#[tokio::test]
async fn rate_of_change() {
    let expected = [
        ("/overall_co2_ppm_per_year", json!(1.266_181_716)),
        ("/fastest_rise/at", json!("1986-03-22T00:00:00")),
        ("/fastest_fall/co2_ppm_per_year", json!(-104.357_142_857)),
    ];
    check(CO2, "how fast does it change?", "rate_of_change", &expected).await;
}

#[tokio::test]
async fn cumulative_sum() {
    let expected = [("/total_co2_ppm", json!(756_816.5)), ("/half_reached_at", json!("1981-07-04T00:00:00"))];
    check(CO2, "cumulative sum", "cumulative_sum", &expected).await;
}

#[tokio::test]
async fn autocorrelation() {
    let expected = [("/lag_1", json!(0.994_110_078)), ("/independent", json!(false))];
    check(CO2, "autocorrelation with 52 lags", "autocorrelation", &expected).await;
}

#[tokio::test]
async fn plot_series() {
    let expected =
        [("/from", json!("1958-03-29T00:00:00")), ("/co2_ppm/first", json!(316.1)), ("/co2_ppm/values", json!(2225))];
    check(CO2, "plot the data", "plot_series", &expected).await;
}

#[tokio::test]
async fn quantiles() {
    let expected = [("/percentiles_co2_ppm", json!({"50": 338.3, "90": 364.7}))];
    check(CO2, "50th and 90th percentile", "quantiles", &expected).await;
    let expected = [("/percentiles_co2_ppm", json!({"10": 318.5, "50": 338.3, "90": 364.7}))];
    check(CO2, "which quantiles hold the central 80 percent", "quantiles", &expected).await;
}

/// Rows out of order, with gaps, slips, infinities, two values at one time, and no time at all in one.
const UNTIDY: &str = "when;reading, V\n2001-01-09;2,5\n2001-01-01;1,0\n2001-01-02;\n2001-01-03;oops\n2001-01-03;1,4\n;9,9\n\
    2001-01-05;1,9\n2001-01-04;1,5\n2001-01-06;2,0\n2001-01-07;-inf\n2001-01-08;2,3\n2001-01-10;2,6\n2001-01-11;2,9\n\
    2001-01-12;3,1\n2001-01-13;3,0\n2001-01-14;3,4\n2001-01-15;3,3\n2001-01-16;3,8\n2001-01-17;3,9\n2001-01-18;4,1\n";

#[tokio::test]
async fn untidy_tables_are_no_matter() {
    let queries = [
        "summarise the data",
        "is there a trend",
        "find outliers",
        "resample to daily means",
        "histogram",
        "power spectrum",
        "fit a parabola",
        "how many values are missing",
        "7-day rolling average",
        "weekly pattern",
        "change points",
        "top 5 values",
        "rate of change",
        "cumulative sum",
        "autocorrelation",
        "plot the data",
        "95th percentile",
    ];
    let mut kitchen = Kitchen::default();
    for query in queries {
        let (answer, folder) = ask_of("untidy.csv", UNTIDY, query).await;
        let answer = answer.unwrap_or_else(|error| panic!("{query}: {error}; {}", error.help));
        kitchen.add(&answer, &[&folder.path().join("untidy.csv")]);
    }
    let ran = kitchen.run();
    // of 20 rows one has no time and three no number
    let trend = &ran[1].results;
    assert_eq!(trend["values"], 16, "{trend}");
    let slope = trend["trend_reading, V_per_day"].as_f64().unwrap();
    assert!((0.15..0.2).contains(&slope), "{trend}");
}

/// The default of each parameter is its example: a recipe is a script like any other.
#[tokio::test]
async fn every_recipe_runs_as_it_stands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
    let mut answer = ask("summarise the data", &[CO2]).await.unwrap();
    let inputs: Vec<_> = [CO2, FORBES, MICHELSON, NILE].map(|file| data().join(file)).into();
    let inputs: Vec<&Path> = inputs.iter().map(AsRef::as_ref).collect();
    let (mut kitchen, mut names) = (Kitchen::default(), BTreeSet::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        answer.code = fs::read_to_string(&path).unwrap().as_str().into();
        kitchen.add(&answer, &inputs);
        names.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    assert!(names.len() >= 15 && kitchen.run().len() == names.len(), "{names:?}");
}

#[tokio::test]
async fn a_recipe_that_failed_is_not_given_again() {
    let files = [data().join(CO2)];
    let answer = ask("weekly pattern", &[CO2]).await.unwrap();
    let mut again = request("weekly pattern", &files);
    again.attempt = 2;
    again.failures.push(
        serde_json::from_value(json!({
            "attempt": 1, "code": serde_json::to_value(&answer.code).unwrap(),
            "error": {"kind": "runtime", "class": "code", "message": "ValueError: no week"},
        }))
        .unwrap(),
    );
    let error = generate(&json!({}), again).await.unwrap_err();
    assert_eq!(error.kind, "attempts_exhausted");
    assert!(error.message.contains("that of `seasonality` failed: ValueError: no week"), "{error}");
    assert!(create(&json!({"min_score": 2})).is_err() && create(&json!({"folder": []})).is_err());
}
