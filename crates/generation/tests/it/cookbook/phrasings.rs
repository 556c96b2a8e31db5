//! What people say, and the recipe that they mean.
//!
//! Seven sets in `phrasings/*.tsv`. At first sight, before anything was changed because of them:
//!
//! | set | right | refused though a recipe covers it | silently wrong |
//! | --- | --- | --- | --- |
//! | first, 25 by strangers | 6 | 18 | 1 |
//! | second, 25 by strangers | 14 | 9 | 2 |
//! | paraphrases, 20 by who wrote the recipes | 17 | 3 | 0 |
//! | third, 25 by strangers | 15 | 9 | 1 |
//! | fourth, 90 by strangers | 45 | 36 | 9 |
//! | held out, 45 of the same strangers | 23 | 17 | 5 |
//! | held out, after the words were widened by the fourth | 27 | 15 | 3 |
//! | final, 40 by strangers, looked at once and after everything | 27 | 10 | 3 |
//!
//! The figure for somebody new is the last: two of three questions are answered, one of thirteen by another recipe than was
//! meant. All others have been tuned by, so that they keep what was reached and measure nothing new. Right is also the
//! refusal of what no recipe does.
//!
//! Three sets in this file are by whoever wrote the recipes.

use super::asking::{CO2, FORBES, MICHELSON, NILE, ask};

const FIRST: [(&str, &str, &str); 25] = [
    (CO2, "how did it change over the years", "mean_and_trend"),
    (CO2, "any weird values?", "outliers"),
    (CO2, "What is the mean, and is there a trend?", "mean_and_trend"),
    (CO2, "Could you tell me the typical value and how much it scatters?", "summary_statistics"),
    (CO2, "I need one number per month instead of every week", "resampling"),
    (CO2, "is there a yearly rhythm in this?", "seasonality"),
    (CO2, "iron out the noise please, something like a 30 day window", "rolling_mean"),
    (CO2, "show me how the measurements are spread", "histogram"),
    (NILE, "did the level jump at some point?", "change_points"),
    (CO2, "where are the holes in this dataset?", "missing_data"),
    (CO2, "when did it reach its maximum?", "extremes"),
    (CO2, "which frequencies dominate?", "spectrum"),
    (CO2, "put an exponential through these points", "curve_fit"),
    (CO2, "how quickly is co2 climbing?", "rate_of_change"),
    (FORBES, "do boiling point and pressure go hand in hand?", "correlation"),
    (MICHELSON, "average speed for every experiment", "group_by"),
    (CO2, "below which value do 90 percent of the readings lie?", "quantiles"),
    (NILE, "add everything up over time", "cumulative_sum"),
    (NILE, "does this year's value tell me anything about the next one?", "autocorrelation"),
    (FORBES, "give me a calibration of pressure against boiling point", "calibration_line"),
    (CO2, "just draw it", "plot_series"),
    (MICHELSON, "do the experiments disagree with each other?", "group_by"),
    (FORBES, "compare pressure with boiling point row by row", "compare_two_columns"),
    (NILE, "are the flows bell shaped?", "histogram"),
    (NILE, "list the 5 largest flows", "extremes"),
];

const SECOND: [(&str, &str, &str); 25] = [
    (CO2, "Summarize this file for me", "summary_statistics"),
    (CO2, "Has there been an upward trend since the beginning?", "mean_and_trend"),
    (CO2, "are there any spikes I should worry about", "outliers"),
    (CO2, "Give me the yearly averages", "resampling"),
    (CO2, "what's the distribution like", "histogram"),
    (CO2, "find the main periodicity", "spectrum"),
    (CO2, "fit a parabola to co2", "curve_fit"),
    (CO2, "how many data points are missing?", "missing_data"),
    (CO2, "smooth it with a 52 week moving average", "rolling_mean"),
    (CO2, "In which month is co2 usually highest?", "seasonality"),
    (CO2, "what was the highest co2 ever recorded and on which date?", "extremes"),
    (CO2, "how fast is it growing per year", "rate_of_change"),
    (CO2, "give me the 10th, 50th and 90th percentiles", "quantiles"),
    (CO2, "is this series autocorrelated", "autocorrelation"),
    (CO2, "plot co2 over time", "plot_series"),
    (CO2, "anything strange going on in the data?", "outliers"),
    (NILE, "was there a sudden drop in the river flow?", "change_points"),
    (NILE, "running total of the flow", "cumulative_sum"),
    (NILE, "is the flow declining?", "mean_and_trend"),
    (NILE, "are the flows normally distributed?", "histogram"),
    (FORBES, "how strongly are the two columns related?", "correlation"),
    (FORBES, "calibrate pressure_inhg using boiling_point_f as reference", "calibration_line"),
    (FORBES, "fit a straight line to pressure versus boiling point", "curve_fit"),
    (MICHELSON, "mean speed per experiment", "group_by"),
    (MICHELSON, "which experiment gave the highest speed?", "group_by"),
];

