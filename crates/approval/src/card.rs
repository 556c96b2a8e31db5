//! What a person is shown before they decide: one content for every front end, and its rendering for a terminal.
//!
//! The card's own words stand at the left edge, and contain nothing but our words, numbers, ids and hashes. Everything that
//! a model, a caller or a plugin wrote stands behind a gutter (`│`, `┆` where a long line goes on), exposed. So no text can
//! imitate the card's words, whatever it says. Nothing of the code is left out.

mod page;
mod words;

use crate::expose::{expose, expose_bytes, on_one_line};
use jiff::Timestamp;
use page::Page;
use pyexec_core::{
    Code, ExecutionMode, Finding, Grant, Isolation, Principal, RunId, TicketId, finding::InputInfo, order::Limits,
};
use serde::{Deserialize, Serialize};
use std::os::unix::ffi::OsStrExt;

/// The most findings that are shown one by one; the code shows them all.
const MAX_FINDINGS: usize = 100;
/// The most source lines under one finding.
const MAX_SOURCE_LINES: u32 = 5;

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The run that waits.
    pub run_id: RunId,
    /// What is decided.
    pub ticket_id: TicketId,
    /// Who asked.
    pub requester: Principal,
    /// The request, in the caller's words.
    pub task: String,
    /// What analysis says of the code.
    pub summary: String,
    /// Why a person is asked.
    pub reason: String,
    /// The mode that it would run in.
    pub mode: ExecutionMode,
    /// What would be opened.
    pub grants: Vec<Grant>,
    /// What analysis found.
    pub findings: Vec<Finding>,
    /// What it may read.
    pub inputs: Vec<InputInfo>,
    /// The code, as it would run.
    pub code: Code,
    /// What holds it.
    pub limits: Limits,
    /// How strongly it will be held.
    pub isolation: Isolation,
    /// When the ticket was opened.
    pub created_at: Timestamp,
    /// When it lapses.
    pub expires_at: Timestamp,
}

impl Card {
    /// The card for a terminal of so many columns (at least 40 are assumed).
    pub fn to_text(&self, width: usize) -> String {
        let mut page = Page::new(width);
        let lines = Lines::of(&self.code);
        page.own("APPROVAL REQUESTED");
        page.own(&format!("  ticket   {}", self.ticket_id));
        page.own(&format!("  run      {}", self.run_id));
        page.own(&format!("  code     sha256 {}", self.code.hash()));
        page.own(&format!("  opened   {}", self.created_at));
        page.own(&format!("  expires  {}", self.expires_at));
        page.section("REQUESTED BY");
        page.foreign(&on_one_line(&expose(&self.requester.0)));
        page.section("TASK");
        page.foreign(&expose(&self.task));
        page.section("SUMMARY");
        page.foreign(&expose(&self.summary));
        page.section("WHY YOU ARE ASKED");
        page.foreign(&expose(&self.reason));
        page.section("MODE");
        page.own(&format!("  {}: {}", self.mode, words::mode(self.mode)));
        self.grants(&mut page);
        self.inputs(&mut page);
        self.findings(&mut page, &lines);
        page.section("LIMITS AND ISOLATION");
        page.own(&format!("  {}", words::isolation(self.isolation)));
        for line in words::limits(&self.limits) {
            page.own(&format!("  {line}"));
        }
        self.code(&mut page, &lines);
        page.section("END OF THE REQUEST");
        page.own(&format!("  approving runs exactly the code with sha256 {}", self.code.hash()));
        page.finish()
    }

    fn grants(&self, page: &mut Page) {
        page.section("IF APPROVED, IT MAY");
        if self.grants.is_empty() {
            page.own("  change nothing outside its own folder");
        }
        for grant in &self.grants {
            page.own(&format!("  {}", words::grant(grant)));
            match grant {
                Grant::Output { path, .. } | Grant::Read { path } => {
                    page.foreign(&on_one_line(&expose_bytes(path.as_os_str().as_bytes())));
                }
                Grant::ChannelWrite(grant) => {
                    for name in &grant.names {
                        page.foreign(&on_one_line(&expose(name)));
                    }
                }
                Grant::Net | Grant::Process => {}
            }
        }
    }

