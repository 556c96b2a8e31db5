//! A small host: starts the runner with the descriptors of the protocol and talks to it. Every wait has a deadline.

use crate::place::{DROPPED, INSTALLED, ORDINARY, Way};
use command_fds::{CommandFdExt, FdMapping};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    ffi::OsStr,
    io::{self, IoSlice, IoSliceMut, PipeReader, PipeWriter, Read, Write},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{net::UnixStream, process::CommandExt},
    },
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_mins(1);

/// What a test wants of a run.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) way: Way,
    pub(crate) mounts: Vec<Value>,
    pub(crate) limits: Value,
    pub(crate) net: bool,
    pub(crate) process: bool,
    pub(crate) environment: Value,
    pub(crate) context: Value,
    /// Instead of the installed one.
    pub(crate) library: Option<PathBuf>,
}

impl Order {
    pub(crate) fn new(way: &Way) -> Self {
        Self {
            way: way.clone(),
            mounts: Vec::new(),
            limits: json!({"memory_mb": 1024, "cpu_seconds": 60, "processes": 32, "scratch_mb": 32, "scratch_inodes": 1000}),
            net: false,
            process: false,
            environment: json!({}),
            context: json!({}),
            library: None,
        }
    }

    pub(crate) fn limit(mut self, name: &str, value: u64) -> Self {
        self.limits[name] = json!(value);
        self
    }

    pub(crate) fn mount(mut self, source: &str, target: &str, writable: bool) -> Self {
        self.mounts.push(json!({"source": source, "target": target, "writable": writable}));
        self
    }

    pub(crate) fn with_process(mut self) -> Self {
        self.process = true;
        self
    }

    /// The plan, as the protocol has it.
    pub(crate) fn plan(&self) -> Value {
        let parts = self.way.prefixes.iter().chain([&INSTALLED.runtime]);
        let mut mounts: Vec<Value> =
            parts.map(|path| json!({"source": path, "target": path, "writable": false})).collect();
        mounts.extend(self.mounts.iter().cloned());
        let become_user = (!self.way.ordinary).then_some(DROPPED);
        json!({
            "library": self.library.as_ref().unwrap_or(&INSTALLED.library), "uid": become_user, "gid": become_user,
            "mounts": mounts, "limits": self.limits, "net": self.net, "process": self.process,
            "environment": self.environment,
        })
    }

    /// From the first frame to the exit.
    pub(crate) fn run(&self, code: &str) -> Ran {
        self.run_bytes(code.as_bytes())
    }

    pub(crate) fn run_bytes(&self, code: &[u8]) -> Ran {
        let mut session = Session::start(self);
        session.prepare(&self.plan());
        session.release(code);
        session.finish()
    }
}

/// A runner at work.
pub(crate) struct Session {
    /// None of a zygote's child, whose parent that is.
    child: Option<Child>,
    channel: UnixStream,
    lifeline: Option<PipeWriter>,
    status: PipeReader,
    output: [JoinHandle<Vec<u8>>; 2],
    buffer: VecDeque<u8>,
    work: Option<OwnedFd>,
    frames: Vec<Frame>,
    context: Value,
}

/// A frame of the runner's.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) header: Value,
    pub(crate) body: Vec<u8>,
}

impl Session {
    pub(crate) fn start(order: &Order) -> Self {
        Self::start_program(order, "_runner.py")
    }

    pub(crate) fn start_program(order: &Order, program: &str) -> Self {
        let (channel, theirs) = UnixStream::pair().unwrap();
        channel.set_read_timeout(Some(PATIENCE)).unwrap();
        let (stdout, out) = io::pipe().unwrap();
        let (stderr, err) = io::pipe().unwrap();
        let (hears, lifeline) = io::pipe().unwrap();
        let (status, reports) = io::pipe().unwrap();
        let runner = INSTALLED.runtime.join("pyexec").join(program);
        let parts =
            [order.way.interpreter.as_os_str(), "-I".as_ref(), "-S".as_ref(), "-B".as_ref(), runner.as_os_str()];
        let mut words = order.way.launcher.iter().map(OsStr::new).chain(parts);
        let mut command = Command::new(words.next().unwrap());
        command.args(words);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8").current_dir("/");
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        if order.way.ordinary && order.way.launcher.is_empty() {
            command.uid(ORDINARY).gid(ORDINARY);
        }
        // Descriptor 9 is a careless host's: it must not arrive.
        let stray = OwnedFd::from(channel.try_clone().unwrap());
        let mapped = [(theirs.into(), 3), (hears.into(), 4), (reports.into(), 5), (stray, 9)];
        let mappings = mapped.map(|(parent_fd, child_fd)| FdMapping { parent_fd, child_fd }).into();
        command.fd_mappings(mappings).unwrap();
        let child = command.spawn().unwrap();
        Self { child: Some(child), lifeline: Some(lifeline), ..Self::of(channel, stdout, stderr, status, order) }
    }

