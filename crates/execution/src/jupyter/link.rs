//! The WebSocket to a kernel's channels: Jupyter messages as JSON, one a text frame. Of what comes, only the kinds that a run
//! needs are understood, and of these only the fields; everything is bounded before it is parsed.
//!
//! `jupyter-websocket-client` would be the crate for this, but it trusts its server (lengths, sizes), brings its own TLS
//! without a way to an authority of one's own, and puts the token into the address.

use super::{
    error::{Lost, ServerError},
    server::{Server, Started},
};
use futures_util::{SinkExt, StreamExt};
use jupyter_protocol::{
    Channel, ExecuteRequest, InputReply, InputRequest, JupyterMessage, JupyterMessageContent, KernelInfoRequest, Status,
};
use reqwest::{
    Request, StatusCode, Upgraded,
    header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error as SocketError, Message,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};

/// Ours have at most half a MiB of content; other people's output on the same channels may be larger, but not this.
const LONGEST_MESSAGE: usize = 32 << 20;
/// How often the other side is asked for a sign of life, and after which silence it has none.
const PING: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(90);
/// How long a server may take to open the channels: it waits a minute itself for a kernel that does not answer
/// (`kernel_info_timeout`).
const PATIENCE: Duration = Duration::from_secs(100);

/// An open connection.
pub(super) struct Link {
    socket: WebSocketStream<Upgraded>,
    session: String,
    ping: tokio::time::Interval,
    heard: Instant,
}

/// What a run needs to hear.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The kernel is there; which language and version.
    Info(String, String),
    /// The kernel asks; the answer goes to this request.
    Asked { parent: Option<String>, prompt: String },
    /// A request is done; what went wrong, if it did.
    Executed { parent: Option<String>, failed: Option<String> },
    /// The kernel's state, told by the server or by itself.
    State(String),
    /// Anything else.
    Other,
}

#[derive(Deserialize)]
struct Envelope {
    header: Header,
    #[serde(default)]
    parent_header: Parent,
}

#[derive(Deserialize)]
struct Header {
    msg_type: String,
}

#[derive(Deserialize, Default)]
struct Parent {
    #[serde(default)]
    msg_id: Option<String>,
}

#[derive(Deserialize)]
struct With<T> {
    content: T,
}

#[derive(Deserialize)]
struct Info {
    language_info: Language,
}

#[derive(Deserialize)]
struct Language {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Executed {
    status: String,
    #[serde(default)]
    ename: Option<String>,
    #[serde(default)]
    evalue: Option<String>,
}

impl Link {
    /// Connects to a kernel.
    pub(super) async fn open(server: &Server, started: &Started) -> Result<Self, ServerError> {
        let session = uuid::Uuid::new_v4().simple().to_string();
        let what = "open a kernel's channels";
        let key = generate_key();
        let request = upgrade(server.channels(&started.kernel, &session), &key, server)?;
        let opened = async {
            let response = server.send(request).await?;
            let status = response.status();
            if status != StatusCode::SWITCHING_PROTOCOLS {
                return Err(server.refused(what, status, b""));
            }
            let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes);
            if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
                return Err(server.failed(what, "it accepted another WebSocket than ours"));
            }
            response.upgrade().await.map_err(|e| server.failed(what, &e.to_string()))
        };
        let late = |_| server.failed(what, "it took too long");
        let stream = tokio::time::timeout(PATIENCE, opened).await.map_err(late)??;
        let config =
            WebSocketConfig::default().max_message_size(Some(LONGEST_MESSAGE)).max_frame_size(Some(LONGEST_MESSAGE));
        let socket = WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await;
        let mut ping = tokio::time::interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { socket, session, ping, heard: Instant::now() })
    }

    /// Asks the kernel who it is.
    pub(super) async fn ask_info(&mut self) -> Result<(), Lost> {
        self.send(KernelInfoRequest {}, Channel::Shell).await.map(drop)
    }

    /// Has the kernel execute `code`, which may ask. The request's id.
    pub(super) async fn execute(&mut self, code: String) -> Result<String, Lost> {
        let request =
            ExecuteRequest { silent: true, store_history: false, allow_stdin: true, ..ExecuteRequest::new(code) };
        self.send(request, Channel::Shell).await
    }

    /// Answers what the kernel asked.
    pub(super) async fn answer(&mut self, value: String) -> Result<(), Lost> {
        self.send(InputReply { value, ..InputReply::default() }, Channel::Stdin).await.map(drop)
    }

    async fn send(&mut self, content: impl Into<JupyterMessageContent>, channel: Channel) -> Result<String, Lost> {
        let message = JupyterMessage::new(content, None).with_session(&self.session).with_channel(channel);
        let text = serde_json::to_string(&message).map_err(|e| Lost::Protocol(e.to_string()))?;
        self.socket.send(Message::text(text)).await.map_err(|e| lost(&e))?;
        Ok(message.header.msg_id)
    }

    /// The next thing that is said. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Heard, Lost> {
        loop {
            tokio::select! {
                message = self.socket.next() => {
                    self.heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => return understood(text.as_bytes()),
                        Some(Ok(Message::Close(_))) | None => return Err(Lost::Connection("the server closed it".into())),
                        Some(Ok(_)) => {} // pongs; no kernel of ours sends buffers
                        Some(Err(error)) => return Err(lost(&error)),
                    }
                }
                _ = self.ping.tick() => {
                    if self.heard.elapsed() > SILENCE {
                        return Err(Lost::Connection(format!("no sign of life for {} s", SILENCE.as_secs())));
                    }
                    self.socket.send(Message::Ping(Vec::new().into())).await.map_err(|e| lost(&e))?;
                }
            }
        }
    }
}

