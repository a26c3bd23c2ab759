import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmulatedLink } from "../../emulator/index.ts";
import { COMMANDS, encodeFrame, errorReply, type Frame, PARAMETERS } from "../../protocol/index.ts";
import { startSpecifiedLink } from "./specification-bench.ts";
import { TestClient } from "./test-client.ts";

/**
 * The clauses of protocol/SPEC.md that bind a device, each against the emulated receiver; the title names the clause. Garbage and
 * lengths (3.4, 3.5) are tried beside the session, in emulator/device/session.
 */
let link: EmulatedLink;
const clients: TestClient[] = [];
beforeAll(async () => {
  link = await startSpecifiedLink();
});
afterEach(async () => {
  for (const client of clients.splice(0)) {
    await client.call("stopKeyExchange", { sessionNumber: 0 }).catch(() => {});
    client.close();
  }
});
afterAll(() => link.stop());

async function bob(): Promise<TestClient> {
  const client = await TestClient.tcp(link.addresses.bob.tcp);
  clients.push(client);
  return client;
}

const codeOf = (frame: Frame) =>
  frame.kind === "error" ? errorReply.decode(frame.payload).code : frame.kind;
const START = { detectionsPerFrame: 1000, creditFrames: 4 };
const set = async (client: TestClient, name: keyof typeof PARAMETERS, value: number | string) =>
  codeOf(await client.ask("setParameter", { id: PARAMETERS[name].id, value }));

