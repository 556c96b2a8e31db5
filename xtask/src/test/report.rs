//! The output of `cargo test`, fit for a log that somebody cuts: what passed is left out as the lines come by, and what failed
//! is told once more at the end. It knows the words of cargo and of Rust's test harness, and nothing of what is tested.

use crate::root;
use anyhow::{Context, Result, bail};
use std::{
    collections::VecDeque,
    fmt::Write as _,
    io::{self, BufRead, BufReader, PipeReader, Write},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
};

/// Lines of one failure that are told again.
const MOST_LINES: usize = 60;
/// Lines that are kept of a target's output, should it end without naming a test.
const LAST_LINES: usize = 20;
/// Written behind the last word of the tests: a process that one of them left behind may hold the pipe open.
const END: &[u8] = b"\0the tests have ended\n";

/// Runs `cargo test …` to its end; it is an error, with the names in it, when a test failed.
pub(super) fn run(mut tests: Command) -> Result<()> {
    let (output, input) = io::pipe()?;
    tests.current_dir(root()).stdin(Stdio::null()).stdout(input.try_clone()?).stderr(input.try_clone()?);
    // Tests provoke panics, in libraries and programs whose output nobody captures: one line of each is enough.
    tests.env("RUST_BACKTRACE", "0").env_remove("RUST_LIB_BACKTRACE");
    let child = tests.spawn().context("`cargo test` does not start")?;
    drop(tests);
    let end = thread::spawn(move || end_of(child, input));
    let report = pass_through(output)?;
    let status = end.join().map_err(|_| anyhow::anyhow!("waiting for `cargo test` failed"))??;
    if status.success() {
        return Ok(());
    }
    print!("{}", report.failures());
    match report.names() {
        names if names.is_empty() => bail!("`cargo test` failed ({status})"),
        names => bail!("failed: {}", names.join(", ")),
    }
}

fn end_of(mut child: Child, mut input: impl Write) -> io::Result<ExitStatus> {
    let status = child.wait();
    input.write_all(END)?;
    status
}

fn pass_through(output: PipeReader) -> io::Result<Report> {
    let (mut output, mut report, mut line) = (BufReader::new(output), Report::default(), Vec::new());
    let mut stdout = io::stdout();
    loop {
        line.clear();
        let is_last = output.read_until(b'\n', &mut line)? == 0 || line.ends_with(END);
        let shown = line.strip_suffix(END).unwrap_or(&line);
        if report.take(String::from_utf8_lossy(shown).trim_end_matches('\n')) {
            stdout.write_all(shown)?;
        }
        if is_last {
            return Ok(report);
        }
    }
}

/// What failed so far.
#[derive(Debug, Default)]
struct Report {
    failed: Vec<Failure>,
    /// Whether the lines that come are a failure's.
    in_failure: bool,
    /// How many of the failures have been given their target.
    placed: usize,
    /// What the target at work said last: all there is of one that ends without naming a test.
    last: VecDeque<String>,
}

/// A test, or a whole target that ended otherwise.
#[derive(Debug)]
struct Failure {
    name: String,
    /// As cargo says it: `-p pyexec-core --test it`.
    target: String,
    lines: Vec<String>,
    more: usize,
}

