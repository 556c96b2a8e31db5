//! What a runner says, parsed strictly: a frame is exactly one of these or the run fails. Texts are cut to a size that a log
//! can carry; nothing here is believed, only understood.

use super::{VERSION, frame::Frame, weight};
use crate::refused::Noticed;
use pyexec_core::{Isolation, connector::ChannelRequest, outcome::Results};
use serde::Deserialize;

/// The most warnings that are kept, and of what length.
pub const MAX_WARNINGS: usize = 64;
const MAX_WARNING: usize = 512;
const MAX_NAME: usize = 256;
const MAX_MESSAGE: usize = 4 << 10;
const MAX_TRACEBACK: usize = 32 << 10;
/// The most things that a runner may have noticed.
const MAX_NOTICED: usize = 32;
/// The most `figure` frames that are heard.
pub const MAX_FIGURES: usize = 256;

/// One thing that a runner said.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// It waits for the code.
    Ready {
        /// `3.11.7`.
        python: String,
        /// What it set up.
        isolation: Isolation,
    },
    /// A channel operation, to be answered.
    Channel {
        /// To be repeated in the answer.
        id: u64,
        /// Not yet checked by the broker.
        request: ChannelRequest,
    },
    /// It saved an open figure here, relative to the working folder.
    Figure {
        /// As it was sent: compared with what is collected, never opened.
        path: String,
    },
    /// The code's claim.
    Result {
        /// The claim.
        results: Results,
        /// What became of odd values.
        warnings: Vec<String>,
    },
    /// The code (before release: the sandbox) failed.
    Error(RunnerError),
    /// What the code tried, as its own process noticed.
    Noticed(Vec<Noticed>),
    /// Nothing follows.
    End,
}

/// A failure as the runner tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerError {
    /// Where.
    pub kind: RunnerErrorKind,
    /// The exception's type, or empty.
    pub type_name: String,
    /// The exception's text.
    pub message: String,
    /// The user's lines.
    pub traceback: String,
    /// The argument of `sys.exit`, if it was a number.
    pub code: Option<i64>,
    /// The line in the code.
    pub line: Option<u64>,
}

/// Where a runner failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunnerErrorKind {
    /// In setting itself up.
    Sandbox,
    /// In compiling the code.
    Syntax,
    /// In running the code.
    Runtime,
    /// The code called `sys.exit` with something else than success.
    Exit,
}

/// Why a frame is not a message.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// Its header is not one of ours.
    #[error("a frame's header is not a message: {0}")]
    Header(serde_json::Error),
    /// Its results are not a JSON object.
    #[error("the results cannot be read: {0}")]
    Results(serde_json::Error),
    /// A body where none belongs.
    #[error("a frame has a body of {0} bytes where none belongs")]
    Body(usize),
    /// Another protocol.
    #[error("the runner speaks protocol {0}, this host speaks {VERSION}")]
    Protocol(u32),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Header {
    Ready {
        protocol: u32,
        python: String,
        isolation: Isolation,
    },
    Channel {
        id: u64,
        request: ChannelRequest,
    },
    Figure {
        path: String,
    },
    Result {
        state: State,
        #[serde(default)]
        type_name: Option<String>,
        #[serde(default)]
        warnings: Vec<String>,
    },
    Error {
        kind: RunnerErrorKind,
        #[serde(default)]
        code: Option<i64>,
        #[serde(default)]
        type_name: Option<String>,
        #[serde(default)]
        message: Option<String>,
        #[serde(default)]
        traceback: Option<String>,
        #[serde(default)]
        line: Option<u64>,
    },
    Noticed {
        attempts: Vec<Noticed>,
    },
    End {},
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Missing,
    NotADict,
    Dict,
}

/// Understands one frame.
pub fn parse(frame: &Frame) -> Result<Message, MessageError> {
    let header: Header = serde_json::from_slice(&frame.header).map_err(MessageError::Header)?;
    if !frame.body.is_empty() && !matches!(header, Header::Result { state: State::Dict, .. }) {
        return Err(MessageError::Body(frame.body.len()));
    }
    Ok(match header {
        Header::Ready { protocol: VERSION, python, isolation } => {
            Message::Ready { python: shown(&python, MAX_NAME), isolation }
        }
        Header::Ready { protocol, .. } => return Err(MessageError::Protocol(protocol)),
        Header::Channel { id, request } => Message::Channel { id, request },
        Header::Figure { path } => Message::Figure { path },
        Header::Result { state, type_name, warnings } => {
            let results = match state {
                State::Missing => Results::Missing,
                State::NotADict => Results::NotADict { type_name: shown(&type_name.unwrap_or_default(), MAX_NAME) },
                State::Dict => {
                    weight::check(&frame.body).map_err(MessageError::Results)?;
                    Results::Dict { value: serde_json::from_slice(&frame.body).map_err(MessageError::Results)? }
                }
            };
            let warnings = warnings.iter().take(MAX_WARNINGS).map(|w| shown(w, MAX_WARNING)).collect();
            Message::Result { results, warnings }
        }
        Header::Error { kind, code, type_name, message, traceback, line } => Message::Error(RunnerError {
            kind,
            type_name: shown(&type_name.unwrap_or_default(), MAX_NAME),
            message: shown(&message.unwrap_or_default(), MAX_MESSAGE),
            traceback: shown(&traceback.unwrap_or_default(), MAX_TRACEBACK),
            code,
            line,
        }),
        Header::Noticed { attempts } => {
            let kept = attempts.into_iter().take(MAX_NOTICED);
            Message::Noticed(kept.map(|noticed| Noticed { what: shown(&noticed.what, MAX_NAME), ..noticed }).collect())
        }
        Header::End {} => Message::End,
    })
}

