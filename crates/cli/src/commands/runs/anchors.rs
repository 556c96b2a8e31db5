//! `pyexec runs anchors`: what a careful person keeps elsewhere.

use super::verify::open_store;
use crate::{
    exit::Failure,
    render::{self, table},
};
use pyexec_service::{ServiceError, record::LatestAnchor, view::SCHEMA};
use serde_json::json;
use std::path::Path;

pub(super) async fn anchors(config: Option<&Path>, latest: bool, limit: usize, as_json: bool) -> Result<u8, Failure> {
    let (store, _) = open_store(config).await?;
    let last = store.latest_anchor().await.map_err(ServiceError::from)?;
    let limit = if latest { 1 } else { limit };
    let after = last.as_ref().map_or(0, |last| last.n).saturating_sub(limit as u64);
    let anchors = store.anchors(after, limit).await.map_err(ServiceError::from)?;
    let anchors: Vec<_> = anchors.iter().map(LatestAnchor::from).collect();
    if as_json && latest {
        let mut one = json!(anchors.last());
        if let Some(one) = one.as_object_mut() {
            one.insert("schema".into(), SCHEMA.into());
        }
        render::result::json(&one);
    } else if as_json {
        render::result::json(&json!({"schema": SCHEMA, "anchors": anchors}));
    } else {
        let rows: Vec<_> = anchors
            .iter()
            .rev()
            .map(|anchor| {
                let (n, runs) = (anchor.n.to_string(), anchor.runs.to_string());
                [n, anchor.at.clone(), runs, anchor.key.clone(), anchor.hash.to_string()]
            })
            .collect();
        table::print(["ANCHOR", "AT", "RUNS", "KEY", "HASH"], &rows);
    }
    Ok(0)
}
