import { SEGMENT_NUMBERS } from "../deletion/segments.ts";
import { OPENING_SCHEMA } from "./opening-schema.ts";

/** Version of the tables below, kept in `meta`. */
export const SCHEMA_VERSION = 5;

/**
 * Tables and rules of a key store. The rules are the database's own: no program error can hand out a byte twice,
 * bring a destroyed block or its keys back, return to an older root, move an authentication cursor backwards or change
 * the audit log.
 *
 * Offsets are bytes within a block. Each block has two halves, [own_first, own_past) handed out here and
 * [peer_first, peer_past) handed out by the other site, both unset until the block is released; `used` holds the
 * disjoint ranges already delivered, `due` those of them that are still to be made unreadable from `wiped` on: a range
 * that grows is entered once, not for each key. `own_told`, `closed_at_ms`, `closing_heard_at_ms` and `drained_at_ms` say
 * where a block's end stands: this site's own half is used up and the other site was told, handing out ended here, the
 * other site has acted on that, the other site hands out no more of its half.
 */
export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
CREATE TABLE pair (
  id INTEGER PRIMARY KEY,
  link_id TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL CHECK (site IN ('alice', 'bob')),
  store_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  anchor_version INTEGER NOT NULL,
  pads_held_for INTEGER NOT NULL
) STRICT;
CREATE TRIGGER pair_identity BEFORE UPDATE OF id, link_id, site, store_id ON pair
BEGIN SELECT RAISE(ABORT, 'a pair keeps its identity'); END;

CREATE TABLE block (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pair INTEGER NOT NULL REFERENCES pair (id),
  block_id TEXT NOT NULL CHECK (length(block_id) = 32),
  origin TEXT NOT NULL CHECK (origin IN ('qkd', 'relay', 'hybrid', 'pqc')),
  sequence INTEGER NOT NULL CHECK (sequence >= 0),
  state TEXT NOT NULL CHECK (state IN ('loading', 'pending', 'available', 'quarantined', 'spent')),
  epoch INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  secrecy REAL NOT NULL, correctness REAL NOT NULL, authentication REAL NOT NULL,
  total REAL NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  auth_bytes INTEGER NOT NULL CHECK (auth_bytes >= 0),
  block_bytes INTEGER NOT NULL CHECK (block_bytes >= bytes + auth_bytes),
  proposed INTEGER NOT NULL CHECK (proposed IN (0, 1)),
  lack_bytes INTEGER NOT NULL CHECK (lack_bytes >= 0),
  stored_at_ms INTEGER NOT NULL,
  peer_offset_ms INTEGER NOT NULL,
  own_first INTEGER, own_past INTEGER, own_used INTEGER NOT NULL DEFAULT 0,
  peer_first INTEGER, peer_past INTEGER, peer_used INTEGER NOT NULL DEFAULT 0,
  tail BLOB,
  boundary INTEGER,
  release_tag TEXT,
  release_heard INTEGER NOT NULL DEFAULT 0,
  own_told INTEGER NOT NULL DEFAULT 0,
  closed_at_ms INTEGER,
  closing_heard_at_ms INTEGER,
  drained_at_ms INTEGER,
  computational INTEGER NOT NULL CHECK (computational IN (0, 1)),
  route TEXT CHECK ((route IS NULL) = (origin <> 'relay')),
  cleared INTEGER NOT NULL DEFAULT 0,
  UNIQUE (pair, block_id),
  UNIQUE (pair, origin, sequence),
  CHECK ((tail IS NULL) = (state NOT IN ('loading', 'pending'))),
  CHECK (state <> 'available' OR own_first IS NOT NULL),
  CHECK (state NOT IN ('loading', 'pending') OR own_first IS NULL),
  CHECK ((own_first IS NULL) = (own_past IS NULL) AND (own_first IS NULL) = (peer_first IS NULL)
    AND (own_first IS NULL) = (peer_past IS NULL) AND (own_first IS NULL) = (boundary IS NULL)
    AND (own_first IS NULL) = (release_tag IS NULL)),
  CHECK (min(own_first, peer_first) = 0 AND max(own_past, peer_past) = bytes AND min(own_past, peer_past) = boundary
    AND own_first <= own_past AND peer_first <= peer_past),
  CHECK (own_used BETWEEN 0 AND own_past - own_first),
  CHECK (peer_used BETWEEN 0 AND peer_past - peer_first),
  CHECK (own_past <= peer_first OR peer_past <= own_first)
) STRICT;
CREATE INDEX block_service ON block (pair, origin, state, sequence);
CREATE INDEX block_uncleared ON block (id) WHERE state = 'spent' AND cleared = 0;

