import type { ControllerOptions } from "../../controller/index.ts";
import type { SiteConfig } from "./read-config.ts";

/** The `policy` part of a site's configuration as options of the controller; what it leaves out keeps its default. */
export function sitePolicy(
  policy: NonNullable<SiteConfig["policy"]> = {},
): Pick<
  ControllerOptions,
  "health" | "fallback" | "pqcReserveBits" | "authRecovery" | "kem" | "combiner" | "epsilonBudget"
> {
  const given = <T extends object>(values: T) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
      [K in keyof T]?: Exclude<T[K], undefined>;
    };
  return {
    health: given({
      lowBits: policy.poolLowBits,
      maxQber: policy.maxQber,
      demandBps: policy.minSecretKeyRateBps,
      raiseMs: policy.linkDownAfterMs,
      clearMs: policy.linkUpAfterMs,
    }),
    fallback: given({
      engageBelowBits: policy.fallbackBelowBits,
      clearAboveBits: policy.poolClearBits,
      rekeyMs: policy.rekeyIntervalMs,
      clearHoldMs: policy.fallbackClearAfterMs,
    }),
    ...given({
      pqcReserveBits: policy.pqcReserveBits,
      authRecovery: policy.authRecovery,
      kem: policy.kem,
      combiner: policy.combiner,
      epsilonBudget: policy.epsilonBudget,
    }),
  };
}
