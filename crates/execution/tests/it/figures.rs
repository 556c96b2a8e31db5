//! Figures: saved by the script or by the runner, each once.

use crate::bench::{Bench, results};

fn paths(outcome: &pyexec_core::Outcome) -> Vec<&str> {
    outcome.figures.iter().map(|figure| figure.path.as_str()).collect()
}

#[tokio::test]
async fn open_figures_are_saved_at_the_end_in_order() {
    let code = "
import matplotlib.pyplot as plt
for n in range(3):
    plt.figure()
    plt.plot(range(n + 2))
plt.show()
results = {}
";
    let bench = Bench::new(code);
    let outcome = bench.run().await;
    results(&outcome);
    assert_eq!(paths(&outcome), ["figures/figure_01.png", "figures/figure_02.png", "figures/figure_03.png"]);
    assert!(outcome.figures.iter().all(|figure| bench.read(&figure.path).starts_with(b"\x89PNG")));
    assert!(outcome.artifacts.is_empty(), "{:?}", outcome.artifacts);
}

#[tokio::test]
async fn figure_saved_by_the_script_is_collected_once() {
    let code = "
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 2])
figure.savefig('mine.png')
plt.figure()
results = {}
";
    let outcome = Bench::new(code).run().await;
    assert_eq!(paths(&outcome), ["figures/mine.png", "figures/figure_01.png"]);
}

#[tokio::test]
async fn a_figure_of_a_run_that_fails_is_kept() {
    let outcome = Bench::new("import matplotlib.pyplot as plt\nplt.plot([1])\nraise ValueError('late')").run().await;
    assert_eq!(paths(&outcome), ["figures/figure_01.png"]);
    assert!(outcome.error.is_some());
}
