//! Answers to tickets: the first one wins, and a later one is told whose it was.
//!
//! An edit is an answer too, and never an approval: it ends the ticket and makes an attempt of its own. What cannot be an
//! attempt (no code, the same code, code that does not compile) is refused here, while the ticket still waits, so that a
//! slip of the editor's loses no run. An edit that policy denies is an attempt: it ends the run like any denied code, and
//! the record keeps it. The code that an edit of generated code fails with goes back to the generator, as its own would.

use crate::{
    analysis, clock, desk,
    driver::analysis_request,
    event::{Answer, Event, Ticket},
    log::RunLog,
    progress::Observer,
    run::{Attempt, Decision, End, Run, State},
    service::{Service, ServiceError, blocking},
    submit,
};
use pyexec_core::{Code, CodeHash, ErrorClass, ErrorKind, Finding, Principal, RunError, RunId, TicketId};
use std::sync::Arc;

/// How much of a line is shown around the place where it does not compile, in characters.
const AROUND: usize = 60;

impl Service {
    /// Answers a ticket. The first answer wins; a later one is told whose it was. An edit comes by [`Service::edit`].
    pub async fn decide(
        &self,
        ticket: &TicketId,
        answer: Answer,
        by: &Principal,
        comment: Option<String>,
    ) -> Result<RunId, ServiceError> {
        if matches!(answer, Answer::Edit { .. }) {
            let message = "an edit comes with the edited code, not with its digest";
            return Err(RunError::new(ErrorKind::BadRequest, message).with_help("call `Service::edit`").into());
        }
        let (log, run, open) = self.waiting(ticket).await?;
        if matches!(answer, Answer::Reject { retry: true, .. }) && run.created.given.is_some() {
            let message = "the rejection cannot go to a generator: this code was given, no generator wrote it";
            let help = "change it with `pyexec approvals edit`, or reject it without `--retry`; the ticket still waits";
            return Err(RunError::new(ErrorKind::BadRequest, message).with_help(help).into());
        }
        if answer == Answer::Approve
            && let Err(error) = desk::stored_code(self.store(), open.covers.code)
        {
            // Whoever approves is told at once, and so is the log, not only whoever would release it.
            if error.class == ErrorClass::Refusal {
                match log.append(Event::Ended { state: State::Refused, error: Some(error.clone()) }).await {
                    Ok(()) => drop(self.journal().leave(&log.run().await).await),
                    Err(ServiceError::Illegal(_)) => {} // it ended otherwise in between
                    Err(other) => return Err(other),
                }
            }
            return Err(error.into());
        }
        self.answer(&log, &open, answer, by, comment).await
    }

    /// Answers a ticket with other code, which is analysed, judged and asked about anew once the run is driven on. Nothing
    /// happens to the ticket if the code cannot be an attempt: the error says why.
    pub async fn edit(
        &self,
        ticket: &TicketId,
        code: Code,
        by: &Principal,
        comment: Option<String>,
        observer: &Arc<dyn Observer>,
    ) -> Result<RunId, ServiceError> {
        submit::check_code(&code)?;
        let (log, run, open) = self.waiting(ticket).await?;
        if code.hash() == open.covers.code {
            let message = "the edited code is the same as the code that waits, byte for byte";
            let help = "approve the ticket if that is what shall run";
            return Err(RunError::new(ErrorKind::BadRequest, message).with_help(help).into());
        }
        let request = analysis_request(self, &run, code.clone(), observer).await?;
        let found = self.analyze(request, observer).await;
        if found.syntax_error.is_some() {
            return Err(does_not_compile(&code, &found.findings).into());
        }
        let store = self.store().clone();
        let code = CodeHash(blocking(move || Ok(store.put_blob(code.as_bytes())?)).await?);
        self.answer(&log, &open, Answer::Edit { code }, by, comment).await
    }

