import type { Bench } from "./bench.ts";
import {
  chain,
  chainRoundTrip,
  chainSixteenDecibels,
  chainTenDecibels,
  memory,
  sites,
} from "./chain/chain-benches.ts";
import { delivery } from "./site/delivery.ts";
import { pool } from "./site/pool.ts";
import { startUp } from "./site/start-up.ts";
import { amplification } from "./stages/amplification.ts";
import { mac } from "./stages/mac.ts";
import { reconciliation, reconciliationEfficiency } from "./stages/reconciliation.ts";
import { sampling } from "./stages/sampling.ts";
import { sifting } from "./stages/sifting.ts";
import { wire } from "./stages/wire.ts";

/** Every bench, in the order of a whole run: stages first, then sites, then the chain. */
export const SUITE: readonly Bench[] = [
  sampling,
  sifting,
  reconciliation,
  reconciliationEfficiency,
  amplification,
  mac,
  wire,
  pool,
  delivery,
  startUp,
  ...sites,
  chain,
  chainRoundTrip,
  chainTenDecibels,
  chainSixteenDecibels,
  memory,
];
