/**
 * Tables of what openings took out of use. `own_mark`: own halves up to here may have been given, also those of blocks
 * that become available later; `past` counts bytes from where the half begins to be used.
 */
export const OPENING_SCHEMA = `
CREATE TABLE own_mark (
  pair INTEGER NOT NULL REFERENCES pair (id),
  origin TEXT NOT NULL CHECK (origin IN ('qkd', 'relay', 'hybrid', 'pqc')),
  sequence INTEGER NOT NULL CHECK (sequence >= 0),
  past INTEGER NOT NULL CHECK (past >= 0),
  PRIMARY KEY (pair, origin)
) STRICT;
CREATE TRIGGER own_mark_rises BEFORE UPDATE ON own_mark
WHEN NEW.pair <> OLD.pair OR NEW.origin <> OLD.origin OR NEW.sequence < OLD.sequence OR (NEW.sequence = OLD.sequence AND NEW.past < OLD.past)
BEGIN SELECT RAISE(ABORT, 'what may have been given never comes back'); END;
CREATE TRIGGER own_mark_stays BEFORE DELETE ON own_mark BEGIN SELECT RAISE(ABORT, 'append only'); END;

CREATE TABLE loss (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  pair INTEGER NOT NULL REFERENCES pair (id),
  at_ms INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT,
  sequence INTEGER NOT NULL,
  through_sequence INTEGER NOT NULL,
  block_id TEXT,
  first INTEGER NOT NULL,
  past INTEGER NOT NULL
) STRICT;
CREATE TRIGGER loss_fixed BEFORE UPDATE ON loss BEGIN SELECT RAISE(ABORT, 'append only'); END;
`;
