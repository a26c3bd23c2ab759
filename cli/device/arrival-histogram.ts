import type { OpenedTransceiver, UnitDescription, UnitHistogram } from "../../drivers/index.ts";
import { sparkline } from "../watch/figures.ts";

/** Times at which the clicks of both detectors came in the unit's last measurement; none where the unit tells none. */
export async function readArrivals(
  { service }: OpenedTransceiver,
  { histograms }: UnitDescription,
): Promise<readonly UnitHistogram[]> {
  if (!histograms.includes("arrival")) return [];
  return [await service.histogram("arrival", 0), await service.histogram("arrival", 1)];
}

/** A line for each detector: where its clicks lie in the gate, and how. */
export function arrivalLines(histograms: readonly UnitHistogram[]): readonly string[] {
  const [first] = histograms;
  if (first === undefined) return [];
  if (first.gates === 0) return ["arrivals    nothing measured since the start"];
  return [
    `arrivals    of the last measurement, ${first.gates} gates`,
    ...histograms.map((one) => `  detector ${one.detector}: ${words(one)}`),
  ];
}

function words({ unit, firstBin, binWidth, below, counts, beyond }: UnitHistogram): string {
  const inside = counts.reduce((sum, count) => sum + count, 0);
  const clicks = inside + below + beyond;
  if (inside === 0) return `${clicks} clicks`;
  const middle = (bin: number) => firstBin + (bin + 0.5) * binWidth;
  const moment = (of: (ps: number) => number) =>
    counts.reduce((sum, count, bin) => sum + count * of(middle(bin)), 0) / inside;
  const mean = moment((ps) => ps);
  const spread = Math.sqrt(moment((ps) => (ps - mean) ** 2));
  const last = firstBin + counts.length * binWidth;
  return `${clicks} clicks, mean ${mean.toFixed(1)} ${unit}, spread ${spread.toFixed(1)} ${unit} rms, ${firstBin} ${sparkline(counts, counts.length)} ${last} ${unit}`;
}
