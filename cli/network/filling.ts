import { setTimeout as sleep } from "node:timers/promises";
import { LinkError } from "../../errors/index.ts";
import type { ChildLine } from "../demo/json-child.ts";
import type { KeySharing } from "./applications.ts";
import { type NetworkTally, pairKey } from "./network-tally.ts";
import { pairsOf } from "./topology.ts";

const LOOK_MS = 500;
/** How long a key that shows that there are keys may take: one that has to be made first takes two seconds. */
const SHARE_MS = 4000;
const PROVED_AT_ONCE = 8;
const TOLD_PAIRS = 5;
const KEY_BITS = 256;

/** Watches every pair of a network until both of its nodes have handed out a key that the other one had, too. */
export class Filling {
  readonly #tally: NetworkTally;
  /** Nodes that told of new key, by the pair's name: a link's, or the one of a pair without a link. */
  readonly #told = new Map<string, Set<string>>();
  /** Pairs that lack a proof, by direction. */
  readonly #open: Map<string, readonly [string, string]>;
  readonly #pairs: number;
  readonly #ids: ReadonlyMap<string, string>;

  constructor(
    scenario: {
      readonly nodes: readonly string[];
      readonly links: readonly { readonly id: string; readonly ends: readonly [string, string] }[];
    },
    tally: NetworkTally,
  ) {
    const pairs = pairsOf(scenario.nodes);
    this.#tally = tally;
    this.#pairs = pairs.length;
    this.#ids = new Map(scenario.links.map(({ id, ends }) => [id, pairKey(...ends)]));
    this.#open = new Map(
      pairs.flatMap(([first, second]) => [
        [`${first} ${second}`, [first, second] as const],
        [`${second} ${first}`, [second, first] as const],
      ]),
    );
  }

  /** Pairs that have keys at both nodes. */
  get filled(): number {
    const open = new Set([...this.#open.values()].map(([from, to]) => pairKey(from, to)));
    return this.#pairs - open.size;
  }

  /** What a node says. */
  heard(node: string, { type, link, origin }: ChildLine): void {
    if (type !== "keysAdded" || origin === "pqc" || typeof link !== "string") return;
    const pair = this.#ids.get(link) ?? pairKey(...(link.split("~") as [string, string]));
    const nodes = this.#told.get(pair) ?? new Set();
    nodes.add(node);
    this.#told.set(pair, nodes);
  }

  /**
   * Resolves when every pair has keys. Rejects with LinkError QKD_LINK_FAILED, naming pairs, when some have none within
   * `withinS`.
   */
  async done(
    applications: KeySharing,
    withinS: number,
    signal: AbortSignal,
    show: (filled: number) => void,
  ): Promise<void> {
    const untilMs = performance.now() + 1000 * withinS;
    while (this.#open.size > 0 && !signal.aborted) {
      if (performance.now() > untilMs) throw this.#overdue(withinS);
      const waiting = [...this.#open].filter(([, ends]) => this.#told.get(pairKey(...ends))?.size === 2);
      const proveSome = async () => {
        for (let one = waiting.shift(); one !== undefined && !signal.aborted; one = waiting.shift())
          await this.#prove(...one, applications, signal);
      };
      await Promise.all(Array.from({ length: PROVED_AT_ONCE }, proveSome));
      show(this.filled);
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #prove(
    name: string,
    [from, to]: readonly [string, string],
    applications: KeySharing,
    signal: AbortSignal,
  ): Promise<void> {
    const call = { timeoutMs: SHARE_MS, signal };
    const shared = await applications.share(from, to, KEY_BITS, call).catch(() => null);
    if (shared === null || shared.same === null) return;
    this.#tally.shared(from, to, shared, false);
    this.#open.delete(name);
  }

  #overdue(withinS: number): LinkError {
    const open = [...new Set([...this.#open.values()].map(([from, to]) => pairKey(from, to)))];
    const named = open.slice(0, TOLD_PAIRS).join(", ");
    const more = open.length > TOLD_PAIRS ? ` and ${open.length - TOLD_PAIRS} more` : "";
    return new LinkError(
      "QKD_LINK_FAILED",
      `after ${withinS} s ${open.length} of ${this.#pairs} pairs have no keys: ${named}${more}`,
      {
        remedy:
          "give them longer with --fill-within, shorten fibres of the scenario, or use a larger machine",
      },
    );
  }
}
