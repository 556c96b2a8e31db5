//! Any text as a policy: it is used or refused with a sentence.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pyexec_analysis::Policy;

fuzz_target!(|text: &str| {
    if let Err(error) = Policy::parse_named("fuzz", text) {
        assert!(!error.to_string().is_empty());
    }
});
