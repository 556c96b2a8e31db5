//! `pyexec approvals`.

use super::drive_and_show;
use crate::{
    args::{Approvals, ApprovalsCommand},
    exit::Failure,
    principal,
    render::{self, progress::Lines, table},
    wiring::{self, Choices},
};
use pyexec_approval::Card;
use pyexec_core::{ErrorKind, RunId};
use pyexec_service::{Service, event::Answer, progress::Observer, run::State, store::HeadFilter};
use serde_json::json;
use std::{path::Path, sync::Arc};

pub(crate) async fn approvals(config: Option<&Path>, approvals: Approvals) -> Result<u8, Failure> {
    let loaded = wiring::configuration(config)?;
    let service = wiring::service(&loaded, &Choices::default()).await?;
    match approvals.command {
        ApprovalsCommand::List { limit, json } => list(&service, limit, json).await,
        ApprovalsCommand::Show { ticket, json } => {
            let (_, run) = service.find_ticket(&ticket).await?;
            let card = card(&service, &run).await?;
            if json {
                render::result::json(&card);
            } else {
                render::result::line(card.to_text(render::columns()).trim_end());
            }
            Ok(0)
        }
        ApprovalsCommand::Approve { ticket, comment, json } => {
            decide(&service, &ticket, Answer::Approve, comment, json).await
        }
        ApprovalsCommand::Reject { ticket, reason, json } => {
            decide(&service, &ticket, Answer::Reject { reason }, None, json).await
        }
    }
}

async fn decide(
    service: &Service,
    ticket: &str,
    answer: Answer,
    comment: Option<String>,
    json: bool,
) -> Result<u8, Failure> {
    let (ticket, _) = service.find_ticket(ticket).await?;
    let run = service.decide(&ticket, answer, &principal::current(), comment).await?;
    drive_and_show(service, &run, json).await
}

async fn list(service: &Service, limit: usize, as_json: bool) -> Result<u8, Failure> {
    let filter = HeadFilter { state: Some(State::Waiting.name().into()), ..HeadFilter::default() };
    let heads = service.list(&filter, limit).await?;
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
        let run = service.run(&head.run_id).await?;
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

/// The card of a run that waits.
pub(crate) async fn card(service: &Service, run: &RunId) -> Result<Card, Failure> {
    let run = service.run(run).await?;
    let Some(ticket) = run.open_ticket() else {
        let message = format!("run {} waits for no decision: it is {}", run.id, run.state());
        return Err(Failure::new(ErrorKind::BadRequest, message, "`pyexec runs show` tells what became of it"));
    };
    let (code, findings) = service.evidence(&run)?;
    let observer: Arc<dyn Observer> = Arc::new(Lines::new(false));
    let held = service.describe(&observer).await.map_err(|e| wiring::failed(&e))?;
    let analysis = run.attempt().and_then(|attempt| attempt.analysis.as_ref());
    Ok(Card {
        run_id: run.id.clone(),
        ticket_id: ticket.ticket_id.clone(),
        requester: run.created.requester.clone(),
        task: run.task(),
        summary: analysis.map(|a| a.summary.clone()).unwrap_or_default(),
        reason: ticket.reason.clone(),
        mode: ticket.covers.mode,
        grants: ticket.covers.grants.clone(),
        findings,
        inputs: run.inputs(),
        code,
        limits: run.created.limits.clone(),
        isolation: held.isolation,
        created_at: ticket.created_at,
        expires_at: ticket.expires_at,
    })
}
