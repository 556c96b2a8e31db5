//! HTTP towards one provider: TLS, one request, and its answer taken in within bounds.
//!
//! A key goes to the configured place and nowhere else: no redirect is followed, and what is asked of this machine goes
//! through no proxy.

use super::{AskError, Broken, Heard, Reply, events::Events, retry};
use crate::{key::KeyPlace, secret::Secrets, wire};
use jiff::Timestamp;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use serde_json::Value;
use std::{error::Error as _, sync::Arc, time::Duration};

/// The longest answer, in bytes: far beyond what the limit of tokens allows.
const MOST: usize = 8 << 20;
/// The most that is read of an answer that is an error.
const MOST_OF_ERROR: usize = 64 << 10;
/// The most that is told of what a provider says, in characters.
const MOST_SAID: usize = 300;
const CONNECT: Duration = Duration::from_secs(15);

/// A request that came to nothing.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: AskError,
    /// How long the provider asks to wait.
    pub(super) wait: Option<Duration>,
    /// Whether asking again may help.
    pub(super) passing: bool,
}

impl From<AskError> for Failed {
    fn from(error: AskError) -> Self {
        Self { passing: error.is_passing(), error, wait: None }
    }
}

/// Who is asked, for messages, and what must not be in them.
pub(super) struct Peer<'a> {
    pub(super) who: &'a str,
    pub(super) model: &'a str,
    pub(super) key: &'a KeyPlace,
    pub(super) secrets: &'a Secrets,
}

/// A client for this place.
pub(super) fn client(url: &Url) -> Result<Client, AskError> {
    let no_trust = |why: String| AskError::NoTrust { why };
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| no_trust(error.to_string()))?;
    let tls = if url.scheme() == "https" {
        builder.with_platform_verifier().map_err(|error| no_trust(error.to_string()))?.with_no_client_auth()
    } else {
        // Never used; a machine without certificates can still ask a model of its own.
        builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth()
    };
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .user_agent(concat!("pyexec/", env!("CARGO_PKG_VERSION")));
    let client = if wire::ends_here(url) { client.no_proxy() } else { client };
    client.build().map_err(|error| no_trust(reason(&error)))
}

/// Sends a request and takes the answer in.
pub(super) async fn exchange<H: Heard>(request: reqwest::RequestBuilder, peer: &Peer<'_>) -> Result<Reply, Failed> {
    let sent = request.send().await;
    // Once it is connected, it may have begun to answer, and to charge.
    let response = sent.map_err(|error| {
        if error.is_connect() {
            AskError::Unreachable { who: peer.who.into(), why: reason(&error) }
        } else {
            cut(peer, &reason(&error))
        }
    })?;
    if !response.status().is_success() {
        return Err(refused(response, peer).await);
    }
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "text/event-stream" => streamed::<H>(response, peer).await,
        "application/json" => whole::<H>(response, peer).await,
        other => {
            let what = if other.is_empty() { "no type of content".into() } else { format!("`{}`", one_line(other)) };
            Err(AskError::NotAModel { who: peer.who.into(), what }.into())
        }
    }
}

async fn streamed<H: Heard>(mut response: Response, peer: &Peer<'_>) -> Result<Reply, Failed> {
    let (mut events, mut heard) = (Events::default(), H::default());
    let too_long = || AskError::TooLong { who: peer.who.into(), bytes: MOST };
    while let Some(bytes) = response.chunk().await.map_err(|error| cut(peer, &reason(&error)))? {
        for event in events.take(&bytes).map_err(|_| too_long())? {
            if heard.event(&event).map_err(|broken| from_broken(broken, peer))? {
                return Ok(heard.reply());
            }
            if heard.size() > MOST {
                return Err(too_long().into());
            }
        }
    }
    if heard.is_whole() { Ok(heard.reply()) } else { Err(cut(peer, "the stream ended early").into()) }
}

async fn whole<H: Heard>(mut response: Response, peer: &Peer<'_>) -> Result<Reply, Failed> {
    let mut body = Vec::new();
    while let Some(bytes) = response.chunk().await.map_err(|error| cut(peer, &reason(&error)))? {
        body.extend_from_slice(&bytes);
        if body.len() > MOST {
            return Err(AskError::TooLong { who: peer.who.into(), bytes: MOST }.into());
        }
    }
    let mut heard = H::default();
    let body: Value = serde_json::from_slice(&body).map_err(|_| from_broken(Broken::Unreadable, peer))?;
    heard.whole(&body).map_err(|broken| from_broken(broken, peer))?;
    Ok(heard.reply())
}

fn cut(peer: &Peer<'_>, why: &str) -> AskError {
    AskError::Cut { who: peer.who.into(), why: why.into() }
}

fn from_broken(broken: Broken, peer: &Peer<'_>) -> AskError {
    match broken {
        Broken::Failed(said) => cut(peer, &shown(&said, peer)),
        Broken::Unreadable => AskError::NotAModel { who: peer.who.into(), what: "something else".into() },
    }
}

/// What an answer means that is an error.
async fn refused(mut response: Response, peer: &Peer<'_>) -> Failed {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    // Whatever can be read of it: the status counts.
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend_from_slice(&bytes);
        if body.len() > MOST_OF_ERROR {
            break;
        }
    }
    let text = String::from_utf8_lossy(&body);
    let message = message(&body);
    let said = message.as_deref().map_or_else(|| "it does not say why".into(), |said| shown(said, peer));
    let (who, code) = (peer.who.to_owned(), status.as_u16());
    let error = match code {
        300..400 => AskError::Redirected { who, status: code },
        // What it says may hold a part of the key.
        401 | 403 => AskError::KeyRefused { who, place: peer.key.clone(), status: code },
        400 if text.contains("API_KEY_INVALID") => AskError::KeyRefused { who, place: peer.key.clone(), status: code },
        404 if message.is_some() => AskError::NoModel { who, model: peer.model.into(), said },
        404 | 405 => AskError::NotAModel { who, what: format!("HTTP {code}") },
        429 if text.contains("insufficient_quota") => AskError::Unusable { who, status: code, said },
        408 | 409 | 425 | 429 | 500.. => AskError::Busy { who, status: code, said },
        _ => AskError::Unusable { who, status: code, said },
    };
    let passing = error.is_passing() && !says_never(&headers, status);
    Failed { passing, error, wait: retry::asked_for(&headers, Timestamp::now()) }
}

/// The header with which a provider says that asking again is of no use.
fn says_never(headers: &HeaderMap, status: StatusCode) -> bool {
    let never = headers.get("x-should-retry").is_some_and(|value| value == "false");
    never && status != StatusCode::TOO_MANY_REQUESTS
}

/// The provider's own words: `error.message`, in an object or in a list of one.
fn message(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let body = body.get(0).unwrap_or(&body);
    let error = &body["error"];
    [&error["message"], error, &body["message"], &body["detail"]].into_iter().find_map(Value::as_str).map(str::to_owned)
}

fn shown(said: &str, peer: &Peer<'_>) -> String {
    one_line(&peer.secrets.strike(said))
}

fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_SAID).collect();
    line.trim().to_owned()
}

/// The innermost cause, which is what people can do something about; never the address, which errors of `reqwest` repeat.
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.source().is_none() { "the request could not be sent".into() } else { one_line(&cause.to_string()) }
}
