import type { LinkPlan } from "../../commissioning/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { requireInRange } from "../../physics/index.ts";
import { DEFAULT_YEARS } from "./plan-contradictions.ts";
import type { PlanFlags } from "./plan-options.ts";
import { type Service, SHORTEST_REKEY_S } from "./service-report.ts";

/** What a site keeps ready by default: half of `capacityBits`, the other half is the other site's. */
const DEFAULT_STOCK_BITS = 2 ** 29;

/**
 * What a link has to serve; flags go before the plan's fields.
 * @throws ConfigError QKD_USAGE, QKD_PHYSICS_RANGE.
 */
export function plannedService(flags: PlanFlags, plan: LinkPlan | null): Service {
  const within = (flag: string, value: number, max: number, integer = false) =>
    requireInRange(flag, value, { min: 0, max, ...(integer ? { integer } : {}) });
  const { ageing } = plan ?? {};
  return {
    ageing: {
      dbPerYear: within("--ageing-db-per-year", flags.ageingDbPerYear ?? ageing?.dbPerYear ?? 0, 10),
      years: within("--years", flags.years ?? ageing?.years ?? DEFAULT_YEARS, 100),
      repairsDb: within("--repairs-db", flags.repairsDb ?? ageing?.repairsDb ?? 0, 100),
    },
    demandBps: within("--demand-bps", flags.demandBps ?? plan?.demandBps ?? 0, 1e12),
    stockBits: within("--stock-bits", flags.stockBits ?? plan?.stockBits ?? DEFAULT_STOCK_BITS, 1e15),
    tunnels: plannedTunnels(flags, plan),
  };
}

function plannedTunnels(flags: PlanFlags, plan: LinkPlan | null): Service["tunnels"] {
  const count = flags.tunnels ?? plan?.tunnels?.count;
  const rekeyS = flags.rekeyS ?? plan?.tunnels?.rekeyS;
  if (count === undefined && rekeyS === undefined) return null;
  if (count === undefined || rekeyS === undefined)
    throw new ConfigError("QKD_USAGE", "--tunnels and --rekey-s need each other", {
      remedy: "write for example --tunnels 100 --rekey-s 60",
    });
  requireInRange("--tunnels", count, { min: 1, max: 1e6, integer: true });
  requireInRange("--rekey-s", rekeyS, { min: SHORTEST_REKEY_S, max: 1e7 });
  return { count, rekeyS };
}
