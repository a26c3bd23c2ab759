import type { HealthQuantity, TransceiverHealth } from "../../../drivers/index.ts";
import type { HealthView, QuantityView } from "../api/index.ts";

/** A reading older than this says nothing about now. */
const FRESH_MS = 10_000;

/** Error rates and counts as the unit reads them. */
export type UnitReadings = Pick<HealthView, "qberZ" | "qberX" | "counts">;

/** Null for what the unit does not have, or has not read lately. */
export function unitReadings(health: TransceiverHealth | null): UnitReadings {
  const value = (name: string): number | null => {
    const quantity = health?.quantities.find((one) => one.name === name);
    return quantity === undefined || quantity.ageMs > FRESH_MS ? null : quantity.value;
  };
  const [zPpm, xPpm] = [value("qberZPpm"), value("qberXPpm")];
  const [count0, count1] = [value("detector0CountRateHz"), value("detector1CountRateHz")];
  return {
    qberZ: zPpm === null ? null : zPpm * 1e-6,
    qberX: xPpm === null ? null : xPpm * 1e-6,
    counts: count0 === null || count1 === null ? null : [count0, count1],
  };
}

/** What the unit measures, as it is shown. */
export function quantityViews(quantities: readonly HealthQuantity[]): QuantityView[] {
  return quantities.map(({ name, unit, value, level, ageMs }) => ({
    name,
    unit,
    value,
    level,
    ageMs: Math.round(ageMs),
  }));
}
