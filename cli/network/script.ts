import type { CheckedNetwork, Happening } from "../../emulator/index.ts";
import { chosen, seeded } from "./seeded.ts";

/** One thing that happens, seconds after every pair had keys. */
export type ScriptStep = { readonly atS: number } & (
  | { readonly kind: "link"; readonly link: string; readonly happening: Happening }
  | { readonly kind: "nodeKill" | "nodeStart"; readonly node: string }
);

const UNIT_S: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600 };

/** What a scenario's timeline comes to, in the order of time; the seed chooses the links of `seededCuts`. Pure. */
export function networkScript(scenario: CheckedNetwork, seed: number): readonly ScriptStep[] {
  const random = seeded(seed);
  const cut = (atS: number, link: string): ScriptStep => ({
    atS,
    kind: "link",
    link,
    happening: { event: "cut" },
  });
  const steps = scenario.timeline.flatMap((entry): ScriptStep[] => {
    const atS = seconds(entry.at);
    if ("node" in entry) return [{ atS, kind: entry.event, node: entry.node }];
    if (entry.event === "seededCuts") {
      const links = chosen(
        scenario.links.map(({ id }) => id),
        entry.count,
        random,
      );
      const mended = entry.for === undefined ? null : atS + seconds(entry.for);
      return links.flatMap((link): ScriptStep[] => [
        cut(atS, link),
        ...(mended === null
          ? []
          : [{ atS: mended, kind: "link" as const, link, happening: { event: "repair" as const } }]),
      ]);
    }
    const { at: _, link, ...happening } = entry;
    return [{ atS, kind: "link", link, happening: happening as Happening }];
  });
  return steps.toSorted((a, b) => a.atS - b.atS);
}

/** Seconds of a duration that the scenario's form has passed. */
export function seconds(duration: string): number {
  return Number.parseFloat(duration) * (UNIT_S[duration.replace(/^[\d.\s]+/, "")] ?? Number.NaN);
}
