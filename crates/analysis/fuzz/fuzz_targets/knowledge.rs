//! Any text as a knowledge table of a user's: it is refused with a sentence, or code is judged with it and loses no finding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pyexec_analysis::Analyzer;
use pyexec_core::{Capability, Code, domain_analyzer::AnalysisRequest};

/// What no table may hide, one capability each.
const PROBE: &str = "\
import os, shutil, subprocess, urllib.request
subprocess.run(['true'])
shutil.rmtree('/srv/x')
open('/srv/y', 'w')
urllib.request.urlopen('http://127.0.0.1:9')
print(os.environ['HOME'])
";
const FOUND: [Capability; 5] =
    [Capability::PROCESS, Capability::FS_DELETE, Capability::FS_WRITE, Capability::NET, Capability::ENVIRONMENT];

fuzz_target!(|text: &str| {
    match Analyzer::new(&[("fuzz", text)]) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(analyzer) => {
            let (inputs, outputs, prior) = (Vec::new(), Vec::new(), Vec::new());
            let code = Code::new(PROBE.as_bytes());
            let request = AnalysisRequest { code, python: (3, 11), inputs, outputs, modules: vec![], prior };
            let report = analyzer.analyze(&request).expect("the machinery works");
            for capability in &FOUND {
                let found = report.findings.iter().any(|finding| finding.capability.as_ref() == Some(capability));
                assert!(found, "a table hid {capability}");
            }
        }
    }
});
