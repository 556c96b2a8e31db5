//! A real terminal: the program on a pseudo-terminal, and the screen that a person sees.

use crate::house::{House, until};
use pty_process::{Size, blocking};
use std::{
    io::{Read, Write},
    num::NonZeroU16,
    process::{Child, Command},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

const ROWS: u16 = 200;

/// The program on a terminal.
pub(crate) struct Terminal {
    pty: Arc<blocking::Pty>,
    child: Child,
    seen: Arc<Mutex<Vec<u8>>>,
    reading: JoinHandle<()>,
    columns: u16,
}

/// What was on the terminal when the program had ended.
#[derive(Debug)]
pub(crate) struct Left {
    pub(crate) code: i32,
    /// Every byte.
    pub(crate) raw: String,
    /// What stands on the screen.
    pub(crate) screen: String,
    /// Addresses of links.
    pub(crate) links: Vec<String>,
    /// Escapes that a terminal does not expect here.
    pub(crate) strange: Vec<String>,
}

impl Terminal {
    pub(crate) fn open(house: &House, arguments: &[&str]) -> Self {
        Self::with(house, arguments, 100, &[("TERM", "xterm-256color")])
    }

    pub(crate) fn with(house: &House, arguments: &[&str], columns: u16, variables: &[(&str, &str)]) -> Self {
        let mut command = house.command(arguments);
        command.envs(variables.iter().copied());
        Self::start(command, columns)
    }

    /// A line of a shell, in the house's environment.
    pub(crate) fn shell(house: &House, line: &str) -> Self {
        let program = house.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).env_clear().env("TERM", "xterm");
        shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self::start(shell, 100)
    }

    fn start(command: Command, columns: u16) -> Self {
        let (pty, pts) = blocking::open().unwrap();
        pty.resize(Size::new(ROWS, columns)).unwrap();
        let child = blocking::Command::from(command).spawn(pts).unwrap();
        let (pty, seen) = (Arc::new(pty), Arc::new(Mutex::default()));
        let (from, into) = (pty.clone(), Arc::<Mutex<Vec<u8>>>::clone(&seen));
        // Reading fails once nobody holds the other end any more.
        let reading = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = (&*from).read(&mut bytes) {
                into.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self { pty, child, seen, reading, columns }
    }

    pub(crate) fn types(&self, text: &str) {
        (&*self.pty).write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn hang_up(&self) {
        assert!(Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits until this is on the screen.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        self.shows_times(1, text);
    }

    /// Waits until this is on the screen so many times.
    #[track_caller]
    pub(crate) fn shows_times(&self, times: usize, text: &str) {
        until(&format!("{text:?} on the screen, {times} times"), || {
            let raw = self.seen.lock().unwrap().clone();
            (screen(&raw, self.columns).screen().contents().matches(text).count() >= times).then_some(())
        });
    }

    /// Waits for the program to end.
    pub(crate) fn left(mut self) -> Left {
        let status = until("the program to end", || self.child.try_wait().unwrap());
        self.reading.join().unwrap();
        let raw = self.seen.lock().unwrap().clone();
        let parser = screen(&raw, self.columns);
        let Osc { links, strange } = parser.callbacks();
        Left {
            code: status.code().unwrap_or(-1),
            raw: String::from_utf8(raw).unwrap(),
            screen: parser.screen().contents(),
            links: links.clone(),
            strange: strange.clone(),
        }
    }
}

impl Left {
    #[track_caller]
    pub(crate) fn expect(self, code: i32, texts: &[&str]) -> Self {
        assert_eq!(self.code, code, "{}", self.screen);
        for text in texts {
            assert!(self.screen.contains(text), "no {text:?} on\n{}", self.screen);
        }
        assert_eq!(self.strange, [""; 0], "{:?}", self.raw);
        self
    }

    /// What stands under a label of the closing block.
    #[track_caller]
    pub(crate) fn under(&self, label: &str) -> &str {
        let label = format!("{label:>12}  ");
        self.screen
            .lines()
            .find_map(|line| line.strip_prefix(&label))
            .unwrap_or_else(|| panic!("no {label:?} on\n{}", self.screen))
    }
}

fn screen(raw: &[u8], columns: u16) -> vt100::Parser<Osc> {
    let size = |size| NonZeroU16::new(size).unwrap();
    let mut parser = vt100::Parser::new_with_callbacks(size(ROWS), size(columns), 0, Osc::default());
    parser.process(raw);
    parser
}

#[derive(Default)]
struct Osc {
    links: Vec<String>,
    strange: Vec<String>,
}

impl vt100::Callbacks for Osc {
    fn unhandled_osc(&mut self, _: &mut vt100::Screen, parameters: &[&[u8]]) {
        match parameters {
            [b"8", b"", address] => {
                let address = String::from_utf8_lossy(address).into_owned();
                self.links.extend(Some(address).filter(|address| !address.is_empty()));
            }
            other => self.strange.push(format!("OSC {other:?}")),
        }
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.strange.push(format!("title {title:?}"));
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.strange.push(format!("clipboard {data:?}"));
    }

    fn unhandled_escape(&mut self, _: &mut vt100::Screen, _: Option<u8>, _: Option<u8>, byte: u8) {
        // The end of an OSC, ESC \, comes as one too.
        if byte != b'\\' {
            self.strange.push(format!("ESC {byte}"));
        }
    }
}
