import { DEFAULT_FALLBACK_POLICY, DEFAULT_HEALTH_POLICY } from "../../controller/index.ts";
import type { FieldPath, Remark } from "./finding.ts";
import type { SiteDraft } from "./site-config.ts";

/** Levels and limits of a site's file that cannot hold together. */
export function levelRemarks(site: SiteDraft): Remark[] {
  return [...stockRemarks(site), ...ageRemarks(site), ...limitRemarks(site)];
}

function stockRemarks({ policy, store }: SiteDraft): Remark[] {
  if (policy === undefined) return [];
  const remarks: Remark[] = [];
  const below = policy.fallbackBelowBits ?? DEFAULT_FALLBACK_POLICY.engageBelowBits;
  const clear = policy.poolClearBits ?? DEFAULT_FALLBACK_POLICY.clearAboveBits;
  if (clear < below)
    remarks.push(
      remark(
        "error",
        ["policy", policy.poolClearBits === undefined ? "fallbackBelowBits" : "poolClearBits"],
        `policy.poolClearBits (${clear}) lies below fallbackBelowBits (${below})`,
        "let QKD keys return at a higher level than they are given up at",
      ),
    );
  const capacity = store?.capacityBits;
  if (capacity === undefined) return remarks;
  const low = policy.poolLowBits ?? DEFAULT_HEALTH_POLICY.lowBits;
  const reserve = policy.pqcReserveBits ?? 0;
  // Half of what a store holds is the other site's to hand out.
  for (const [field, bits, level] of [
    ["poolClearBits", clear, "error"],
    ["poolLowBits", low, "warning"],
    ["pqcReserveBits", reserve, "warning"],
  ] as const)
    if (bits > capacity / 2)
      remarks.push(
        remark(
          level,
          policy[field] === undefined ? ["store", "capacityBits"] : ["policy", field],
          `policy.${field} (${bits}) is more than the half of store.capacityBits that this site hands out`,
          "raise the capacity or lower the level",
        ),
      );
  return remarks;
}

function ageRemarks({ delivery, store }: SiteDraft): Remark[] {
  const [windowS, ageS] = [delivery?.redeliveryWindowS ?? 10, store?.maxAgeS];
  if (ageS === undefined || windowS < ageS) return [];
  return [
    remark(
      "warning",
      ["store", "maxAgeS"],
      `store.maxAgeS (${ageS}) is no longer than the ${windowS} s in which an answer may be repeated`,
      "let keys live longer, or shorten delivery.redeliveryWindowS",
    ),
  ];
}

function limitRemarks({ peer, delivery }: SiteDraft): Remark[] {
  const remarks: Remark[] = [];
  for (const [part, limits] of [
    ["peer", peer?.limits],
    ["delivery", delivery?.limits],
  ] as const) {
    const { connections, connectionsPerAddress } = limits ?? {};
    if (connections !== undefined && (connectionsPerAddress ?? 0) > connections)
      remarks.push(
        remark(
          "warning",
          [part, "limits", "connectionsPerAddress"],
          `${part}.limits.connectionsPerAddress (${connectionsPerAddress}) is more than connections (${connections})`,
          "one caller can take every place; lower it",
        ),
      );
  }
  const { headersMs, requestMs } = delivery?.limits ?? {};
  if (headersMs !== undefined && requestMs !== undefined && headersMs > requestMs)
    remarks.push(
      remark(
        "warning",
        ["delivery", "limits", "headersMs"],
        `delivery.limits.headersMs (${headersMs}) is more than requestMs (${requestMs}), which ends it before`,
        "lower it",
      ),
    );
  if (peer?.limits !== undefined && peer.connect !== undefined)
    remarks.push(
      remark(
        "warning",
        ["peer", "limits"],
        "peer.limits has no effect at the site that connects",
        "take it out",
      ),
    );
  return remarks;
}

function remark(level: Remark["level"], field: FieldPath, message: string, remedy: string): Remark {
  return { level, code: "QKD_CONFIG_INVALID", field, message, remedy };
}
