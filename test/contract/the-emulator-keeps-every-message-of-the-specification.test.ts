import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmulatedLink } from "../../emulator/index.ts";
import {
  COMMANDS,
  type CommandName,
  type DEVICE_ERROR_CODES,
  encodeFrame,
  errorReply,
  type Frame,
} from "../../protocol/index.ts";
import { startSpecifiedLink } from "./specification-bench.ts";
import { TestClient } from "./test-client.ts";

/** Sections 2, 3, 6, 7, 8 and 10 of protocol/SPEC.md, against both emulated devices; the title names the clause. */
let link: EmulatedLink;
const clients: TestClient[] = [];
beforeAll(async () => {
  link = await startSpecifiedLink();
});
afterEach(async () => {
  const client = await TestClient.tcp(link.addresses.bob.tcp);
  await client.call("reset", { what: "factory" });
  await client.closed;
  for (const one of clients.splice(0)) one.close();
});
afterAll(() => link.stop());

async function at(site: "alice" | "bob"): Promise<TestClient> {
  const client = await TestClient.tcp(link.addresses[site].tcp);
  clients.push(client);
  return client;
}
const bob = () => at("bob");

const codeOf = (frame: Frame): keyof typeof DEVICE_ERROR_CODES | Frame["kind"] =>
  frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
const START = { detectionsPerFrame: 1000, creditFrames: 4 };
let sequence = 1000;

/** Sends a payload as it is under a command's opcode. */
async function send(client: TestClient, name: CommandName, payload: Uint8Array): Promise<Frame> {
  const head = {
    kind: "request",
    repeat: false,
    sequence: sequence++,
    opcode: COMMANDS[name].opcode,
  } as const;
  client.raw(encodeFrame(head, payload));
  return client.until(() => client.frames.find((frame) => frame.sequence === head.sequence));
}

