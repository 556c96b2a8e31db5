//! An executor's host: releases given bytes once, keeps the output, answers channel calls from a table, can be revoked.

use pyexec_core::{
    Code, CodeHash, PluginError, Result,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            sabi_trait::prelude::TD_Opaque,
            std_types::{RArc, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    connector::{ChannelReply, ChannelRequest},
    executor::{self, ExecutionHost, OutputChunk, ReleaseRequest, Stream},
    guard,
    host::HostContext,
    order::FileRef,
    payload,
};
use std::{
    collections::VecDeque,
    io::Write,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::NamedTempFile;

/// How a release is answered.
#[derive(Debug, Clone)]
enum Release {
    Once(Code),
    Altered(Code, Vec<u8>),
    Refused(String),
}

struct State {
    release: Release,
    file: Option<NamedTempFile>,
    requests: Vec<ReleaseRequest>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    progress: Vec<String>,
    replies: VecDeque<(ChannelRequest, ChannelReply)>,
    asked: Vec<ChannelRequest>,
}

/// The fake. Clones share everything.
#[derive(Clone)]
pub struct ExecutionHostFake {
    state: Arc<Mutex<State>>,
    revoked: Arc<AtomicBool>,
}

impl ExecutionHostFake {
    /// Releases `code` to the first who asks with its hash, and to nobody after that.
    pub fn releasing(code: impl Into<Vec<u8>>) -> Self {
        Self::new(Release::Once(Code::new(code)))
    }

    /// Releases the place of other bytes with the hash of `code`: a store that somebody meddled with.
    pub fn altering(code: impl Into<Vec<u8>>, found: impl Into<Vec<u8>>) -> Self {
        Self::new(Release::Altered(Code::new(code), found.into()))
    }

    /// Releases nothing, for this reason.
    pub fn refusing(why: &str) -> Self {
        Self::new(Release::Refused(why.into()))
    }

    fn new(release: Release) -> Self {
        let state = State {
            release,
            file: None,
            requests: Vec::new(),
            stdout: Vec::new(),
            stderr: Vec::new(),
            progress: Vec::new(),
            replies: VecDeque::new(),
            asked: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), revoked: Arc::default() }
    }

    /// Answers this channel request so, every time. Others get an error of kind `bad_request`.
    #[must_use]
    pub fn answering(self, request: ChannelRequest, reply: ChannelReply) -> Self {
        self.lock().replies.push_back((request, reply));
        self
    }

    /// The host as an executor gets it.
    pub fn host(&self) -> ExecutionHost {
        ExecutionHost::new(HostContext::new(self.host_box()))
    }

    /// The host as it crosses the ABI.
    pub fn host_box(&self) -> HostBox {
        Host_TO::from_ptr(RArc::new(self.clone()), TD_Opaque)
    }

    /// From now on every call fails with `revoked`.
    pub fn revoke(&self) {
        self.revoked.store(true, Ordering::Release);
    }

    /// What must be ordered to get the code; the hash of nothing when it refuses.
    pub fn code_hash(&self) -> CodeHash {
        match &self.lock().release {
            Release::Once(code) | Release::Altered(code, _) => code.hash(),
            Release::Refused(_) => Code::default().hash(),
        }
    }

    /// Who asked for the code, in order.
    pub fn release_requests(&self) -> Vec<ReleaseRequest> {
        self.lock().requests.clone()
    }

    /// Everything that came on stdout.
    pub fn stdout(&self) -> Vec<u8> {
        self.lock().stdout.clone()
    }

    /// Everything that came on stderr.
    pub fn stderr(&self) -> Vec<u8> {
        self.lock().stderr.clone()
    }

    /// Progress lines.
    pub fn progress(&self) -> Vec<String> {
        self.lock().progress.clone()
    }

    /// Channel operations asked for, in order.
    pub fn channel_requests(&self) -> Vec<ChannelRequest> {
        self.lock().asked.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, op: &str, json: &str) -> Result<String> {
        match op {
            executor::RELEASE => payload::seal(&self.release(payload::open(json)?)?),
            executor::OUTPUT => {
                let OutputChunk { stream, bytes } = payload::open(json)?;
                let mut state = self.lock();
                match stream {
                    Stream::Stdout => state.stdout.extend(bytes),
                    Stream::Stderr => state.stderr.extend(bytes),
                }
                payload::seal(&())
            }
            executor::CHANNEL => payload::seal(&self.channel(&payload::open(json)?)?),
            _ => Err(PluginError::new("unknown", format!("the role executor has no host operation `{op}`"))),
        }
    }

    fn release(&self, request: ReleaseRequest) -> Result<FileRef> {
        let mut state = self.lock();
        let before = state.requests.len();
        let asked = request.code_sha256;
        state.requests.push(request);
        let (hash, found) = match state.release.clone() {
            Release::Refused(why) => return Err(executor::refused(why)),
            Release::Once(_) | Release::Altered(..) if before > 0 => {
                return Err(executor::refused("the code was released before"));
            }
            Release::Once(code) | Release::Altered(code, _) if code.hash() != asked => {
                return Err(executor::refused("that code was not approved"));
            }
            Release::Once(code) => (code.hash(), code.as_bytes().to_vec()),
            Release::Altered(code, found) => (code.hash(), found),
        };
        let failed = |e: std::io::Error| PluginError::new("store", format!("the code cannot be written: {e}"));
        let mut file = NamedTempFile::new().map_err(failed)?;
        file.write_all(&found).map_err(failed)?;
        let released = FileRef { path: file.path().into(), sha256: hash.0 };
        state.file = Some(file);
        Ok(released)
    }

    fn channel(&self, request: &ChannelRequest) -> Result<ChannelReply> {
        let mut state = self.lock();
        state.asked.push(request.clone());
        let known = state.replies.iter().find(|(asked, _)| asked == request);
        known
            .map(|(_, reply)| reply.clone())
            .ok_or_else(|| PluginError::new("bad_request", format!("no answer is prepared for {request:?}")))
    }
}

impl Host for ExecutionHostFake {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        let message = serde_json::from_slice::<serde_json::Value>(bytes.as_slice()).ok();
        if let (true, Some(text)) = (kind == "progress", message.as_ref().and_then(|m| m["message"].as_str())) {
            self.lock().progress.push(text.into());
        }
    }

    fn call(&self, op: RString, json: RString) -> FfiFuture<Reply> {
        let host = self.clone();
        guard::ffi(async move {
            if host.revoked.load(Ordering::Acquire) {
                return Err(PluginError::new("revoked", "the run is over")).into();
            }
            host.answer(&op, &json).map(RString::from).into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{execute_order, prepare_order};
    use pyexec_core::{Isolation, connector::ChannelValue};
    use std::path::Path;

    fn request(hash: CodeHash) -> ReleaseRequest {
        let order = execute_order(prepare_order(Path::new("/run")), hash);
        ReleaseRequest { token: order.token, code_sha256: hash, isolation: Isolation::Full }
    }

    #[tokio::test]
    async fn code_is_released_once() {
        let fake = ExecutionHostFake::releasing("x = 1");
        let released = fake.host().release(&request(fake.code_hash())).await.unwrap();
        assert_eq!(std::fs::read(released.path).unwrap(), b"x = 1");
        assert_eq!(fake.host().release(&request(fake.code_hash())).await.unwrap_err().kind.as_str(), "refused");
        assert_eq!(fake.release_requests().len(), 2);
        let other = ExecutionHostFake::releasing("x = 1");
        assert!(other.host().release(&request(Code::from("y").hash())).await.is_err());
        let refusing = ExecutionHostFake::refusing("no permit");
        let error = refusing.host().release(&request(refusing.code_hash())).await.unwrap_err();
        assert_eq!(error.message.as_str(), "no permit");
    }

    #[tokio::test]
    async fn output_and_channels() {
        let read = ChannelRequest::Read { name: "A:B".into(), timeout: None };
        let value = ChannelReply::Value(ChannelValue { value: 7.into(), ..ChannelValue::default() });
        let fake = ExecutionHostFake::releasing("").answering(read.clone(), value.clone());
        let host = fake.host();
        host.output(Stream::Stdout, b"out").await.unwrap();
        host.output(Stream::Stderr, b"err").await.unwrap();
        host.progress("step");
        assert_eq!(
            (fake.stdout(), fake.stderr(), fake.progress()),
            (b"out".into(), b"err".into(), vec!["step".into()])
        );
        assert_eq!(host.channel(&read).await.unwrap(), value);
        assert!(host.channel(&ChannelRequest::Read { name: "C".into(), timeout: None }).await.is_err());
        fake.revoke();
        assert_eq!(host.output(Stream::Stdout, b"late").await.unwrap_err().kind.as_str(), "revoked");
    }
}
