//! One container, from its making to its end, held by its standard input: when that closes, pid 1 ends, and the engine removes
//! the container by itself. Open `carry.rs` for what goes in and out, `hold.rs` for what a session sees of it.

use super::{
    carry::{Input, Lanes, Reader, Writer, add, framed, last_line, too_long},
    config::DockerConfig,
    engine::Engine,
    error::EngineError,
    hold::Held,
    lease::Lease,
    shape::Shape,
};
use crate::{
    ending::Status,
    protocol::{VERSION, carrier::Piece, frame::FrameReader},
    runtime,
    session::{Channel, Ends, GRACE},
};
use bollard::{
    container::{AttachContainerResults, LogOutput},
    models::ContainerUpdateBody,
    query_parameters::{
        AttachContainerOptionsBuilder, CreateContainerOptions, RemoveContainerOptionsBuilder, StartContainerOptions,
        WaitContainerOptionsBuilder,
    },
};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::{pin::Pin, time::Duration};
use tokio::{
    io::{DuplexStream, Join},
    sync::{mpsc, oneshot, watch},
};

/// Pid 1, until our own package is there.
const BOOT: &str = include_str!("boot.py");
/// What lies between the two tasks and a session, bytes.
const LANE: usize = 256 << 10;
/// A container that starts says something by then; a busy machine takes its time.
const PATIENCE: Duration = Duration::from_mins(1);
/// Pieces of files that wait to be written.
const PIECES: usize = 16;

/// The host's end of a channel through a container.
pub(super) type Lane = Join<DuplexStream, DuplexStream>;

/// A container whose runner waits for the channel's first frame.
pub(super) struct Standing {
    pub(super) held: Held,
    pub(super) channel: Channel<Lane>,
    pub(super) stdout: DuplexStream,
    pub(super) stderr: DuplexStream,
    pub(super) status: oneshot::Receiver<Status>,
    pub(super) pieces: mpsc::Receiver<Option<Piece>>,
    /// Of the mounts that its shape has: device and inode, as seen inside.
    pub(super) mounts: Vec<(u64, u64)>,
}

impl Standing {
    /// For a session.
    pub(super) fn into_ends<S>(
        self,
        status: impl FnOnce(oneshot::Receiver<Status>) -> S,
    ) -> (Held, Ends<Lane, DuplexStream, S>, mpsc::Receiver<Option<Piece>>) {
        let Self { held, channel, stdout, stderr, status: told, pieces, .. } = self;
        (held, Ends { channel, stdout, stderr, status: status(told) }, pieces)
    }
}

/// Makes one of this shape and waits until its runner stands. Dropping the future ends it.
pub(super) async fn start(
    engine: &Engine,
    config: &DockerConfig,
    shape: &Shape,
    lease: &Lease,
    run: &str,
) -> Result<Standing, EngineError> {
    let filters = pyexec_sandbox::programs(shape.net, shape.process).ok_or_else(|| EngineError::Architecture {
        theirs: std::env::consts::ARCH.into(),
        ours: "x86_64 and aarch64",
    })?;
    let command = ["-I", "-S", "-B", "-c", BOOT].map(str::to_owned).into();
    let made = make(engine, config, shape, lease, run, command).await?;
    let (tell, told) = mpsc::channel(4);
    let (killed, ended) = (watch::Sender::new(false), watch::Sender::new(false));
    let (channel_in, to_session) = tokio::io::duplex(LANE);
    let (from_session, channel_out) = tokio::io::duplex(LANE);
    let (stdout_in, stdout) = tokio::io::duplex(LANE);
    let (stderr_in, stderr) = tokio::io::duplex(LANE);
    let (status_in, status) = oneshot::channel();
    let (pieces_in, pieces) = mpsc::channel(PIECES);
    let (up_in, up) = oneshot::channel();
    let writer =
        Writer { input: made.input, told, channel: from_session, killed: killed.subscribe(), ended: ended.subscribe() };
    let reader = Reader {
        frames: FrameReader::default(),
        up: Some(up_in),
        lanes: Some(Lanes { stdout: stdout_in, stderr: stderr_in, channel: channel_in }),
        status: Some(status_in),
        pieces: pieces_in,
        ended: ended.clone(),
        said: String::new(),
    };
    let held = Held::new(engine.clone(), made.id.clone(), tell, killed, ended, made.exit);
    tokio::spawn(writer.go());
    tokio::spawn(reader.go(made.output));
    held.tell(bootstrap()?).await;
    let limits = &shape.limits;
    let header = json!({
        "type": "start",
        "protocol": VERSION,
        "limits": {
            "memory_mb": limits.memory_mb,
            "cpu_seconds": limits.cpu_seconds,
            "scratch_mb": limits.scratch_mb,
        },
        "filters": filters.each_ref().map(Vec::len),
        "mounts": shape.mounts.iter().map(|mount| &mount.target).collect::<Vec<_>>(),
    });
    held.tell(framed(&header, &filters.concat())?).await;
    let before = "its runner stood";
    let mounts = match tokio::time::timeout(PATIENCE, up).await {
        Ok(Ok(Ok(mounts))) => mounts,
        Ok(Ok(Err(why))) => return Err(EngineError::Ended { before, why }),
        Ok(Err(_)) => return Err(EngineError::Ended { before, why: held.why_it_ended().await }),
        Err(_) => return Err(EngineError::Slow { what: "start a container", seconds: PATIENCE.as_secs() }),
    };
    if let Some(pids) = shape.later_pids() {
        let update = ContainerUpdateBody { pids_limit: Some(pids), ..ContainerUpdateBody::default() };
        let lowered = engine.api.update_container(&made.id, update).await;
        lowered.map_err(engine.failed("limit the processes of a container"))?;
    }
    let channel = Channel::new(tokio::io::join(to_session, channel_out));
    Ok(Standing { held, channel, stdout, stderr, status, pieces, mounts })
}

