import type { AtOnce } from "../at-once.ts";
import type { AttemptCost, BlockEpsilon, EpsilonLedger, KeyOrigin } from "../key-pool.ts";
import type { StoreContext } from "./store-context.ts";

type Calls = AtOnce<EpsilonLedger>;

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const YEAR_HOURS = 365 * DAY_HOURS;
const NOTHING: BlockEpsilon = { secrecy: 0, correctness: 0, authentication: 0 };

interface TotalsRow extends BlockEpsilon {
  readonly since_ms: number;
  readonly attempts: number;
  readonly pads: number;
  readonly pads_settled: number;
  readonly most_secrecy: number;
  readonly most_correctness: number;
  readonly most_authentication: number;
}

/**
 * Sums what every attempt at a block risks, under the secret in force, within the transaction of what it counts. Pads
 * that were given out and of which no attempt told the end, because the site stopped or was killed, count as attempts at
 * the next opening: nobody who can make a site fall gets attempts for nothing.
 */
export class EpsilonSums {
  readonly #store: StoreContext;
  readonly #secret: number;

  /** `least`: what an attempt costs that left no trace but its pads, at least. */
  constructor(store: StoreContext, secret: number, least: BlockEpsilon = NOTHING) {
    this.#store = store;
    this.#secret = secret;
    store.db.run("INSERT OR IGNORE INTO epsilon_total (secret, since_ms) VALUES (?, ?)", secret, store.now());
    this.#settleLost(least);
  }

  readonly charge: Calls["charge"] = ({ epsilon, padsSpent }: AttemptCost) => {
    this.#add(epsilon, 1, padsSpent ? 1 : 0);
  };

  readonly totals: Calls["totals"] = () => {
    const { db, now } = this.#store;
    const { secrecy, correctness, authentication, attempts, since_ms: sinceMs } = this.#row();
    const blocks: Partial<Record<KeyOrigin, number>> = {};
    for (const { origin, count } of db.all<{ origin: KeyOrigin; count: number }>(
      "SELECT origin, blocks AS count FROM epsilon_origin WHERE secret = ?",
      this.#secret,
    ))
      blocks[origin] = count;
    const atMs = now();
    return {
      secrecy,
      correctness,
      authentication,
      total: secrecy + correctness + authentication,
      attempts,
      blocks,
      sinceMs,
      atMs,
      lastYear: this.#since(atMs, YEAR_HOURS),
      lastDay: this.#since(atMs, DAY_HOURS),
    };
  };

  /** Sum of all three. */
  get total(): number {
    const { secrecy, correctness, authentication } = this.#row();
    return secrecy + correctness + authentication;
  }

  /** A block was stored; one of a key exchange claims no bound, one made of two keys adds none. */
  stored(origin: KeyOrigin, epsilon: BlockEpsilon): void {
    this.#store.db.run(
      "INSERT INTO epsilon_origin VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET blocks = blocks + 1",
      this.#secret,
      origin,
    );
    if (origin !== "pqc" && origin !== "hybrid") this.#add(epsilon, 1, 1);
  }

  /** Pads for one more attempt left the reserve. */
  padsTaken(): void {
    this.#store.db.run("UPDATE epsilon_total SET pads = pads + 1 WHERE secret = ?", this.#secret);
  }

  #settleLost(least: BlockEpsilon): void {
    const row = this.#row();
    const lost = row.pads - row.pads_settled;
    if (lost <= 0) return;
    const each = {
      secrecy: Math.max(least.secrecy, row.most_secrecy),
      correctness: Math.max(least.correctness, row.most_correctness),
      authentication: Math.max(least.authentication, row.most_authentication),
    };
    this.#add(each, lost, lost);
    this.#store.audit.append(this.#store.now(), "attemptsLost", { attempts: lost });
  }

  #add(each: BlockEpsilon, attempts: number, padsSettled: number): void {
    const { db, now } = this.#store;
    db.run(
      `UPDATE epsilon_total SET attempts = attempts + ?2, pads_settled = min(pads, pads_settled + ?3),
        secrecy = secrecy + ?2 * ?4, correctness = correctness + ?2 * ?5, authentication = authentication + ?2 * ?6,
        most_secrecy = max(most_secrecy, ?4), most_correctness = max(most_correctness, ?5),
        most_authentication = max(most_authentication, ?6) WHERE secret = ?1`,
      this.#secret,
      attempts,
      padsSettled,
      each.secrecy,
      each.correctness,
      each.authentication,
    );
    const sum = attempts * (each.secrecy + each.correctness + each.authentication);
    const hour = Math.floor(now() / HOUR_MS);
    db.run(
      "INSERT INTO epsilon_hour VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET epsilon = epsilon + ?3",
      this.#secret,
      hour,
      sum,
    );
    db.run("DELETE FROM epsilon_hour WHERE hour < ?", hour - YEAR_HOURS - 1);
  }

  #since(atMs: number, hours: number): number {
    const row = this.#store.db.one<{ sum: number }>(
      "SELECT coalesce(sum(epsilon), 0.0) AS sum FROM epsilon_hour WHERE secret = ? AND hour > ?",
      this.#secret,
      Math.floor(atMs / HOUR_MS) - hours,
    );
    return row?.sum ?? 0;
  }

  #row(): TotalsRow {
    return this.#store.db.one<TotalsRow>(
      "SELECT * FROM epsilon_total WHERE secret = ?",
      this.#secret,
    ) as TotalsRow;
  }
}
