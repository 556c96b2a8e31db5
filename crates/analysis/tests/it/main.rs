//! The crate from outside: corpus, syntax, robustness, policy, purity.

mod cases;
mod components;
mod gallery;
mod imports;
mod knowledge;
mod libraries;
mod policy;
mod purity;
mod robustness;
mod sweep;
mod syntax;

use pyexec_core::domain_analyzer::{AnalysisReport, AnalysisRequest};

/// Analyses `code` for Python 3.11, without inputs or outputs.
fn analyze(code: impl Into<Vec<u8>>) -> AnalysisReport {
    pyexec_analysis::analyze(&request(code)).expect("the machinery works")
}

/// `make(0)`, `make(1)` and so on, one after the other.
fn series(count: usize, make: impl Fn(usize) -> String) -> String {
    (0..count).map(make).collect::<Vec<_>>().concat()
}

fn request(code: impl Into<Vec<u8>>) -> AnalysisRequest {
    AnalysisRequest {
        code: pyexec_core::Code::new(code),
        python: (3, 11),
        inputs: Vec::new(),
        outputs: Vec::new(),
        modules: Vec::new(),
        prior: Vec::new(),
    }
}
