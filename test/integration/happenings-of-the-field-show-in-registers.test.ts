import { describe, expect, it, type TestContext } from "vitest";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";
import { predictLink } from "../../physics/index.ts";
import { PARAMETERS, type ParameterName } from "../../protocol/index.ts";
import { TestClient } from "../contract/test-client.ts";

async function fieldLink(test: TestContext, lossDb = 5) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb,
    speed: "manual",
    drift: "none",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    control: "tcp://127.0.0.1:0",
  });
  const url = (link.addresses.control ?? "").replace("tcp:", "http:");
  const read = async () => {
    await link.advance(5000);
    const state = (await (await fetch(`${url}/state`)).json()) as {
      readonly [S in "alice" | "bob"]: { values: Record<string, number | null> };
    };
    const numbers = (values: Record<string, number | null>) => (name: string) => Number(values[name]);
    return { alice: numbers(state.alice.values), bob: numbers(state.bob.values) };
  };
  const set = async (site: "alice" | "bob", name: ParameterName, value: number) => {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    await client.call("setParameter", { id: PARAMETERS[name].id, value });
    await client.close();
  };
  return { link, read, set };
}

describe("what happens to a link in the field shows where an engineer looks, and ends", () => {
  it("gates that drift: arrival, gain; the delay that is read cures it", async (test) => {
    const { link, read, set } = await fieldLink(test);
    const healthy = await read();
    await link.faults.apply({ event: "gateDrift", ps: 70 });
    const drifted = await read();
    expect(Math.abs(drifted.bob("arrivalOffsetPs") - 70)).toBeLessThan(1);
    expect(drifted.bob("gain") / healthy.bob("gain")).toBeLessThan(0.65);
    await set("bob", "gateDelayPs", Math.round(drifted.bob("arrivalOffsetPs")));
    const cured = await read();
    expect(Math.abs(cured.bob("arrivalOffsetPs"))).toBeLessThan(1);
    expect(Math.abs(cured.bob("gain") / healthy.bob("gain") - 1)).toBeLessThan(0.02);
  });

  it("a skew, a phase and an unequal pair of detectors: parameters cure each of them", async (test) => {
    const { link, read, set } = await fieldLink(test);
    await link.faults.apply({ event: "gateAlignment", delayPs: 0, skewPs: 60 });
    await link.faults.apply({ event: "phaseError", radian: 0.4 });
    const ill = await read();
    await set("bob", "gateSkewPs", -Math.round(ill.bob("gateSkewPs")));
    await set("bob", "phaseOffsetRad", Math.asin(ill.bob("mismatchedCorrelation") / 0.98));
    const cured = await read();
    expect(Math.abs(cured.bob("gateSkewPs"))).toBeLessThan(1.5);
    expect(Math.abs(cured.bob("mismatchedCorrelation"))).toBeLessThan(0.03);
    expect(cured.bob("qberZPpm")).toBeLessThan(ill.bob("qberZPpm") / 2);
    await set("bob", "detector1BiasTrimV", -0.5);
    const trimmed = await read();
    expect(trimmed.bob("detector1BiasV") - trimmed.bob("detector0BiasV")).toBeCloseTo(-0.5, 1);
    expect(trimmed.bob("detector1CountRateHz") / trimmed.bob("detector0CountRateHz")).toBeLessThan(0.93);
  });

  it("extinction: decoys and the modulator's reading; its bias offset cures it", async (test) => {
    const { link, read, set } = await fieldLink(test);
    const healthy = await read();
    await link.faults.apply({ event: "extinction", volt: 1.5 });
    const ill = await read();
    // Most clicks of vacuum pulses here are afterpulses, which stay: the decoys tell more.
    expect(ill.bob("gainV") / healthy.bob("gainV")).toBeGreaterThan(1.1);
    expect(Math.abs(ill.bob("gainU") / healthy.bob("gainU") - 1)).toBeLessThan(0.03);
    expect(ill.alice("modulatorBiasV") - healthy.alice("modulatorBiasV")).toBeCloseTo(1.5, 1);
    await set("alice", "modulatorBiasOffsetV", -1.5);
    const cured = await read();
    expect(cured.bob("gainV") / healthy.bob("gainV")).toBeLessThan(1.06);
    expect(cured.alice("modulatorBiasV") - healthy.alice("modulatorBiasV")).toBeCloseTo(0, 1);
  });

  it("an attenuator that takes less than it says: the slope of a sweep, not its reading", async (test) => {
    const { link, read, set } = await fieldLink(test);
    await link.faults.apply({ event: "attenuator", dbPerDb: 0.9 });
    await set("alice", "attenuationDb", 10);
    const { alice, bob } = await read();
    const said = predictLink({ ...link.link, channelLossDb: 14 }).clicksPerGate;
    expect(Math.abs(bob("gain") / said - 1)).toBeLessThan(0.02);
    await set("alice", "attenuationDb", 0);
    expect(alice("attenuatorDb") - (await read()).alice("attenuatorDb")).toBeCloseTo(10, 1);
  });

  it("one detector: its share, its dark counts, and the other as before", async (test) => {
    const { link, read } = await fieldLink(test, 25);
    const healthy = await read();
    await link.faults.apply({ event: "oneDetector", detector: 1, efficiency: 0.5, darkFactor: 10 });
    await link.faults.laser(false);
    const dark = await read();
    expect(dark.bob("detector1CountRateHz") / dark.bob("detector0CountRateHz")).toBeGreaterThan(8);
    await link.faults.laser(true);
    await link.faults.apply({ event: "end", of: "oneDetector" });
    const after = await read();
    expect(
      Math.abs(after.bob("detector1CountRateHz") / healthy.bob("detector1CountRateHz") - 1),
    ).toBeLessThan(0.05);
    await link.faults.apply({ event: "oneDetector", detector: 0, efficiency: 0.5, darkFactor: 1 });
    const { bob } = await read();
    expect(Math.abs(bob("detector1CountRateHz") / healthy.bob("detector1CountRateHz") - 1)).toBeLessThan(
      0.05,
    );
    expect(bob("detector0CountRateHz") / healthy.bob("detector0CountRateHz")).toBeLessThan(0.7);
  });

  it("afterpulses, a soft bias and stray light, each for a time", async (test) => {
    const { link, read } = await fieldLink(test);
    const healthy = await read();
    await link.faults.apply({ event: "afterpulse", factor: 3, for: "4 s" });
    expect((await read()).bob("afterpulsePpm")).toBeGreaterThan(healthy.bob("afterpulsePpm"));
    await link.faults.apply({ event: "biasSag", ohm: 5e6 });
    const soft = await read();
    expect(soft.bob("detector0BiasV")).toBeLessThan(healthy.bob("detector0BiasV") - 0.1);
    await link.faults.apply({ event: "end", of: "biasSag" });
    await link.faults.apply({ event: "strayLight", perGate: 1e-3 });
    await link.faults.cut();
    const stray = await read();
    expect(Math.abs(stray.bob("gain") / 1.02e-3 - 1)).toBeLessThan(0.05);
    await link.faults.apply({ event: "end", of: "strayLight" });
    expect((await read()).bob("gain")).toBeLessThan(1e-4);
  });

  it("a clock that slips: bits at random, and digests that differ", async (test) => {
    const { link, read } = await fieldLink(test);
    await link.faults.apply({ event: "clockSlip", gates: 3 });
    expect(Math.abs((await read()).bob("qberZPpm") / 5e5 - 1)).toBeLessThan(0.03);
    const alice = await TestClient.tcp(link.addresses.alice.tcp);
    const bob = await TestClient.tcp(link.addresses.bob.tcp);
    const digests = async (exchange: number) => {
      const started = [];
      for (const client of [alice, bob])
        started.push(await client.call("startKeyExchange", { detectionsPerFrame: 5000, creditFrames: 1 }));
      const lived = link.advance(200);
      const halves = [
        await alice.event("rawKeyQtx", exchange),
        await bob.event("rawKeyQrx", exchange),
      ] as const;
      for (const [index, client] of [alice, bob].entries())
        await client.call("stopKeyExchange", { sessionNumber: started[index]!.sessionNumber });
      await lived;
      return halves.map(({ gateDigest }) => Buffer.from(gateDigest).toString("hex"));
    };
    const [slippedA, slippedB] = await digests(1);
    expect(slippedA).not.toBe(slippedB);
    await link.faults.apply({ event: "end", of: "clockSlip" });
    const [a, b] = await digests(2);
    expect(a).toBe(b);
  });
});
