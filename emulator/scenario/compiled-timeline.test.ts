import { describe, expect, it } from "vitest";
import type { Level as AnyLevel } from "../happenings/link-state/level.ts";
import { secondsOf } from "../schema/duration.ts";
import { compileScenario } from "./compile-scenario.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";

function compiled(timeline: readonly ScenarioEvent[], change: Partial<Scenario> = {}) {
  return compileScenario({
    name: "x",
    title: "x",
    description: "x",
    preset: "yuan2018",
    duration: "1 h",
    fibre: {
      lengthKm: 10,
      attenuationDbPerKm: 0.2,
      kind: "aerial",
      connectors: [{ name: "panel", lossDb: 0.5 }, { lossDb: 0.25 }],
      splices: [{ lossDb: 0.05 }],
    },
    timeline,
    ...change,
  });
}

type Level<T extends AnyLevel["type"]> = Extract<AnyLevel, { type: T }>;

/** Every change of one kind of level: time and level. */
function changes<T extends AnyLevel["type"]>(of: ReturnType<typeof compiled>, type: T): [number, Level<T>][] {
  return of.levelSteps.flatMap(({ atS, levels }) =>
    levels
      .filter((level): level is Level<T> => level.type === type)
      .map((level): [number, Level<T>] => [atS, level]),
  );
}

const losses = (of: ReturnType<typeof compiled>): [number, number][] =>
  changes(of, "fibreLoss").map(([atS, { db }]) => [atS, db]);

describe("durations", () => {
  it.each([
    ["250 ms", 0.25],
    ["10s", 10],
    ["1.5 min", 90],
    ["2 h", 7200],
    ["2", undefined],
    ["-2 s", undefined],
    ["2 s 5", undefined],
    ["1e3 s", undefined],
    ["", undefined],
  ])("%j is %s", (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });
});

