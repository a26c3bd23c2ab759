import { describe, expect, it, type TestContext } from "vitest";
import { type EmulatedLinkOptions, emulatedLinkFor } from "../../emulator/testing/index.ts";
import { linkThroughGates, predictLink } from "../../physics/index.ts";

async function linkOf(test: TestContext, options: EmulatedLinkOptions = {}) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb: 5,
    speed: "manual",
    drift: "none",
    control: "tcp://127.0.0.1:0",
    ...options,
  });
  const url = (link.addresses.control ?? "").replace("tcp:", "http:");
  const read = async () => {
    await link.advance(5000);
    const state = (await (await fetch(`${url}/state`)).json()) as {
      readonly [S in "alice" | "bob"]: { values: Record<string, number | null> };
    };
    return { alice: state.alice.values, bob: state.bob.values };
  };
  return { link, read };
}

/** Half a second of a probe's detections, weighed over a second of link time. */
const DETECTIONS = 2 ** 17 / (1 - Math.exp(-0.5));

/** Asserts a count-based reading: within four deviations of `counts` events, which afterpulses widen a little. */
function near(reading: number | null | undefined, said: number, counts: number): void {
  expect(Math.abs(Number(reading) / said - 1)).toBeLessThan(4 * Math.sqrt(1.1 / counts));
}

describe("the registers of counts", () => {
  it("gains by intensity and double clicks are those of the closed form, at both ends", async (test) => {
    const { link, read } = await linkOf(test);
    const { alice, bob } = await read();
    const said = predictLink(link.link);
    for (const values of [alice, bob])
      for (const [k, name] of ["gainU", "gainV", "gainW"].entries()) {
        const share = (said.gains[k]! * link.link.intensityProbabilities[k]!) / said.clicksPerGate;
        near(values[name], said.gains[k]!, DETECTIONS * share);
      }
    const doubles = (DETECTIONS * said.doubleClicksPerGate) / said.clicksPerGate;
    near(bob.doubleClicksHz, said.doubleClicksPerGate * 1e8, doubles);
  });

  it("arrival and skew are found in the times of the clicks, each with its sign", async (test) => {
    const { link, read } = await linkOf(test);
    await link.faults.apply({ event: "gateAlignment", delayPs: 40, skewPs: -30 });
    const { alice, bob } = await read();
    // A click's time varies by 15 ps: 300,000 of them leave less than 0.1 ps, light that is none a little more.
    expect(Math.abs(Number(bob.arrivalOffsetPs) - 40)).toBeLessThan(1);
    expect(Math.abs(Number(bob.gateSkewPs) + 30)).toBeLessThan(1);
    expect(alice).not.toHaveProperty("arrivalOffsetPs");
    const said = predictLink(linkThroughGates(link.link, { arrivalPs: 40, skewPs: -30 }));
    near(bob.gain, said.clicksPerGate, DETECTIONS);
  });

  it("arrival is not pulled to the middle by clicks without light", async (test) => {
    const { link, read } = await linkOf(test, { link: { darkCountsPerGate: [1e-3, 1e-3] } });
    await link.faults.apply({ event: "gateAlignment", delayPs: 40, skewPs: 0 });
    expect(Math.abs(Number((await read()).bob.arrivalOffsetPs) - 40)).toBeLessThan(3);
  });

  it("no light, no arrival", async (test) => {
    const { link, read } = await linkOf(test);
    await link.faults.cut();
    const { bob } = await read();
    expect([bob.arrivalOffsetPs, bob.gateSkewPs]).toEqual([null, null]);
  });

  it("afterpulses are told from other clicks by the gaps, whatever else clicks", async (test) => {
    for (const [afterpulseProbability, darkCounts] of [
      [0.03, 1e-5],
      [0.08, 1e-5],
      [0, 2e-3],
    ] as const) {
      const { read } = await linkOf(test, {
        link: { afterpulseProbability, darkCountsPerGate: [darkCounts, darkCounts] },
      });
      const ppm = Number((await read()).bob.afterpulsePpm);
      // A quarter of half a million gaps is long: 0.3 % of the clicks, of which four are allowed.
      expect(Math.abs(ppm - 1e6 * afterpulseProbability)).toBeLessThan(12_000);
    }
  });

  it("a phase error tilts the bits in different bases, to the side of its sign", async (test) => {
    const { link, read } = await linkOf(test);
    expect(Math.abs(Number((await read()).bob.mismatchedCorrelation))).toBeLessThan(0.03);
    for (const radian of [0.3, -0.3]) {
      await link.faults.apply({ event: "phaseError", radian });
      const tilt = Number((await read()).bob.mismatchedCorrelation);
      expect(Math.abs(tilt - 0.98 * Math.sin(radian))).toBeLessThan(0.03);
    }
  });

  it("launched and received powers tell the fibre's loss, of the service channel and of lit ones", async (test) => {
    const { link, read } = await linkOf(test);
    await link.faults.apply({ event: "classicalPower", channel: 2, dbm: 3 });
    const { alice, bob } = await read();
    expect(Number(alice.serviceTxDbm) - Number(bob.serviceRxDbm)).toBeCloseTo(5, 0);
    expect(Number(bob.serviceTxDbm) - Number(alice.serviceRxDbm)).toBeCloseTo(5, 0);
    expect(Number(bob.classical2LaunchDbm) - Number(bob.classical2PowerDbm)).toBeCloseTo(5, 0);
    expect(bob.classical1LaunchDbm).toBeNull();
    await link.faults.cut();
    expect(Number((await read()).bob.serviceRxDbm)).toBeLessThan(-45);
  });
});
