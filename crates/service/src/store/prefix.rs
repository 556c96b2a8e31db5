//! People type the beginning of an id.
//!
//! Ids are `UUIDv7`: the first twelve digits are the time in milliseconds, so runs of one minute share about eight.

use super::{Store, StoreError};
use pyexec_core::{ErrorKind, RunError, RunId, TicketId};
use sqlx::Row as _;

/// The fewest characters of a beginning: fewer would be a guess.
pub const PREFIX_MIN: usize = 6;

/// How many candidates an ambiguous beginning is answered with.
const SHOWN: i64 = 4;

/// What a beginning of an id stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A run.
    Run(RunId),
    /// A ticket, and the run that has or had it.
    Ticket(TicketId, RunId),
}

/// No run or ticket, or no single one, begins like that.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Too short, or not the beginning of an id.
    #[error("`{prefix}` is not the beginning of an id: at least {} of its characters are needed", PREFIX_MIN)]
    NotAPrefix {
        /// As given, shortened.
        prefix: String,
    },
    /// Nothing.
    #[error("no run and no ticket begins with `{prefix}`")]
    Unknown {
        /// As given.
        prefix: String,
    },
    /// Several.
    #[error("`{prefix}` is ambiguous: {} begin with it", candidates.join(", "))]
    Ambiguous {
        /// As given.
        prefix: String,
        /// Some of those.
        candidates: Vec<String>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ResolveError {
    /// The way out.
    pub fn help(&self) -> String {
        match self {
            Self::NotAPrefix { .. } | Self::Unknown { .. } => {
                "`pyexec runs list` and `pyexec approvals list` show the ids".into()
            }
            Self::Ambiguous { .. } => "give more characters".into(),
            Self::Store(store) => store.help(),
        }
    }
}

impl From<&ResolveError> for RunError {
    fn from(error: &ResolveError) -> Self {
        let kind = match error {
            ResolveError::Store(_) => ErrorKind::Store,
            _ => ErrorKind::UnknownName,
        };
        Self::new(kind, error.to_string()).with_help(error.help())
    }
}

impl Store {
    /// The one run or ticket whose id begins like this (a whole id does), in at least [`PREFIX_MIN`] characters.
    pub async fn resolve_prefix(&self, prefix: &str) -> Result<Resolved, ResolveError> {
        let prefix = prefix.trim().to_ascii_lowercase();
        let is_id_like = prefix.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        if prefix.len() < PREFIX_MIN || !is_id_like {
            return Err(ResolveError::NotAPrefix { prefix: prefix.chars().take(80).collect() });
        }
        let statement = sqlx::query(
            "SELECT * FROM (SELECT run_id AS id, run_id AS run, 0 AS is_ticket FROM heads
                            WHERE run_id >= ?1 AND run_id < ?2 ORDER BY run_id LIMIT ?3)
             UNION ALL
             SELECT * FROM (SELECT ticket AS id, run, 1 AS is_ticket FROM tickets
                            WHERE ticket >= ?1 AND ticket < ?2 ORDER BY ticket LIMIT ?3)",
        )
        .bind(&prefix)
        .bind(format!("{prefix}g")) // sorts after every id that begins with the prefix: `g` is no digit
        .bind(SHOWN);
        let rows = self.read(statement).await.map_err(StoreError::from)?;

        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: String = row.try_get("id").unwrap_or_default();
            let run: String = row.try_get("run").unwrap_or_default();
            let is_ticket = row.try_get::<i64, _>("is_ticket").is_ok_and(|flag| flag == 1);
            let bad = |what| StoreError::HeadAltered { row: id.clone(), what };
            let run: RunId = run.parse().map_err(|_| bad("run"))?;
            found.push(if is_ticket {
                Resolved::Ticket(id.parse().map_err(|_| bad("ticket"))?, run)
            } else {
                Resolved::Run(run)
            });
        }
        match found.len() {
            0 => Err(ResolveError::Unknown { prefix }),
            1 => Ok(found.remove(0)),
            _ => Err(ResolveError::Ambiguous { prefix, candidates: found.iter().map(ToString::to_string).collect() }),
        }
    }
}

impl std::fmt::Display for Resolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Run(run) => write!(f, "run {run}"),
            Self::Ticket(ticket, _) => write!(f, "ticket {ticket}"),
        }
    }
}