describe("sections 3 and 4: frames and sessions", () => {
  it("4.2: ignores frames that are no requests, and counts them", async () => {
    const client = await bob();
    const before = (await client.call("getStatus", {})).frameErrors;
    const payload = COMMANDS.ping.reply.encode({ token: 1n });
    for (const kind of ["reply", "event"] as const)
      client.raw(encodeFrame({ kind, repeat: false, sequence: 7, opcode: COMMANDS.ping.opcode }, payload));
    expect((await client.call("getStatus", {})).frameErrors).toBe(before + 2);
    expect(client.frames.filter(({ sequence }) => sequence === 7)).toEqual([]);
  });

  it("4.2: gives each request one reply with its sequence and opcode", async () => {
    const client = await bob();
    await Promise.all(
      [60_000, 60_001, 65_535, 0].map((sequence) => client.ask("getStatus", {}, { sequence })),
    );
    const replies = client.frames.filter(({ kind }) => kind === "reply");
    expect(replies.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual([
      0, 60_000, 60_001, 65_535,
    ]);
    expect(new Set(replies.map(({ opcode }) => opcode))).toEqual(new Set([COMMANDS.getStatus.opcode]));
  });

  it("4.3: answers at least the last sixteen requests from its cache when they are repeated", async () => {
    const client = await bob();
    const first = await client.ask("startKeyExchange", START, { sequence: 100 });
    for (let sequence = 101; sequence < 116; sequence++)
      await client.ask("ping", { token: 1n }, { sequence });
    const again = await client.ask("startKeyExchange", START, { sequence: 100, repeat: true });
    expect([again.kind, again.payload]).toEqual(["reply", first.payload]);
  });

  it("4.4: counts the events of each connection from zero, one by one", async () => {
    const client = await bob();
    await client.call("startKeyExchange", START);
    await client.call("stopKeyExchange", { sessionNumber: 0 });
    await client.event("status", 2);
    const events = client.frames.filter(({ kind }) => kind === "event");
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
  });
});

describe("section 5: key exchange", () => {
  it("5.1: numbers key exchanges one after the other, and refuses a second one on the same connection", async () => {
    const client = await bob();
    const { sessionNumber } = await client.call("startKeyExchange", START);
    expect(codeOf(await client.ask("startKeyExchange", START))).toBe("wrongState");
    expect((await client.call("getStatus", {})).sessionNumber).toBe(sessionNumber);
    await client.call("stopKeyExchange", { sessionNumber });
    expect((await client.call("startKeyExchange", START)).sessionNumber).toBe(sessionNumber + 1);
  });

  it("5.1: ends by a reset and by the end of its connection", async () => {
    const [owner, other] = [await bob(), await bob()];
    await owner.call("startKeyExchange", START);
    await owner.call("reset", { what: "soft" });
    expect((await other.call("getStatus", {})).sessionNumber).toBe(0);
    await owner.call("startKeyExchange", START);
    owner.close();
    clients.splice(clients.indexOf(owner), 1);
    await other.until(() => other.events("status").find((status) => status.sessionNumber === 0));
  });

  it("5.1: stopping what does not run succeeds, stopping another one does not", async () => {
    const client = await bob();
    expect(await client.call("stopKeyExchange", { sessionNumber: 0 })).toEqual({ sessionNumber: 0 });
    const { sessionNumber } = await client.call("startKeyExchange", START);
    const wrong = await client.ask("stopKeyExchange", { sessionNumber: sessionNumber + 5 });
    expect(codeOf(wrong)).toBe("wrongState");
  });

  it("5.3: takes absolute credit within its limits, and a lower limit changes nothing", async () => {
    const client = await bob();
    const { sessionNumber, firstFrameId } = await client.call("startKeyExchange", START);
    const grant = (acknowledgedThrough: number, creditLimit: number, number = sessionNumber) =>
      client.ask("credit", { sessionNumber: number, acknowledgedThrough, creditLimit });
    const { limits } = await client.call("identify", { hostName: "test", softwareVersion: "1" } as never);
    const most = firstFrameId + limits.maxCreditFrames;
    expect(codeOf(await grant(firstFrameId + 1000, firstFrameId + 1000))).toBe("badParameter");
    expect(codeOf(await grant(firstFrameId, most + 1))).toBe("outOfRange");
    expect(codeOf(await grant(firstFrameId, most, sessionNumber + 1))).toBe("wrongState");
    const high = COMMANDS.credit.reply.decode((await grant(firstFrameId, firstFrameId + 8)).payload);
    const low = COMMANDS.credit.reply.decode((await grant(firstFrameId, firstFrameId + 2)).payload);
    expect([high.creditLimit, low.creditLimit]).toEqual([firstFrameId + 8, firstFrameId + 8]);
  });
});

describe("section 7: parameters", () => {
  it("travel as whole numbers where they are integers or booleans", async () => {
    const client = await bob();
    expect(await set(client, "deadTimeGates", 1.5)).toBe("badParameter");
    expect(await set(client, "deadTimeGates", 1)).toBe("reply");
    const { value } = await client.call("getParameter", { id: PARAMETERS.deadTimeGates.id });
    expect(value).toBe(1);
    expect(await set(client, "deadTimeGates", 0)).toBe("reply");
  });

  it("refuse text for a number, a number for text, and a text that is too long", async () => {
    const client = await bob();
    expect(await set(client, "deadTimeGates", "1")).toBe("badParameter");
    expect(await set(client, "deviceName", 5)).toBe("badParameter");
    expect(await set(client, "deviceName", "x".repeat(65))).toBe("outOfRange");
    expect(await set(client, "deviceName", "receiver in rack 4")).toBe("reply");
  });

  it("are listed in rising order of id, with ranges inside those of the table", async () => {
    const { parameters } = await (await bob()).call("listParameters", {});
    const ids = parameters.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    for (const { name, min, max } of parameters) {
      const declared = PARAMETERS[name as keyof typeof PARAMETERS];
      expect([name, min >= declared.min, max <= declared.max]).toEqual([name, true, true]);
    }
  });

  it("of the transmitter alone are booleans that take 0 and 1 only", async () => {
    const client = await TestClient.tcp(link.addresses.alice.tcp);
    clients.push(client);
    expect(await set(client, "laserEnabled", 0.5)).toBe("badParameter");
    expect(await set(client, "laserEnabled", 1)).toBe("reply");
  });
});
