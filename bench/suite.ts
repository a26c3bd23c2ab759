import type { Bench } from "./bench.ts";

const chains = () => import("./chain/chain-benches.ts");
const reconciliations = () => import("./stages/reconciliation.ts");

/**
 * Every bench by its name, in the order of a whole run: stages first, then sites, then the chain. Each is loaded when it is
 * run: what the others import makes the heap larger, and with it every collection.
 */
export const SUITE: Readonly<Record<string, () => Promise<Bench>>> = {
  sampling: async () => (await import("./stages/sampling.ts")).sampling,
  sifting: async () => (await import("./stages/sifting.ts")).sifting,
  reconciliation: async () => (await reconciliations()).reconciliation,
  "reconciliation-efficiency": async () => (await reconciliations()).reconciliationEfficiency,
  amplification: async () => (await import("./stages/amplification.ts")).amplification,
  mac: async () => (await import("./stages/mac.ts")).mac,
  wire: async () => (await import("./stages/wire.ts")).wire,
  pool: async () => (await import("./site/pool.ts")).pool,
  delivery: async () => (await import("./site/delivery.ts")).delivery,
  "start-up": async () => (await import("./site/start-up.ts")).startUp,
  alice: async () => (await chains()).alice,
  bob: async () => (await chains()).bob,
  emulator: async () => (await chains()).emulator,
  chain: async () => (await chains()).chain,
  "chain-rtt": async () => (await chains()).chainRoundTrip,
  "chain-10db": async () => (await chains()).chainTenDecibels,
  "chain-16db": async () => (await chains()).chainSixteenDecibels,
  "chain-delivery": async () => (await chains()).chainDelivery,
  memory: async () => (await chains()).memory,
};
