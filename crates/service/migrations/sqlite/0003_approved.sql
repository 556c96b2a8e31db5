-- For each task (who asked, and a digest of what for) the run in which a person approved code last: what a card compares
-- new code with. A projection, written with the decision; that run's log says what was approved, when and by whom.
CREATE TABLE approved (
    requester TEXT NOT NULL,
    task      TEXT NOT NULL,
    run       TEXT NOT NULL REFERENCES heads (run_id),
    at        TEXT NOT NULL,
    PRIMARY KEY (requester, task)
) STRICT, WITHOUT ROWID;
