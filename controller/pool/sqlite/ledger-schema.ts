/** Tables of the ledger of failure probabilities and of rounds that refilled the authentication reserve. */
export const LEDGER_SCHEMA = `
CREATE TABLE epsilon_total (
  secret INTEGER PRIMARY KEY REFERENCES secret_seen (epoch),
  since_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  secrecy REAL NOT NULL DEFAULT 0, correctness REAL NOT NULL DEFAULT 0, authentication REAL NOT NULL DEFAULT 0,
  pads INTEGER NOT NULL DEFAULT 0,
  pads_settled INTEGER NOT NULL DEFAULT 0,
  most_secrecy REAL NOT NULL DEFAULT 0, most_correctness REAL NOT NULL DEFAULT 0, most_authentication REAL NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER epsilon_rises BEFORE UPDATE ON epsilon_total
WHEN NEW.secret <> OLD.secret OR NEW.attempts < OLD.attempts OR NEW.secrecy < OLD.secrecy
  OR NEW.correctness < OLD.correctness OR NEW.authentication < OLD.authentication
BEGIN SELECT RAISE(ABORT, 'what was risked stays risked'); END;
CREATE TRIGGER epsilon_stays BEFORE DELETE ON epsilon_total BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE epsilon_origin (
  secret INTEGER NOT NULL REFERENCES secret_seen (epoch),
  origin TEXT NOT NULL,
  blocks INTEGER NOT NULL,
  PRIMARY KEY (secret, origin)
) STRICT;
CREATE TABLE epsilon_hour (
  secret INTEGER NOT NULL REFERENCES secret_seen (epoch),
  hour INTEGER NOT NULL,
  epsilon REAL NOT NULL,
  PRIMARY KEY (secret, hour)
) STRICT;

CREATE TABLE auth_recovery (
  secret INTEGER NOT NULL REFERENCES secret_seen (epoch),
  number INTEGER NOT NULL CHECK (number > 0),
  state TEXT NOT NULL CHECK (state IN ('begun', 'waiting', 'held', 'dropped')),
  place INTEGER,
  PRIMARY KEY (secret, number),
  CHECK ((place IS NULL) = (state = 'begun'))
) STRICT;
CREATE TRIGGER auth_recovery_rises BEFORE INSERT ON auth_recovery
WHEN NEW.number <= (SELECT max(number) FROM auth_recovery WHERE secret = NEW.secret)
BEGIN SELECT RAISE(ABORT, 'a round of recovery is begun once'); END;
CREATE TRIGGER auth_recovery_forward BEFORE UPDATE ON auth_recovery
WHEN NEW.secret <> OLD.secret OR NEW.number <> OLD.number OR NEW.place IS NOT coalesce(OLD.place, NEW.place)
  OR NOT ((OLD.state = 'begun' AND NEW.state IN ('waiting', 'held')) OR (OLD.state = 'waiting' AND NEW.state IN ('held', 'dropped')))
BEGIN SELECT RAISE(ABORT, 'a round of recovery brings pads once'); END;
CREATE TRIGGER auth_recovery_stays BEFORE DELETE ON auth_recovery BEGIN SELECT RAISE(ABORT, 'append only'); END;
`;