/// Of what is no message of the protocol nothing is understood, and a run does without it.
fn understood(text: &[u8]) -> Result<Heard, Lost> {
    fn content<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Lost> {
        serde_json::from_slice::<With<T>>(text).map(|with| with.content).map_err(|e| Lost::Protocol(e.to_string()))
    }
    let envelope: Envelope = serde_json::from_slice(text).map_err(|e| Lost::Protocol(e.to_string()))?;
    let parent = envelope.parent_header.msg_id;
    Ok(match envelope.header.msg_type.as_str() {
        "input_request" => Heard::Asked { parent, prompt: content::<InputRequest>(text)?.prompt },
        "status" => Heard::State(content::<Status>(text)?.execution_state.as_str().to_owned()),
        "kernel_info_reply" => {
            let Info { language_info: Language { name, version } } = content(text)?;
            Heard::Info(name, version)
        }
        "execute_reply" => {
            let Executed { status, ename, evalue } = content(text)?;
            let why = || format!("{}: {}", ename.unwrap_or_default(), evalue.unwrap_or_default());
            Heard::Executed { parent, failed: (status != "ok").then(why) }
        }
        _ => Heard::Other,
    })
}

fn upgrade(mut request: Request, key: &str, server: &Server) -> Result<Request, ServerError> {
    let key = HeaderValue::try_from(key).map_err(|e| server.failed("open a kernel's channels", &e.to_string()))?;
    let headers = request.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(SEC_WEBSOCKET_KEY, key);
    Ok(request)
}

fn lost(error: &SocketError) -> Lost {
    Lost::Connection(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn message(kind: &str, content: &serde_json::Value) -> Result<Heard, Lost> {
        let parent = json!({"msg_id": "p"});
        understood(
            json!({"header": {"msg_type": kind}, "parent_header": parent, "content": content}).to_string().as_bytes(),
        )
    }

    #[test]
    fn what_a_run_needs_is_understood() {
        let asked = message("input_request", &json!({"prompt": "x", "password": false})).unwrap();
        assert_eq!(asked, Heard::Asked { parent: Some("p".into()), prompt: "x".into() });
        assert_eq!(message("status", &json!({"execution_state": "dead"})).unwrap(), Heard::State("dead".into()));
        let info = message("kernel_info_reply", &json!({"language_info": {"name": "R", "version": "4"}})).unwrap();
        assert_eq!(info, Heard::Info("R".into(), "4".into()));
        let failed = message("execute_reply", &json!({"status": "error", "ename": "E", "evalue": "v"})).unwrap();
        assert_eq!(failed, Heard::Executed { parent: Some("p".into()), failed: Some("E: v".into()) });
        assert_eq!(message("stream", &json!([1])).unwrap(), Heard::Other);
        let bare =
            understood(br#"{"header": {"msg_type": "status"}, "content": {"execution_state": "idle"}}"#).unwrap();
        assert_eq!(bare, Heard::State("idle".into()));
    }

    #[test]
    fn what_is_not_the_protocol() {
        assert!(message("input_request", &json!({"prompt": 1})).is_err());
        assert!(message("status", &json!({})).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_something_or_an_error(bytes in any::<Vec<u8>>()) {
            let _ = understood(&bytes);
        }
    }
}