CREATE TABLE origin_floor (
  pair INTEGER NOT NULL REFERENCES pair (id),
  origin TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (pair, origin)
) STRICT;

CREATE TRIGGER block_is_new BEFORE INSERT ON block
WHEN NEW.state <> 'loading' OR NEW.sequence <= (SELECT sequence FROM origin_floor WHERE pair = NEW.pair AND origin = NEW.origin)
BEGIN SELECT RAISE(ABORT, 'a block enters once, empty'); END;
CREATE TRIGGER block_identity BEFORE UPDATE OF id, pair, block_id, origin, sequence, epoch, created_at_ms, bytes, auth_bytes,
  block_bytes, proposed, lack_bytes, stored_at_ms, peer_offset_ms, computational, route ON block
BEGIN SELECT RAISE(ABORT, 'a block keeps its identity'); END;
CREATE TRIGGER block_split BEFORE UPDATE OF own_first, own_past, peer_first, peer_past, boundary, release_tag ON block
WHEN OLD.state <> 'pending' OR NEW.state <> 'available'
BEGIN SELECT RAISE(ABORT, 'a block is split once, when it is released'); END;
CREATE TRIGGER block_split_fits BEFORE UPDATE OF state ON block
WHEN NEW.state = 'available' AND EXISTS
  (SELECT 1 FROM used WHERE block = NEW.id AND (first < NEW.peer_first OR past > NEW.peer_past))
BEGIN SELECT RAISE(ABORT, 'the split contradicts keys that were fetched'); END;
CREATE TRIGGER block_state BEFORE UPDATE OF state ON block
WHEN OLD.state = 'spent' OR NEW.state = 'loading' OR (NEW.state = 'pending' AND OLD.state <> 'loading')
  OR (NEW.state = 'available' AND OLD.state <> 'pending')
BEGIN SELECT RAISE(ABORT, 'a block never goes back'); END;
CREATE TRIGGER block_used BEFORE UPDATE OF own_used, peer_used ON block
WHEN NEW.own_used < OLD.own_used OR NEW.peer_used < OLD.peer_used
BEGIN SELECT RAISE(ABORT, 'delivered key never comes back'); END;
CREATE TRIGGER block_removal BEFORE DELETE ON block
WHEN OLD.state <> 'loading' AND (OLD.state <> 'spent' OR OLD.sequence > coalesce((SELECT sequence FROM origin_floor WHERE pair = OLD.pair AND origin = OLD.origin), -1))
BEGIN SELECT RAISE(ABORT, 'only forgotten blocks leave the table'); END;
CREATE TRIGGER block_release_stays BEFORE DELETE ON block
WHEN OLD.proposed = 1 AND OLD.release_tag IS NOT NULL AND OLD.release_heard = 0
BEGIN SELECT RAISE(ABORT, 'the other site may not know yet that the block is released'); END;
CREATE TRIGGER floor_rises BEFORE UPDATE ON origin_floor WHEN NEW.sequence < OLD.sequence
BEGIN SELECT RAISE(ABORT, 'the floor only rises'); END;

