//! Requests for generators: everything but what the test is about has a plain value.

use pyexec_core::{Request, generator::GenerationRequest};

/// The first of three attempts at this question, without inputs.
pub fn generation_request(question: &str) -> GenerationRequest {
    GenerationRequest {
        attempt: 1,
        attempts: 3,
        request: Request { user_query: Some(question.into()), ..Request::default() },
        inputs: Vec::new(),
        mode_ceiling: None,
        failures: Vec::new(),
        python: None,
    }
}