const THIRD: [(&str, &str, &str); 25] = [
    (CO2, "Tell me the average and the standard deviation", "summary_statistics"),
    (CO2, "is co2 going up?", "mean_and_trend"),
    (CO2, "which readings look suspicious?", "outliers"),
    (CO2, "quarterly means of co2", "resampling"),
    (CO2, "histogram with 40 bins please", "histogram"),
    (CO2, "do an FFT", "spectrum"),
    (CO2, "cubic regression of co2 over time", "curve_fit"),
    (CO2, "is any data absent?", "missing_data"),
    (CO2, "moving average over 12 rows", "rolling_mean"),
    (CO2, "what does the annual cycle look like?", "seasonality"),
    (CO2, "bottom 3 values", "extremes"),
    (CO2, "where was the growth rate the largest?", "rate_of_change"),
    (CO2, "median and 99th percentile", "quantiles"),
    (CO2, "how long does the series remember its past?", "autocorrelation"),
    (CO2, "visualise the measurements", "plot_series"),
    (CO2, "describe the dataset", "summary_statistics"),
    (NILE, "has the river regime shifted, and when?", "change_points"),
    (NILE, "accumulate the flow", "cumulative_sum"),
    (NILE, "long term tendency of the flow", "mean_and_trend"),
    (NILE, "is the flow skewed?", "histogram"),
    (FORBES, "correlation matrix of all columns", "correlation"),
    (FORBES, "sensitivity and detection limit of the sensor", "calibration_line"),
    (FORBES, "regress pressure on boiling point", "curve_fit"),
    (MICHELSON, "compare speed between the experiments", "group_by"),
    (MICHELSON, "boxplot of speed by experiment", "group_by"),
];

const OUT_OF_SCOPE: [&str; 20] = [
    "write a poem about the ocean",
    "predict next year's values",
    "send the results to my boss by email",
    "train a neural network on this",
    "translate the file into German",
    "delete the first ten rows",
    "download the newest data from NOAA",
    "draw a map of the stations",
    "which stock should I buy?",
    "set the magnet current to 5 ampere",
    "convert this to Excel",
    "merge the two files",
    "what is the meaning of life",
    "explain what this data is about",
    "cluster the rows into three kinds",
    "rename the column to CO2",
    "is it safe to drink?",
    "sort the table by date and save it",
    "will it rain tomorrow",
    "remove the outliers and save a clean copy",
];

/// The topics of the strangers, and the recipes that answer a question about each. Who asks how fast something rises per year
/// is answered by the rate of change as by the trend: one gives the overall change per year, the other the slope.
/// (The figures above are without that leniency.)
const TOPICS: [(&str, &[&str]); 23] = [
    ("summary statistics", &["summary_statistics"]),
    ("mean and trend", &["mean_and_trend", "rate_of_change"]),
    ("outliers", &["outliers"]),
    ("correlation", &["correlation"]),
    ("compare two columns", &["compare_two_columns"]),
    ("resampling", &["resampling"]),
    ("histogram", &["histogram"]),
    ("spectrum", &["spectrum"]),
    ("curve fit", &["curve_fit"]),
    ("calibration line", &["calibration_line"]),
    ("group-by", &["group_by"]),
    ("missing data", &["missing_data"]),
    ("rolling mean", &["rolling_mean"]),
    ("seasonality", &["seasonality"]),
    ("change points", &["change_points"]),
    ("extremes", &["extremes"]),
    ("cumulative sum", &["cumulative_sum"]),
    ("quantiles", &["quantiles"]),
    ("plot series", &["plot_series"]),
    ("plot of the series", &["plot_series"]),
    ("autocorrelation", &["autocorrelation"]),
    ("rate of change", &["rate_of_change"]),
    ("none", &[]),
];