describe("a compiled timeline", () => {
  it("knows when each event begins and is over, repetitions singly", () => {
    const { moments } = compiled([
      { at: "10 s", event: "bend", lossDb: 1, for: "5 s", every: "5 s", times: 2 },
      { at: "15 s", event: "stall", site: "bob", port: "tcp", for: "1 s" },
      { at: "20 s", event: "hangUp", site: "bob", port: "tcp" },
      { at: "30 s", event: "dirt", connector: "panel", lossDb: 2, over: "4 s" },
    ]);
    const bend = { event: "bend", lossDb: 1, for: "5 s" };
    expect(moments.map(({ atS, phase, happening, onWires }) => [atS, phase, onWires, happening])).toEqual([
      [10, "begins", false, bend],
      [15, "ends", false, bend],
      [15, "begins", false, bend],
      [15, "begins", true, { event: "stall", site: "bob", port: "tcp", for: "1 s" }],
      [16, "ends", true, { event: "stall", site: "bob", port: "tcp", for: "1 s" }],
      [20, "ends", false, bend],
      [20, "begins", true, { event: "hangUp", site: "bob", port: "tcp" }],
      [30, "begins", false, { event: "dirt", connector: "panel", lossDb: 2, over: "4 s" }],
    ]);
  });

  it("adds up fibre, connectors and splices", () => {
    const { link } = compiled([]);
    expect(link.channelLossDb).toBeCloseTo(2.8, 12);
    expect(compiled([]).levelSteps).toEqual([]);
  });

  it("adds bends, and takes each away when it is over", () => {
    const bends = compiled([
      { at: "10 s", event: "bend", lossDb: 1, for: "20 s" },
      { at: "20 s", event: "bend", lossDb: 2, for: "20 s" },
    ]);
    expect(losses(bends)).toEqual([
      [10, 3.8],
      [20, 5.8],
      [30, 4.8],
      [40, 2.8],
    ]);
  });

  it("ramps evenly from where the quantity is and arrives exactly", () => {
    const ramps = compiled([
      { at: "10 s", event: "ambient", site: "bob", celsius: 32, over: "1 s" },
      { at: "20 s", event: "ambient", site: "bob", celsius: 22, over: "1 s" },
    ]);
    const celsius = changes(ramps, "ambient").map(([atS, level]) => [atS, level.celsius] as const);
    expect(celsius).toHaveLength(20);
    expect(celsius[0]?.[1]).toBeCloseTo(23, 9);
    expect(celsius[4]?.[1]).toBeCloseTo(27, 9);
    expect([celsius[9], celsius[19]]).toEqual([
      [11, 32],
      [21, 22],
    ]);
  });

  it("replaces a connector's loss by dirt, and gives it back", () => {
    const dirt = compiled([
      { at: "10 s", event: "dirt", connector: "panel", lossDb: 4 },
      { at: "20 s", event: "clean", connector: "panel" },
    ]);
    expect(losses(dirt)).toEqual([
      [10, 6.3],
      [20, 2.8],
    ]);
  });

  it("sways between the loss of the rest and the amplitude above it, and stops", () => {
    const wind = losses(compiled([{ at: "10 s", event: "sway", amplitudeDb: 2, period: "4 s", for: "8 s" }]));
    const db = wind.map(([, loss]) => loss);
    expect(Math.max(...db)).toBeGreaterThan(4.75);
    expect(Math.max(...db)).toBeLessThanOrEqual(4.8);
    expect(Math.min(...db)).toBe(2.8);
    expect(wind.at(-1)).toEqual([18, 2.8]);
  });

  it("turns the phase when the laser hops, until the loop has followed", () => {
    const hop = compiled([{ at: "10 s", event: "modeHop", phaseRad: 0.6, for: "2 s" }]);
    expect(changes(hop, "modeHop").map(([atS, { radian }]) => [atS, radian])).toEqual([
      [10, 0.6],
      [12, 0],
    ]);
  });

  it("lights channels with the noise they bring, shows them to the instruments, and repeats", () => {
    const lit = compiled(
      [{ at: "10 s", event: "light", channel: "data", for: "5 s", every: "10 s", times: 2 }],
      {
        dwdm: {
          channels: [
            { name: "data", itu: 35, direction: "forward", receiveDbm: -10, lit: false },
            { name: "other", wavelengthNm: 1547.72, direction: "backward", launchDbm: -3, lit: true },
          ],
        },
      },
    );
    const powers = changes(lit, "classicalPower").map(([atS, { channel, dbm }]) => [atS, channel, dbm]);
    expect(powers.map(([atS, channel]) => [atS, channel])).toEqual([
      [10, 1],
      [15, 1],
      [20, 1],
      [25, 1],
    ]);
    // What arrives with -10 dBm was launched with the loss of fibre and joints more: about 10 x 0.2 + 0.8 dB.
    expect(powers[0]?.[2]).toBeCloseTo(-7.2, 1);
    expect(powers[1]?.[2]).toBeNull();
    expect(changes(lit, "multiplex").map(([, { plan }]) => plan?.channels.length)).toEqual([2, 1, 2, 1]);
    const start = lit.initial.find((level) => level.type === "multiplex");
    expect(start).toMatchObject({
      plan: { channels: [{ direction: "backward", launchDbm: -3 }], fibreKm: 10 },
    });
  });

  it("lets one attack follow another at the same moment", () => {
    const eve = compiled([
      { at: "10 s", event: "photonSplitting", fraction: 1, for: "10 s" },
      { at: "20 s", event: "interceptResend", fraction: 0.5, basisBias: 0.9, for: "10 s" },
    ]);
    expect(changes(eve, "photonSplitting").map(([atS, { fraction }]) => [atS, fraction])).toEqual([
      [10, 1],
      [20, 0],
    ]);
    expect(changes(eve, "interceptResend").map(([atS, { fraction }]) => [atS, fraction])).toEqual([
      [20, 0.5],
      [30, 0],
    ]);
  });

  it("keeps the wires' steps apart, each under a key of its own", () => {
    const { wireSteps, levelSteps } = compiled([
      {
        at: "1 s",
        event: "delay",
        site: "bob",
        port: "tcp",
        delay: "30 ms",
        for: "1 s",
        every: "2 s",
        times: 2,
      },
      { at: "2 s", event: "hangUp", site: "alice", port: "modbus" },
    ]);
    expect(levelSteps).toEqual([]);
    expect(wireSteps.map(({ atS, kind }) => [atS, kind])).toEqual([
      [1, "fault"],
      [2, "fault"],
      [2, "hangUp"],
      [3, "fault"],
      [4, "fault"],
    ]);
    expect(wireSteps[0]).toMatchObject({ fault: { type: "delay", ms: 30 } });
    expect(new Set(wireSteps.map((step) => (step.kind === "fault" ? step.key : ""))).size).toBe(3);
  });

  it("starts devices with what the scenario says of them", () => {
    const { devices, initial } = compiled([], {
      devices: {
        alice: { serial: "QTX-7" },
        bob: { ambientC: 30, detectorTemperatureC: -40, detectorBiasV: 58 },
      },
    });
    expect(devices.alice).toMatchObject({ serial: "QTX-7", ambientC: 22, parameters: {} });
    expect(devices.bob).toMatchObject({
      ambientC: 30,
      parameters: { detectorTemperatureC: -40, detectorBiasV: 58 },
    });
    expect(initial).toContainEqual({ type: "detectorTemperature", celsius: -40 });
    expect(initial).toContainEqual({ type: "detectorBias", volt: 3 });
  });
});