/** CRC-16 of a header's first fourteen bytes, by the words of section 3.3. */
function headerChecksum(frame: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of frame.subarray(0, 14)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

describe("section 2: values", () => {
  it.each(Object.keys(COMMANDS) as CommandName[])(
    "%s: a payload that is too short or has bytes after its last field is a badPayload",
    async (name) => {
      const client = await bob();
      const { request } = COMMANDS[name];
      const whole = request.encode(request.samples[0] as never);
      expect(codeOf(await send(client, name, Buffer.concat([whole, Uint8Array.of(0)])))).toBe("badPayload");
      if (whole.length > 0)
        expect(codeOf(await send(client, name, whole.subarray(0, -1)))).toBe("badPayload");
    },
  );

  it.each([
    ["a number that is not finite", "setParameter", [0, 0x23, 0, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]],
    ["a value that is neither number nor text", "setParameter", [0, 0x23, 2, 0, 0]],
    ["text that is no UTF-8", "setParameter", [0, 4, 1, 0, 1, 0xff]],
    ["a step that no device has", "startCalibration", [13, 0]],
    ["a variant that no device has", "startCalibration", [0, 3]],
    ["a reset that no device has", "reset", [3]],
  ] as const)("%s is a badPayload", async (_what, name, payload) => {
    expect(codeOf(await send(await bob(), name, Uint8Array.from(payload)))).toBe("badPayload");
  });
});

describe("sections 3 and 10: framing and versions", () => {
  /** A ping whose version or flags are changed under a header checksum that is right. */
  const odd = (offset: number, value: number) => {
    const frame = encodeFrame({ kind: "request", repeat: false, sequence: 9, opcode: 1 }, new Uint8Array(8));
    frame[offset] = value;
    new DataView(frame.buffer, frame.byteOffset).setUint16(14, headerChecksum(frame));
    return frame;
  };

  it("3.2: a header with any other flags is faulty", async () => {
    const client = await bob();
    for (const flags of [3, 5, 6, 8, 10, 12, 13, 16, 32, 64, 128]) client.raw(odd(5, flags));
    expect(await client.call("ping", { token: 1n })).toEqual({ token: 1n });
    expect(client.frames.filter((frame) => frame.sequence === 9)).toEqual([]);
  });

  it("3.5: a request of 4,096 bytes is read, one byte more is passed over", async () => {
    const client = await bob();
    expect(codeOf(await send(client, "ping", new Uint8Array(4096)))).toBe("badPayload");
    const longer = encodeFrame({ kind: "request", repeat: false, sequence: 9, opcode: 1 }, new Uint8Array(0));
    new DataView(longer.buffer, longer.byteOffset).setUint32(10, 4097);
    new DataView(longer.buffer, longer.byteOffset).setUint16(14, headerChecksum(longer));
    client.raw(longer.subarray(0, 16));
    expect(await client.call("ping", { token: 1n })).toEqual({ token: 1n });
  });

  it("10: frames of other versions are passed over, and the device's log says so, once", async () => {
    const client = await bob();
    const { nextIndex } = await client.call("readLog", { fromIndex: 0, maxEntries: 0 });
    for (let count = 0; count < 3; count++) client.raw(odd(4, 2));
    const { entries } = await client.call("readLog", { fromIndex: nextIndex, maxEntries: 10 });
    expect(entries).toEqual([
      expect.objectContaining({
        level: "warning",
        text: expect.stringContaining("another protocol version"),
      }),
    ]);
    expect(client.frames.filter((frame) => frame.sequence === 9)).toEqual([]);
  });
});

describe("section 6: messages", () => {
  it("6.3: identify tells one link and two roles, and limits that a start takes", async () => {
    const [a, b] = await Promise.all([
      (await at("alice")).call("identify", {}),
      (await bob()).call("identify", {}),
    ]);
    expect([a.protocolVersion, b.protocolVersion, a.role, b.role]).toEqual([1, 1, "qtx", "qrx"]);
    expect([a.linkId, a.clockHz]).toEqual([b.linkId, b.clockHz]);
    expect(a.serial).not.toBe(b.serial);
    const client = await bob();
    const most = {
      detectionsPerFrame: b.limits.maxDetectionsPerFrame,
      creditFrames: b.limits.maxCreditFrames,
    };
    for (const one of [
      { ...most, detectionsPerFrame: most.detectionsPerFrame + 1 },
      { ...most, creditFrames: most.creditFrames + 1 },
      { ...most, detectionsPerFrame: 0 },
    ])
      expect(codeOf(await client.ask("startKeyExchange", one))).toBe("outOfRange");
    expect(codeOf(await client.ask("startKeyExchange", most))).toBe("reply");
  });

  it("6.10: a transmitter has no clicks, and each role its own temperatures", async () => {
    const alice = await (await at("alice")).call("getStatus", {});
    expect([alice.countRate0Hz, alice.countRate1Hz, alice.detectorTemperatureC]).toEqual([0, 0, null]);
    expect(alice.laserTemperatureC).toEqual(expect.any(Number));
    const receiver = await (await bob()).call("getStatus", {});
    expect([receiver.laserTemperatureC, receiver.detectorTemperatureC]).toEqual([null, expect.any(Number)]);
  });

  it("6.14: a time sync gives t1 back, and the device's time of receipt and answer in ns since 1970", async () => {
    const client = await bob();
    const { t1Ns, t2Ns, t3Ns } = await client.call("timeSync", { t1Ns: 2n ** 64n - 1n });
    expect([t1Ns, t3Ns >= t2Ns, t2Ns > 1_600_000_000_000_000_000n]).toEqual([2n ** 64n - 1n, true, true]);
  });

  it("6.17, 6.34: a log is read from the larger of fromIndex and firstIndex, at most maxEntries", async () => {
    const client = await bob();
    const { firstIndex, nextIndex } = await client.call("readLog", { fromIndex: 0, maxEntries: 0 });
    const read = async (fromIndex: number, maxEntries: number) =>
      (await client.call("readLog", { fromIndex, maxEntries })).entries.map(({ index }) => index);
    expect(await read(0, 1)).toEqual([firstIndex]);
    expect(await read(nextIndex - 1, 9)).toEqual([nextIndex - 1]);
    expect(await read(nextIndex + 5, 9)).toEqual([]);
    for (let count = 0; count < 1100; count++) await client.call("setParameter", { id: 4, value: "x" });
    const later = await client.call("readLog", { fromIndex: 0, maxEntries: 1 });
    expect(later.firstIndex).toBeGreaterThan(firstIndex);
    expect(later.entries[0]?.index).toBe(later.firstIndex);
  });

  it("6.34: startCalibration and selfTest need the state idle, else wrongState", async () => {
    const client = await bob();
    const refused = async () => [
      codeOf(await client.ask("startCalibration", { step: "init", variant: "fast" })),
      codeOf(await client.ask("selfTest", {})),
    ];
    await client.call("startKeyExchange", START);
    expect(await refused()).toEqual(["wrongState", "wrongState"]);
    await client.call("stopKeyExchange", { sessionNumber: 0 });
    await client.call("startCalibration", { step: "init", variant: "first" });
    expect(await refused()).toEqual(["wrongState", "wrongState"]);
  });

  it.each([
    ["a reset", (client: TestClient) => client.call("reset", { what: "soft" }), "idle"],
    ["a fault", () => link.faults.apply({ event: "deviceFault", site: "bob", text: "broken" }), "error"],
  ] as const)(
    "6.34: the last event of a run that ends by %s is a result with step all",
    async (_how, end, state) => {
      const client = await bob();
      const { run } = await client.call("startCalibration", { step: "all", variant: "first" });
      await end(client);
      const status = await client.call("getStatus", {});
      await link.faults.apply({ event: "end", of: "deviceFault" });
      expect(status.state).toBe(state);
      expect(client.events("calibrationResult")).toEqual([
        expect.objectContaining({ run, step: "all", outcome: "aborted" }),
      ]);
    },
  );
});