    /// The run of a ticket that can still be answered, and the ticket. One that lapsed lapses now.
    async fn waiting(&self, ticket: &TicketId) -> Result<(Arc<RunLog>, Run, Ticket), ServiceError> {
        let run =
            self.store().find_by_ticket(ticket).await?.ok_or_else(|| ServiceError::no_such_ticket(ticket.as_str()))?;
        let log = self.log(&run).await?;
        let mut run = log.refresh().await?;
        if decidable(&run, ticket)?.lapsed(clock::now()) {
            run = self.journal().lapse(&log).await?;
            self.standbys().give_up(&run.id);
        }
        let open = decidable(&run, ticket)?.clone();
        Ok((log, run, open))
    }

    async fn answer(
        &self,
        log: &RunLog,
        open: &Ticket,
        answer: Answer,
        by: &Principal,
        comment: Option<String>,
    ) -> Result<RunId, ServiceError> {
        let (ticket, code, released) = (open.ticket_id.clone(), open.covers.code, answer == Answer::Approve);
        let decided = Event::Decided { ticket, code, by: by.clone(), answer, comment };
        match log.append(decided).await {
            // Somebody was quicker: say who.
            Err(ServiceError::Illegal(why)) => decidable(&log.run().await, &open.ticket_id).and(Err(why.into())),
            Err(other) => Err(other),
            Ok(()) => {
                if !released {
                    self.standbys().give_up(log.id());
                }
                Ok(log.id().clone())
            }
        }
    }
}

/// The ticket, if it can still be answered; else who was quicker, or what came in between.
fn decidable<'a>(run: &'a Run, ticket: &TicketId) -> Result<&'a Ticket, ServiceError> {
    let asked = |attempt: &&Attempt| attempt.ticket.as_ref().is_some_and(|t| t.ticket_id == *ticket);
    let attempt = run.attempts.iter().find(asked);
    let found = attempt.and_then(|attempt| Some((attempt, attempt.ticket.as_ref()?)));
    let (attempt, open) = found.ok_or_else(|| ServiceError::no_such_ticket(ticket.as_str()))?;
    let see = format!("`pyexec runs show {}` tells what became of it", run.id);
    if let Some(Decision { by, answer, at, .. }) = &attempt.decision {
        let message = format!("ticket {ticket} was {} by {by} already, at {}", answer.done(), clock::stamp(*at));
        let help = match run.open_ticket() {
            Some(next) => format!("ticket {} waits now, about attempt {}", next.ticket_id, next.covers.attempt),
            None => see,
        };
        return Err(RunError::new(ErrorKind::BadRequest, message).with_help(help).into());
    }
    match &run.ended {
        Some(End { state: State::Expired, .. }) => {
            let message = format!("ticket {ticket} expired at {}", clock::stamp(open.expires_at));
            Err(RunError::new(ErrorKind::Expired, message).with_help("submit the run again").into())
        }
        Some(End { state, .. }) => {
            let message = format!("ticket {ticket} waits no longer: the run has ended, {state}");
            Err(RunError::new(ErrorKind::BadRequest, message).with_help(see).into())
        }
        None => Ok(open),
    }
}

/// With the line itself, and a mark below the place.
fn does_not_compile(code: &Code, findings: &[Finding]) -> RunError {
    let help = "the ticket still waits: mend the code, then edit again";
    let Some(defect) = analysis::defect(findings) else {
        return RunError::new(ErrorKind::Syntax, "the edited code does not compile").with_help(help);
    };
    let (line, column) = (defect.line as usize, defect.column as usize);
    let message = format!("the edited code does not compile: line {line}, column {column}: {}", defect.message);
    let error = RunError::new(ErrorKind::Syntax, message).with_help(help);
    let text = code.to_text();
    let Some(source) = text.lines().nth(line.saturating_sub(1)) else { return error };
    let before = column.saturating_sub(1);
    let from = before.saturating_sub(AROUND);
    let shown: String = source.chars().skip(from).take(2 * AROUND).collect();
    // Tabs stay tabs, so that the mark stays below its place.
    let blank: String =
        source.chars().skip(from).take(before - from).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    error.with_traceback(format!("{line:>5} | {shown}\n      | {blank}^"))
}