    /// A child that a zygote is asked for, parked.
    pub(crate) fn parked(zygote: &mut Self, order: &Order) -> Self {
        let (channel, theirs) = UnixStream::pair().unwrap();
        channel.set_read_timeout(Some(PATIENCE)).unwrap();
        let (stdout, out) = io::pipe().unwrap();
        let (stderr, err) = io::pipe().unwrap();
        let (status, reports) = io::pipe().unwrap();
        if !order.way.ordinary {
            for pipe in [&out, &err] {
                std::os::unix::fs::fchown(pipe, Some(DROPPED), Some(DROPPED)).unwrap();
            }
        }
        let ends = [theirs.as_fd(), out.as_fd(), err.as_fd(), reports.as_fd()];
        zygote.send_with(&json!({"type": "child", "measure": false, "rehearse": true}), b"", &ends);
        let mut session = Self::of(channel, stdout, stderr, status, order);
        drop((theirs, out, err, reports));
        let said = session.receive().map_or(Value::Null, |frame| frame.header);
        assert_eq!(said["type"], "parked", "{said}");
        session.work = None; // that was its pid 1
        session.frames.clear();
        session
    }

    fn of(channel: UnixStream, stdout: PipeReader, stderr: PipeReader, status: PipeReader, order: &Order) -> Self {
        let output = [stdout, stderr].map(|mut pipe| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                pipe.read_to_end(&mut bytes).unwrap();
                bytes
            })
        });
        Self {
            child: None,
            channel,
            lifeline: None,
            status,
            output,
            buffer: VecDeque::new(),
            work: None,
            frames: Vec::new(),
            context: order.context.clone(),
        }
    }

    /// Sends the plan and waits for `ready`, or for the error that comes instead.
    pub(crate) fn prepare(&mut self, plan: &Value) -> Value {
        self.prepare_with(plan, &[])
    }

    /// The same, with mounts that were opened elsewhere.
    pub(crate) fn prepare_with(&mut self, plan: &Value, mounts: &[BorrowedFd<'_>]) -> Value {
        let header = json!({
            "type": "prepare", "protocol": 1, "plan": plan, "site": [], "filename": "code.py", "results_max_bytes": 1 << 20,
        });
        let context = self.context.to_string();
        self.send_with(&header, context.as_bytes(), mounts);
        self.receive().map_or(Value::Null, |frame| frame.header)
    }

    pub(crate) fn release(&mut self, code: &[u8]) {
        let sha256 = format!("{:x}", Sha256::digest(code));
        self.send(&json!({"type": "release", "sha256": sha256}), code);
    }

    pub(crate) fn send(&mut self, header: &Value, body: &[u8]) {
        self.send_with(header, body, &[]);
    }

    pub(crate) fn send_with(&mut self, header: &Value, body: &[u8], descriptors: &[BorrowedFd<'_>]) {
        let header = header.to_string();
        let lengths = [header.len(), body.len()].map(|length| u32::try_from(length).unwrap().to_be_bytes()).concat();
        // A runner that has failed no longer reads; what it said is in the frames.
        let bytes = [lengths.as_slice(), header.as_bytes(), body].concat();
        let mut space = vec![MaybeUninit::uninit(); SendAncillaryMessage::ScmRights(descriptors).size()];
        let mut rights = SendAncillaryBuffer::new(&mut space);
        rights.push(SendAncillaryMessage::ScmRights(descriptors));
        let sent =
            sendmsg(&self.channel, &[IoSlice::new(&bytes)], &mut rights, SendFlags::NOSIGNAL).unwrap_or_default();
        let _closed = self.channel.write_all(&bytes[sent..]);
    }

    /// The next frame; none when the runner has closed the channel.
    pub(crate) fn receive(&mut self) -> Option<Frame> {
        let lengths = self.take(8)?;
        let [header, body] = [0, 4].map(|at| u32::from_be_bytes(lengths[at..at + 4].try_into().unwrap()) as usize);
        let header = serde_json::from_slice(&self.take(header)?).unwrap();
        let frame = Frame { header, body: self.take(body)? };
        self.frames.push(frame.clone());
        Some(frame)
    }

    fn take(&mut self, size: usize) -> Option<Vec<u8>> {
        while self.buffer.len() < size {
            let mut bytes = [0; 1 << 14];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
            let mut rights = RecvAncillaryBuffer::new(&mut space);
            let read = recvmsg(&self.channel, &mut [IoSliceMut::new(&mut bytes)], &mut rights, RecvFlags::CMSG_CLOEXEC);
            let read = match read {
                Err(rustix::io::Errno::CONNRESET) => return None,
                read => read.unwrap().bytes,
            };
            for message in rights.drain() {
                if let RecvAncillaryMessage::ScmRights(mut descriptors) = message {
                    self.work = self.work.take().or_else(|| descriptors.next());
                }
            }
            if read == 0 {
                return None;
            }
            self.buffer.extend(&bytes[..read]);
        }
        Some(self.buffer.drain(..size).collect())
    }

    /// Closes the channel, and only that, and waits for what was started to end.
    pub(crate) fn hang_up(self) -> ExitStatus {
        let Self { child, channel, lifeline, .. } = self;
        drop(channel);
        let ended = wait(&mut child.unwrap());
        drop(lifeline);
        ended
    }

    /// The descriptor that came with the last frame.
    pub(crate) fn descriptor(&mut self) -> Option<OwnedFd> {
        self.work.take()
    }

    /// As if the host had died.
    pub(crate) fn let_go(&mut self) {
        self.lifeline = None;
    }

    /// The process that the host started.
    pub(crate) fn outer(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Waits for the end of everything.
    pub(crate) fn finish(mut self) -> Ran {
        while self.receive().is_some() {}
        let exit = self.child.as_mut().map(wait).unwrap_or_default();
        let mut status = String::new();
        self.status.read_to_string(&mut status).unwrap();
        let [stdout, stderr] = self.output.map(|thread| String::from_utf8_lossy(&thread.join().unwrap()).into_owned());
        let status = serde_json::from_str(&status).unwrap_or(Value::Null);
        Ran { frames: self.frames, status, stdout, stderr, exit, work: self.work }
    }
}

/// Waits for a process, no longer than a test may.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("process {} has not ended", child.id());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Polls until something is so, no longer than a test may.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) frames: Vec<Frame>,
    /// The status line; null if there was none.
    pub(crate) status: Value,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) exit: ExitStatus,
    pub(crate) work: Option<OwnedFd>,
}

impl Ran {
    /// The first frame's header of a type.
    pub(crate) fn frame(&self, kind: &str) -> Option<&Value> {
        self.frames.iter().map(|frame| &frame.header).find(|header| header["type"] == kind)
    }

    /// `results`, which must have arrived.
    pub(crate) fn results(&self) -> Value {
        let frame =
            self.frames.iter().find(|frame| frame.header["type"] == "result" && frame.header["state"] == "dict");
        let Some(frame) = frame else { panic!("no results: {self:#?}") };
        serde_json::from_slice(&frame.body).unwrap()
    }

    /// The types of the frames after `ready`.
    pub(crate) fn story(&self) -> Vec<&str> {
        self.frames.iter().filter_map(|frame| frame.header["type"].as_str()).filter(|kind| *kind != "ready").collect()
    }

    /// Reads a file of the working folder.
    pub(crate) fn read(&self, path: &str) -> Option<Vec<u8>> {
        use rustix::fs::{Mode, OFlags, openat};
        let work = self.work.as_ref()?.as_fd();
        let file = openat(work, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let mut bytes = Vec::new();
        std::fs::File::from(file).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}
