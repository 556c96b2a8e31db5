//! The life of one kernel: started, its watcher set to work, relayed, deleted. A task of its own, which goes on when whoever
//! wanted the kernel has let go of it, until the server has said that it is deleted.

use super::{
    calls::{self, CHUNK, Call},
    conversation::{Conversation, Event},
    error::{Lost, ServerError},
    ledger::Ledger,
    link::{Heard, Link},
    relay::{self, Hand, Near},
    server::{KernelState, Server, Started, shown},
};
use crate::{
    protocol::{
        VERSION,
        frame::FrameReader,
        message::{self, Message},
    },
    runtime,
    session::Hold,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use pyexec_core::{
    Digest, Isolation,
    order::{Limits, StagedInput},
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

/// The watcher's text.
const WATCHER: &str = include_str!("../../../../python/pyexec/_kernel.py");
/// A kernel on a busy machine takes seconds; more is a fault.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often a kernel that is starting is asked whether it is there.
const ASK: Duration = Duration::from_secs(3);
/// How often deleting is tried, and the first pause between.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(300);

/// What a kernel is started for.
pub(super) struct Job {
    pub(super) server: Server,
    pub(super) ledger: Arc<Ledger>,
    pub(super) kernel_name: String,
    /// What for, as its session is called.
    pub(super) label: String,
    pub(super) load: Load,
    pub(super) results_max_bytes: u64,
}

/// What the code is to find.
#[derive(Debug, Default)]
pub(super) struct Load {
    /// Open since they were checked.
    pub(super) inputs: Vec<(StagedInput, File)>,
    pub(super) context: Option<Vec<u8>>,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) limits: Limits,
}

/// A kernel whose code's process waits for code.
pub(super) struct Waiting {
    pub(super) server: Server,
    pub(super) started: Started,
    pub(super) grip: Grip,
    pub(super) near: Near,
    /// How it all went, once everything that the code left has come.
    pub(super) done: oneshot::Receiver<Result<(), Lost>>,
    /// When the kernel is deleted, or why it could not be.
    pub(super) deleted: oneshot::Receiver<Result<(), ServerError>>,
    pub(super) python: String,
}

/// The hand on a kernel. Dropping it ends the kernel.
#[derive(Debug)]
pub(super) struct Grip {
    hand: watch::Sender<Hand>,
    ended: watch::Receiver<bool>,
    lost: Arc<Mutex<Option<Lost>>>,
}

impl Grip {
    /// How it was lost, if it was.
    pub(super) fn lost(&self) -> Option<Lost> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Hold for Grip {
    fn kill(&self) {
        self.hand.send_replace(Hand::Stop);
    }

    async fn killed(&self) {
        drop(self.hand.subscribe().wait_for(|hand| *hand == Hand::Stop).await); // we hold the sender
    }

    async fn exited(&self) -> io::Result<()> {
        let mut ended = self.ended.clone();
        let _ = ended.wait_for(|ended| *ended).await; // a task that is gone has ended as well
        Ok(())
    }

    fn is_alive(&self) -> bool {
        !*self.ended.borrow()
    }

    fn is_listening(&self) -> bool {
        self.is_alive() && *self.hand.borrow() == Hand::Open
    }
}

/// Starts a kernel and sees it through. The kernel that waits goes to `ready`; if nobody takes it, it is deleted.
pub(super) async fn live(job: Job, mut ready: oneshot::Sender<Result<Waiting, ServerError>>) {
    let mark = job.ledger.mark(&job.label);
    let started = match job.start(&mark).await {
        Ok(started) => started,
        Err(error) => return drop(ready.send(Err(error))),
    };
    let set_up = tokio::select! {
        set_up = timeout(PATIENCE, job.set_up(&started)) => {
            let seconds = PATIENCE.as_secs();
            set_up.unwrap_or_else(|_| Err(job.not_ready(&format!("it took longer than {seconds} s"))))
        }
        () = job.dies(&started) => Err(job.not_ready("it died while it started")),
        () = ready.closed() => Err(job.not_ready("nobody waits for it any more")),
    };
    let (conversation, python) = match set_up {
        Ok(set_up) => set_up,
        Err(error) => {
            let _ = job.delete(&started).await; // the error at hand says more
            return drop(ready.send(Err(error)));
        }
    };
    let (hand, held) = watch::channel(Hand::Open);
    let (told_ended, ended) = watch::channel(false);
    let (tell_done, all_done) = oneshot::channel();
    let (tell_deleted, deleted) = oneshot::channel();
    let (relay, near) = relay::new(job.server.clone(), started.clone(), conversation, held, told_ended.clone());
    let lost = Arc::default();
    let grip = Grip { hand, ended, lost: Arc::clone(&lost) };
    let (server, kernel) = (job.server.clone(), started.clone());
    let _ = ready.send(Ok(Waiting { server, started: kernel, grip, near, done: all_done, deleted, python })); // dropped, it lets go
    let done = relay.go().await;
    if let Err(how) = &done {
        *lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(how.clone());
    }
    told_ended.send_replace(true);
    let _ = tell_done.send(done);
    let _ = tell_deleted.send(job.delete(&started).await); // who does not ask has the ledger
}

impl Waiting {
    /// It still waits, as far as the server knows.
    pub(super) async fn check(&self) -> Result<(), Lost> {
        match (self.grip.lost(), self.server.state(&self.started.kernel).await) {
            (Some(lost), _) => Err(lost),
            (None, Ok(KernelState::Is(state))) if state == "dead" => Err(Lost::Died),
            (None, Ok(KernelState::Is(_))) => Ok(()),
            (None, Ok(KernelState::Gone)) => Err(Lost::Deleted),
            (None, Err(error)) => Err(Lost::Connection(error.to_string())),
        }
    }
}

impl Job {
    async fn start(&self, mark: &str) -> Result<Started, ServerError> {
        self.server.check_kernel(&self.kernel_name).await?;
        let started = self.server.start(&self.kernel_name, mark).await?;
        match self.ledger.note(&started) {
            Ok(()) => Ok(started),
            Err(error) => {
                let _ = self.delete(&started).await; // the error at hand says more
                Err(error)
            }
        }
    }

    /// From a kernel that starts to a process of ours in it that waits for code.
    async fn set_up(&self, started: &Started) -> Result<(Conversation, String), ServerError> {
        let mut link = Link::open(&self.server, started).await?;
        self.await_python(&mut link).await?;
        let nonce = Uuid::new_v4().simple().to_string();
        let cell = calls::cell(WATCHER, &self.watchers_order(&nonce));
        let lost = |lost: Lost| self.not_ready(&lost.to_string());
        let mut conversation = Conversation::begin(link, cell, nonce).await.map_err(lost)?;
        let python = self.stage(&mut conversation).await?;
        Ok((conversation, python))
    }

    /// Until the server says that the kernel has died: it may keep its channels closed meanwhile.
    async fn dies(&self, started: &Started) {
        loop {
            sleep(ASK).await;
            match self.server.state(&started.kernel).await {
                Ok(KernelState::Gone) => return,
                Ok(KernelState::Is(state)) if is_dead(&state) => return,
                _ => {} // whether the server is there shows elsewhere
            }
        }
    }

    async fn await_python(&self, link: &mut Link) -> Result<(), ServerError> {
        let lost = |lost: Lost| self.not_ready(&lost.to_string());
        let mut due = Instant::now();
        loop {
            if Instant::now() >= due {
                link.ask_info().await.map_err(lost)?;
                due = Instant::now() + ASK;
            }
            match tokio::time::timeout_at(due, link.next()).await {
                Err(_) => {}
                Ok(heard) => match heard.map_err(lost)? {
                    Heard::Info(language, version) if runs(&language, &version) => return Ok(()),
                    Heard::Info(language, version) => {
                        let runs = format!("{} {}", shown(&language, 40), shown(&version, 40));
                        let (url, name) = (self.server.url().into(), self.kernel_name.clone());
                        return Err(ServerError::NotPython { url, name, runs });
                    }
                    Heard::State(state) if is_dead(&state) => {
                        return Err(self.not_ready("it died while it started"));
                    }
                    _ => {}
                },
            }
        }
    }

    /// Gives the watcher what it asks for until the code's process is ready.
    async fn stage(&self, conversation: &mut Conversation) -> Result<String, ServerError> {
        let lost = |lost: Lost| self.not_ready(&lost.to_string());
        loop {
            let Event::Call(call, body) = conversation.next().await.map_err(lost)? else { continue };
            match call {
                Call::Fetch { index, offset } => {
                    let piece = self.piece(index, offset).map_err(|e| self.not_ready(&e.to_string()))?;
                    conversation.answer(&piece).await.map_err(lost)?;
                }
                Call::Ready { complaint } => {
                    let python = first_word(&body, &complaint).map_err(|why| self.not_ready(&why))?;
                    conversation.answer(b"").await.map_err(lost)?;
                    return match conversation.next().await.map_err(lost)? {
                        Event::Call(Call::Wait {}, _) => Ok(python),
                        _ => Err(self.not_ready("it does not wait for its code")),
                    };
                }
                Call::Failed { message } => return Err(self.not_ready(&shown(&message, 400))),
                _ => return Err(self.not_ready("it does not keep to the order")),
            }
        }
    }

    fn piece(&self, index: usize, offset: u64) -> io::Result<Vec<u8>> {
        let nothing = || io::Error::from(io::ErrorKind::InvalidInput);
        if index == self.load.inputs.len() {
            let rest = usize::try_from(offset).ok().and_then(|offset| self.load.context.as_ref()?.get(offset..));
            return rest.map(|rest| rest[..rest.len().min(CHUNK)].to_vec()).ok_or_else(nothing);
        }
        let mut buffer = vec![0; CHUNK];
        let (_, file) = self.load.inputs.get(index).ok_or_else(nothing)?;
        let read = file.read_at(&mut buffer, offset)?;
        buffer.truncate(read);
        Ok(buffer)
    }

    fn watchers_order(&self, nonce: &str) -> Value {
        let Load { inputs, context, environment, limits } = &self.load;
        let runtime: Map<String, Value> =
            runtime::FILES.iter().map(|(name, text)| ((*name).to_owned(), STANDARD.encode(text).into())).collect();
        let item = |name: &str, bytes: u64, sha256: Digest| json!({"name": name, "bytes": bytes, "sha256": sha256});
        let inputs = inputs.iter().map(|(input, _)| item(&input.name, input.bytes, input.sha256));
        let context = context.as_ref().map(|context| item("context", context.len() as u64, Digest::of(context)));
        json!({
            "nonce": nonce,
            "protocol": VERSION,
            "runtime": runtime,
            "inputs": inputs.collect::<Vec<_>>(),
            "context": context,
            "environment": environment,
            "limits": {"memory_mb": limits.memory_mb, "cpu_seconds": limits.cpu_seconds, "scratch_mb": limits.scratch_mb},
            "results_max_bytes": self.results_max_bytes,
        })
    }

    /// Until the server says that it is gone, or has failed a few times: then the next start tries again.
    async fn delete(&self, started: &Started) -> Result<(), ServerError> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            if delete(&self.server, started).await.is_ok() {
                return Ok(());
            }
            sleep(pause).await;
            pause *= 3;
        }
        let deleted = delete(&self.server, started).await;
        if deleted.is_err() {
            self.ledger.leave();
        }
        deleted
    }

    fn not_ready(&self, why: &str) -> ServerError {
        ServerError::NotReady { url: self.server.url().into(), name: self.kernel_name.clone(), why: why.into() }
    }
}

