import { describe, expect, it, type TestContext } from "vitest";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";
import { predictLink } from "../../physics/index.ts";
import { PARAMETERS, type ParameterName } from "../../protocol/index.ts";
import { TestClient } from "../contract/test-client.ts";

/** A link between key exchanges whose registers are read and whose parameters are set as drivers do. */
async function idleLink(test: TestContext) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb: 5,
    speed: "manual",
    drift: "none",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    control: "tcp://127.0.0.1:0",
  });
  const url = (link.addresses.control ?? "").replace("tcp:", "http:");
  const read = async (name: string): Promise<number | null> => {
    const state = (await (await fetch(`${url}/state`)).json()) as {
      bob: { values: Record<string, number | null> };
    };
    return state.bob.values[name] ?? null;
  };
  const set = async (site: "alice" | "bob", name: ParameterName, value: number) => {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    await client.call("setParameter", { id: PARAMETERS[name].id, value });
    await client.close();
  };
  return { link, read, set };
}

/** How far a reading may lie from what the closed form says: four deviations of the clicks that it stands for. */
function within(reading: number | null, said: number, gates: number): void {
  // An avalanche brings an afterpulse now and then: counts vary a little more than they would alone.
  const deviation = Math.sqrt(1.07 / (said * gates));
  expect(Math.abs(Number(reading) / said - 1)).toBeLessThan(4 * deviation);
}

/** Gates that a reading averages between key exchanges: half a second a probe, weighed by link time. */
const gatesOf = (clickShare: number) => Math.min(0.5e8, 2 ** 17 / clickShare) / (1 - Math.exp(-0.5));

describe("readings go by link time", () => {
  it("after 20 dB more the gain is what the closed form says, between key exchanges too", async (test) => {
    const { link, read, set } = await idleLink(test);
    await link.advance(6000);
    const before = predictLink(link.link).clicksPerGate;
    within(await read("gain"), before, gatesOf(before));
    await set("alice", "attenuationDb", 20);
    await link.advance(6000);
    const after = predictLink({ ...link.link, channelLossDb: 25 }).clicksPerGate;
    within(await read("gain"), after, gatesOf(after));
  });

  it("a setting clears what was counted under another one, at both ends", async (test) => {
    const { link, read, set } = await idleLink(test);
    await link.advance(3000);
    await set("alice", "attenuationDb", 20);
    await link.advance(600);
    const said = predictLink({ ...link.link, channelLossDb: 25 }).clicksPerGate;
    within(await read("gain"), said, 0.5e8);
  });

  it("a fibre that gets better shows within a few seconds, and not at once", async (test) => {
    const { link, read } = await idleLink(test);
    await link.faults.loss(25);
    await link.advance(12_000);
    await link.faults.loss(5);
    await link.advance(600);
    const said = predictLink(link.link).clicksPerGate;
    expect(Number(await read("gain"))).toBeLessThan(0.98 * said);
    // Dim light had ten times the gates of a bright probe: they have to be forgotten by time, not by gates.
    await link.advance(14_400);
    within(await read("gain"), said, gatesOf(said));
  });
});
