//! A card on a terminal, in the order in which a person wants to know: what is asked, what is strange, what it does, what
//! would be opened, what changed, what analysis found, how it is held, and the code, whole.
//!
//! Our own words stand at the left edge, are ASCII and hold nothing foreign but numbers, ids and hashes. Everything that a
//! model, a caller or a plugin wrote stands behind a gutter (`│`, `┆` where a long line goes on), exposed. So no text can
//! imitate the card's words, whatever it says.

use super::{AuthorView, CardView, FindingView, change::Since, page::Page, warnings::Warning, words};
use crate::expose::{Exposed, Line, cells};
use pyexec_core::{Severity, connector::WriteResult};

/// The most kinds of findings that are shown one by one; the code marks the lines of all.
const MAX_FINDINGS: usize = 40;
/// The most places of one kind that are shown, and source lines for each.
const MAX_PLACES: usize = 3;
const MAX_SOURCE_LINES: u32 = 4;
/// More blank lines than this together are counted instead of shown: a screenful of nothing hides what follows it.
const MAX_BLANK: usize = 3;

impl CardView {
    /// The card for a terminal of so many columns (at least 40 are assumed).
    pub fn to_text(&self, width: usize) -> String {
        let mut page = Page::new(width);
        let lines = self.code.text.lines();
        let digits = digits(lines, &page);
        page.own("APPROVAL REQUESTED");
        self.glance(&mut page);
        self.warnings(&mut page);
        self.request(&mut page);
        self.grants(&mut page);
        self.change(&mut page);
        self.earlier(&mut page);
        list(&mut page, "WHY YOU ARE ASKED", &self.reasons);
        list(&mut page, "POLICY RECOMMENDS INSTEAD", &self.recommendations);
        list(&mut page, "POLICY SAYS AS WELL", &self.additional_context);
        self.findings(&mut page, digits);
        self.inputs(&mut page);
        self.held(&mut page);
        self.code(&mut page, digits);
        page.section("END OF THE REQUEST");
        self.glance(&mut page);
        page.own(&format!("  ticket  {}", self.ticket_id));
        page.own(&format!("  run     {}", self.run_id));
        page.own(&format!("  opened  {}", self.created_at));
        page.own(&format!("  expires {}, {}", self.expires_at, words::left(self.expires_in_seconds)));
        page.own("  approving runs exactly the code with sha256");
        page.own(&format!("  {}", self.code.sha256));
        page.finish()
    }

    /// The few words that stand at both ends, for those who see only one.
    fn glance(&self, page: &mut Page) {
        page.own(&format!("  {}: {}", self.mode, words::mode(self.mode)));
        let mut parts = vec![
            words::count(self.warnings.len(), "warning"),
            format!("{} opened", words::count(self.grants.len(), "thing")),
            self.count_findings(),
            words::count(self.code.text.lines().len(), "line"),
        ];
        if let Some(change) = &self.change {
            parts.push(words::change(change.removed, change.added));
        }
        page.own(&format!("  {}", parts.join(", ")));
    }

    fn count_findings(&self) -> String {
        let dangers = self.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let all = words::count(self.findings.len(), "finding");
        if dangers > 0 { format!("{all} ({dangers} DANGER)") } else { all }
    }

    fn warnings(&self, page: &mut Page) {
        if self.warnings.is_empty() {
            return;
        }
        page.section("READ THIS FIRST");
        for Warning { words, lines, examples, .. } in &self.warnings {
            let place = if lines.is_empty() { String::new() } else { format!(": {}", words::lines(lines)) };
            page.own(&format!("  ! {words}{place}"));
            for example in examples {
                page.foreign(example);
            }
        }
    }

    fn request(&self, page: &mut Page) {
        page.section("REQUESTED BY");
        page.foreign(&self.requester);
        page.section("TASK");
        page.foreign(&self.task);
        page.section("WHAT IT DOES");
        page.foreign(&self.summary);
    }

    fn grants(&self, page: &mut Page) {
        page.section("IF APPROVED, IT MAY");
        if self.grants.is_empty() {
            page.own("  change nothing outside its own folder");
        }
        for grant in &self.grants {
            page.own(&format!("  {}", grant.words));
            for name in &grant.names {
                page.foreign(name);
            }
        }
    }

    fn inputs(&self, page: &mut Page) {
        if !self.inputs.is_empty() {
            page.section("IT READS");
        }
        for input in &self.inputs {
            page.foreign(&input.path);
            page.own(&format!("    {}", words::bytes(input.bytes)));
            page.own(&format!("    sha256 {}", input.sha256));
        }
    }

    fn change(&self, page: &mut Page) {
        let Some(change) = &self.change else { return };
        page.section("WHAT CHANGED");
        match &change.since {
            Since::Approved { run_id, by, at } => {
                page.own(&format!("  since the code that was approved before for this task, {at}, run {run_id}, by"));
                page.foreign(by);
            }
            Since::Edited { attempt } => {
                page.own(&format!("  since attempt {attempt}, out of which a person edited this"));
            }
            Since::Attempt { attempt } => page.own(&format!("  since attempt {attempt} of this run")),
        }
        page.own(&format!("  {}", words::change(change.removed, change.added)));
        let numbers = change.hunks.iter().flatten().flat_map(|row| [row.old, row.new]).flatten();
        let digits = numbers.max().unwrap_or(0).to_string().len();
        for (at, hunk) in change.hunks.iter().enumerate() {
            if at > 0 {
                page.own("    ...");
            }
            for row in hunk {
                page.change(row, digits);
            }
        }
        if change.left_out > 0 {
            page.own(&format!("  and {} changed lines more; the code below marks new lines with +", change.left_out));
        }
    }

