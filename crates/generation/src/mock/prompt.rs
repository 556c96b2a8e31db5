//! The prompt that a model would get, for the record.

use pyexec_core::generator::GenerationRequest;
use std::fmt::Write;

pub(super) fn of(request: &GenerationRequest) -> String {
    let mut text = format!("attempt {} of {}\n", request.attempt, request.attempts);
    let mut line = |what: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{what}: {value}");
    };
    for (what, value) in [("task", &request.request.user_query), ("objective", &request.request.task_objective)] {
        if let Some(value) = value {
            line(what, value);
        }
    }
    for (name, meaning) in &request.request.expected_results {
        line("expected result", &format!("{name}: {meaning}"));
    }
    for prompt in &request.request.capability_prompts {
        line("instruction", prompt);
    }
    for input in &request.inputs {
        line("input", &format!("./{} ({} bytes)", input.name, input.bytes));
    }
    for failure in &request.failures {
        line("failed", &format!("attempt {}: {}: {}", failure.attempt, failure.error.kind, failure.error.message));
    }
    text
}
