import { afterEach, describe, expect, it, type TestContext } from "vitest";
import { type EmulatedLinkOptions, emulatedLinkFor } from "../../emulator/testing/index.ts";
import { errorReply, PARAMETERS, type ParameterName, type RequestOf } from "../../protocol/index.ts";
import { TestClient } from "../contract/test-client.ts";

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function linkOf(test: TestContext, options: EmulatedLinkOptions = {}) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb: 5,
    speed: "manual",
    drift: "none",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    control: "tcp://127.0.0.1:0",
    ...options,
  });
  const url = (link.addresses.control ?? "").replace("tcp:", "http:");
  const gain = async (): Promise<number> => {
    await link.advance(4000);
    const state = (await (await fetch(`${url}/state`)).json()) as { bob: { values: { gain: number } } };
    return state.bob.values.gain;
  };
  const at = async (site: "alice" | "bob") => {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    clients.push(client);
    return client;
  };
  return { link, gain, at };
}

const parameter = async (client: TestClient, name: ParameterName) =>
  Number((await client.call("getParameter", { id: PARAMETERS[name].id })).value);

/** Calibrates and hands back every result of the run. */
async function calibrated(
  link: Awaited<ReturnType<typeof linkOf>>["link"],
  client: TestClient,
  request: RequestOf<"startCalibration">,
) {
  const { run } = await client.call("startCalibration", request);
  const results = () => client.events("calibrationResult").filter((result) => result.run === run);
  const ended = () => results().some(({ step }) => step === "all");
  for (let second = 0; second < 20 && !ended(); second++) {
    await link.advance(1000);
    // The reply to a ping comes behind every event before it.
    await client.call("ping", { token: 1n });
  }
  return results();
}

describe("a calibration counts light, sets what it found and says how well it knows it", () => {
  it("finds delay, skew and phase, and the link is better for it", async (test) => {
    const { link, gain, at } = await linkOf(test);
    const healthy = await gain();
    await link.faults.apply({ event: "gateAlignment", delayPs: 80, skewPs: 40 });
    await link.faults.apply({ event: "phaseError", radian: 0.5 });
    const ill = await gain();
    const bob = await at("bob");
    const results = await calibrated(link, bob, { step: "all", variant: "full" });
    expect(results.at(-1)).toMatchObject({ step: "all", outcome: "passed" });
    const gates = results.find(({ step }) => step === "detectorGates");
    expect(gates).toMatchObject({ unit: "ps", text: expect.stringMatching(/skew -\d+\.\d ps, each \+-\d/) });
    expect(Math.abs(Number(gates?.value) - 80)).toBeLessThan(3);
    expect(Math.abs((await parameter(bob, "gateDelayPs")) - 80)).toBeLessThan(3);
    expect(Math.abs((await parameter(bob, "gateSkewPs")) + 40)).toBeLessThan(4);
    expect(Math.abs((await parameter(bob, "phaseOffsetRad")) - 0.5)).toBeLessThan(0.05);
    expect(ill / healthy).toBeLessThan(0.6);
    expect(Math.abs((await gain()) / healthy - 1)).toBeLessThan(0.02);
  });

  it("finds the modulator's working point at the transmitter", async (test) => {
    const { link, at } = await linkOf(test);
    await link.faults.apply({ event: "extinction", volt: 0.8 });
    const alice = await at("alice");
    const results = await calibrated(link, alice, { step: "modulatorBias", variant: "first" });
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "passed"]);
    expect(Math.abs((await parameter(alice, "modulatorBiasOffsetV")) + 0.8)).toBeLessThan(0.3);
  });

  it("moves nothing that is in place already", async (test) => {
    const { link, at } = await linkOf(test);
    const bob = await at("bob");
    const results = await calibrated(link, bob, { step: "detectorGates", variant: "full" });
    expect(results.at(-1)).toMatchObject({ outcome: "passed" });
    expect(await parameter(bob, "gateDelayPs")).toBe(0);
  });

  it("fails without light and sets nothing then, however often it looks", async (test) => {
    const { link, at } = await linkOf(test);
    await link.faults.cut();
    const bob = await at("bob");
    const results = await calibrated(link, bob, { step: "detectorGates", variant: "fast" });
    expect(results[0]).toMatchObject({ outcome: "failed", text: expect.stringContaining("no light") });
    expect(await parameter(bob, "gateDelayPs")).toBe(0);
    const again = await at("alice");
    const found = await calibrated(link, again, { step: "modulatorBias", variant: "fast" });
    expect(found[0]).toMatchObject({ outcome: "failed", text: expect.stringContaining("too little light") });
  });

  it("finds no phase where the interferometer shows no fringe", async (test) => {
    const { link, at } = await linkOf(test);
    await link.faults.apply({ event: "visibility", z: 0.7, x: 0.7 });
    const results = await calibrated(link, await at("bob"), { step: "finePhaseShift", variant: "full" });
    expect(results[0]).toMatchObject({
      outcome: "failed",
      text: expect.stringMatching(/visibility.*0\.[67]/),
    });
  });

  it("notices that the receiver counts other gates", async (test) => {
    const { link, at } = await linkOf(test);
    await link.faults.apply({ event: "clockSlip", gates: 2 });
    const results = await calibrated(link, await at("bob"), { step: "coarseDelayAbsolute", variant: "fast" });
    expect(results[0]).toMatchObject({ outcome: "failed", text: "both ends count different gates" });
  });

  it("sets nothing when it is ended early", async (test) => {
    const { link, at } = await linkOf(test);
    await link.faults.apply({ event: "gateAlignment", delayPs: 80, skewPs: 0 });
    const bob = await at("bob");
    await bob.call("startCalibration", { step: "detectorGates", variant: "first" });
    await link.advance(300);
    await bob.call("reset", { what: "soft" });
    await link.advance(3000);
    expect(await parameter(bob, "gateDelayPs")).toBe(0);
  });

  it("is refused while the pair makes key, and under another's lease; its own lease does not undo it", async (test) => {
    const { link, at } = await linkOf(test);
    const [alice, bob, other] = [await at("alice"), await at("bob"), await at("bob")];
    const { sessionNumber } = await alice.call("startKeyExchange", {
      detectionsPerFrame: 1000,
      creditFrames: 0,
    });
    const refusal = async (client: TestClient) => {
      const frame = await client.ask("startCalibration", { step: "detectorGates", variant: "full" });
      return frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
    };
    expect(await refusal(bob)).toBe("busy");
    await alice.call("stopKeyExchange", { sessionNumber });
    await bob.call("lease", { holder: "engineer", seconds: 60, ending: "restore" });
    expect(await refusal(other)).toBe("busy");
    await link.faults.apply({ event: "gateAlignment", delayPs: 30, skewPs: 0 });
    await bob.call("setParameter", { id: PARAMETERS.phaseOffsetRad.id, value: 0.2 });
    await calibrated(link, bob, { step: "detectorGates", variant: "full" });
    await bob.call("lease", { holder: "engineer", seconds: 0, ending: "restore" });
    expect(Math.abs((await parameter(bob, "gateDelayPs")) - 30)).toBeLessThan(3);
    expect(await parameter(bob, "phaseOffsetRad")).toBe(0);
  });
});
