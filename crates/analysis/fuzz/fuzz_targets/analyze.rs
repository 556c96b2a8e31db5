//! Any bytes as code, for any supported Python: there is always a report, its places lie in the code, and it can be judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pyexec_analysis::Policy;
use pyexec_core::{Code, domain_analyzer::AnalysisRequest, policy_analyzer::PolicyRequest};
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::built_in().expect("its examples hold"));

fuzz_target!(|bytes: &[u8]| {
    // The first byte chooses the version, so that one corpus serves all.
    let (version, code) = bytes.split_first().map_or((0, bytes), |(first, rest)| (first % 4, rest));
    let (inputs, outputs, prior) = (Vec::new(), Vec::new(), Vec::new());
    let request =
        AnalysisRequest { code: Code::new(code), python: (3, 11 + version), inputs, outputs, modules: vec![], prior };
    let report = pyexec_analysis::analyze(&request).expect("the machinery works");
    for finding in &report.findings {
        assert!(finding.line >= 1 && finding.column >= 1, "{finding:?}");
        assert!((finding.end_line, finding.end_column) >= (finding.line, finding.column), "{finding:?}");
        assert!(report.syntax_ok == finding.capability.is_some(), "{finding:?}");
    }
    let (inputs, outputs) = (Vec::new(), Vec::new());
    POLICY.decide(&PolicyRequest { reports: vec![report], inputs, outputs, writes_enabled: true, net_grantable: true });
});
