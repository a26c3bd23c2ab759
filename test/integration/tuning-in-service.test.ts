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
