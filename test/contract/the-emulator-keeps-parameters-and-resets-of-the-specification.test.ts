import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmulatedLink } from "../../emulator/index.ts";
import { ALARMS, errorReply, PARAMETERS, type ParameterName } from "../../protocol/index.ts";
import { startSpecifiedLink } from "./specification-bench.ts";
import { TestClient } from "./test-client.ts";

/** What protocol/SPEC.md says of parameters (7), resets and their like (6.15, 6.34) and latched alarms (9.4); the title names the clause. */
let link: EmulatedLink;
const clients: TestClient[] = [];
beforeAll(async () => {
  link = await startSpecifiedLink();
});
afterEach(async () => {
  for (const one of clients.splice(0)) one.close();
  for (const site of ["alice", "bob"] as const) {
    const client = await TestClient.tcp(link.addresses[site].tcp);
    await client.call("reset", { what: "factory" });
    await client.closed;
  }
});
afterAll(() => link.stop());

async function at(site: "alice" | "bob"): Promise<TestClient> {
  const client = await TestClient.tcp(link.addresses[site].tcp);
  clients.push(client);
  return client;
}

async function set(client: TestClient, name: ParameterName, value: number | string) {
  const frame = await client.ask("setParameter", { id: PARAMETERS[name].id, value });
  return frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
}

const values = async (client: TestClient) =>
  Object.fromEntries(
    (await client.call("listParameters", {})).parameters.map(({ name, value }) => [name, value]),
  );
const alarms = async (client: TestClient) =>
  (await client.call("listAlarms", {})).alarms.map(({ code }) => code);

describe("section 7: parameters", () => {
  it.each(["alice", "bob"] as const)(
    "%s takes the ends of each range that it states, and nothing beyond",
    async (site) => {
      const client = await at(site);
      const { parameters } = await client.call("listParameters", {});
      for (const { name, type, min, max, access } of parameters) {
        if (access === "readOnly" || type === "text" || name.startsWith("meanPhotons")) continue;
        const answers = [];
        for (const value of [min, max, min - 1, max + 1])
          answers.push(await set(client, name as ParameterName, value));
        expect([name, ...answers]).toEqual([name, "reply", "reply", "outOfRange", "outOfRange"]);
      }
    },
  );

  it("mean photon numbers keep the order u > v > w, and a refused value changes nothing", async () => {
    const client = await at("alice");
    const before = await values(client);
    for (const [name, value] of [
      ["meanPhotonsU", before.meanPhotonsV],
      ["meanPhotonsV", before.meanPhotonsW],
      ["meanPhotonsW", 2],
      ["meanPhotonsU", 2.01],
      ["meanPhotonsW", -0.01],
    ] as [ParameterName, number][])
      expect([name, await set(client, name, value)]).toEqual([name, "outOfRange"]);
    expect(await values(client)).toEqual(before);
    expect(await set(client, "meanPhotonsU", 2)).toBe("reply");
  });

  it("a device does not have the parameters of the other role", async () => {
    const [alice, bob] = [await at("alice"), await at("bob")];
    for (const [name, { role }] of Object.entries(PARAMETERS)) {
      const { id } = PARAMETERS[name as ParameterName];
      for (const [client, own] of [
        [alice, "qtx"],
        [bob, "qrx"],
      ] as const) {
        const frame = await client.ask("getParameter", { id });
        const answer = frame.kind === "error" ? errorReply.decode(frame.payload).code : "has it";
        expect([name, own, answer]).toEqual([
          name,
          own,
          role === "both" || role === own ? "has it" : "badParameter",
        ]);
      }
    }
  });
});

