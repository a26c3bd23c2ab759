import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedLink, startEmulatedLink } from "../../emulator/index.ts";
import { COMMANDS, encodeFrame, errorReply, PARAMETERS } from "../../protocol/index.ts";
import { TestClient } from "./test-client.ts";

let link: EmulatedLink;
const clients: TestClient[] = [];
beforeAll(async () => {
  link = await startEmulatedLink({
    speed: "manual",
    clockHz: 1e7,
    lossDb: 5,
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    control: "tcp://127.0.0.1:0",
  });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => link.stop());

async function bob(): Promise<TestClient> {
  const client = await TestClient.tcp(link.addresses.bob.tcp);
  clients.push(client);
  return client;
}

const codeOf = (frame: { readonly kind: string; readonly payload: Uint8Array }) =>
  frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
const START = { detectionsPerFrame: 1000, creditFrames: 4 };

describe("a device's session", () => {
  it("answers a repeat from its cache, byte for byte, and a new request anew", async () => {
    const client = await bob();
    const first = await client.ask("startKeyExchange", START, { sequence: 9 });
    const again = await client.ask("startKeyExchange", START, { sequence: 9, repeat: true });
    expect(again.payload).toEqual(first.payload);
    const anew = await client.ask("startKeyExchange", START, { sequence: 9 });
    expect(codeOf(anew)).toBe("wrongState");
    await client.call("stopKeyExchange", { sessionNumber: 0 });
  });

  it("carries out a repeat whose first request was lost", async () => {
    const client = await bob();
    const reply = await client.ask("ping", { token: 5n }, { sequence: 77, repeat: true });
    expect(COMMANDS.ping.reply.decode(reply.payload)).toEqual({ token: 5n });
  });

  it("gives the key exchange to one owner at a time and telemetry to everybody", async () => {
    const [owner, other] = [await bob(), await bob()];
    const { sessionNumber } = await owner.call("startKeyExchange", START);
    expect(codeOf(await other.ask("startKeyExchange", START))).toBe("busy");
    expect(codeOf(await other.ask("stopKeyExchange", { sessionNumber }))).toBe("busy");
    const grant = { sessionNumber, acknowledgedThrough: 0, creditLimit: 1 };
    expect(codeOf(await other.ask("credit", grant))).toBe("busy");
    expect((await other.call("getStatus", {})).sessionNumber).toBe(sessionNumber);
    await other.event("status");
    owner.close();
    await other.until(() => other.events("status").find((status) => status.sessionNumber === 0));
    expect((await other.call("startKeyExchange", START)).sessionNumber).toBe(sessionNumber + 1);
    await other.call("stopKeyExchange", { sessionNumber: 0 });
  });

  it.each([
    ["a parameter nobody has", "getParameter", { id: 0x7777 }, "badParameter"],
    ["the transmitter's parameter", "getParameter", { id: PARAMETERS.laserEnabled.id }, "badParameter"],
    ["a read-only parameter", "setParameter", { id: PARAMETERS.clockHz.id, value: 1e6 }, "readOnly"],
    ["a value out of range", "setParameter", { id: PARAMETERS.detectorBiasV.id, value: 99 }, "outOfRange"],
    ["text for a number", "setParameter", { id: PARAMETERS.detectorBiasV.id, value: "high" }, "badParameter"],
    [
      "a value that is no number",
      "setParameter",
      { id: PARAMETERS.deadTimeGates.id, value: 1e9 },
      "outOfRange",
    ],
    ["a frame of no detections", "startKeyExchange", { ...START, detectionsPerFrame: 0 }, "outOfRange"],
    ["too much credit", "startKeyExchange", { ...START, creditFrames: 1000 }, "outOfRange"],
    [
      "credit without a key exchange",
      "credit",
      { sessionNumber: 99, acknowledgedThrough: 0, creditLimit: 1 },
      "wrongState",
    ],
    ["a step of the other role", "startCalibration", { step: "laser", variant: "fast" }, "notSupported"],
  ] as const)("refuses %s", async (_name, command, request, code) => {
    const client = await bob();
    expect(codeOf(await client.ask(command, request as never))).toBe(code);
  });

  it("refuses unknown opcodes and broken payloads and goes on", async () => {
    const client = await bob();
    const send = (opcode: number, payload: number[]) =>
      client.raw(
        encodeFrame({ kind: "request", repeat: false, sequence: 500, opcode }, Uint8Array.from(payload)),
      );
    send(0x7abc, [1, 2, 3]);
    const unknown = await client.until(() => client.frames.find((frame) => frame.opcode === 0x7abc));
    expect(codeOf(unknown)).toBe("unknownOpcode");
    send(COMMANDS.credit.opcode, [1, 2, 3]);
    const broken = await client.until(() =>
      client.frames.find((frame) => frame.opcode === COMMANDS.credit.opcode),
    );
    expect(codeOf(broken)).toBe("badPayload");
    expect(await client.call("ping", { token: 1n })).toEqual({ token: 1n });
  });

  it("finds the next request after garbage, damaged frames and headers that lie", async () => {
    const client = await bob();
    const ping = (sequence: number) =>
      encodeFrame({ kind: "request", repeat: false, sequence, opcode: 1 }, new Uint8Array(8));
    const damaged = ping(600);
    damaged[18]! ^= 0xff;
    const before = (await client.call("getStatus", {})).frameErrors;
    client.raw(Uint8Array.from({ length: 100_000 }, (_, i) => (i * 193) & 0xff));
    client.raw(damaged);
    client.raw(new TextEncoder().encode("QKDLQKDLQKDL GET / HTTP/1.1\r\n\r\n"));
    client.raw(ping(601));
    await client.until(() => client.frames.find((frame) => frame.sequence === 601));
    expect((await client.call("getStatus", {})).frameErrors).toBeGreaterThan(before);
  });

  it("gives up half a frame after a silence, so that the next request is heard", async () => {
    const [client, other] = [await bob(), await bob()];
    const frameErrors = async () => (await other.call("getStatus", {})).frameErrors;
    const before = await frameErrors();
    const whole = encodeFrame(
      { kind: "request", repeat: false, sequence: 1, opcode: 1 },
      new Uint8Array(3000),
    );
    client.raw(whole.subarray(0, 40));
    const given = async () => {
      await link.advance(100);
      return frameErrors();
    };
    await expect.poll(given, { timeout: 15_000 }).toBeGreaterThan(before);
    expect(await client.call("ping", { token: 3n })).toEqual({ token: 3n });
  });

  it("survives clients that leave in the middle of a frame, and turns the seventeenth away", async () => {
    for (let i = 0; i < 20; i++) {
      const client = await bob();
      client.raw(Uint8Array.of(0x51, 0x4b, 0x44));
      client.close();
      await client.closed;
    }
    const many = [];
    for (let i = 0; i < 16; i++) {
      const client = await bob();
      await client.call("ping", { token: 0n });
      many.push(client);
    }
    await (await bob()).closed;
    expect(await many[0]?.call("ping", { token: 4n })).toEqual({ token: 4n });
    for (const client of many) client.close();
    const served = async (): Promise<boolean> => {
      const client = await bob();
      const answer = client.call("ping", { token: 5n }).then(() => true);
      return Promise.race([answer, client.closed.then(() => false)]);
    };
    while (!(await served()));
  });

  it("calibrates step by step, tells its progress, and names the step that fails", async () => {
    const client = await bob();
    await link.advance(600);
    const { run, steps } = await client.call("startCalibration", { step: "all", variant: "fast" });
    expect(codeOf(await client.ask("startKeyExchange", START))).toBe("busy");
    await link.advance(1500);
    const end = await client.until(() =>
      client.events("calibrationResult").find(({ step }) => step === "all"),
    );
    expect(end).toMatchObject({ run, outcome: "passed" });
    expect(client.events("calibrationResult")).toHaveLength(steps + 1);
    expect(client.events("calibrationProgress").length).toBeGreaterThanOrEqual(steps);
    await link.faults.cut();
    await link.advance(30_000);
    const failing = await client.call("startCalibration", { step: "all", variant: "fast" });
    await link.advance(3000);
    const failed = await client.until(() =>
      client.events("calibrationResult").find((one) => one.run === failing.run && one.step === "all"),
    );
    expect(failed).toMatchObject({ outcome: "failed", text: expect.stringContaining("globalCounterSync") });
    expect((await client.call("getStatus", {})).state).toBe("error");
    await link.faults.repair();
    await client.call("reset", { what: "soft" });
    await link.advance(5000);
    expect((await client.call("getStatus", {})).state).toBe("idle");
  });

  it("tests itself when idle, and logs what happened without key bytes", async () => {
    const client = await bob();
    await link.advance(5000);
    const { results } = await client.call("selfTest", {});
    expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => "passed"));
    const { entries, nextIndex } = await client.call("readLog", { fromIndex: 0, maxEntries: 5 });
    expect(entries.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect((await client.call("readLog", { fromIndex: nextIndex, maxEntries: 5 })).entries).toEqual([]);
  });

  it("hangs up after the reply to a hard reset and starts over, with defaults after a factory reset", async () => {
    const client = await bob();
    const { id } = PARAMETERS.deadTimeGates;
    const before = (await client.call("getParameter", { id })).value;
    await client.call("setParameter", { id, value: 77 });
    await client.call("reset", { what: "factory" });
    await client.closed;
    const next = await bob();
    expect((await next.call("getParameter", { id })).value).toBe(before);
    expect((await next.call("getStatus", {})).uptimeMs).toBe(0n);
  });

  it("takes a driver's clock comparison", async () => {
    const client = await bob();
    const reply = await client.call("timeSync", { t1Ns: 42n });
    expect(reply.t1Ns).toBe(42n);
    expect(reply.t3Ns).toBeGreaterThanOrEqual(reply.t2Ns);
  });
});

