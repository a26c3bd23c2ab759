import { expect } from "vitest";
import { type LinkParameters, predictLink } from "../../physics/index.ts";
import type { Played, within } from "../integration/scenario-play.ts";
import { binomialScore } from "./scores.ts";

/** Standard deviations that a score may be off: of forty, a right emulator fails one seed in 40,000. */
export const LIMIT = 5;

export type Stretch = ReturnType<typeof within>;

/** Gain and error rate of a stretch of the timeline against the closed form for these parameters. */
export function expectLike(stretch: Stretch, link: LinkParameters): void {
  const { clicksPerGate, qber } = predictLink(link);
  const clusters = Math.sqrt(1 + 2 * link.afterpulseProbability);
  expect(Math.abs(binomialScore(stretch.detections, stretch.gates, clicksPerGate, clusters))).toBeLessThan(
    LIMIT,
  );
  expect(Math.abs(errorScore(stretch, 0, qber.z))).toBeLessThan(LIMIT);
  expect(Math.abs(errorScore(stretch, 1, qber.x))).toBeLessThan(LIMIT);
}

export function errorScore({ matched, errors }: Stretch, basis: 0 | 1, rate: number): number {
  const sum = (values: readonly number[]) =>
    values.slice(3 * basis, 3 * basis + 3).reduce((total, value) => total + value, 0);
  return binomialScore(sum(errors), sum(matched), rate);
}

/** Alarms raised at a site between two times. */
export const names = ({ alarms }: Played, site: "alice" | "bob", fromS: number, toS: number): string[] => [
  ...new Set(
    alarms
      .filter(
        (alarm) =>
          alarm.site === site && alarm.transition === "raised" && alarm.atS >= fromS && alarm.atS <= toS,
      )
      .map(({ name }) => name),
  ),
];
