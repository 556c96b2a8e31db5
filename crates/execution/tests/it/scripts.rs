//! The examples do what they say.

use crate::bench::{Bench, results};
use std::{fs, path::Path};

async fn example(name: &str) -> (Bench, pyexec_core::Outcome) {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let code = fs::read(examples.join("scripts").join(name)).unwrap();
    let data = fs::read(examples.join("data/co2_mauna_loa_weekly.csv")).unwrap();
    let bench = Bench::new(code).input("co2_mauna_loa_weekly.csv", &data);
    let outcome = bench.run().await;
    (bench, outcome)
}

fn near(value: &serde_json::Value, wanted: f64) -> bool {
    value.as_f64().is_some_and(|value| (value - wanted).abs() < 0.005)
}

#[tokio::test]
async fn mean_and_trend() {
    let (bench, outcome) = example("mean_and_trend.py").await;
    let got = results(&outcome);
    assert!(near(&got["mean_ppm"], 340.14) && near(&got["trend_ppm_per_year"], 1.343), "{got}");
    assert_eq!((outcome.figures.len(), outcome.warnings.len()), (1, 0), "{outcome:?}");
    assert!(bench.stdout().starts_with("1.34 ppm a year"));
}

#[tokio::test]
async fn seasonality() {
    let (_, outcome) = example("seasonality.py").await;
    let got = results(&outcome);
    assert_eq!((&got["highest_month"], &got["lowest_month"]), (&"May".into(), &"Oct".into()));
    assert!(near(&got["peak_to_trough_ppm"], 6.066), "{got}");
    assert_eq!(outcome.artifacts[0].path, "artifacts/seasonal_cycle.csv");
}

#[tokio::test]
async fn outliers() {
    let (_, outcome) = example("outliers.py").await;
    let got = results(&outcome);
    assert_eq!((&got["count"], &got["outliers"][0]["co2_ppm"]), (&3.into(), &360.0.into()));
    assert_eq!(outcome.figures[0].path, "figures/residuals.png");
    assert_eq!(outcome.figures.len(), 1);
}
