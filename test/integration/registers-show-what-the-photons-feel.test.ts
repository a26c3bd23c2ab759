import { describe, expect, it, type TestContext } from "vitest";
import type { EmulatedLinkOptions } from "../../emulator/index.ts";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";

const PORTS = { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] };

async function quietLink(test: TestContext, options: EmulatedLinkOptions = {}) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb: 5,
    speed: "manual",
    drift: "none",
    listen: PORTS,
    control: "tcp://127.0.0.1:0",
    ...options,
  });
  const url = (link.addresses.control ?? "").replace("tcp:", "http:");
  const values = async () => {
    await link.advance(6000);
    const state = (await (await fetch(`${url}/state`)).json()) as Record<
      "alice" | "bob",
      { values: Record<string, number | null> }
    >;
    return { alice: state.alice.values, bob: state.bob.values };
  };
  return { link, values };
}

describe("what the registers say is what the photons feel", () => {
  it("nothing is lit on the fibre unless it is said to be; what is lit brings noise, seen or not", async (test) => {
    const { link, values } = await quietLink(test);
    const dark = await values();
    expect(dark.bob.classical1PowerDbm).toBeNull();
    expect(link.truth.conditions.multiplex).toBeUndefined();
    await link.faults.apply({ event: "classicalPower", channel: 1, dbm: 10 });
    const lit = await values();
    expect(lit.bob.classical1PowerDbm).toBeCloseTo(5, 0);
    expect(link.truth.conditions.multiplex?.channels).toHaveLength(1);
    expect(lit.bob.gain).toBeGreaterThan(Number(dark.bob.gain) * 1.02);
    expect(lit.bob.qberZPpm).toBeGreaterThan(Number(dark.bob.qberZPpm) * 1.5);
    await link.faults.apply({ event: "classicalPower", channel: 1, dbm: null });
    expect((await values()).bob.classical1PowerDbm).toBeNull();
    expect(link.truth.conditions.multiplex).toBeUndefined();
  });

  it("channels set as a whole are seen by the instruments", async (test) => {
    const { link, values } = await quietLink(test);
    const channels = [{ frequencyThz: 194.4, direction: "forward" as const, launchDbm: 0 }];
    await link.faults.apply({
      event: "multiplex",
      plan: { channels, quantumWavelengthNm: 1550.116, fibreKm: 25 },
    });
    const lit = await values();
    expect(lit.bob.classical1PowerDbm).toBeCloseTo(-5, 0);
    expect(lit.bob.classical2PowerDbm).toBeNull();
    await link.faults.apply({ event: "multiplex" });
    expect((await values()).bob.classical1PowerDbm).toBeNull();
  });

  it("a scenario's link has the channels of its plan and no others", async (test) => {
    const { link } = await quietLink(test, { scenario: "quiet-metro", lossDb: undefined as never });
    await expect(link.faults.apply({ event: "classicalPower", channel: 4, dbm: 0 })).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
      message: expect.stringContaining("channel is 4"),
    });
  });

  it("each detector has a current of its own clicks", async (test) => {
    const { values } = await quietLink(test, { link: { detectorEfficiency: [0.25, 0.1] } });
    const { bob } = await values();
    for (const detector of [0, 1]) {
      const rate = Number(bob[`detector${detector}CountRateHz`]);
      expect(bob[`detector${detector}PhotocurrentNa`]).toBeCloseTo(0.5 + rate * 35e-15 * 1e9, 6);
    }
  });

  it("the bias resistance shows in the bias", async (test) => {
    const { link, values } = await quietLink(test);
    const stiff = await values();
    await link.faults.apply({ event: "biasResistor", ohm: 5e6 });
    const soft = await values();
    expect(Number(stiff.bob.detector0BiasV)).toBeCloseTo(57.5, 1);
    expect(Number(soft.bob.detector0BiasV)).toBeLessThan(Number(stiff.bob.detector0BiasV) - 0.1);
    expect(soft.bob.gain).toBeLessThan(Number(stiff.bob.gain));
  });

  it("with the usual drift instruments move with the light, the same in every run of a seed", async (test) => {
    const first = await quietLink(test, { drift: "usual" });
    const second = await quietLink(test, { drift: "usual" });
    const { alice } = await first.values();
    expect((await second.values()).alice.modulatorBiasV).toBeCloseTo(Number(alice.modulatorBiasV), 6);
    const none = await quietLink(test);
    expect((await none.values()).alice.modulatorBiasV).not.toBeCloseTo(Number(alice.modulatorBiasV), 3);
  });

  it("a mode hop goes beside a set phase error, and leaves it as it was", async (test) => {
    const { link } = await quietLink(test);
    const phases = () => {
      const { phaseErrorRad, modeHopRad } = link.truth.conditions;
      return [phaseErrorRad, modeHopRad];
    };
    await link.faults.apply({ event: "phaseError", radian: 0.1 });
    await link.faults.apply({ event: "modeHop", phaseRad: 0.5, for: "5 s" });
    expect(phases()).toEqual([0.1, 0.5]);
    await link.faults.apply({ event: "phaseError", radian: 0.2 });
    expect(phases()).toEqual([0.2, 0.5]);
    await link.advance(6000);
    expect(phases()).toEqual([0.2, 0]);
  });

  it("refuses a drift that is none", async (test) => {
    await expect(quietLink(test, { drift: "much" as "none" })).rejects.toMatchObject({
      code: "QKD_CONFIG_INVALID",
    });
  });
});
