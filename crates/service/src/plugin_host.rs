//! The host that a component sees during one call: answers while the call lasts, revoked at its end.
//!
//! Nothing ever waits for a plugin to let go of its clone: at revocation whoever waits for an answer gets a refusal, and so
//! do later calls. What the desk had begun it finishes, for the record.

use crate::{
    desk::{Desk, revoked},
    progress::{Observer, Progress},
};
use pyexec_core::{
    PluginError,
    abi::{
        Host, Host_TO, HostBox, Reply,
        abi_stable::{
            erased_types::TD_Opaque,
            std_types::{RArc, RErr, ROk, RSlice, RStr, RString},
        },
        async_ffi::FfiFuture,
    },
    executor::ExecutorDescription,
    generator::ENVIRONMENT,
    guard, payload,
};
use serde_json::Value;
use std::sync::Arc;
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use tracing::{Instrument, Span};

/// The longest that a plugin may say in one `emit`, in bytes; more is cut.
const MOST_EMITTED: usize = 16 * 1024;

#[derive(Clone)]
struct CallHost {
    observer: Arc<dyn Observer>,
    answers: Answers,
    revoked: CancellationToken,
    runtime: Handle,
    span: Span,
}

/// What a component may ask its host for.
#[derive(Clone)]
enum Answers {
    /// Nothing.
    Nothing,
    /// An executor: the code, room for output, channels.
    Desk(Arc<Desk>),
    /// A generator: what code will find where it runs.
    Environment(mpsc::Sender<EnvironmentQuestion>),
}

/// A generator asks for the environment; whoever drives the run answers.
pub(crate) type EnvironmentQuestion = oneshot::Sender<Result<ExecutorDescription, PluginError>>;

/// A lent host; revoked when this is dropped.
pub(crate) struct Lent {
    host: CallHost,
    /// Revokes when it is dropped.
    _guard: DropGuard,
}

impl Lent {
    /// A host for one call of a role that has nothing to ask for.
    pub(crate) fn new(observer: &Arc<dyn Observer>) -> Self {
        Self::answering(observer, Answers::Nothing, CancellationToken::new())
    }

    /// A host for an executor's call; it goes with the desk.
    pub(crate) fn with_desk(observer: &Arc<dyn Observer>, desk: Arc<Desk>) -> Self {
        let closing = desk.closing.clone();
        Self::answering(observer, Answers::Desk(desk), closing)
    }

    /// A host for a generator's call, and where its questions arrive.
    pub(crate) fn to_generator(observer: &Arc<dyn Observer>) -> (Self, mpsc::Receiver<EnvironmentQuestion>) {
        let (ask, asked) = mpsc::channel(1);
        (Self::answering(observer, Answers::Environment(ask), CancellationToken::new()), asked)
    }

    fn answering(observer: &Arc<dyn Observer>, answers: Answers, revoked: CancellationToken) -> Self {
        let guard = revoked.clone().drop_guard();
        let (observer, runtime, span) = (observer.clone(), Handle::current(), Span::current());
        Self { host: CallHost { observer, answers, revoked, runtime, span }, _guard: guard }
    }

    /// What goes over the boundary.
    pub(crate) fn lend(&self) -> HostBox {
        Host_TO::from_ptr(RArc::new(self.host.clone()), TD_Opaque)
    }
}

impl Host for CallHost {
    fn emit(&self, kind: RStr<'_>, bytes: RSlice<'_, u8>) {
        // Guarded like the plugin's side: a panic in a sabi_trait method would end the process.
        let _ = guard::catch(|| self.take(kind.as_str(), &bytes[..bytes.len().min(MOST_EMITTED)]));
    }

    fn call(&self, op: RString, json: RString) -> FfiFuture<Reply> {
        guard::ffi(self.clone().serve(op, json))
    }
}

impl CallHost {
    fn take(&self, kind: &str, bytes: &[u8]) {
        let late = self.revoked.is_cancelled();
        let said: Value = serde_json::from_slice(bytes).unwrap_or(Value::Null);
        match kind {
            "progress" if !late => {
                if let Some(message) = said["message"].as_str() {
                    self.observer.on(Progress::Message(message.to_owned()));
                }
            }
            // Also after the end of the call: a plugin that is being dropped may have something to say.
            "log" => self.span.in_scope(|| self.observer.log(bytes)),
            _ => {}
        }
    }

    /// Polled by the plugin's runtime; the work itself runs on ours, to its end.
    async fn serve(self, op: RString, json: RString) -> Reply {
        if self.revoked.is_cancelled() {
            return RErr(revoked());
        }
        let answers = self.answers;
        let work = async move {
            match answers {
                Answers::Desk(desk) => desk.serve(&op, &json).await,
                Answers::Environment(ask) if op == ENVIRONMENT => described(&ask).await,
                _ => Err(PluginError::new("unknown", format!("this role may not ask its host for `{op}`"))),
            }
        };
        let task = self.runtime.spawn(work.instrument(self.span));
        match self.revoked.run_until_cancelled(task).await {
            Some(Ok(Ok(reply))) => ROk(reply.into()),
            Some(Ok(Err(error))) => RErr(error),
            Some(Err(error)) => RErr(PluginError::new("host", format!("the host failed: {error}"))),
            None => RErr(revoked()),
        }
    }
}

async fn described(ask: &mpsc::Sender<EnvironmentQuestion>) -> Result<String, PluginError> {
    let (reply, answer) = oneshot::channel();
    ask.send(reply).await.map_err(|_| revoked())?;
    payload::seal(&answer.await.map_err(|_| revoked())??)
}
