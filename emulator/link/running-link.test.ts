import { describe, expect, it } from "vitest";
import { linkPreset } from "../../physics/index.ts";
import { SiteWires } from "../faults/site-wires.ts";
import { isSiteLevel, type Level } from "../happenings/link-state/level.ts";
import { type LinkPlan, undisturbed } from "../happenings/link-state/link-state.ts";
import { applyControl } from "../optics/apply-control.ts";
import { nominalConditions } from "../optics/conditions.ts";
import { RunningLink } from "./running-link.ts";

const { link } = linkPreset("yuan2018");
const PLAN: LinkPlan = {
  connectors: [{ name: "panel", lossDb: 0.5 }],
  channels: [{ name: "data", frequencyThz: 194.4, direction: "forward", launchDbm: -3, lit: false }],
  multiplex: { quantumWavelengthNm: 1550, fibreKm: 20 },
  aerial: false,
  gatesApart: false,
};

/** A link of 10 dB whose light is a list of what it was told. */
function running() {
  const told: Level[] = [];
  const news: string[] = [];
  const wires = { alice: new SiteWires(1), bob: new SiteWires(2) };
  let conditions = nominalConditions({ ...link, channelLossDb: 10 });
  const light = (levels: readonly Level[]) => levels.flatMap((level) => (isSiteLevel(level) ? [] : [level]));
  const one = new RunningLink(undisturbed(conditions.link), PLAN, {
    wires,
    judge: (levels) => void light(levels).reduce(applyControl, conditions),
    obey: async (levels) => {
      told.push(...levels);
      conditions = light(levels).reduce(applyControl, conditions);
    },
    told: (happening, phase) => news.push(`${happening.event} ${phase}`),
  });
  /** What was told since the last look. */
  const since = (): Level[] => told.splice(0);
  return {
    link: one,
    since,
    news,
    wires,
    lossDb: () => conditions.link.channelLossDb,
    light: () => conditions,
  };
}

/** The bytes that come through Bob's TCP port. */
function through(wires: ReturnType<typeof running>["wires"], bytes: number): number {
  let read = 0;
  const handler = wires.bob.of("tcp").wrap(() => ({
    bytes: (chunk) => {
      read += chunk.length;
    },
    drained: () => {},
    closed: () => {},
  }))({ name: "x", kind: "tcp", hangUpVisible: true, pendingBytes: 0, write: () => {}, close: () => {} });
  handler.bytes(new Uint8Array(bytes));
  return read;
}

