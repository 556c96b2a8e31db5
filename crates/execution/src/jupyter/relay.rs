//! Between the watcher in a kernel and a session of ours: what the code's process says goes into pipes, what comes out of the
//! channel goes back, and at the end its files arrive. Lives as long as its kernel, whoever else lets go.

use super::{
    calls::{CHUNK, Call},
    conversation::{Conversation, Event},
    error::Lost,
    server::{KernelState, Server, Started},
};
use crate::{
    ending::Status,
    protocol::{
        carrier::{self, Carried, Piece},
        frame::FrameReader,
    },
};
use pyexec_core::executor::Stream;
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf},
    sync::{mpsc, oneshot, watch},
    time::{Instant, sleep_until, timeout},
};

/// What a pipe between the two holds.
const PIPE: usize = 256 << 10;
/// So many pieces of what the code left may wait to be taken.
const PIECES: usize = 8;
/// After so much silence of a watcher that must speak, the server is asked; after so much more it is lost.
const DOUBT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_mins(1);
/// How often the server is asked for a kernel that waits for its code.
const WAITING: Duration = Duration::from_secs(30);
/// How long interrupted code may take to be told of as ended; it is killed there after a second.
const STOPPING: Duration = Duration::from_secs(6);
/// How long a watcher that is dismissed may take to clear up.
const DISMISSED: Duration = Duration::from_secs(3);

/// What the one who holds the kernel wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// Let it go on.
    Open,
    /// Stop the code. Letting go of the sender ends everything.
    Stop,
}

/// The session's ends.
pub(super) struct Near {
    pub(super) channel: DuplexStream,
    pub(super) stdout: DuplexStream,
    pub(super) stderr: DuplexStream,
    pub(super) status: oneshot::Receiver<Option<Status>>,
    /// What the code left, once it has ended.
    pub(super) left: mpsc::Receiver<Piece>,
}

/// Our ends.
struct Far {
    from_session: ReadHalf<DuplexStream>,
    to_session: WriteHalf<DuplexStream>,
    stdout: DuplexStream,
    stderr: DuplexStream,
    status: oneshot::Sender<Option<Status>>,
}

/// The relay of one kernel.
pub(super) struct Relay {
    server: Server,
    started: Started,
    conversation: Conversation,
    hand: watch::Receiver<Hand>,
    /// Says when the code has ended.
    ended: watch::Sender<bool>,
    /// Until the code has ended.
    far: Option<Far>,
    left: mpsc::Sender<Piece>,
    frames: FrameReader,
    /// The watcher waits for its answer, for as long as it takes.
    waits: bool,
    /// When it spoke last, or was answered.
    last: Instant,
    /// When stopped code must have ended.
    stop_by: Option<Instant>,
}

/// A new relay for what waits, and the session's ends of it.
pub(super) fn new(
    server: Server,
    started: Started,
    conversation: Conversation,
    hand: watch::Receiver<Hand>,
    ended: watch::Sender<bool>,
) -> (Relay, Near) {
    let [(channel, far_channel), (stdout, far_stdout), (stderr, far_stderr)] =
        std::array::from_fn(|_| tokio::io::duplex(PIPE));
    let (from_session, to_session) = tokio::io::split(far_channel);
    let (told, status) = oneshot::channel();
    let far = Far { from_session, to_session, stdout: far_stdout, stderr: far_stderr, status: told };
    let (left, taken) = mpsc::channel(PIECES);
    let (far, frames, last) = (Some(far), FrameReader::default(), Instant::now());
    let relay =
        Relay { server, started, conversation, hand, ended, far, left, frames, waits: true, last, stop_by: None };
    (relay, Near { channel, stdout, stderr, status, left: taken })
}

/// What is to be done next.
enum Next {
    Event(Event),
    /// From the session.
    Told(Vec<u8>),
    Stop,
    LetGo,
    Late,
    Look,
}

impl Relay {
    /// Sees the kernel through to the last file that its code left. Whatever the way out, the watcher is told.
    pub(super) async fn go(mut self) -> Result<(), Lost> {
        let done = self.relay().await;
        if matches!(done, Err(Lost::Stopped)) {
            let _ = timeout(DISMISSED, self.dismiss()).await; // deleting the kernel is the stronger way
        }
        done
    }

    async fn relay(&mut self) -> Result<(), Lost> {
        loop {
            match self.next().await? {
                Next::Event(Event::Call(call, body)) => {
                    let over = matches!(call, Call::Done {});
                    self.perform(call, body).await?;
                    if over {
                        return Ok(());
                    }
                    self.last = Instant::now();
                }
                Next::Told(data) => {
                    self.conversation.answer(&data).await?;
                    (self.waits, self.last) = (false, Instant::now());
                }
                Next::Stop => {
                    self.stop_by = Some(Instant::now() + STOPPING);
                    // a server that fails leaves it to the deletion
                    let _ = timeout(STOPPING, self.server.interrupt(&self.started.kernel)).await;
                }
                Next::LetGo | Next::Late => return Err(Lost::Stopped),
                Next::Look | Next::Event(Event::Doubt) => self.look().await?,
            }
        }
    }

