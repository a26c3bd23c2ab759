import type { Happening } from "../../../emulator/index.ts";
import type { Brought } from "./brought-causes.ts";
import type { InstalledLink } from "./installed-link.ts";
import type { Seeded } from "./seeded.ts";

/**
 * Drift beside the emulator's usual one, so that both together are `times` as large: independent, with the same deviations
 * of each part. What the cause itself holds is left to it.
 */
export function moreDrift(
  { link, alignment }: InstalledLink,
  draw: Seeded,
  times: number,
  brought: Brought | undefined,
): {
  readonly drift: {
    readonly link: Partial<InstalledLink["link"]>;
    readonly happenings: readonly Happening[];
  };
} {
  const more = Math.sqrt(times ** 2 - 1);
  const part = (deviation: number) => draw.normal(deviation * more);
  const worn = Math.abs(part(0.002)) / 2;
  const [e0, e1] = link.detectorEfficiency;
  const { z, x } = link.misalignment;
  const drifted = {
    channelLossDb: link.channelLossDb + part(0.05),
    misalignment: { z: z + worn, x: x + worn },
    detectorEfficiency: [e0 * (1 + part(0.005)), e1 * (1 + part(0.005))] as const,
  };
  const delayPs = alignment.delayPs + part(8);
  const laserDb = part(0.03);
  const modulatorV = part(0.05);
  const happenings: Happening[] = [
    { event: "gateAlignment", ...alignment, delayPs },
    { event: "age", relativePower: 10 ** (laserDb / 10) },
    { event: "modulatorOffset", volt: modulatorV },
  ];
  const held = new Set(brought?.happenings?.map(({ event }) => event));
  const own = Object.fromEntries(Object.entries(brought?.link ?? {}).filter(([name]) => name in drifted));
  return {
    drift: {
      link: { ...drifted, ...own },
      happenings: happenings.filter(({ event }) => !held.has(event)),
    },
  };
}
