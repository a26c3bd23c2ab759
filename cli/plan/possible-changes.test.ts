import { describe, expect, it } from "vitest";
import type { LinkPlan } from "../../commissioning/index.ts";
import { dependableRate } from "./dependable-rate.ts";
import { plannedLink } from "./plan-options.ts";
import { plannedChanges } from "./planned-changes.ts";
import { possibleChanges } from "./possible-changes.ts";

const channel = (name: string, wavelengthNm: number, launchDbm: number) =>
  ({ name, wavelengthNm, launchDbm, direction: "backward" }) as const;

const changesOf = (plan: LinkPlan, flags: object = {}) => {
  const planned = plannedLink(flags, plan);
  return { planned, changes: plannedChanges(planned, possibleChanges(planned, plan)) };
};
const named = (changes: ReturnType<typeof changesOf>["changes"], part: string) => {
  const found = changes.find(({ what }) => what.includes(part));
  if (found === undefined) throw new Error(`no change names ${part}`);
  return found;
};

const METRO: LinkPlan = {
  preset: "installed-metro",
  fibre: { spans: [{ name: "S", lengthKm: 40 }], connectors: [{ name: "P", lossDb: 0.25 }] },
};

describe("what to change first", () => {
  it("is the dirty connector of a dark fibre, by as much as the model gains without its dirt", () => {
    const dirty = {
      ...METRO,
      fibre: { spans: [{ name: "S", lengthKm: 40 }], connectors: [{ name: "P", lossDb: 3.25 }] },
    };
    const { changes } = changesOf(dirty);
    const clean = named(changes, "clean or replace P: 3 dB less");
    expect(clean.rateBps).toBeCloseTo(dependableRate(plannedLink({}, METRO)).rateBps, 3);
    expect(clean.gainBps).toBeGreaterThan(named(changes, "spare 1 dB").gainBps);
    expect(changes.filter(({ kind }) => kind !== "preset")[0]).toBe(clean);
  });

  it("is the loud channel of a fibre whose joints are in order", () => {
    const lit = { ...METRO, channels: [channel("quiet", 1560.61, -40), channel("loud", 1551.72, -4)] };
    const { changes } = changesOf(lit);
    const off = named(changes, "take channel loud");
    expect(off.gainBps).toBeGreaterThan(named(changes, "spare 1 dB").gainBps);
    expect(off.gainBps).toBeGreaterThan(
      named(changes, "launch channel loud (1551.72 nm) with 3 dB less").gainBps,
    );
    expect(off.gainBps).toBeGreaterThan(named(changes, "take channel quiet").gainBps);
    expect(named(changes, "put a filter of 0.1 nm").gainBps).toBeGreaterThan(0);
    const all = named(changes, "take all channels");
    expect(all.rateBps).toBeCloseTo(dependableRate(plannedLink({}, METRO)).rateBps, 3);
  });

  it("moves no channel onto another or into the quantum channel", () => {
    const data = Array.from({ length: 20 }, (_, n) => channel(`d${n}`, 1530 + n, -25));
    const { changes, planned } = changesOf({ ...METRO, channels: [...data, channel("loud", 1554.94, -10)] });
    expect(named(changes, "move channel loud").gainBps).toBeGreaterThan(0);
    const place = Number(/to ([\d.]+) THz/.exec(named(changes, "move channel loud").what)?.[1]);
    for (const { frequencyThz } of planned.channels)
      expect(Math.abs(frequencyThz - place)).toBeGreaterThan(0.09);
    expect(Math.abs(place - 193.4)).toBeGreaterThan(0.05);
  });

  it("is the block where blocks are small", () => {
    const { changes } = changesOf(METRO, { blockBits: 1e5 });
    expect(changes.find(({ kind }) => kind !== "preset" && kind !== "source")?.kind).toBe("block");
    expect(named(changes, "blocks of 1e7 bits").gainBps).toBeGreaterThan(
      named(changes, "blocks of 1e6 bits").gainBps,
    );
  });

  it("counts a preset's own hardware on the same fibre, and another wavelength's by the length", () => {
    const { planned, changes } = changesOf(METRO);
    const other = named(changes, "preset ld-cband");
    expect(other.rateBps).toBeCloseTo(
      dependableRate({
        ...planned,
        link: { ...plannedLink({ preset: "ld-cband" }).link, channelLossDb: planned.link.channelLossDb },
      }).rateBps,
      3,
    );
    expect(named(changes, "preset mu-oband").note).toContain("estimated");
    const bare = plannedLink({ preset: "t12" });
    expect(possibleChanges(bare, null).some(({ what }) => what.includes("mu-oband"))).toBe(false);
  });

  it("comes best first, and what takes key away comes last", () => {
    const { changes } = changesOf(METRO);
    const gains = changes.map(({ gainBps }) => gainBps);
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
  });

  it("has no factor where there is no key yet", () => {
    const { changes } = changesOf({
      ...METRO,
      fibre: { spans: [{ name: "S", lengthKm: 250, dbPerKm: 0.4 }] },
    });
    expect(changes.every(({ factor, gainBps }) => factor === null && gainBps === 0)).toBe(true);
  });
});
