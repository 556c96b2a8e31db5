-- Anchors over run heads (see store/anchor.rs), and who is at work on a run. Identifiers, digests and times are text, as in 0001.

ALTER TABLE heads ADD COLUMN owner TEXT;                        -- absent while the run rests
ALTER TABLE heads ADD COLUMN anchored INTEGER NOT NULL DEFAULT 0; -- up to this event the run is anchored
ALTER TABLE heads ADD COLUMN anchor INTEGER NOT NULL DEFAULT 0;   -- by this anchor: so a cut list of anchors shows

-- What the next anchor is about: an append enters a run here once, and the anchor takes it out.
CREATE INDEX heads_unanchored ON heads (run_id) WHERE anchored < seq AND owner IS NULL;
CREATE INDEX heads_by_anchor ON heads (anchor);

CREATE TABLE anchors (
    n         INTEGER NOT NULL PRIMARY KEY CHECK (n >= 1),
    at        TEXT    NOT NULL,
    prev      TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    signature TEXT    NOT NULL
) STRICT;

-- The heads that an anchor is over.
CREATE TABLE anchored (
    anchor INTEGER NOT NULL REFERENCES anchors (n),
    run    TEXT    NOT NULL REFERENCES heads (run_id),
    seq    INTEGER NOT NULL CHECK (seq >= 1),
    hash   TEXT    NOT NULL,
    PRIMARY KEY (anchor, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX anchored_by_run ON anchored (run);

-- Against accidents, as for events.
CREATE TRIGGER anchors_are_not_changed BEFORE UPDATE ON anchors
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
CREATE TRIGGER anchors_are_not_removed BEFORE DELETE ON anchors
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
CREATE TRIGGER anchored_is_not_changed BEFORE UPDATE ON anchored
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
CREATE TRIGGER anchored_is_not_removed BEFORE DELETE ON anchored
BEGIN
    SELECT RAISE(ABORT, 'anchors are append-only');
END;