    fn earlier(&self, page: &mut Page) {
        if self.earlier.is_empty() {
            return;
        }
        page.section("EARLIER IN THIS RUN");
        for earlier in &self.earlier {
            let effects = if earlier.effects { "could change something" } else { "could change nothing outside" };
            page.own(&format!("  attempt {} ran and {effects}; {}", earlier.attempt, earlier.ending));
            for write in &earlier.writes {
                page.own(match write.result {
                    Some(WriteResult::Ok) => "    written:",
                    Some(WriteResult::Refused) => "    not written, refused:",
                    Some(WriteResult::Unknown) => "    PERHAPS written, nobody knows:",
                    None => "    PERHAPS written, it was under way:",
                });
                page.foreign(&write.write);
                if let Some(notes) = &write.notes {
                    page.foreign(notes);
                }
            }
        }
    }

    fn findings(&self, page: &mut Page, digits: usize) {
        page.section("WHAT ANALYSIS FOUND");
        if self.findings.is_empty() {
            page.own("  nothing");
        }
        let kinds = kinds(&self.findings);
        for kind in kinds.iter().take(MAX_FINDINGS) {
            let first = kind[0];
            let numbers: Vec<_> = kind.iter().map(|finding| finding.line).collect();
            page.own(&format!("  {}", words::finding(first.severity, first.certainty, &numbers)));
            page.foreign(&first.whole);
            for finding in kind.iter().take(MAX_PLACES) {
                let last = finding.end_line.min(finding.line.saturating_add(MAX_SOURCE_LINES - 1));
                for number in finding.line..=last.max(finding.line) {
                    if let Some(line) = self.line(number) {
                        page.code(number, digits, "", line);
                    }
                }
            }
        }
        if kinds.len() > MAX_FINDINGS {
            page.own(&format!("  and {} kinds more; the code below marks their lines", kinds.len() - MAX_FINDINGS));
        }
    }

    fn held(&self, page: &mut Page) {
        page.section("HOW IT IS HELD");
        page.own(&format!("  {}", words::isolation(self.isolation)));
        for line in words::limits(&self.limits) {
            page.own(&format!("  {line}"));
        }
        page.own("  by the executor");
        page.foreign(&self.backend);
    }

    fn code(&self, page: &mut Page, digits: usize) {
        let lines = self.code.text.lines();
        page.section("THE CODE");
        page.own(&format!("  {}, {}", words::count(lines.len(), "line"), words::bytes(self.code.bytes as u64)));
        match &self.author {
            AuthorView::Given => page.own("  given with the request"),
            AuthorView::Generator { name } => {
                page.own(&format!("  attempt {}, written by the generator", self.attempt));
                page.foreign(name);
            }
            AuthorView::Person { by, of } => {
                page.own(&format!("  attempt {}, edited out of the code of attempt {of} by", self.attempt));
                page.foreign(by);
            }
        }
        if lines.iter().any(|line| line.ended) && lines.iter().all(|line| line.cr_lf || !line.ended) {
            page.own("  every line ends with CR LF");
        }
        if lines.last().is_some_and(|line| !line.ended) {
            page.own("  no line end after the last line");
        }
        let found = self.lines_with_findings();
        if !found.is_empty() {
            page.own("  lines with findings are marked with >");
        }
        let new = self.change.as_ref().map(|change| &change.new_lines).filter(|new| !new.is_empty());
        if new.is_some() {
            page.own("  new lines are marked with +");
        }
        let mut rest = lines;
        let mut number = 1_u32;
        while let Some(line) = rest.first() {
            let alike = rest.iter().take_while(|other| *other == line && line.is_blank()).count();
            let taken = if alike > MAX_BLANK { alike } else { 1 };
            if taken > 1 {
                let what = match line.columns() {
                    0 => "empty lines".into(),
                    spaces => format!("lines of {}", words::count(spaces, "space")),
                };
                page.folded(number, digits, &format!("{taken} {what}"));
            } else {
                let plus = if new.is_some_and(|new| new.contains(&number)) { "+" } else { "" };
                let mark = if found.contains(&number) { ">" } else { "" };
                page.code(number, digits, &format!("{plus}{mark}"), line);
            }
            rest = &rest[taken..];
            number = number.saturating_add(u32::try_from(taken).unwrap_or(u32::MAX));
        }
    }

    fn line(&self, number: u32) -> Option<&Line> {
        self.code.text.lines().get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

fn list(page: &mut Page, heading: &str, texts: &[Exposed]) {
    if !texts.is_empty() {
        page.section(heading);
    }
    for text in texts {
        page.foreign(text);
    }
}

/// How many digits the numbers before code need: of lines, and of columns where a line must be broken.
fn digits(lines: &[Line], page: &Page) -> usize {
    let plain = lines.len().to_string().len().max(3);
    let wide = |line: &&Line| line.to_string().chars().map(cells).sum::<usize>() > page.room(plain);
    let longest = lines.iter().filter(wide).map(Line::columns).max();
    longest.map_or(plain, |columns| plain.max(1 + columns.to_string().len()))
}

/// Findings that say the same of several places, together.
fn kinds(findings: &[FindingView]) -> Vec<Vec<&FindingView>> {
    let mut kinds: Vec<Vec<&FindingView>> = Vec::new();
    let same = |a: &FindingView, b: &FindingView| {
        (a.severity, a.certainty) == (b.severity, b.certainty) && a.rule == b.rule && a.message == b.message
    };
    for finding in findings {
        match kinds.iter_mut().find(|kind| same(kind[0], finding)) {
            Some(kind) => kind.push(finding),
            None => kinds.push(vec![finding]),
        }
    }
    kinds
}
