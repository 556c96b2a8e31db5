//! A stand-in for model providers: a server on the loopback that plays recorded answers and keeps what it was asked.
//!
//! The answers are files (`shapes/*/*.http`), as the Messages API and the chat completions of `OpenAI` give them; [`Answer`] puts
//! a text into one, and can cut, stall or blow it up. The server runs on a thread of its own, so that tests with and
//! without a runtime can use it (other crates take this folder in by `#[path]`), and ends when the stand-in is dropped.
//! It knows nothing of generators.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part of the stand-in")]

pub mod agent;
mod answer;
mod serve;

pub use answer::Answer;

use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

/// What a client asked.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// With the query; of a `CONNECT`, the authority.
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Seen {
    /// The body, which must be JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Decides on an answer, from the request and from how many came before it.
type Script = dyn Fn(&Seen, usize) -> Answer + Send + Sync;

/// The server.
pub struct StandIn {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl StandIn {
    /// Plays these answers in turn; the last one stays.
    pub fn playing(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        assert!(!answers.is_empty(), "a stand-in needs something to say");
        Self::deciding(move |_, before| answers[before.min(answers.len() - 1)].clone())
    }

    /// Answers as `script` decides.
    pub fn deciding(script: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = oneshot::channel();
        let (kept, script): (_, Arc<Script>) = (seen.clone(), Arc::new(script));
        let thread = std::thread::spawn(move || serve::serve(listener, &script, &kept, ended));
        Self { address, seen, thread: Some((end, thread)) }
    }

    /// Where it listens (`http://127.0.0.1:PORT`, without a slash at the end).
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one thing that it was asked.
    #[track_caller]
    pub fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen[0].clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.thread.take() {
            let _ = end.send(()); // it may have ended by itself, with a panic that the join shows
            let joined = thread.join();
            assert!(joined.is_ok() || std::thread::panicking(), "the stand-in panicked");
        }
    }
}
