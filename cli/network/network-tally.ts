import type { SharedKey } from "./applications.ts";

const ORIGINS = ["qkd", "relay", "hybrid", "pqc"] as const;
export type Origin = (typeof ORIGINS)[number];

/** Latencies that percentiles are taken of: the latest ones. */
const LATENCIES_KEPT = 100_000;

/** Of pairs that were refused, so many are named. */
const PAIRS_NAMED = 8;

/** Why a wanted key did not come. */
export type NoKey = "refused" | "unreachable" | "failed";

/** What is counted of a network's service; every figure is counted, none computed from a model. */
export class NetworkTally {
  readonly served: Record<Origin, number> = { qkd: 0, relay: 0, hybrid: 0, pqc: 0 };
  readonly none: Record<NoKey, number> = { refused: 0, unreachable: 0, failed: 0 };
  /** What failed otherwise, by the code of the error. */
  readonly failed: Record<string, number> = {};
  /** Wanted while all requests that a pair of nodes may have waiting were waiting. */
  unasked = 0;
  requests = 0;
  /** Taken at one node and not to be had at the other. */
  unfetched = 0;
  different = 0;
  readonly #latencies: number[] = [];
  #next = 0;
  readonly #identical = new Set<string>();
  readonly #wrong = new Set<string>();
  readonly #routes = new Map<string, SharedKey["route"]>();
  readonly #refusals = new Map<string, number>();
  readonly #broken = new Set<string>();
  readonly #lostWays = new Map<string, boolean>();

  /** A key that was shared. `counts`: false for one that only shows that a pair has keys. */
  shared(from: string, to: string, { origin, route, takenMs, same }: SharedKey, counts = true): void {
    const pair = pairKey(from, to);
    if (same === true) this.#identical.add(pair);
    else if (same === false) {
      this.different += 1;
      this.#wrong.add(pair);
    } else this.unfetched += 1;
    if (route.length > 0) this.#travelled(pair, route);
    if (!counts) return;
    this.requests += 1;
    if (ORIGINS.includes(origin as Origin)) this.served[origin as Origin] += 1;
    this.#latencies[this.#next] = takenMs;
    this.#next = (this.#next + 1) % LATENCIES_KEPT;
  }

  /** A key that did not come. */
  noKey(why: NoKey, from: string, to: string, code = ""): void {
    this.requests += 1;
    this.none[why] += 1;
    if (why === "failed") this.failed[code] = (this.failed[code] ?? 0) + 1;
    if (why !== "refused") return;
    const pair = pairKey(from, to);
    this.#refusals.set(pair, (this.#refusals.get(pair) ?? 0) + 1);
  }

  /** Pairs that were refused, most often first. */
  get mostRefused(): readonly { readonly pair: string; readonly refused: number }[] {
    return [...this.#refusals]
      .map(([pair, refused]) => ({ pair, refused }))
      .toSorted((a, b) => b.refused - a.refused)
      .slice(0, PAIRS_NAMED);
  }

  /** A link is cut, or a node is gone, from now on: pairs whose last key came over it need another way. */
  broke(part: string): void {
    this.#broken.add(part);
    for (const [pair, route] of this.#routes)
      if (!this.#lostWays.has(pair) && goesOver(route, new Set([part]))) this.#lostWays.set(pair, false);
  }

  mended(part: string): void {
    this.#broken.delete(part);
  }

  /** Pairs whose way was lost, and how many of them got keys over another way meanwhile. */
  get rerouting(): { readonly lost: number; readonly rerouted: number } {
    const all = [...this.#lostWays.values()];
    return { lost: all.length, rerouted: all.filter(Boolean).length };
  }

  /** Pairs that got a key, all of them the same at both ends. */
  get pairsIdentical(): number {
    return [...this.#identical].filter((pair) => !this.#wrong.has(pair)).length;
  }

  latencyMs(share: number): number | null {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    return value === undefined ? null : Number(value.toFixed(2));
  }

  #travelled(pair: string, route: SharedKey["route"]): void {
    this.#routes.set(pair, route);
    if (this.#lostWays.get(pair) === false && this.#broken.size > 0 && !goesOver(route, this.#broken))
      this.#lostWays.set(pair, true);
  }
}

/** Both directions of a pair are one. */
export function pairKey(from: string, to: string): string {
  return [from, to].toSorted().join(" ");
}

/** Whether a way has one of these parts: a link, by `pairKey` of its ends, or a node that is passed. */
function goesOver(route: SharedKey["route"], parts: ReadonlySet<string>): boolean {
  return route.some((way) =>
    way.some((node, index) => {
      const next = way[index + 1];
      return (
        (next !== undefined && parts.has(pairKey(node, next))) ||
        (index > 0 && next !== undefined && parts.has(node))
      );
    }),
  );
}
