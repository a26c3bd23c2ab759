import { KeyStoreError } from "../../errors/index.ts";
import type { FallbackView } from "../policy/fallback/fallback-view.ts";
import {
  acceptedOrigins,
  type KeyChoiceInput,
  type KeyTerms,
  keyChoice,
  type NoKeyReason,
} from "../policy/key-choice.ts";
import type {
  AuthClass,
  KeyAudience,
  KeyOrigin,
  KeyPool,
  TakeManyRequest,
  TakenKey,
} from "../pool/key-pool.ts";

/** The ledger of failure probabilities as the status shows it. */
export interface LedgerFacts {
  readonly total: number;
  readonly auth: AuthClass;
}

/** Where keys are taken from. */
export interface KeySource {
  readonly pool: KeyPool;
  /** Origins that the pair has keys of; default: those of a link, `qkd`, `hybrid` and `pqc`. */
  readonly origins?: readonly KeyOrigin[];
  /** Both applications are served by this very node: its keys serve every policy, and are told as `local`. */
  readonly local?: true;
  /** What the status tells of the ledger: null while nothing is known; left out where there is none. */
  readonly ledger?: () => LedgerFacts | null;
  /** Whether the site's log is lost, which the status tells. */
  readonly logLost?: () => boolean;
  /** Asked at each request. */
  readonly fallback: () => FallbackView;
  /** Makes at least so many more bits of post-quantum key, soon; called when an opted-in caller would go empty. */
  readonly morePqc?: (bits: number) => Promise<void>;
  /** Has so many bits of relayed key made and waits for them, briefly; called when the stock of it is too little. */
  readonly moreRelayed?: (bits: number) => Promise<void>;
  /** Whether a way for relayed key is known now, so that waiting for it is worth while. */
  readonly canRelay?: () => boolean;
  /** Has so many bits of hybrid key made of both kinds; called when there is too little of it. */
  readonly moreHybrid?: (bits: number) => Promise<void>;
  /** Told of the bits served to a caller who takes QKD keys, and of their origin: the demand that the stock has to meet. */
  readonly served?: (bits: number, origin: KeyOrigin) => void;
}

/** Keys wanted by one caller. */
export interface KeysWanted {
  /** Of each key. */
  readonly bits: number;
  readonly count: number;
  readonly audience: KeyAudience;
  /** The only origin wanted. */
  readonly origin?: KeyOrigin;
}

/** The keys, or why there are none; `cause` is the refusal of the pool tried last. */
export type KeysOrReason =
  | { readonly keys: TakenKey[] }
  | { readonly keys: null; readonly reason: NoKeyReason; readonly cause: KeyStoreError | null };

/** What a link has keys of. */
export const LINK_ORIGINS: readonly KeyOrigin[] = ["qkd", "hybrid", "pqc"];

/** Takes keys as `keyChoice` says, all of one origin. Rejects with KeyStoreError when the store itself fails. */
export async function takeKeys(
  source: KeySource,
  terms: KeyTerms,
  wanted: KeysWanted,
  fallback: FallbackView = source.fallback(),
): Promise<KeysOrReason> {
  const { pool, origins = LINK_ORIGINS } = source;
  const { bits, count, audience, origin: insisted } = wanted;
  const wish = { bits: bits * count, ...(insisted === undefined ? {} : { origin: insisted }) };
  const held: KeyTerms = { ...terms, accepts: terms.accepts.filter((each) => origins.includes(each)) };
  const accepted = acceptedOrigins(held, wish);
  // Who names no origin asks for nothing that this pair could never have: there is no key, now.
  if (accepted.length === 0 && insisted === undefined && terms.accepts.length > 0)
    return { keys: null, reason: "exhausted", cause: null };
  const levels = await levelsOf(pool, accepted);
  const canMake = makeable(source, accepted);
  const choice = keyChoice({ terms: held, wish, fallback, levels, canMake });
  if (choice.steps === null) return { keys: null, reason: choice.reason, cause: null };
  let cause: KeyStoreError | null = null;
  for (const { origin, makeMore } of choice.steps) {
    try {
      if (makeMore && !(await made(wish.bits, makerOf(source, origin)))) continue;
      const keys = await taken(source, { bits, count, audience, origin });
      if (accepted.some((each) => each !== "pqc")) source.served?.(wish.bits, origin);
      return { keys };
    } catch (error) {
      if (!(error instanceof KeyStoreError) || error.code !== "QKD_KEYSTORE_EXHAUSTED") throw error;
      cause = error;
    }
  }
  return { keys: null, reason: "exhausted", cause };
}

/** What can be made while somebody waits. Where relayed key is all there is, its stock is asked first (`taken`). */
function makeable(source: KeySource, accepted: readonly KeyOrigin[]): KeyOrigin[] {
  return accepted.filter(
    (origin) =>
      makerOf(source, origin) !== undefined &&
      (origin !== "relay" || (accepted.length > 1 && source.canRelay?.() === true)),
  );
}

function makerOf({ morePqc, moreHybrid, moreRelayed }: KeySource, origin: KeyOrigin) {
  const makers: Partial<Record<KeyOrigin, KeySource["morePqc"]>> = {
    pqc: morePqc,
    hybrid: moreHybrid,
    relay: moreRelayed,
  };
  return makers[origin];
}

/** Relayed key can be made while somebody waits, where links have it. */
async function taken({ pool, moreRelayed }: KeySource, request: TakeManyRequest): Promise<TakenKey[]> {
  try {
    return await pool.takeMany(request);
  } catch (error) {
    const empty = error instanceof KeyStoreError && error.code === "QKD_KEYSTORE_EXHAUSTED";
    if (!empty || request.origin !== "relay" || moreRelayed === undefined) throw error;
    // Where none comes the stock is asked once more all the same: others may have filled it.
    await moreRelayed(request.bits * request.count).catch(() => undefined);
    return pool.takeMany(request);
  }
}

/** False when no key came: stock that is left then serves, and tells as well what ails the store itself. */
async function made(bits: number, more: KeySource["morePqc"]): Promise<boolean> {
  try {
    await more?.(bits);
    return true;
  } catch {
    return false;
  }
}

/** Levels are asked for only where there is something to choose, so that a plain request costs one call. */
async function levelsOf(pool: KeyPool, origins: readonly KeyOrigin[]): Promise<KeyChoiceInput["levels"]> {
  if (origins.length < 2) return {};
  const statuses = await Promise.all(origins.map((origin) => pool.status(origin)));
  return Object.fromEntries(statuses.map(({ origin, availableBits }) => [origin, availableBits]));
}