describe("wire faults of a running link", () => {
  it("damage frames on their way: the client's scanner sees garbage, and whole wires serve again", async () => {
    const client = await bob();
    await link.faults.apply({
      event: "bitFlips",
      site: "bob",
      port: "tcp",
      perByte: 0.05,
      direction: "toClient",
    });
    await link.advance(5000);
    await client.until(() => (client.garbageBytes > 0 ? true : undefined));
    await link.faults.apply({ event: "end", of: "bitFlips" });
    const next = await bob();
    expect(await next.call("ping", { token: 6n })).toEqual({ token: 6n });
  });

  it("cut connections on demand, and the device waits for the next", async () => {
    const client = await bob();
    await client.call("ping", { token: 1n });
    await link.faults.apply({ event: "hangUp", site: "bob", port: "tcp" });
    await client.closed;
    const next = await bob();
    expect(await next.call("ping", { token: 7n })).toEqual({ token: 7n });
  });
});

describe("the control port", () => {
  const ask = async (path: string, body?: unknown) => {
    const init =
      body === undefined
        ? {}
        : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(`${link.addresses.control}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it("shows the state, applies faults and advances time", async () => {
    expect(await ask("/fault", { event: "fibreLoss", db: 12.5 })).toEqual({
      status: 200,
      body: { done: true },
    });
    const { body } = await ask("/state");
    expect(body).toMatchObject({ conditions: { link: { channelLossDb: 12.5 } }, bob: { state: "idle" } });
    expect((await ask("/advance", { ms: 500 })).status).toBe(200);
    await ask("/fault", { event: "fibreLoss", db: 5 });
  });

  it.each([
    ["/fault", { event: "fibreLoss", db: -3 }, "QKD_PHYSICS_RANGE"],
    ["/fault", { event: "meteor" }, "QKD_CONFIG_INVALID"],
    ["/fault", { event: "ambient", site: "carol", celsius: 20 }, "QKD_CONFIG_INVALID"],
    ["/fault", { event: "classicalPower", channel: 9, dbm: 0 }, "QKD_PHYSICS_RANGE"],
    ["/fault", "no json", "QKD_CONFIG_INVALID"],
    ["/fault", "[]", "QKD_CONFIG_INVALID"],
    ["/advance", { ms: "soon" }, "QKD_CONFIG_INVALID"],
  ])("refuses %s %j", async (path, body, code) => {
    expect(await ask(path, body)).toMatchObject({ status: 400, body: { code } });
  });

  it("knows no other paths", async () => {
    expect((await ask("/key")).status).toBe(404);
  });

  it("says which address is taken, and leaves nothing open", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", () => resolve()));
    const { port } = taken.address() as { port: number };
    const listen = { alice: [`tcp://127.0.0.1:${port}`], bob: [] };
    await expect(startEmulatedLink({ listen })).rejects.toMatchObject({ code: "QKD_EMULATOR_PORT" });
    taken.close();
  });
});
