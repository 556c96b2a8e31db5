//! The pool.

use super::bench::{Bench, api, none_is_left, until};
use crate::bench::results;
use bollard::query_parameters::RemoveContainerOptionsBuilder;
use pyexec_core::CodeExecutor;
use serde_json::json;

/// Which containers of the pool the engine knows.
async fn standing_by(bench: &Bench) -> Vec<String> {
    let found = bench.containers().await;
    let waits = |labels: &std::collections::HashMap<String, String>| labels["io.pyexec.run"] == "pool";
    found
        .into_iter()
        .filter(|container| container.config.as_ref().and_then(|c| c.labels.as_ref()).is_some_and(waits))
        .filter_map(|container| container.id)
        .collect()
}

fn pooled(code: &str) -> Bench {
    Bench::configured(code, |table| (table["pool"], table["limits"]) = (json!(2), json!({})))
}

#[tokio::test]
async fn what_waits_serves_one_run_and_is_replaced() {
    let code = "import os\nopen('/tmp/mark', 'x')\nresults = {'host': open('/proc/self/cgroup').read()}";
    let bench = pooled(code).input("/data/x.csv", b"1");
    bench.docker.describe(&bench.host.host()).await.unwrap();
    until("two wait", async || bench.docker.standing_by() == 2).await;
    let first = standing_by(&bench).await;
    results(&bench.run().await);
    until("two wait again", async || {
        let now = standing_by(&bench).await;
        now.len() == 2 && now.iter().filter(|id| first.contains(id)).count() == 1
    })
    .await;
    let Bench { data, docker, .. } = bench;
    drop(docker);
    none_is_left(data.path()).await;
}

#[tokio::test]
async fn one_that_died_while_it_waited_is_passed_over() {
    let bench = pooled("results = {}");
    bench.docker.describe(&bench.host.host()).await.unwrap();
    until("two wait", async || bench.docker.standing_by() == 2).await;
    for id in standing_by(&bench).await {
        let options = RemoveContainerOptionsBuilder::default().force(true).build();
        api().remove_container(&id, Some(options)).await.unwrap();
    }
    none_is_left(bench.data.path()).await;
    // the stream of a removed container ends a moment later; until then it looks as if it waited, and the run says what it was
    until("a run goes through", async || bench.try_run().await.is_ok()).await;
}

#[tokio::test]
async fn other_limits_get_another_container() {
    let code = "import resource\nresults = {'memory': resource.getrlimit(resource.RLIMIT_AS)[0] >> 20}";
    let bench = pooled(code).with(|order| order.limits.memory_mb = 300);
    assert_eq!(results(&bench.run().await), json!({"memory": 300}));
}
