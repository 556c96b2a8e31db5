//! Imports that the environment lacks: said once, with the name that was probably meant, and never asked about.

use crate::request;
use pyexec_analysis::Policy;
use pyexec_core::{
    Verdict,
    domain_analyzer::{AnalysisReport, AnalysisRequest},
    finding::InputInfo,
    policy_analyzer::PolicyRequest,
};

fn analyze(code: &str) -> AnalysisReport {
    let modules = ["json", "numpy", "matplotlib", "os", "contextlib"].map(str::to_owned).to_vec();
    let input = InputInfo {
        name: "tools.py".into(),
        path: "/x/tools.py".into(),
        sha256: "0".repeat(64).parse().expect("hex"),
        bytes: 1,
    };
    let request = AnalysisRequest { modules, inputs: vec![input], ..request(code) };
    pyexec_analysis::analyze(&request).expect("the machinery works")
}

fn missing(code: &str) -> Vec<String> {
    let report = analyze(code);
    report.findings.iter().filter(|f| f.rule == "import.missing").map(|f| f.message.clone()).collect()
}

#[test]
fn a_missing_module_is_named_with_the_nearest_one() {
    let message = "imports `nunpy`, which the environment that runs this does not have; did you mean `numpy`?";
    assert_eq!(missing("import nunpy as np"), [message]);
    assert_eq!(missing("def f():\n    from nunpy.linalg import norm\nf()"), [message]);
    assert_eq!(missing("import quarks"), ["imports `quarks`, which the environment that runs this does not have"]);
}

#[test]
fn what_is_there_or_expected_to_fail_is_no_complaint() {
    for code in [
        "import json, os\nfrom matplotlib import pyplot as plt",
        "from pyexec.runtime import read_channel",
        "import tools",
        "from . import x",
        "try:\n    import numba\nexcept ImportError:\n    numba = None",
        "try:\n    import numba\nexcept (ValueError, ModuleNotFoundError):\n    pass",
        "try:\n    import numba\nexcept:\n    pass",
    ] {
        assert!(missing(code).is_empty(), "{code}: {:?}", missing(code));
    }
    assert_eq!(missing("try:\n    import numba\nexcept ValueError:\n    pass").len(), 1);
    let unknown = crate::analyze("import anything_at_all");
    assert!(unknown.findings.is_empty(), "where nothing is known of the environment, nothing is said: {unknown:?}");
}

#[test]
fn it_is_a_note_and_no_question() {
    let policy = Policy::built_in().expect("the default policy holds");
    let reports = vec![analyze("import quarks\nresults = {}")];
    let request =
        PolicyRequest { reports, inputs: vec![], outputs: vec![], writes_enabled: false, net_grantable: true };
    assert_eq!(policy.decide(&request).verdict, Verdict::Allow);
}