impl Report {
    /// Takes the next line; whether it is worth showing.
    fn take(&mut self, line: &str) -> bool {
        if line.starts_with("     Running ") || line.starts_with("   Doc-tests ") {
            self.last.clear();
            self.in_failure = false;
            return true;
        }
        if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.failed.push(Failure { name: name.into(), target: String::new(), lines: Vec::new(), more: 0 });
            self.in_failure = true;
        } else if line == "failures:" || line.starts_with("test result: ") {
            self.in_failure = false;
        } else if let Some(target) = target_that_failed(line) {
            self.place(target);
        } else if self.in_failure
            && let Some(failure) = self.failed.last_mut()
        {
            if failure.lines.len() < MOST_LINES {
                failure.lines.push(line.into());
            } else {
                failure.more += 1;
            }
        }
        let is_shown = self.in_failure || !(line.starts_with("test ") && line.ends_with(" ... ok"));
        if is_shown {
            self.last.push_back(line.into());
            if self.last.len() > LAST_LINES {
                self.last.pop_front();
            }
        }
        is_shown
    }

    /// Cargo names the target behind the output of its tests; one without any failed by itself.
    fn place(&mut self, target: &str) {
        // What cargo knows of such a target's end follows.
        self.in_failure = self.placed == self.failed.len();
        if self.in_failure {
            let lines = std::mem::take(&mut self.last).into();
            self.failed.push(Failure { name: "no test of its own".into(), target: target.into(), lines, more: 0 });
        }
        for failure in self.failed.iter_mut().skip(self.placed) {
            failure.target = target.into();
        }
        self.placed = self.failed.len();
    }

    fn names(&self) -> Vec<String> {
        self.failed.iter().map(|failure| format!("`{}` ({})", failure.name, failure.target)).collect()
    }

    /// All of them, for the end.
    fn failures(&self) -> String {
        let mut text = String::new();
        for Failure { name, target, lines, more } in &self.failed {
            let lines = lines.join("\n");
            let more = if *more > 0 { format!("\n… and {more} lines more, above") } else { String::new() };
            let _ = write!(text, "\n== failed: {name} ({target})\n{}{more}\n", lines.trim()); // to a String: cannot fail
        }
        text
    }
}

/// As it is named where cargo says `error: test failed, to rerun pass …`, also of doc tests.
fn target_that_failed(line: &str) -> Option<&str> {
    let (_, target) = line.strip_prefix("error: ")?.split_once("test failed, to rerun pass `")?;
    target.strip_suffix('`')
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "     Running tests/it/main.rs (target/debug/deps/it-0)

running 3 tests
test one::passes ... ok
test one::panics - should panic ... ok
test one::fails ... FAILED

failures:

---- one::fails stdout ----

thread 'one::fails' panicked at src/one.rs:1:2:
test of a line ... ok
note: run with `RUST_BACKTRACE=1`


failures:
    one::fails

test result: FAILED. 2 passed; 1 failed
error: test failed, to rerun pass `-p pyexec-core --test it`
     Running tests/crash.rs (target/debug/deps/crash-0)
run 3: two executions
error: test failed, to rerun pass `-p pyexec-core --test crash`

Caused by:
  process didn't exit successfully (signal: 11, SIGSEGV)
   Doc-tests pyexec_core
test src/lib.rs - (line 3) ... ok

failures:

---- src/lib.rs - (line 9) stdout ----
no
failures:
    src/lib.rs - (line 9)

error: doctest failed, to rerun pass `-p pyexec-core --doc`
error: 3 targets failed:";

    #[test]
    fn what_passes_is_left_out_and_what_fails_is_told_again() {
        let mut report = Report::default();
        let hidden: Vec<&str> = OUTPUT.lines().filter(|line| !report.take(line)).collect();
        assert_eq!(
            hidden,
            ["test one::passes ... ok", "test one::panics - should panic ... ok", "test src/lib.rs - (line 3) ... ok"]
        );
        assert_eq!(
            report.failures(),
            "
== failed: one::fails (-p pyexec-core --test it)
thread 'one::fails' panicked at src/one.rs:1:2:
test of a line ... ok
note: run with `RUST_BACKTRACE=1`

== failed: no test of its own (-p pyexec-core --test crash)
run 3: two executions

Caused by:
  process didn't exit successfully (signal: 11, SIGSEGV)

== failed: src/lib.rs - (line 9) (-p pyexec-core --doc)
no
"
        );
        assert_eq!(
            report.names(),
            [
                "`one::fails` (-p pyexec-core --test it)",
                "`no test of its own` (-p pyexec-core --test crash)",
                "`src/lib.rs - (line 9)` (-p pyexec-core --doc)"
            ]
        );
    }

    #[test]
    fn a_long_failure_is_cut_and_says_so() {
        let mut report = Report::default();
        report.take("---- long stdout ----");
        for line in 0..MOST_LINES + 5 {
            report.take(&line.to_string());
        }
        report.take("failures:");
        assert!(report.failures().ends_with("59\n… and 5 lines more, above\n"), "{}", report.failures());
    }
}
