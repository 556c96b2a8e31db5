//! `pyexec approvals`.

use super::{drive_and_show, edit};
use crate::{
    args::{Approvals, ApprovalsCommand},
    exit::Failure,
    principal,
    render::{self, progress::Lines, table},
    wiring::{self, Choices},
};
use pyexec_approval::CardView;
use pyexec_core::{Code, RunId, TicketId};
use pyexec_registry::config::Loaded;
use pyexec_service::{Journal, Service, event::Answer, progress::Observer, run::State, store::HeadFilter};
use serde_json::json;
use std::{path::Path, sync::Arc};

pub(crate) async fn approvals(config: Option<&Path>, approvals: Approvals) -> Result<u8, Failure> {
    let loaded = wiring::configuration(config)?;
    match approvals.command {
        // What waits must be seen whatever became of the stages.
        ApprovalsCommand::List { limit, json } => list(&wiring::journal(&loaded).await?, limit, json).await,
        ApprovalsCommand::Show { ticket, json } => {
            let service = wiring::service(&loaded, &Choices::default()).await?;
            let (ticket, _) = service.journal().find_ticket(&ticket).await?;
            let card = card(&service, &ticket).await?;
            if json {
                render::result::json(&card);
            } else {
                render::result::line(card.to_text(render::columns()).trim_end());
            }
            Ok(0)
        }
        ApprovalsCommand::Approve { ticket, comment, json } => {
            let (service, ticket) = found(&loaded, &ticket).await?;
            decide(&service, &ticket, Answer::Approve, comment, json).await
        }
        ApprovalsCommand::Reject { ticket, reason, retry, json } => {
            let (service, ticket) = found(&loaded, &ticket).await?;
            decide(&service, &ticket, Answer::Reject { reason, retry }, None, json).await
        }
        ApprovalsCommand::Edit { ticket, file, comment, json } => {
            let (service, ticket) = found(&loaded, &ticket).await?;
            let edited = edit::read(&file)?;
            let (run, shown) = replace(&service, &ticket, &edited, comment).await?;
            if let Some((attempt, old)) = shown {
                edit::show_change(attempt, &old, &edited);
            }
            drive_and_show(&service, &run, json).await
        }
    }
}

/// The ticket, and a service that can drive its run wherever the answer leads.
async fn found(loaded: &Loaded, ticket: &str) -> Result<(Service, TicketId), Failure> {
    let service = wiring::service(loaded, &Choices::default()).await?;
    let (ticket, run) = service.journal().find_ticket(ticket).await?;
    Ok((wiring::service_for(loaded, service, &run).await?, ticket))
}

/// The run, and the attempt that was edited with its code.
async fn replace(
    service: &Service,
    ticket: &TicketId,
    edited: &Code,
    comment: Option<String>,
) -> Result<(RunId, Option<(u32, Code)>), Failure> {
    let (_, run) = service.journal().find_ticket(ticket.as_str()).await?;
    let before = service.run(&run).await?;
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(render::watched()));
    let run = service.edit(ticket, edited.clone(), &principal::current(), comment, &observer).await?;
    let attempt = before.attempt().map(|attempt| attempt.number);
    Ok((run, attempt.zip(service.journal().evidence(&before).ok().map(|(code, _)| code))))
}

async fn decide(
    service: &Service,
    ticket: &TicketId,
    answer: Answer,
    comment: Option<String>,
    json: bool,
) -> Result<u8, Failure> {
    let run = service.decide(ticket, answer, &principal::current(), comment).await?;
    drive_and_show(service, &run, json).await
}

async fn list(journal: &Journal, limit: usize, as_json: bool) -> Result<u8, Failure> {
    let filter = HeadFilter { state: Some(State::Waiting.name().into()), ..HeadFilter::default() };
    let heads = journal.list(&filter, limit).await?;
    if !as_json {
        let rows: Vec<_> = heads
            .iter()
            .map(|head| {
                let ticket = head.ticket.as_ref().map(ToString::to_string).unwrap_or_default();
                let expires = head.ticket_expires_at.clone().unwrap_or_default();
                [ticket, head.requester.to_string(), head.mode.clone().unwrap_or_default(), expires, head.task.clone()]
            })
            .collect();
        table::print(["TICKET", "REQUESTER", "MODE", "EXPIRES", "TASK"], &rows);
        return Ok(0);
    }
    let mut tickets = Vec::with_capacity(heads.len());
    for head in &heads {
        let run = journal.run(&head.run_id).await?;
        let Some(ticket) = run.open_ticket() else { continue };
        tickets.push(json!({
            "ticket_id": ticket.ticket_id,
            "run_id": run.id,
            "requester": run.created.requester,
            "created_at": ticket.created_at.to_string(),
            "expires_at": ticket.expires_at.to_string(),
            "code_sha256": ticket.covers.code,
            "mode": ticket.covers.mode,
            "grants": ticket.covers.grants,
            "reason": ticket.reason,
            "task": head.task,
        }));
    }
    render::result::json(&json!({"schema": pyexec_service::view::SCHEMA, "tickets": tickets}));
    Ok(0)
}

/// The card of a ticket that waits.
pub(crate) async fn card(service: &Service, ticket: &TicketId) -> Result<CardView, Failure> {
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(false));
    Ok(CardView::of(&service.card(ticket, &observer).await?))
}
