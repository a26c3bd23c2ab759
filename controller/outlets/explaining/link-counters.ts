import type { LinkCounters } from "../../../diagnosis/index.ts";
import type { RegisterValues } from "../../../protocol/index.ts";
import { registerOf } from "./link-readings.ts";

/** What the registers of either end say of the link's counts; both ends of a link say the same, but for the detectors. */
export function linkCounters(ends: readonly RegisterValues[]): LinkCounters {
  const first = (name: string): number | null => {
    for (const values of ends) {
      const value = registerOf(values, name);
      if (value !== null) return value;
    }
    return null;
  };
  const share = (name: string): number | null => {
    const ppm = first(name);
    return ppm === null ? null : ppm / 1e6;
  };
  const both = (one: string, other: string): number | null => {
    const [zero, unity] = [first(one), first(other)];
    return zero === null || unity === null ? null : zero + unity;
  };
  return {
    gains: [first("gainU"), first("gainV"), first("gainW")],
    qberZ: share("qberZPpm"),
    qberX: share("qberXPpm"),
    doubleClicksHz: first("doubleClicksHz"),
    mismatchedCorrelation: first("mismatchedCorrelation"),
    clicksHz: both("detector0CountRateHz", "detector1CountRateHz"),
    photocurrentNa: both("detector0PhotocurrentNa", "detector1PhotocurrentNa"),
  };
}
