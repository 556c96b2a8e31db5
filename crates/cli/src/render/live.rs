//! Standard error while a run goes: the one place that writes there, so that the live line of a stage, what the code prints
//! and what the program says never run into each other.
//!
//! A live line stands only while the cursor is at the left edge: what the code printed of a line is not painted over. It is
//! drawn here and not by a library for progress bars, because those fill the line to the right edge: the `^C` that a
//! terminal echoes then goes to the next line, and what is cleared later is that one.

use super::{FAINT, Face, LINKED, columns, gutter::Gutter};
use pyexec_core::executor::Stream;
use pyexec_service::progress::Stage;
use std::{
    io::{self, Write},
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// How often a live line is drawn.
const TICK: Duration = Duration::from_millis(100);
const FRAMES: [char; 8] = ['⠋', '⠙', '⠹', '⠸', '⠴', '⠦', '⠧', '⠏'];
/// To the left edge, and the line is empty (ECMA-48, EL).
const ERASE: &[u8] = b"\r\x1b[2K";
/// A stage inside another that was over sooner is not worth a line: an environment that was there.
const UNNOTICED: Duration = Duration::from_millis(500);

static LIVE: LazyLock<Mutex<Live>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Live {
    /// The stages that run, each within the one before.
    running: Vec<Running>,
    /// Whether the line of the innermost is on the screen.
    drawn: bool,
    /// How often it was drawn.
    frame: usize,
    /// Whether somebody draws it again and again.
    ticking: bool,
    gutter: Gutter,
}

struct Running {
    stage: Stage,
    /// Moved on by the time of what ran within it.
    since: Instant,
}

/// A stage begins.
pub(super) fn begin(stage: Stage) {
    let mut live = live();
    live.running.push(Running { stage, since: Instant::now() });
    live.write(b"");
    if !live.ticking && Face::of_stderr() == Face::Styled {
        live.ticking = true;
        thread::spawn(|| {
            loop {
                thread::sleep(TICK);
                let mut live = self::live();
                if live.drawn {
                    live.write(b"");
                }
            }
        });
    }
}

/// A stage is over: its line stays, with its time.
pub(super) fn end(stage: Stage) {
    let mut live = live();
    let Some(at) = live.running.iter().rposition(|running| running.stage == stage) else { return };
    let took = live.running.remove(at).since.elapsed();
    for outer in &mut live.running {
        outer.since += took;
    }
    if live.running.is_empty() || took >= UNNOTICED {
        let text = Face::of_stderr().labelled(stage.name(), &format!("{:.2} s", took.as_secs_f64()));
        live.line(&text);
    } else {
        live.write(b"");
    }
}

/// Says a line of the program's own.
pub(crate) fn say(text: &str) {
    live().line(text);
}

/// What the code printed.
pub(super) fn output(stream: Stream, bytes: &[u8]) {
    let mut live = live();
    let text = live.gutter.take(stream, bytes, columns());
    live.write(text.as_bytes());
}

/// Takes what is live off the screen: something else has the terminal now.
pub(crate) fn clear() {
    let mut live = live();
    live.running.clear();
    let end = live.gutter.interrupt();
    live.write(end.as_bytes());
    live.gutter = Gutter::default();
}

fn live() -> MutexGuard<'static, Live> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    fn line(&mut self, text: &str) {
        let before = self.gutter.interrupt();
        self.write(format!("{before}{text}\n").as_bytes());
    }

    /// Written at once and unbuffered; that stderr is gone is no reason to stop a run.
    fn write(&mut self, bytes: &[u8]) {
        let mut all = if std::mem::take(&mut self.drawn) { ERASE.to_vec() } else { Vec::new() };
        all.extend_from_slice(bytes);
        if let Some(line) = self.drawing() {
            all.extend_from_slice(line.as_bytes());
            self.drawn = true;
            self.frame += 1;
        }
        let _ = io::stderr().lock().write_all(&all);
    }

    /// The live line, where there is to be one. Narrower than any terminal.
    fn drawing(&self) -> Option<String> {
        let face = Face::of_stderr();
        let running = self.running.last().filter(|_| face == Face::Styled && self.gutter.at_edge())?;
        let frame = face.paint(LINKED, &FRAMES[self.frame % FRAMES.len()].to_string());
        let name = face.paint(FAINT, &format!("{:>10}", running.stage.name()));
        Some(format!("{frame} {name}  {:.1} s", running.since.elapsed().as_secs_f64()))
    }
}

/// Standard error for whoever writes whole lines there, as logs do.
#[derive(Debug, Default)]
pub(crate) struct Stderr(Vec<u8>);

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.0);
        if !bytes.is_empty() {
            let mut live = live();
            let before = live.gutter.interrupt();
            live.write(&[before.as_bytes(), &bytes].concat());
        }
        Ok(())
    }
}

impl Drop for Stderr {
    fn drop(&mut self) {
        let _ = self.flush(); // cannot fail
    }
}