describe("a running link", () => {
  it("tells what happens, and what is over, of light and of wires", async () => {
    const { link: one, news } = running();
    await one.happen({ event: "cut", for: "10 s" });
    await one.happen({ event: "bend", lossDb: 1, over: "2 s", for: "5 s" });
    await one.happen({ event: "stall", site: "bob", port: "tcp", for: "3 s" });
    await one.happen({ event: "hangUp", site: "bob", port: "tcp" });
    await one.happen({ event: "deadTime", gates: 4, perDetector: false });
    expect(news.splice(0)).toEqual([
      "cut begins",
      "bend begins",
      "stall begins",
      "hangUp begins",
      "deadTime begins",
    ]);
    await one.reached(2.5, 2.5);
    expect(news.splice(0)).toEqual([]);
    await one.reached(2.5, 3);
    expect(news.splice(0)).toEqual(["stall ends"]);
    await one.reached(5, 5);
    expect(news.splice(0)).toEqual(["bend ends"]);
    await one.happen({ event: "end", of: "cut" });
    await one.reached(20, 20);
    expect(news.splice(0)).toEqual(["end begins"]);
  });

  it("tells nothing of what it refuses", async () => {
    const { link: one, news } = running();
    await expect(one.happen({ event: "fibreLoss", db: 1e6 })).rejects.toThrow("db");
    await expect(one.happen({ event: "sway", amplitudeDb: 1, period: "5 s", for: "9 s" })).rejects.toThrow();
    await expect(one.happen({ event: "light", channel: "nobody" })).rejects.toThrow("nobody");
    expect(news).toEqual([]);
  });

  it("is cut and repaired, again and again without harm", async () => {
    const { link: one, since } = running();
    await one.happen({ event: "cut" });
    await one.happen({ event: "cut" });
    await one.happen({ event: "repair" });
    await one.happen({ event: "repair" });
    expect(since()).toEqual([
      { type: "fibreCut", cut: true },
      { type: "fibreCut", cut: false },
    ]);
  });

  it("ends by itself what has a `for`, in link time", async () => {
    const { link: one, since } = running();
    await one.reached(5, 5);
    await one.happen({ event: "cut", for: "10 s" });
    since();
    await one.reached(14.9, 99);
    expect(since()).toEqual([]);
    await one.reached(15, 99);
    expect(since()).toEqual([{ type: "fibreCut", cut: false }]);
  });

  it("adds bends up and gets there evenly, and its loss as a whole replaces them", async () => {
    const { link: one, since, lossDb } = running();
    await one.happen({ event: "bend", lossDb: 1 });
    await one.happen({ event: "bend", lossDb: 2, over: "1 s" });
    expect(lossDb()).toBe(11);
    await one.reached(0.5, 0.5);
    expect(lossDb()).toBeCloseTo(12, 6);
    await one.reached(1, 1);
    expect(lossDb()).toBe(13);
    since();
    await one.happen({ event: "fibreLoss", db: 7 });
    expect(since()).toEqual([{ type: "fibreLoss", db: 7 }]);
    await one.happen({ event: "bend", lossDb: 1 });
    await one.happen({ event: "end", of: "bend" });
    expect(lossDb()).toBe(7);
  });

  it("lets the later of two happenings have what both hold, and forgets the end of the earlier", async () => {
    const { link: one, light } = running();
    await one.happen({ event: "interceptResend", fraction: 1, basisBias: 0.5, for: "10 s" });
    await one.reached(5, 5);
    await one.happen({ event: "photonSplitting", fraction: 0.5 });
    expect([light().interceptResend.fraction, light().splitFraction]).toEqual([0, 0.5]);
    await one.reached(10, 10);
    expect(light().splitFraction).toBe(0.5);
    await one.happen({ event: "end", of: "interceptResend" });
    expect(light().splitFraction).toBe(0.5);
    await one.happen({ event: "end", of: "photonSplitting" });
    expect(light().splitFraction).toBe(0);
  });

  it("is never mended by the end of what was replaced or ended before", async () => {
    const { link: one, light } = running();
    await one.happen({ event: "laserFailure", for: "10 s" });
    await one.happen({ event: "laserFailure" });
    await one.happen({ event: "cut", for: "10 s" });
    await one.happen({ event: "repair" });
    await one.happen({ event: "cut" });
    await one.happen({ event: "bend", lossDb: 1, over: "10 s" });
    await one.happen({ event: "end", of: "bend" });
    await one.reached(10, 10);
    expect(light()).toMatchObject({ laserOn: false, fibreCut: true, link: { channelLossDb: 10 } });
    await one.happen({ event: "end", of: "laserFailure" });
    await one.happen({ event: "end", of: "cut" });
    expect(light()).toMatchObject({ laserOn: true, fibreCut: false });
  });

  it("goes on from what its scenario has changed", async () => {
    const { link: one, lossDb } = running();
    one.scenarioChanged((state) => ({ ...state, lossesDb: { ...state.lossesDb, "bend 0.0": 4 } }));
    await one.happen({ event: "bend", lossDb: 1 });
    expect(lossDb()).toBe(15);
  });

  it("lights what its plan has, and refuses what it has not", async () => {
    const { link: one, light, since } = running();
    const dark = { event: "power", channel: "data", launchDbm: 0 };
    await expect(one.happen(dark)).rejects.toThrow(
      "channel is data, which is dark, allowed is a lit channel",
    );
    await one.happen({ event: "light", channel: "data" });
    await one.happen(dark);
    expect(light().multiplex?.channels).toEqual([
      { frequencyThz: 194.4, direction: "forward", launchDbm: 0 },
    ]);
    since();
    const channel = { event: "light", channel: "video" };
    await expect(one.happen(channel)).rejects.toThrow("channel is video, allowed is one of data");
    const connector = { event: "dirt", connector: "plug", lossDb: 1 };
    await expect(one.happen(connector)).rejects.toThrow("connector is plug, allowed is one of panel");
    const wind = { event: "sway", amplitudeDb: 1, period: "1 s", for: "5 s" };
    await expect(one.happen(wind)).rejects.toThrow("event is sway on a buried fibre");
    expect(since()).toEqual([]);
  });

  it("refuses before its first step what it could not obey at its last, and changes nothing", async () => {
    const { link: one, since } = running();
    await one.happen({ event: "fibreLoss", db: 150 });
    since();
    const tooMuch = { event: "bend", lossDb: 60, over: "10 s" };
    await expect(one.happen(tooMuch)).rejects.toMatchObject({ code: "QKD_PHYSICS_RANGE" });
    await one.reached(20, 20);
    expect(since()).toEqual([]);
  });

  it("refuses what would take more steps than the light can bear, at once", async () => {
    const aerial = new RunningLink(
      undisturbed(link),
      { ...PLAN, aerial: true },
      {
        wires: running().wires,
        judge: () => {},
        obey: async () => {},
        told: () => {},
      },
    );
    const storm = { event: "sway", amplitudeDb: 1, period: "200 ms", for: "700 h" };
    await expect(aerial.happen(storm)).rejects.toMatchObject({ code: "QKD_PHYSICS_RANGE" });
    await expect(aerial.happen({ ...storm, for: "10 s" })).resolves.toBeUndefined();
  });

  it("refuses more when too much goes on already, until some of it has ended", async () => {
    const { link: one } = running();
    const fill = async (event: object) => {
      for (let i = 0; i < 2000; i++) await one.happen(event);
    };
    await expect(fill({ event: "bend", lossDb: 1e-6 })).rejects.toThrow(
      "is bend, and too much goes on already",
    );
    await one.happen({ event: "end", of: "bend" });
    await expect(fill({ event: "bend", lossDb: 1e-6, over: "1 h" })).rejects.toThrow(
      "too much goes on already",
    );
    await one.happen({ event: "end", of: "bend" });
    await one.happen({ event: "bend", lossDb: 1 });
  });

  it("mends a wire in the wires' own time, and by `end` before it", async () => {
    const { link: one, wires } = running();
    const stall = { event: "halfOpen", site: "bob", port: "tcp", for: "10 s" };
    await one.happen(stall);
    expect(through(wires, 4)).toBe(0);
    await one.reached(0, 10);
    expect(through(wires, 4)).toBe(4);
    await one.happen(stall);
    await one.happen({ event: "end", of: "halfOpen", site: "alice" });
    expect(through(wires, 4)).toBe(0);
    await one.happen({ event: "end", of: "halfOpen", site: "bob" });
    expect(through(wires, 4)).toBe(4);
    // The end of the first must not mend the next.
    await one.happen({ ...stall, for: "30 s" });
    await one.reached(0, 25);
    expect(through(wires, 4)).toBe(0);
  });
});
