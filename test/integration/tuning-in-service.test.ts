import { describe, expect, it } from "vitest";
import { codeOf, linkOf, once, parameter, set } from "./tuned-link.ts";

describe("tuning in service", () => {
  it("follows a drifting arrival by limited steps, and leaves what is in place", async (test) => {
    const { link, at, tuned } = await linkOf(test);
    const bob = await at("bob");
    expect(await tuned(bob, once("delay"))).toMatchObject({ outcome: "unchanged", from: 0, to: 0 });
    await link.faults.apply({ event: "gateDrift", ps: 30 });
    expect(await tuned(bob, once("delay"))).toMatchObject({
      outcome: "adjusted",
      from: 0,
      to: 20,
      unit: "ps",
    });
    const second = await tuned(bob, once("delay"));
    expect(Math.abs(second.to - 30)).toBeLessThan(8);
    expect(await parameter(bob, "gateDelayPs")).toBe(second.to);
  });

  it("follows a phase, while the pair makes key, with one gate in a hundred that becomes none", async (test) => {
    const { link, at } = await linkOf(test);
    const [alice, bob] = [await at("alice"), await at("bob")];
    await link.faults.apply({ event: "phaseError", radian: 0.15 });
    for (const client of [alice, bob])
      await client.call("startKeyExchange", { detectionsPerFrame: 1 << 20, creditFrames: 60 });
    const before = link.stats();
    await bob.call("tune", once("phase"));
    await link.advance(11_000);
    expect(await bob.event("tuned")).toMatchObject({ what: "phase", outcome: "adjusted" });
    expect(Math.abs((await parameter(bob, "phaseOffsetRad")) - 0.15)).toBeLessThan(0.06);
    const after = link.stats();
    const share = (after.keySeconds - before.keySeconds) / (after.linkSeconds - before.linkSeconds);
    expect(share).toBeGreaterThan(0.97);
    expect(share).toBeLessThan(1.02);
  });

  it("raises an alarm where it has led a setting too far, lest it hide an attack", async (test) => {
    const { link, at, tuned } = await linkOf(test);
    const bob = await at("bob");
    for (let step = 1; step <= 4; step++) {
      await link.faults.apply({ event: "gateDrift", ps: 20 * step });
      await tuned(bob, once("delay"));
    }
    await link.advance(500);
    expect(Math.abs(await parameter(bob, "gateDelayPs"))).toBeGreaterThan(60);
    const codes = (await bob.call("listAlarms", {})).alarms.map(({ code }) => code);
    expect(codes).toContain(55);
  });

  it("is refused in the dark, while calibrating, under another's lease, for the other role's and out of range", async (test) => {
    const { link, at } = await linkOf(test);
    const [alice, bob, other] = [await at("alice"), await at("bob"), await at("bob")];
    expect(await codeOf(bob, once("modulator"))).toBe("notSupported");
    expect(await codeOf(alice, once("delay"))).toBe("notSupported");
    expect(await codeOf(bob, { what: "delay", mode: "auto", intervalS: 9 })).toBe("outOfRange");
    expect(await codeOf(bob, { what: "delay", mode: "once", intervalS: 10 })).toBe("outOfRange");
    await other.call("lease", { holder: "engineer", seconds: 60, ending: "keep" });
    expect(await codeOf(bob, once("delay"))).toBe("busy");
    await other.call("lease", { holder: "engineer", seconds: 0, ending: "keep" });
    await bob.call("startCalibration", { step: "init", variant: "first" });
    expect(await codeOf(bob, once("delay"))).toBe("wrongState");
    await bob.call("reset", { what: "soft" });
    await link.faults.cut();
    await link.advance(8000);
    expect(await codeOf(bob, once("delay"))).toBe("wrongState");
  });

  it("evens out the detectors by their bias, each by half of the way and against the other", async (test) => {
    const { at, tuned } = await linkOf(test);
    const bob = await at("bob");
    const trims = async () => [
      await parameter(bob, "detector0BiasTrimV"),
      await parameter(bob, "detector1BiasTrimV"),
    ];
    await tuned(bob, once("bias"));
    const [zero = 0, one = 0] = await trims();
    await set(bob, "detector0BiasTrimV", zero + 0.08);
    await set(bob, "detector1BiasTrimV", one - 0.08);
    expect(await tuned(bob, once("bias"))).toMatchObject({ outcome: "adjusted", unit: "V" });
    const [after = 0, other = 0] = await trims();
    expect(Math.abs(after - zero)).toBeLessThan(0.04);
    expect(after + other).toBeCloseTo(zero + one, 2);
    await set(bob, "detector0BiasTrimV", zero + 0.4);
    await set(bob, "detector1BiasTrimV", one - 0.4);
    const limited = await tuned(bob, once("bias"));
    expect(limited.from - limited.to).toBeCloseTo(0.1, 3);
  });

  it("ends with tuned on every connection and an entry in the log", async (test) => {
    const { at, tuned } = await linkOf(test);
    const [bob, other] = [await at("bob"), await at("bob")];
    const { run } = await tuned(bob, once("delay"));
    await other.until(() => other.events("tuned").find((event) => event.run === run));
    const { entries } = await bob.call("readLog", { fromIndex: 0, maxEntries: 100 });
    expect(
      entries.map(({ text }) => text).filter((text) => text.startsWith(`tuning ${run} of delay`)),
    ).toHaveLength(1);
  });

  it("is refused while it measures and while it has an error", async (test) => {
    const { link, at } = await linkOf(test);
    const bob = await at("bob");
    const counts = { kind: "counts", from: 0, to: 0, points: 1, dwellMs: 60_000 } as const;
    const { run } = await bob.call("startMeasurement", counts);
    expect(await codeOf(bob, once("delay"))).toBe("wrongState");
    await bob.call("stopMeasurement", { run });
    await link.faults.apply({ event: "deviceFault", site: "bob", text: "cooler" });
    await link.advance(1000);
    expect((await bob.call("getStatus", {})).state).toBe("error");
    expect(await codeOf(bob, once("delay"))).toBe("wrongState");
  });
});