/// At most `limit` bytes of `text`, without control characters but line breaks and tabs: it will be printed on terminals.
fn shown(text: &str, limit: usize) -> String {
    let mut kept = String::new();
    for character in text.chars() {
        if kept.len() + character.len_utf8() > limit {
            kept.push('…');
            break;
        }
        let plain = !character.is_control() || matches!(character, '\n' | '\t');
        kept.push(if plain { character } else { char::REPLACEMENT_CHARACTER });
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(header: &str, body: &str) -> Result<Message, MessageError> {
        parse(&Frame { header: header.into(), body: body.into() })
    }

    #[test]
    fn every_message_of_the_protocol() {
        let ready = message(r#"{"type":"ready","protocol":1,"python":"3.11.7","isolation":"full"}"#, "").unwrap();
        assert_eq!(ready, Message::Ready { python: "3.11.7".into(), isolation: Isolation::Full });
        let figure = message(r#"{"type":"figure","path":"figures/figure_1.png"}"#, "").unwrap();
        assert_eq!(figure, Message::Figure { path: "figures/figure_1.png".into() });
        let channel = r#"{"type":"channel","id":7,"request":{"op":"read","name":"A:B"}}"#;
        assert!(matches!(message(channel, ""), Ok(Message::Channel { id: 7, .. })));
        assert!(matches!(message(r#"{"type":"result","state":"missing"}"#, ""), Ok(Message::Result { .. })));
        let dict = message(r#"{"type":"result","state":"dict","warnings":["w"]}"#, r#"{"x":1}"#).unwrap();
        let Message::Result { results: Results::Dict { value }, warnings } = dict else { panic!("{dict:?}") };
        assert_eq!((value["x"].as_i64(), warnings), (Some(1), vec!["w".to_owned()]));
        let exit = message(r#"{"type":"error","kind":"exit","code":3,"line":null}"#, "").unwrap();
        assert!(matches!(exit, Message::Error(RunnerError { kind: RunnerErrorKind::Exit, code: Some(3), .. })));
        let noticed = r#"{"type":"noticed","attempts":[{"area":"fs.write","what":"/etc/x","line":null,"count":1}]}"#;
        assert!(matches!(message(noticed, ""), Ok(Message::Noticed(attempts)) if attempts[0].what == "/etc/x"));
        assert_eq!(message(r#"{"type":"end"}"#, "").unwrap(), Message::End);
    }

    #[test]
    fn what_is_not_a_message() {
        for (header, body) in [
            ("", ""),
            ("[]", ""),
            (r#"{"type":"shutdown"}"#, ""),
            (r#"{"type":"end","more":1}"#, ""),
            (r#"{"type":"end"}"#, "x"),
            (r#"{"type":"ready","protocol":2,"python":"3","isolation":"full"}"#, ""),
            (r#"{"type":"ready","protocol":1,"python":"3","isolation":"perfect"}"#, ""),
            (r#"{"type":"result","state":"dict"}"#, ""),
            (r#"{"type":"result","state":"dict"}"#, "[1]"),
            (r#"{"type":"result","state":"dict"}"#, r#"{"x":NaN}"#),
            (r#"{"type":"noticed","attempts":[{"area":"all","what":"","line":null,"count":1}]}"#, ""),
            (r#"{"type":"channel","id":-1,"request":{"op":"read","name":"A"}}"#, ""),
            (r#"{"type":"channel","id":1,"request":{"op":"erase","name":"A"}}"#, ""),
        ] {
            assert!(message(header, body).is_err(), "{header} {body}");
        }
    }

    #[test]
    fn texts_are_cut_and_cleaned() {
        assert_eq!(shown("a\x1b[31mb\n", 100), "a\u{fffd}[31mb\n");
        assert_eq!(shown("ääää", 5), "ää…");
        let many = format!(r#"{{"type":"result","state":"missing","warnings":[{}]}}"#, vec![r#""w""#; 999].join(","));
        let Message::Result { warnings, .. } = message(&many, "").unwrap() else { panic!() };
        assert_eq!(warnings.len(), MAX_WARNINGS);
    }

    proptest! {
        #[test]
        fn any_header_is_a_message_or_an_error(header in any::<Vec<u8>>(), body in any::<Vec<u8>>()) {
            let _ = parse(&Frame { header, body });
        }
    }
}