/// What a container of this shape prints when it runs `command`, whole, and its exit status.
pub(super) async fn ask(
    engine: &Engine,
    config: &DockerConfig,
    shape: &Shape,
    lease: &Lease,
    command: Vec<String>,
) -> Result<Vec<u8>, EngineError> {
    const LONGEST: usize = 4 << 20;
    let mut made = make(engine, config, shape, lease, "describe", command).await?;
    drop(made.input);
    let (mut answer, mut complaint) = (Vec::new(), String::new());
    let read = async {
        while let Some(Ok(said)) = made.output.next().await {
            match said {
                LogOutput::StdOut { message } if answer.len() < LONGEST => answer.extend_from_slice(&message),
                LogOutput::StdErr { message } => add(&mut complaint, &message),
                _ => {}
            }
        }
    };
    let slow = EngineError::Slow { what: "look into the image", seconds: PATIENCE.as_secs() };
    tokio::time::timeout(PATIENCE, read).await.map_err(|_| slow)?;
    match tokio::time::timeout(GRACE, made.exit).await {
        Ok(Ok(Ok(0))) => Ok(answer),
        Ok(Ok(Ok(_))) => Err(EngineError::BadImage { image: config.image.clone(), why: last_line(&complaint) }),
        Ok(Ok(Err(why))) => Err(EngineError::Ended { before: "it had answered", why }),
        Ok(Err(_)) | Err(_) => Err(EngineError::Ended { before: "it had answered", why: last_line(&complaint) }),
    }
}

/// What it says, by stream.
pub(super) type Output = Pin<Box<dyn futures_util::Stream<Item = Result<LogOutput, bollard::errors::Error>> + Send>>;

struct Made {
    id: String,
    input: Input,
    output: Output,
    /// Its exit status, as the engine saw it, or why nobody can tell.
    exit: oneshot::Receiver<Result<i64, String>>,
}

/// Create, attach, wait, start.
async fn make(
    engine: &Engine,
    config: &DockerConfig,
    shape: &Shape,
    lease: &Lease,
    run: &str,
    command: Vec<String>,
) -> Result<Made, EngineError> {
    let body = shape.container(config, &engine.about, command, lease.labels(run));
    let created = engine.api.create_container(None::<CreateContainerOptions>, body).await;
    let id = match created {
        Ok(created) => created.id,
        Err(bollard::errors::Error::DockerResponseServerError { status_code: 404, .. }) => {
            return Err(EngineError::NoImage { address: engine.address.clone(), image: config.image.clone() });
        }
        Err(error) => return Err(engine.failed("make a container")(error)),
    };
    // Whatever goes wrong from here to its start leaves something behind that the engine does not remove by itself.
    let mut unstarted = Unstarted { engine: engine.clone(), id: Some(id.clone()) };
    let options = AttachContainerOptionsBuilder::default().stdin(true).stdout(true).stderr(true).stream(true).build();
    let attached =
        engine.api.attach_container(&id, Some(options)).await.map_err(engine.failed("attach to a container"))?;
    let AttachContainerResults { output, input } = attached;
    let exit = exit_status(engine, &id);
    let started = engine.api.start_container(&id, None::<StartContainerOptions>).await;
    started.map_err(engine.failed("start a container"))?;
    unstarted.id = None;
    Ok(Made { id, input, output, exit })
}

/// Waits for it in a task of its own, from before its start: a container that removes itself cannot be asked afterwards.
fn exit_status(engine: &Engine, id: &str) -> oneshot::Receiver<Result<i64, String>> {
    let options = WaitContainerOptionsBuilder::default().condition("next-exit").build();
    let (mut tell, exit) = oneshot::channel();
    // its calls have a time limit, and this one lasts as long as the container
    let api = engine.api.clone().with_timeout(Duration::from_hours(24 * 365));
    let id = id.to_owned();
    tokio::spawn(async move {
        let mut answers = std::pin::pin!(api.wait_container(&id, Some(options)));
        let answer = tokio::select! {
            answer = answers.next() => answer,
            () = tell.closed() => return,
        };
        let status = match answer {
            Some(Ok(answer)) => Ok(answer.status_code),
            Some(Err(bollard::errors::Error::DockerContainerWaitError { code, .. })) => Ok(code),
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the engine does not say".into()),
        };
        let _ = tell.send(status); // nobody may want to know
    });
    exit
}

/// Removed when it is dropped before its start.
struct Unstarted {
    engine: Engine,
    id: Option<String>,
}

impl Drop for Unstarted {
    fn drop(&mut self) {
        let (Some(id), engine) = (self.id.take(), self.engine.clone()) else { return };
        tokio::spawn(async move { force_away(&engine, &id).await });
    }
}

/// Removes a container, running or not.
pub(super) async fn force_away(engine: &Engine, id: &str) {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    if let Err(error) = engine.api.remove_container(id, Some(options)).await {
        tracing::debug!(id, "a container is not removed now, so the next start does: {error}");
    }
}

/// Our package, for pid 1.
fn bootstrap() -> Result<Vec<u8>, EngineError> {
    let files: serde_json::Map<String, Value> = runtime::FILES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Value::String(String::from_utf8_lossy(text).into_owned())))
        .collect();
    let text = Value::Object(files).to_string();
    let length = u32::try_from(text.len()).map_err(|_| too_long())?;
    Ok([&length.to_be_bytes()[..], text.as_bytes()].concat())
}
