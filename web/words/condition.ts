import type { LiveView, SiteView } from "../../controller/outlets/api/index.ts";
import { clock, duration, measured, since, THIN } from "./format.ts";

/** How a thing stands: within operation, beyond it, beyond the absolute limit, unknown. */
export type Standing = "ok" | "warn" | "bad" | "unk";

/** The answer to the first question of whoever looks. */
export interface Condition {
  readonly standing: Standing;
  readonly word: string;
  readonly keys: "quantum" | "post-quantum" | "none";
  readonly answer: string;
  readonly why: string;
  /** How long keys last: number and unit by turns. */
  readonly lasts: readonly string[];
  readonly lastsNote: string;
}

const CAUSES: Readonly<Record<string, string>> = {
  linkDown: "no light arrives from the other end",
  qberTooHigh: "the error rate is beyond the limit of this site",
  keyRateTooLow: "less key is made than was agreed",
  eavesdropperSuspected: "the link shows what an eavesdropper leaves, so its blocks are withheld",
  peerUnreachable: "the other site's controller cannot be reached",
  poolExhausted: "the stock of quantum keys runs short",
  operator: "an operator asked for it",
};

/** A reason of the controller in words. */
function causeWords(reason: string | null): string {
  return reason === null ? "no reason is told" : (CAUSES[reason] ?? reason);
}

/** Are keys flowing, of which kind, how long will they last? `heardAtMs`: the last word of the site, when it is overdue. */
export function conditionOf(site: SiteView, live: LiveView, heardAtMs: number | null): Condition {
  const { health, pool } = live;
  const [lasts, lastsNote] = lastsOf(live);
  const common = { lasts, lastsNote };
  if (heardAtMs !== null)
    return {
      standing: "unk",
      word: "Unknown",
      keys: "none",
      answer: "No word from the site",
      why: `Nothing was heard since ${clock(heardAtMs)}. What is shown is what was so then.`,
      lasts: ["?"],
      lastsNote: "unknown until the site speaks again",
    };
  const now = health.atMs;
  const stock = pool.stocks.find(({ origin }) => origin === "qkd");
  if (health.fallback.engaged)
    return {
      ...common,
      standing: "bad",
      word: "Fallback",
      keys: "post-quantum",
      answer: "Post-quantum keys",
      why: `ML-KEM-768 since ${since(health.fallback.sinceMs ?? now, now)}, always labelled: ${causeWords(health.fallback.reason)}.${lastKeyWords(health.lastKeyAtMs, now)}`,
    };
  if (health.level === "down")
    return {
      ...common,
      standing: "bad",
      word: "Link down",
      keys: (stock?.ownBits ?? 0) > 0 ? "quantum" : "none",
      answer: (stock?.ownBits ?? 0) > 0 ? "Quantum keys, from stock" : "No keys",
      why: `Since ${since(health.sinceMs, now)} ${causeWords(health.reason)}.${lastKeyWords(health.lastKeyAtMs, now)}`,
    };
  if (health.lastKeyAtMs === null && (stock?.ownBits ?? 0) === 0)
    return {
      ...common,
      standing: "warn",
      word: health.noKey ? "No key yet" : "Starting",
      keys: "none",
      answer: "No keys yet",
      why: `The first block is under way; one takes about ${duration(1000 * site.built.blockS)}.`,
    };
  if (health.level === "degraded" || health.noKey)
    return {
      ...common,
      standing: "warn",
      word: "Degraded",
      keys: "quantum",
      answer: "Quantum keys",
      why: health.noKey
        ? `From stock: no block brought key since ${since(health.lastKeyAtMs ?? site.startedAtMs, now)}.`
        : `Flowing, but poorer since ${since(health.sinceMs, now)}: ${health.reason === null ? "readings are out of their range" : causeWords(health.reason)}.`,
    };
  const full = stock !== undefined && stock.ownBits > 0.98 * stock.halfBits;
  const net = (health.madeBps ?? 0) / 2 - health.usedBps;
  return {
    ...common,
    standing: "ok",
    word: "Operating",
    keys: "quantum",
    answer: "Quantum keys",
    why: `Flowing since ${since(health.sinceMs, now)}. ${
      full
        ? "The pool is full."
        : net >= 0
          ? "Made faster than used: the pool is filling."
          : "Used faster than made: the pool is draining."
    }`,
  };
}

function lastKeyWords(atMs: number | null, nowMs: number): string {
  return atMs === null ? "" : ` The last quantum key was made at ${since(atMs, nowMs)}.`;
}

function lastsOf({ health, pool }: LiveView): readonly [readonly string[], string] {
  if (health.fallback.engaged)
    return health.peer.state === "up"
      ? [
          ["No limit"],
          "while the sites reach each other; applications that take quantum keys alone get what is left",
        ]
      : [["Stock only"], "the sites do not reach each other, so no post-quantum key is made either"];
  if (pool.lastsS === null) return [["No draw"], "nothing is taken from this site's half at present"];
  const draining = pool.drainsInS !== null && !health.noKey;
  const seconds = draining ? (pool.drainsInS ?? 0) : pool.lastsS;
  const note = draining
    ? "until the half is empty, at the present net draw"
    : "without one new key, at the present draw";
  return [durationParts(seconds), note];
}

/** `["24", "min"]`, `["1", "h", "34", "min"]`, so that units may be set smaller. */
function durationParts(seconds: number): readonly string[] {
  if (seconds >= 30 * 86_400) return ["> 30", "d"];
  return duration(1000 * seconds)
    .split(" ")
    .flatMap((part) => part.split(THIN));
}

/** Rates of key as numbers of one unit, so that they can be set side by side. */
export function rates(madeBps: number | null, usedBps: number, builtBps: number) {
  const [, unit] = measured(Math.max(madeBps ?? 0, usedBps, builtBps / 10, 1), "b/s");
  const size = unit.startsWith("G") ? 1e9 : unit.startsWith("M") ? 1e6 : unit.startsWith("k") ? 1e3 : 1;
  const of = (bps: number) => bps / size;
  return { unit, made: madeBps === null ? null : of(madeBps), used: of(usedBps), built: of(builtBps) };
}
