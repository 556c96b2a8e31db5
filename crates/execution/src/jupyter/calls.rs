//! What the watcher in the kernel (`_kernel.py`) and we say to each other: what it asks by an input request, what we answer.
//! Pure. Its word is hostile input: bounded, parsed strictly.

use base64::{Engine, engine::general_purpose::STANDARD};
use pyexec_core::executor::Stream;
use serde::Deserialize;
use serde_json::json;

/// What one message carries at most, bytes; `_kernel.py` keeps to the same number.
pub(super) const CHUNK: usize = 512 << 10;
/// The fields of a call.
const LONGEST_HEADER: usize = 16 << 10;

/// What the watcher asks. Each is answered before the next.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Call {
    /// For a piece of an input; the one after the last input is the context.
    Fetch { index: usize, offset: u64 },
    /// The code's process said its first word (the body), or died with this complaint.
    Ready { complaint: String },
    /// For what there is to be told to the code's process, however long that takes.
    Wait {},
    /// What the code's process says on its channel.
    Frames {},
    /// What it prints.
    Output { stream: Stream },
    /// For what there is to be told now.
    Beat {},
    /// It has ended; the body says how. Whether the kernel was interrupted meanwhile.
    Ended { interrupted: bool },
    /// What it left: frames as a container sends them, cut anywhere.
    Left {},
    /// That was all.
    Done {},
    /// The watcher itself failed.
    Failed { message: String },
}

/// Why a prompt is no call.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error("something else asks for input")]
    Foreign,
    #[error("a message is too long")]
    TooLong,
    #[error("a message's body is not base64: {0}")]
    Body(base64::DecodeError),
    #[error("a message is none of ours: {0}")]
    Header(serde_json::Error),
}

/// Understands a prompt: nonce, body, fields.
pub(super) fn parse(prompt: &str, nonce: &str) -> Result<(Call, Vec<u8>), CallError> {
    let rest = prompt.strip_prefix(nonce).and_then(|rest| rest.strip_prefix(' ')).ok_or(CallError::Foreign)?;
    let (body, header) = rest.split_once(' ').ok_or(CallError::Foreign)?;
    if body.len() > CHUNK.div_ceil(3) * 4 || header.len() > LONGEST_HEADER {
        return Err(CallError::TooLong);
    }
    let call = serde_json::from_str(header).map_err(CallError::Header)?;
    Ok((call, STANDARD.decode(body).map_err(CallError::Body)?))
}

/// The answer that brings `body`.
pub(super) fn answer(body: &[u8]) -> String {
    format!("{} {{}}", STANDARD.encode(body))
}

/// The answer that ends it.
pub(super) fn gone() -> String {
    format!(" {}", json!({"gone": true}))
}

/// What the kernel is given to execute: the watcher, and what it is to do.
pub(super) fn cell(watcher: &str, order: &serde_json::Value) -> String {
    let [watcher, order] = [watcher.to_owned(), order.to_string()].map(|text| STANDARD.encode(text));
    format!(
        "import base64 as _b, json as _j; _s = {{'__name__': 'pyexec_kernel'}}; \
         exec(compile(_b.b64decode('{watcher}'), '<pyexec>', 'exec'), _s); \
         _s['main'](_j.loads(_b.b64decode('{order}')), input)\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn calls() {
        let (call, body) = parse(r#"n eA== {"call": "output", "stream": "stderr"}"#, "n").unwrap();
        assert_eq!((call, body), (Call::Output { stream: Stream::Stderr }, b"x".to_vec()));
        let (call, body) = parse(r#"n  {"call": "fetch", "index": 1, "offset": 2}"#, "n").unwrap();
        assert_eq!((call, body), (Call::Fetch { index: 1, offset: 2 }, Vec::new()));
        for bad in [
            "",
            "n",
            "Password: ",
            r#"m  {"call": "beat"}"#,
            r#"n x {"call": "beat"}"#,
            r#"n  {"call": "shutdown"}"#,
            r#"n  {"call": "output", "stream": "stdin"}"#,
            r#"n  {"call": "output", "stream": "stdout", "more": 1}"#,
        ] {
            assert!(parse(bad, "n").is_err(), "{bad}");
        }
        assert!(matches!(parse(&format!("n {} {{}}", "A".repeat(CHUNK * 2)), "n"), Err(CallError::TooLong)));
    }

    proptest! {
        #[test]
        fn any_prompt_is_a_call_or_an_error(prompt in any::<String>()) {
            let _ = parse(&prompt, "n");
            let _ = parse(&format!("n {prompt}"), "n");
        }
    }
}