/// Each with how many are right, and how many silently wrong; the others are refused.
const SETS: [(&str, &str, usize, usize); 7] = [
    ("first", include_str!("phrasings/first_set.tsv"), 25, 0),
    ("second", include_str!("phrasings/second_set.tsv"), 18, 0),
    ("paraphrases", include_str!("phrasings/paraphrases.tsv"), 20, 0),
    ("third", include_str!("phrasings/third_set.tsv"), 22, 0),
    ("fourth", include_str!("phrasings/fourth_set.tsv"), 83, 0),
    ("held out", include_str!("phrasings/held_out_set.tsv"), 35, 1),
    ("final", include_str!("phrasings/final_set.tsv"), 27, 3),
];

/// How many of a set are right (the recipe of a topic, or a refusal where no recipe covers it) and how many are answered by
/// another recipe; and every line that does not reach what it says.
async fn reached_of(set: &str) -> (usize, usize, Vec<String>) {
    let (mut right, mut wrong, mut changed) = (0, 0, Vec::new());
    for line in set.lines().filter(|line| !line.starts_with('#')) {
        let [phrase, file, topics, expected] = line.split('\t').collect::<Vec<_>>().try_into().expect(line);
        let recipes: Vec<&str> = topics
            .split('|')
            .flat_map(|topic| TOPICS.iter().find(|(name, _)| *name == topic).expect(topic).1)
            .copied()
            .collect();
        let (reached, said) = match ask(phrase, &[file]).await {
            Ok(answer) => {
                let recipe = answer.metadata["recipe"].as_str().unwrap().to_owned();
                let fits = recipes.contains(&recipe.as_str());
                (right, wrong) = (right + usize::from(fits), wrong + usize::from(!fits));
                (recipe, answer.prompts[0].text.clone())
            }
            Err(error) => {
                assert!(error.kind == "bad_request" && !error.help.is_empty(), "{phrase}: {error}");
                right += usize::from(topics.split('|').any(|topic| topic == "none"));
                ("refused".to_owned(), format!("{error}; {}", error.help))
            }
        };
        if reached != expected {
            changed.push(format!("{phrase}: {reached} instead of {expected}\n{said}"));
        }
    }
    (right, wrong, changed)
}

#[tokio::test]
async fn what_strangers_say_reaches_its_recipe_or_a_clear_error() {
    for (name, set, right, wrong) in SETS {
        let (now_right, now_wrong, changed) = reached_of(set).await;
        assert!(changed.is_empty(), "{name}:\n{}", changed.join("\n"));
        assert_eq!((now_right, now_wrong), (right, wrong), "{name}");
    }
}

/// How many of these reach their recipe, how many another one, and what is to be said of the others.
async fn reached(phrasings: &[(&str, &str, &str)]) -> (usize, usize, String) {
    let (mut right, mut wrong, mut log) = (0, 0, Vec::new());
    for (file, phrase, expected) in phrasings {
        match ask(phrase, &[file]).await {
            Ok(answer) if answer.metadata["recipe"] == *expected => right += 1,
            Ok(answer) => {
                wrong += 1;
                log.push(format!("WRONG {phrase}: {}\n{}", answer.metadata["recipe"], answer.prompts[0].text));
            }
            Err(error) => log.push(format!("refused {phrase} ({expected}): {error}; {}", error.help)),
        }
    }
    (right, wrong, log.join("\n"))
}

#[tokio::test]
async fn most_phrasings_reach_their_recipe_and_none_a_wrong_one() {
    for phrasings in [FIRST, SECOND, THIRD] {
        let (right, wrong, log) = reached(&phrasings).await;
        assert!(right >= 22 && wrong == 0, "{right} right, {wrong} wrong\n{log}");
    }
}

#[tokio::test]
async fn what_the_cookbook_cannot_do_is_refused_with_the_nearest_recipes() {
    let mut answered = Vec::new();
    for phrase in OUT_OF_SCOPE {
        match ask(phrase, &[CO2]).await {
            Ok(answer) => answered.push(format!("{phrase}: {}\n{}", answer.metadata["recipe"], answer.prompts[0].text)),
            Err(error) => {
                assert_eq!(error.kind, "bad_request", "{phrase}: {error}");
                let lists = error.help.contains("recipes ") || error.help.contains("at a time");
                assert!(lists, "{phrase}: {error}; {}", error.help);
            }
        }
    }
    assert!(answered.is_empty(), "{}", answered.join("\n"));
}
