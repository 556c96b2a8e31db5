-- The log, its lists and its streams. An applied migration is never edited: sqlx compares its checksum.
-- Identifiers, digests and times are text, so that the same statements run on PostgreSQL (there with COLLATE "C").

PRAGMA application_id = 0x70796578; -- "pyex": another program's database is recognised before it is touched

-- One row a run: what lists show, and the tip of its chain. A projection, rewritten with every event.
CREATE TABLE heads (
    run_id            TEXT    NOT NULL PRIMARY KEY,
    seq               INTEGER NOT NULL CHECK (seq >= 1),
    tip               TEXT    NOT NULL,
    state             TEXT    NOT NULL,
    created_at        TEXT    NOT NULL,
    updated_at        TEXT    NOT NULL,
    requester         TEXT    NOT NULL,
    task              TEXT    NOT NULL,
    mode              TEXT,
    ticket            TEXT,
    ticket_expires_at TEXT,
    folder            TEXT,
    exit_code         INTEGER CHECK (exit_code BETWEEN 0 AND 255),
    refused           INTEGER NOT NULL CHECK (refused IN (0, 1)),
    idempotency_key   TEXT,
    code_sha256       TEXT,
    generator         TEXT
) STRICT;

-- Each list pages newest first along one of these: UUIDv7 sorts by time, so no time column is indexed.
CREATE INDEX heads_by_state ON heads (state, run_id);
CREATE INDEX heads_by_requester ON heads (requester, run_id);
CREATE INDEX heads_refused ON heads (run_id) WHERE refused = 1;
CREATE UNIQUE INDEX heads_by_key ON heads (requester, idempotency_key) WHERE idempotency_key IS NOT NULL;

CREATE TABLE events (
    run     TEXT    NOT NULL REFERENCES heads (run_id),
    seq     INTEGER NOT NULL CHECK (seq >= 1),
    version INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    at      TEXT    NOT NULL,
    body    TEXT    NOT NULL,
    prev    TEXT    NOT NULL,
    hash    TEXT    NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT;

-- Against accidents. Against an adversary with write access there is the chain, as far as it goes (see store/chain.rs).
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the log is append-only');
END;

-- Every ticket that a run ever had: a head names only its last.
CREATE TABLE tickets (
    ticket TEXT NOT NULL PRIMARY KEY,
    run    TEXT NOT NULL REFERENCES heads (run_id)
) STRICT;

-- Output of one execution (token): what is kept of it, and the digest of what is kept.
CREATE TABLE tallies (
    run     TEXT    NOT NULL REFERENCES heads (run_id),
    token   TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    kept    INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    digest  TEXT    NOT NULL,
    PRIMARY KEY (run, token)
) STRICT;

CREATE TABLE outputs (
    run    TEXT    NOT NULL,
    token  TEXT    NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    stream TEXT    NOT NULL CHECK (stream IN ('stdout', 'stderr')),
    bytes  BLOB    NOT NULL,
    digest TEXT    NOT NULL,
    PRIMARY KEY (run, token, seq),
    FOREIGN KEY (run, token) REFERENCES tallies (run, token)
) STRICT;
