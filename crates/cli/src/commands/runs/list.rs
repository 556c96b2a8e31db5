//! `pyexec runs list`.

use crate::{
    exit::Failure,
    render::{self, table},
};
use pyexec_core::{ErrorKind, RunError};
use pyexec_service::{
    Journal,
    record::Refusal,
    run::State,
    store::{HeadFilter, RunHead},
    view::SCHEMA,
};
use serde_json::{Value, json};

pub(super) async fn list(
    journal: &Journal,
    state: Option<State>,
    limit: usize,
    refused: bool,
    as_json: bool,
) -> Result<u8, Failure> {
    let filter = HeadFilter { state: state.map(|s| s.name().into()), refused, ..HeadFilter::default() };
    let heads = journal.list(&filter, limit).await?;
    let mut rows = Vec::with_capacity(heads.len());
    for head in heads {
        let stopped = head
            .is_stopped(journal.store().data_dir())
            .map_err(|error| RunError::new(ErrorKind::Store, error.to_string()).with_help(error.help()))?;
        let refusal = if refused { journal.refusal(&head.run_id).await? } else { None };
        rows.push((head, stopped, refusal));
    }
    if as_json {
        let rows: Vec<_> =
            rows.iter().map(|(head, stopped, refusal)| row(head, *stopped, refusal.as_ref(), refused)).collect();
        render::result::json(&json!({"schema": SCHEMA, "runs": rows}));
    } else if refused {
        let rows: Vec<_> = rows.iter().map(|(head, _, refusal)| refused_row(head, refusal.as_ref())).collect();
        table::print(["RUN", "REFUSED", "RULES", "LINE", "CREATED", "TASK"], &rows);
    } else {
        let rows: Vec<_> = rows.iter().map(|(head, stopped, _)| plain_row(head, *stopped)).collect();
        table::print(["RUN", "STATE", "MODE", "CREATED", "TASK"], &rows);
    }
    Ok(0)
}

fn row(head: &RunHead, stopped: bool, refusal: Option<&Refusal>, with_refusal: bool) -> Value {
    let mut row = json!(head);
    row["stopped"] = stopped.into();
    if with_refusal {
        row["refusal"] = json!(refusal);
    }
    row
}

fn plain_row(head: &RunHead, stopped: bool) -> [String; 5] {
    let state = if stopped { format!("{} (stopped)", head.state) } else { head.state.clone() };
    let mode = head.mode.clone().unwrap_or_default();
    [head.run_id.to_string(), state, mode, head.created_at.clone(), head.task.clone()]
}

fn refused_row(head: &RunHead, refusal: Option<&Refusal>) -> [String; 6] {
    let kind = refusal.map(|refusal| refusal.kind.to_string()).unwrap_or_default();
    let rules = refusal.map(|refusal| refusal.rules.join(", ")).unwrap_or_default();
    let line =
        refusal.and_then(|refusal| refusal.source.first()).map(|line| format!("{}: {}", line.line, line.text.trim()));
    let line: String = line.unwrap_or_default().chars().take(60).collect();
    [head.run_id.to_string(), kind, rules, line, head.created_at.clone(), head.task.clone()]
}