describe("section 6.15: resets", () => {
  const CHANGED = {
    alice: { deviceName: "a", statusIntervalMs: 500, laserEnabled: 0, attenuationDb: 3, meanPhotonsU: 0.9 },
    bob: { deviceName: "b", detectorBiasV: 57, detectorTemperatureC: -40, gateDelayPs: 20, deadTimeGates: 5 },
  } as const;
  const FORGOTTEN: readonly string[] = ["laserEnabled", "attenuationDb", "gateDelayPs"];

  const KEEPS = {
    soft: (): boolean => true,
    hard: (name: string): boolean => !FORGOTTEN.includes(name),
    factory: (): boolean => false,
  };

  it.each([
    ["alice", "soft"],
    ["bob", "soft"],
    ["alice", "hard"],
    ["bob", "hard"],
    ["alice", "factory"],
    ["bob", "factory"],
  ] as const)("at %s a %s reset keeps what it must and forgets the rest", async (site, what) => {
    const client = await at(site);
    const before = await values(client);
    for (const [name, value] of Object.entries(CHANGED[site]))
      expect([name, await set(client, name as ParameterName, value)]).toEqual([name, "reply"]);
    await client.call("reset", { what });
    if (what !== "soft") await client.closed;
    const changed = Object.entries(CHANGED[site]).filter(([name]) => KEEPS[what](name));
    expect(await values(await at(site))).toEqual({ ...before, ...Object.fromEntries(changed) });
  });

  it("a hard reset hangs up on everybody after its reply, and counts from the start", async () => {
    const [client, other] = [await at("bob"), await at("bob")];
    await link.advance(1500);
    await client.ask("getParameter", { id: 0x7777 });
    await client.call("identifyLed", { durationS: 60 });
    await client.call("reset", { what: "hard" });
    await Promise.all([client.closed, other.closed]);
    expect(await (await at("bob")).call("getStatus", {})).toMatchObject({
      state: "idle",
      uptimeMs: 0n,
      requestErrors: 0,
      frameErrors: 0,
    });
  });

  it("a soft reset ends the key exchange, leaves the connection and the clock alone", async () => {
    const client = await at("bob");
    await link.advance(1500);
    await client.call("startKeyExchange", { detectionsPerFrame: 1000, creditFrames: 4 });
    await client.call("reset", { what: "soft" });
    expect(await client.call("getStatus", {})).toMatchObject({
      state: "idle",
      sessionNumber: 0,
      uptimeMs: 1500n,
    });
  });
});

describe("section 6.34: notes", () => {
  it("status events come at the interval that was set last, from the event before", async () => {
    const client = await at("bob");
    await set(client, "statusIntervalMs", 60_000);
    await link.advance(1000);
    const told = client.events("status").length;
    await set(client, "statusIntervalMs", 100);
    await link.advance(500);
    await client.call("ping", { token: 1n });
    expect(client.events("status").length).toBe(told + 5);
  });

  it("a transmitter whose calibration failed is dark, and its alarm stays until one passes and a reset clears it", async () => {
    const [alice, bob] = [await at("alice"), await at("bob")];
    const calibrate = async (): Promise<string> => {
      const { run } = await alice.call("startCalibration", { step: "globalCounterSync", variant: "fast" });
      await link.advance(200);
      const ended = () =>
        alice.events("calibrationResult").find((one) => one.run === run && one.step === "all");
      return (await alice.until(ended)).outcome;
    };
    const failed = ALARMS.calibrationFailed.code;
    await link.faults.cut();
    await link.advance(20_000);
    expect(await calibrate()).toBe("failed");
    await link.faults.repair();
    await link.advance(20_000);
    expect(await alarms(alice)).toEqual(expect.arrayContaining([failed, ALARMS.laserOff.code]));
    expect(await alarms(bob)).toContain(ALARMS.lossOfSignal.code);
    await alice.call("reset", { what: "soft" });
    await link.advance(20_000);
    expect(await alarms(bob)).toEqual([]);
    expect(await alarms(alice)).toEqual([failed]);
    expect(await calibrate()).toBe("passed");
    await link.advance(200);
    expect(await alarms(alice)).toEqual([failed]);
    await alice.call("reset", { what: "soft" });
    await link.advance(200);
    expect(await alarms(alice)).toEqual([]);
  });
});
