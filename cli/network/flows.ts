import type { CheckedNetwork } from "../../emulator/index.ts";
import { seconds } from "./script.ts";
import { seeded } from "./seeded.ts";
import { pairsOf } from "./topology.ts";

/** Keys that the applications of one node draw with those of another, evenly. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly keyBits: number;
  readonly everyMs: number;
  /** When the first key is wanted. */
  readonly firstMs: number;
  /** Tunnels: so many requests can wait at once, each tunnel for its own. */
  readonly tunnels: number;
}

const KEY_BITS = 256;

/** What the applications of a network ask for; `factor` multiplies the rate of all. Pure. */
export function flowsOf(scenario: CheckedNetwork, seed: number, factor = 1): readonly Flow[] {
  const random = seeded(seed ^ 0x5eed);
  return scenario.demand.flatMap(({ over, from, to, tunnels, rekey, keyBits = KEY_BITS }) => {
    const ways = over === undefined ? crossed(from ?? scenario.nodes, to ?? []) : bothWays(scenario, over);
    // The tunnels of a pair are asked for by both of its nodes, half by each.
    const each = over === undefined ? tunnels : tunnels / 2;
    const everyMs = (1000 * seconds(rekey)) / (each * factor);
    return ways.map(([source, sink]) => ({
      from: source,
      to: sink,
      keyBits,
      everyMs,
      firstMs: random() * everyMs,
      tunnels: Math.max(1, Math.ceil(each)),
    }));
  });
}

/** Keys and bits a second that all of them ask for. */
export function demandOf(flows: readonly Flow[]): { readonly keysPerS: number; readonly bps: number } {
  const keysPerS = flows.reduce((sum, { everyMs }) => sum + 1000 / everyMs, 0);
  const bps = flows.reduce((sum, { everyMs, keyBits }) => sum + (1000 * keyBits) / everyMs, 0);
  return { keysPerS, bps };
}

function crossed(from: readonly string[], to: readonly string[]): (readonly [string, string])[] {
  return from.flatMap((source) =>
    to.filter((sink) => sink !== source).map((sink) => [source, sink] as const),
  );
}

function bothWays({ nodes, links }: CheckedNetwork, over: "links" | "pairs"): (readonly [string, string])[] {
  const pairs = over === "links" ? links.map(({ ends }) => ends) : pairsOf(nodes);
  return pairs.flatMap(([first, second]) => [[first, second] as const, [second, first] as const]);
}
