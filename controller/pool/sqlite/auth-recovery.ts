import { KeyStoreError } from "../../../errors/index.ts";
import type { AtOnce } from "../at-once.ts";
import { AUTH_SEGMENT_BYTES } from "../auth-layout.ts";
import type { AuthClass, AuthReserve } from "../key-pool.ts";
import { checkReplenishment } from "../request-limits.ts";
import type { AuthSegments } from "./auth-segments.ts";
import { dropShare, releaseShare } from "./auth-shares.ts";
import type { StoreContext } from "./store-context.ts";

type Calls = AtOnce<AuthReserve<Uint8Array>>;

/** Segments of recovered pads begin at multiples of this, and never where the share of a block may begin. */
const STEP_BYTES = 2 ** 14;
/** Numbers of rounds by which the other site may be ahead. */
const LEAD = 2 ** 16;
/** Rounds that are told as held. */
const TOLD = 16;

/** Rounds that refill a used-up reserve by a key exchange, and what they make of the class of pads. */
export class AuthRecovery {
  readonly #store: StoreContext;
  readonly #segments: AuthSegments;
  readonly #secret: number;

  constructor(store: StoreContext, segments: AuthSegments) {
    this.#store = store;
    this.#segments = segments;
    this.#secret = segments.secret;
  }

  readonly beginRecovery: Calls["beginRecovery"] = ({ next = 1, exactly }) => {
    const free = this.#next();
    const number = exactly ?? Math.max(free, next);
    if (!Number.isSafeInteger(number) || number < free || number > free + LEAD) {
      throw new KeyStoreError("QKD_KEYSTORE_CONFLICT", "the number of the recovery is used or far away", {
        context: { number, free },
      });
    }
    this.#store.db.run("INSERT INTO auth_recovery VALUES (?, ?, 'begun', NULL)", this.#secret, number);
    return { number, place: this.#freePlace() };
  };

  readonly keepRecovery: Calls["keepRecovery"] = ({ number, place }, material, waits) => {
    checkReplenishment(0, material.length);
    const past = place + material.length / 2;
    if (this.#state(number) !== "begun" || place < this.#freePlace() || !isPlace(place, past)) {
      throw new KeyStoreError(
        "QKD_KEYSTORE_CONFLICT",
        "the recovery has no such place, or brought pads before",
        {
          context: { number, place },
        },
      );
    }
    this.#segments.insert(place, material, waits ? waitName(number) : null);
    this.#move(number, waits ? "waiting" : "held", place);
    this.#store.audit.append(this.#store.now(), "authRecovered", { number, place, bytes: material.length });
    if (!waits) this.#resumeAt(place);
  };

  readonly settleRecovery: Calls["settleRecovery"] = (number, held) => {
    if (this.#state(number) !== "waiting") return;
    const { db } = this.#store;
    const name = waitName(number);
    if (held) releaseShare(db, this.#store.pair, name);
    else dropShare(db, this.#store.pair, name);
    this.#move(number, held ? "held" : "dropped");
    this.#store.audit.append(this.#store.now(), held ? "recoveryHeld" : "recoveryDropped", { number });
    if (held) this.#resumeAt(this.#place(number));
  };

  readonly recovery: Calls["recovery"] = () => {
    const rows = this.#store.db.all<{ number: number; state: string }>(
      "SELECT number, state FROM auth_recovery WHERE secret = ? ORDER BY number DESC LIMIT 64",
      this.#secret,
    );
    const numbers = (state: string) => rows.filter((row) => row.state === state).map(({ number }) => number);
    return {
      next: this.#next(),
      waiting: numbers("waiting")[0] ?? null,
      held: numbers("held").slice(0, TOLD),
      auth: this.classOf(this.#segments.nextOffset()),
    };
  };

  /**
   * Class of the pad at an offset: computational from the first recovered pads on, since what later blocks bring was
   * itself authenticated with those. Only a fresh secret begins anew.
   */
  classOf(offset: number): AuthClass {
    const row = this.#store.db.one<{ place: number | null }>(
      "SELECT min(place) AS place FROM auth_recovery WHERE secret = ? AND state IN ('waiting', 'held')",
      this.#secret,
    );
    const place = row?.place ?? null;
    return place !== null && offset >= place ? "computational" : "information-theoretic";
  }

  #next(): number {
    const row = this.#store.db.one<{ top: number }>(
      "SELECT coalesce(max(number), 0) AS top FROM auth_recovery WHERE secret = ?",
      this.#secret,
    );
    return (row?.top ?? 0) + 1;
  }

  /**
   * Own pads of before that are held back, since nothing tells how far they are used, are passed over: those of the round
   * are fresh, wherever they lie. So are the other site's, which holds its own back too, or would have told how far.
   */
  #resumeAt(place: number): void {
    if (!this.#segments.heldBack) return;
    const skipped = this.#segments.letGo(place, place);
    this.#store.audit.append(this.#store.now(), "padsResumed", { offset: place, skipped, heldBack: true });
  }

  #place(number: number): number {
    const row = this.#store.db.one<{ place: number }>(
      "SELECT place FROM auth_recovery WHERE secret = ? AND number = ?",
      this.#secret,
      number,
    );
    return row?.place ?? 0;
  }

  #state(number: number): string | undefined {
    return this.#store.db.one<{ state: string }>(
      "SELECT state FROM auth_recovery WHERE secret = ? AND number = ?",
      this.#secret,
      number,
    )?.state;
  }

  #move(number: number, state: RecoveryStateName, place?: number): void {
    this.#store.db.run(
      "UPDATE auth_recovery SET state = ?3, place = coalesce(place, ?4) WHERE secret = ?1 AND number = ?2",
      this.#secret,
      number,
      state,
      place ?? null,
    );
  }

  /** The lowest place behind everything held or used here. */
  #freePlace(): number {
    const place = Math.ceil(this.#segments.end() / STEP_BYTES) * STEP_BYTES;
    return place % AUTH_SEGMENT_BYTES === 0 ? place + STEP_BYTES : place;
  }
}

type RecoveryStateName = "waiting" | "held" | "dropped";

/** Within one step, off the places of blocks, and within what offsets can name. */
function isPlace(place: number, past: number): boolean {
  return (
    Number.isSafeInteger(place) &&
    place % STEP_BYTES === 0 &&
    place % AUTH_SEGMENT_BYTES !== 0 &&
    past <= place + STEP_BYTES &&
    past < 2 ** 52
  );
}

/** What a segment waits for that no block's release brings. */
function waitName(number: number): string {
  return `recovery ${number}`;
}