    fn inputs(&self, page: &mut Page) {
        if self.inputs.is_empty() {
            return;
        }
        page.section("IT READS");
        for input in &self.inputs {
            page.foreign(&on_one_line(&expose(&input.path)));
            page.own(&format!("    {} bytes, sha256 {}", input.bytes, input.sha256));
        }
    }

    fn findings(&self, page: &mut Page, lines: &Lines) {
        page.section("WHAT ANALYSIS FOUND");
        if self.findings.is_empty() {
            page.own("  nothing");
        }
        for (at, finding) in self.findings.iter().take(MAX_FINDINGS).enumerate() {
            page.own(&format!("  {}. {}", at + 1, words::finding(finding)));
            let what = match &finding.evidence {
                Some(evidence) => format!("{} ({}; {evidence})", finding.message, finding.rule),
                None => format!("{} ({})", finding.message, finding.rule),
            };
            page.foreign(&expose(&what));
            let last = finding.end_line.min(finding.line.saturating_add(MAX_SOURCE_LINES - 1));
            for number in finding.line..=last.max(finding.line) {
                if let Some(text) = lines.get(number) {
                    page.code(number, lines.last(), false, text);
                }
            }
        }
        if let Some(more) = self.findings.len().checked_sub(MAX_FINDINGS).filter(|more| *more > 0) {
            page.own(&format!("  and {more} more; the code below marks the line of each"));
        }
    }

    fn code(&self, page: &mut Page, lines: &Lines) {
        page.section("THE CODE");
        if lines.declares_other_encoding() {
            page.own("  WARNING: it declares an encoding other than UTF-8, which is how it is shown here");
        }
        let marked: std::collections::HashSet<u32> = self.findings.iter().map(|finding| finding.line).collect();
        if !marked.is_empty() {
            page.own("  lines with findings are marked with >");
        }
        for (number, text, blank) in lines.folded() {
            let shown = if blank > 1 { format!("⟨{blank} empty lines⟩") } else { text.into() };
            page.code(number, lines.last(), marked.contains(&number), &shown);
        }
    }
}

/// Code as lines, numbered as Python numbers them.
struct Lines(Vec<String>);

impl Lines {
    fn of(code: &Code) -> Self {
        Self(expose_bytes(code.as_bytes()).lines().map(Into::into).collect())
    }

    /// The last number.
    fn last(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    fn get(&self, number: u32) -> Option<&str> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.0.get(at).map(String::as_str)
    }

    /// Every line with its number; more than three blank ones together come as one entry with their count, because a
    /// screenful of nothing hides what follows it.
    fn folded(&self) -> impl Iterator<Item = (u32, &str, usize)> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let text = self.0.get(at)?;
            let blank = self.0[at..].iter().take_while(|line| line.trim().is_empty()).count();
            let taken = if blank > 3 { blank } else { 1 };
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            at += taken;
            Some((number, text.as_str(), taken))
        })
    }

    /// Whether one of the first two lines could be an encoding declaration (PEP 263) of anything but UTF-8.
    fn declares_other_encoding(&self) -> bool {
        let name = |after: &str| {
            let name = after.strip_prefix([':', '='])?.trim_start();
            let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(name.len());
            Some(name[..end].to_ascii_lowercase().replace('_', "-"))
        };
        let declared = |line: &String| {
            let comment = line.split_once('#').map_or("", |(_, comment)| comment);
            comment.split("coding").skip(1).find_map(name)
        };
        let same = ["utf-8", "utf8", "ascii", "us-ascii"];
        self.0.iter().take(2).filter_map(declared).any(|name| !same.contains(&name.as_str()))
    }
}

#[cfg(test)]
#[path = "card_tests.rs"]
mod tests;
