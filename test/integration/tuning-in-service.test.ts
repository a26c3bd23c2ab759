import { afterEach, describe, expect, it, type TestContext } from "vitest";
import { emulatedLinkFor } from "../../emulator/testing/index.ts";
import { errorReply, PARAMETERS, type ParameterName, type RequestOf } from "../../protocol/index.ts";
import { TestClient } from "../contract/test-client.ts";

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

async function linkOf(test: TestContext) {
  const link = await emulatedLinkFor(test, {
    clockHz: 1e8,
    lossDb: 5,
    speed: "manual",
    drift: "none",
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
  });
  const at = async (site: "alice" | "bob") => {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    clients.push(client);
    return client;
  };
  const tuned = async (client: TestClient, request: RequestOf<"tune">, seconds = 12) => {
    const { run } = await client.call("tune", request);
    await link.advance(1000 * seconds);
    return client.until(() => client.events("tuned").findLast((event) => event.run === run));
  };
  return { link, at, tuned };
}

const parameter = async (client: TestClient, name: ParameterName) =>
  Number((await client.call("getParameter", { id: PARAMETERS[name].id })).value);
const set = (client: TestClient, name: ParameterName, value: number) =>
  client.call("setParameter", { id: PARAMETERS[name].id, value });
const once = (what: RequestOf<"tune">["what"]) => ({ what, mode: "once", intervalS: 0 }) as const;
const codeOf = async (client: TestClient, request: RequestOf<"tune">) => {
  const frame = await client.ask("tune", request);
  return frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
};

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

  it("takes its gates from the key, which is so much less in the same time", async (test) => {
    const keySeconds = async (tunes: boolean) => {
      const { link, at } = await linkOf(test);
      const [alice, bob] = [await at("alice"), await at("bob")];
      for (const client of [alice, bob])
        await client.call("startKeyExchange", { detectionsPerFrame: 1 << 17, creditFrames: 50 });
      if (tunes) await bob.call("tune", once("phase"));
      for (let second = 1; second <= 11; second++) {
        await link.advance(1000);
        const all = { sessionNumber: 1, acknowledgedThrough: 14 * second, creditLimit: 14 * second + 50 };
        for (const client of [alice, bob]) await client.call("credit", all);
      }
      return link.stats().keySeconds;
    };
    // Eight seconds of one gate in a hundred, to a frame of 66 ms.
    const less = (await keySeconds(false)) - (await keySeconds(true));
    expect(less).toBeGreaterThan(0.03);
    expect(less).toBeLessThan(0.2);
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

  it("leads the modulator back to its working point, which the transmitter does by the decoys", async (test) => {
    const { at, tuned } = await linkOf(test);
    const alice = await at("alice");
    await set(alice, "modulatorBiasOffsetV", 0.3);
    const first = await tuned(alice, once("modulator"), 63);
    expect(first).toMatchObject({ what: "modulator", outcome: "adjusted", from: 0.3, unit: "V" });
    expect(first.from - first.to).toBeLessThanOrEqual(0.2);
    await tuned(alice, once("modulator"), 63);
    expect(Math.abs(await parameter(alice, "modulatorBiasOffsetV"))).toBeLessThan(0.12);
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

  it("goes on by itself until it is switched off, and not under the lease of another", async (test) => {
    const { link, at } = await linkOf(test);
    const [bob, other] = [await at("bob"), await at("bob")];
    await bob.call("tune", { what: "delay", mode: "auto", intervalS: 12 });
    await link.advance(24_500);
    await bob.event("tuned", 2);
    await other.call("lease", { holder: "engineer", seconds: 600, ending: "keep" });
    await link.advance(30_000);
    const seen = bob.events("tuned").length;
    await link.advance(30_000);
    expect(bob.events("tuned").length).toBe(seen);
    await other.call("lease", { holder: "engineer", seconds: 0, ending: "keep" });
    expect(await codeOf(bob, { what: "delay", mode: "off", intervalS: 0 })).toBe("reply");
    await link.advance(30_000);
    expect(bob.events("tuned").length - seen).toBeLessThanOrEqual(1);
  });
});