    async fn next(&mut self) -> Result<Next, Lost> {
        let look = self.last + if self.waits { WAITING } else { DOUBT };
        let stopping = self.stop_by;
        let running = self.far.is_some();
        let late = async {
            match stopping.filter(|_| running) {
                Some(by) => sleep_until(by).await,
                None => std::future::pending().await,
            }
        };
        let waits = self.waits;
        let far = &mut self.far;
        let told = async {
            match far {
                Some(far) if waits => read(&mut far.from_session).await,
                _ => std::future::pending().await,
            }
        };
        let hand = &mut self.hand;
        let hand = async {
            loop {
                match hand.changed().await {
                    Err(_) => return Next::LetGo,
                    Ok(()) if *hand.borrow_and_update() == Hand::Stop => return Next::Stop,
                    Ok(()) => {}
                }
            }
        };
        tokio::select! {
            biased;
            next = hand => Ok(next),
            () = late => Ok(Next::Late),
            event = self.conversation.next() => event.map(Next::Event),
            told = told => Ok(told.map_or(Next::LetGo, Next::Told)),
            () = sleep_until(look) => Ok(Next::Look),
        }
    }

    async fn perform(&mut self, call: Call, body: Vec<u8>) -> Result<(), Lost> {
        let wrong = |why: &str| Err(Lost::Protocol(why.into()));
        let Some(far) = &mut self.far else {
            match call {
                Call::Left {} => self.take(&body).await?,
                Call::Done {} => {}
                Call::Failed { message } => return Err(Lost::Failed(message)),
                _ => return wrong("it goes on after the end"),
            }
            return self.conversation.answer(b"").await;
        };
        // a session that does not read any more is over, and its hand says so
        match call {
            Call::Wait {} => {
                self.waits = true;
                return Ok(());
            }
            Call::Frames {} => drop(far.to_session.write_all(&body).await),
            Call::Output { stream: Stream::Stdout } => drop(far.stdout.write_all(&body).await),
            Call::Output { stream: Stream::Stderr } => drop(far.stderr.write_all(&body).await),
            Call::Beat {} => {}
            Call::Ended { interrupted: true } if self.stop_by.is_none() => return Err(Lost::Interrupted),
            Call::Ended { .. } => {
                if let Some(far) = self.far.take() {
                    let _ = far.status.send(Status::parse(&body)); // nobody asks any more
                }
                self.ended.send_replace(true);
                return self.conversation.answer(b"").await;
            }
            Call::Failed { message } => return Err(Lost::Failed(message)),
            _ => return wrong("it does not keep to the order"),
        }
        let told = available(&mut far.from_session).await;
        self.conversation.answer(&told).await
    }

    /// What the code left; who does not take it does not want it.
    async fn take(&mut self, bytes: &[u8]) -> Result<(), Lost> {
        self.frames.push(bytes);
        while let Some(frame) = self.frames.take().map_err(|e| Lost::Protocol(e.to_string()))? {
            match carrier::parse(frame) {
                Ok(Carried::Left(piece)) => drop(self.left.send(piece).await),
                Ok(_) => return Err(Lost::Protocol("it sends something else than files".into())),
                Err(error) => return Err(Lost::Protocol(error.to_string())),
            }
        }
        Ok(())
    }

    /// Asks the server for the kernel.
    async fn look(&mut self) -> Result<(), Lost> {
        match self.server.state(&self.started.kernel).await {
            Ok(KernelState::Gone) => return Err(Lost::Deleted),
            Ok(KernelState::Is(state)) => match state.as_str() {
                "dead" | "autorestarting" => return Err(Lost::Died),
                "idle" | "restarting" => return Err(Lost::Restarted),
                "starting" if !self.waits => return Err(Lost::Restarted),
                _ => {}
            },
            Err(_) => {} // the link tells whether anybody is there
        }
        if !self.waits && self.last.elapsed() > SILENCE {
            return Err(Lost::Silent(SILENCE.as_secs()));
        }
        if self.waits {
            self.last = Instant::now();
        } else {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }

    /// Waits for its next call, if none is open, and answers that it is over.
    async fn dismiss(&mut self) -> Result<(), Lost> {
        while !self.waits {
            self.waits = matches!(self.conversation.next().await?, Event::Call(..));
        }
        self.conversation.dismiss().await?;
        loop {
            self.conversation.next().await?; // until it is over
        }
    }
}

/// What the session says next; `None` when it has let go.
async fn read(from: &mut ReadHalf<DuplexStream>) -> Option<Vec<u8>> {
    let mut buffer = vec![0; CHUNK];
    let read = from.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
    buffer.truncate(read);
    Some(buffer)
}

/// What it has said already.
async fn available(from: &mut ReadHalf<DuplexStream>) -> Vec<u8> {
    tokio::select! {
        biased;
        told = read(from) => told.unwrap_or_default(),
        () = std::future::ready(()) => Vec::new(),
    }
}