CREATE TABLE key_root (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  store BLOB NOT NULL CHECK (length(store) = 16),
  generation INTEGER NOT NULL CHECK (generation >= 0),
  vector BLOB NOT NULL
) STRICT;
CREATE TRIGGER key_root_rises BEFORE UPDATE ON key_root WHEN NEW.generation <= OLD.generation OR NEW.store <> OLD.store
BEGIN SELECT RAISE(ABORT, 'a root never comes back'); END;
CREATE TRIGGER key_root_stays BEFORE DELETE ON key_root BEGIN SELECT RAISE(ABORT, 'a root never comes back'); END;
CREATE TABLE fresh_key (block INTEGER PRIMARY KEY REFERENCES block (id) ON DELETE CASCADE, sealed BLOB NOT NULL) STRICT;
CREATE TABLE block_vector (block INTEGER PRIMARY KEY REFERENCES block (id) ON DELETE CASCADE, sealed BLOB NOT NULL) STRICT;
CREATE TRIGGER block_vector_is_new BEFORE INSERT ON block_vector
WHEN coalesce((SELECT state FROM block WHERE id = NEW.block), 'spent') <> 'loading'
BEGIN SELECT RAISE(ABORT, 'a block gets its keys once'); END;
CREATE TABLE segment (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TRIGGER segments_go_with_block AFTER DELETE ON block BEGIN
  DELETE FROM segment WHERE id BETWEEN OLD.id * ${SEGMENT_NUMBERS} AND OLD.id * ${SEGMENT_NUMBERS} + ${SEGMENT_NUMBERS - 1};
END;

CREATE TABLE used (
  block INTEGER NOT NULL REFERENCES block (id) ON DELETE CASCADE,
  first INTEGER NOT NULL,
  past INTEGER NOT NULL CHECK (past > first),
  PRIMARY KEY (block, first)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER used_insert BEFORE INSERT ON used BEGIN
  SELECT RAISE(ABORT, 'already delivered')
    WHERE (SELECT past FROM used WHERE block = NEW.block AND first < NEW.past ORDER BY first DESC LIMIT 1) > NEW.first;
  SELECT RAISE(ABORT, 'not deliverable') WHERE NOT EXISTS (SELECT 1 FROM block WHERE id = NEW.block AND (
    (state = 'available' AND NEW.first >= own_first AND NEW.past <= own_past) OR
    (state = 'available' AND NEW.first >= peer_first AND NEW.past <= peer_past) OR
    (state = 'pending' AND proposed = 0 AND NEW.first >= 0 AND NEW.past <= bytes)));
END;
CREATE TRIGGER used_extend BEFORE UPDATE ON used BEGIN
  SELECT RAISE(ABORT, 'a delivered range only grows')
    WHERE NEW.block <> OLD.block OR NEW.first <> OLD.first OR NEW.past <= OLD.past;
  SELECT RAISE(ABORT, 'already delivered')
    WHERE EXISTS (SELECT 1 FROM used WHERE block = NEW.block AND first > OLD.first AND first < NEW.past);
  SELECT RAISE(ABORT, 'not deliverable') WHERE NOT EXISTS (SELECT 1 FROM block WHERE id = NEW.block AND (
    (state = 'available' AND NEW.first >= own_first AND NEW.past <= own_past) OR
    (state = 'available' AND NEW.first >= peer_first AND NEW.past <= peer_past) OR
    (state = 'pending' AND proposed = 0 AND NEW.first >= 0 AND NEW.past <= bytes)));
END;
CREATE TRIGGER used_count_insert AFTER INSERT ON used BEGIN
  UPDATE block SET own_used = own_used + (NEW.past - NEW.first) WHERE id = NEW.block AND NEW.first BETWEEN own_first AND own_past - 1;
  UPDATE block SET peer_used = peer_used + (NEW.past - NEW.first) WHERE id = NEW.block AND NEW.first BETWEEN peer_first AND peer_past - 1;
END;
CREATE TRIGGER used_count_extend AFTER UPDATE ON used BEGIN
  UPDATE block SET own_used = own_used + (NEW.past - OLD.past) WHERE id = NEW.block AND NEW.first BETWEEN own_first AND own_past - 1;
  UPDATE block SET peer_used = peer_used + (NEW.past - OLD.past) WHERE id = NEW.block AND NEW.first BETWEEN peer_first AND peer_past - 1;
END;
CREATE TABLE due (
  block INTEGER NOT NULL REFERENCES block (id) ON DELETE CASCADE,
  first INTEGER NOT NULL,
  wiped INTEGER NOT NULL CHECK (wiped >= first),
  PRIMARY KEY (block, first)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER used_is_due AFTER INSERT ON used BEGIN INSERT INTO due VALUES (NEW.block, NEW.first, NEW.first); END;
CREATE TRIGGER used_more_is_due AFTER UPDATE ON used
WHEN NOT EXISTS (SELECT 1 FROM due WHERE block = NEW.block AND first = NEW.first)
BEGIN INSERT INTO due VALUES (NEW.block, NEW.first, OLD.past); END;
CREATE TRIGGER block_ends AFTER UPDATE OF state ON block WHEN NEW.state = 'spent' BEGIN
  DELETE FROM block_vector WHERE block = NEW.id;
  DELETE FROM fresh_key WHERE block = NEW.id;
  DELETE FROM due WHERE block = NEW.id;
END;
CREATE TRIGGER used_stays BEFORE DELETE ON used
WHEN coalesce((SELECT state FROM block WHERE id = OLD.block), 'spent') <> 'spent'
BEGIN SELECT RAISE(ABORT, 'delivery cannot be undone'); END;

CREATE TABLE notice (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  pair INTEGER NOT NULL REFERENCES pair (id),
  block_id TEXT NOT NULL CHECK (length(block_id) = 32),
  reason TEXT NOT NULL CHECK (reason IN ('handedOut', 'expired', 'damaged', 'lost', 'tagWrong', 'burnt')),
  past INTEGER NOT NULL DEFAULT 0 CHECK (past >= 0 AND (past > 0) = (reason = 'burnt')),
  UNIQUE (pair, block_id, reason, past)
) STRICT;
CREATE TRIGGER notice_fixed BEFORE UPDATE ON notice BEGIN SELECT RAISE(ABORT, 'a notice stays as it is'); END;

CREATE TABLE redelivery (
  block INTEGER NOT NULL REFERENCES block (id) ON DELETE CASCADE,
  first INTEGER NOT NULL,
  past INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (block, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret_seen (
  epoch INTEGER PRIMARY KEY,
  pair INTEGER NOT NULL REFERENCES pair (id),
  fingerprint BLOB NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER secret_seen_stays BEFORE DELETE ON secret_seen BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER secret_seen_fixed BEFORE UPDATE ON secret_seen BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE auth_segment (
  epoch INTEGER NOT NULL REFERENCES secret_seen (epoch),
  base INTEGER NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  waiting_for TEXT,
  data_key BLOB NOT NULL,
  own BLOB NOT NULL,
  peer BLOB NOT NULL,
  PRIMARY KEY (epoch, base)
) STRICT;
CREATE TABLE auth_cursor (
  epoch INTEGER NOT NULL REFERENCES secret_seen (epoch),
  direction TEXT NOT NULL CHECK (direction IN ('own', 'peer')),
  next INTEGER NOT NULL CHECK (next >= 0),
  PRIMARY KEY (epoch, direction)
) STRICT;
CREATE TRIGGER auth_cursor_rises BEFORE UPDATE ON auth_cursor
WHEN NEW.next <= OLD.next OR NEW.epoch <> OLD.epoch OR NEW.direction <> OLD.direction
BEGIN SELECT RAISE(ABORT, 'an authentication pad is used once'); END;
CREATE TRIGGER auth_cursor_stays BEFORE DELETE ON auth_cursor BEGIN SELECT RAISE(ABORT, 'append only'); END;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE audit_floor (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
WHEN OLD.number > (SELECT number FROM audit_floor)
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_floor_rises BEFORE UPDATE ON audit_floor WHEN NEW.number < OLD.number
BEGIN SELECT RAISE(ABORT, 'the floor only rises'); END;
${OPENING_SCHEMA}`;