/// The server starts a kernel again that has died; that one knows nothing of us.
pub(super) fn is_dead(state: &str) -> bool {
    matches!(state, "dead" | "restarting" | "autorestarting")
}

/// The runner is written for this Python.
fn runs(language: &str, version: &str) -> bool {
    let mut parts = version.split('.').map_while(|part| part.parse::<u32>().ok());
    language == "python" && (parts.next(), parts.next()) >= (Some(3), Some(11))
}

/// The version of Python in the first frame of the code's process.
fn first_word(frame: &[u8], complaint: &str) -> Result<String, String> {
    let mut reader = FrameReader::default();
    reader.push(frame);
    let frame = reader.take().map_err(|e| e.to_string())?;
    let message = frame.map(|frame| message::parse(&frame)).transpose().map_err(|e| e.to_string())?;
    match message {
        Some(Message::Ready { python, isolation: Isolation::Endpoint }) => Ok(python),
        Some(Message::Error(error)) => Err(error.message),
        Some(_) => Err("the first word of its process was not `ready`".into()),
        None => {
            let line = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("without a word");
            Err(format!("its process ended before it was ready: {}", shown(line, 400)))
        }
    }
}

/// The session takes its kernel along, unless somebody has given it another one.
async fn delete(server: &Server, started: &Started) -> Result<(), ServerError> {
    server.delete_session(&started.session).await?;
    server.delete_kernel(&started.kernel).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_kernels_can_run_it() {
        for (language, version, can) in [
            ("python", "3.11.7", true),
            ("python", "3.13.0rc1", true),
            ("python", "4.0.0", true),
            ("python", "3.9.2", false),
            ("python", "three", false),
            ("R", "4.4.1", false),
        ] {
            assert_eq!(runs(language, version), can, "{language} {version}");
        }
    }
}
