import { describe, expect, it } from "vitest";
import { CodecError, PeerError } from "../../errors/index.ts";
import { PEER_MESSAGES, peerMessageOf, peerOwnerOf } from "./catalog.ts";
import type { PeerMessage } from "./declaration.ts";
import { PEER_OWNERS, PEER_RESERVED } from "./owners.ts";

const bodyOf = (message: PeerMessage<unknown>, value: unknown): Uint8Array =>
  Uint8Array.from(Buffer.concat(message.encode(value)));

/** Whether the body is refused by name or read back to the same bytes; a sentence if neither. */
function judge(message: PeerMessage<unknown>, body: Uint8Array): "refused" | "same" | string {
  let value: unknown;
  try {
    value = message.decode(body);
  } catch (error) {
    const named = error instanceof PeerError && error.code === "QKD_PEER_PROTOCOL";
    return named && error.message.includes(message.name) ? "refused" : `threw ${error}`;
  }
  const again = bodyOf(message, value);
  return Buffer.compare(again, body) === 0
    ? "same"
    : `was read, but writes ${Buffer.from(again).toString("hex")}`;
}

describe.each(PEER_MESSAGES.map((message) => [message.name, message] as const))("%s", (_, message) => {
  const bodies = message.samples.map((sample) => bodyOf(message, sample));

  it("reads back every sample", () => {
    expect(bodies.length).toBeGreaterThan(0);
    for (const [index, body] of bodies.entries())
      expect(message.decode(body)).toEqual(message.samples[index]);
  });

  it("refuses every truncation and every extra byte, or reads them to the same bytes", () => {
    const isOpen = message.rows.some(({ type }) => type === "records");
    for (const body of bodies) {
      for (let length = 0; length < body.length; length++) {
        const verdict = judge(message, body.subarray(0, length));
        expect(isOpen ? ["refused", "same"] : ["refused"]).toContain(verdict);
      }
      for (const extra of [0, 1, 0xff]) expect(judge(message, Uint8Array.of(...body, extra))).toBe("refused");
    }
  });

  it("refuses every bit flip or reads it to the same bytes", () => {
    const faults: string[] = [];
    for (const body of bodies)
      for (let bit = 0; bit < body.length * 8; bit++) {
        const flipped = Uint8Array.from(body);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const verdict = judge(message, flipped);
        if (verdict !== "refused" && verdict !== "same") faults.push(`bit ${bit}: ${verdict}`);
      }
    expect(faults).toEqual([]);
  });

  it("has a limit that its samples keep, and refuses what is longer by name", () => {
    const longest = Math.max(...bodies.map((body) => body.length));
    const isFixed = message.rows.every(({ type }) => !/^(plane|bytes16|bytes32|text|records)/.test(type));
    if (isFixed) expect(message.limitBytes).toBe(longest);
    else expect(message.limitBytes).toBeGreaterThan(longest);
    expect(message.limitBytes).toBeLessThan((16 << 20) + 100);
    expect(() => message.decode(new Uint8Array(message.limitBytes + 1))).toThrow(
      `the peer's ${message.name} message is malformed: it has ${message.limitBytes + 1} bytes`,
    );
  });

  it("has a kind inside its owner's range, which its name begins with", () => {
    const { first, last } = PEER_OWNERS[message.owner];
    expect(message.kind).toBeGreaterThanOrEqual(first);
    expect(message.kind).toBeLessThanOrEqual(last);
    expect(message.name).toMatch(new RegExp(`^${message.owner}\\.[a-z][A-Za-z]*$`));
    expect(peerMessageOf(message.kind)).toBe(message);
    expect(peerOwnerOf(message.kind)).toBe(message.owner);
  });

  it("begins with block and order exactly when a tag covers it", () => {
    const order = message.rows.slice(0, 2).map(({ name, type }) => `${name} ${type}`);
    if (message.tagged) expect(order).toEqual(["sequence count64", "heard u32"]);
    else expect(message.rows.map(({ name }) => name)).not.toContain("heard");
  });
});

describe("the catalogue of the peer", () => {
  it("has each kind and each name once, in rising order", () => {
    const kinds = PEER_MESSAGES.map(({ kind }) => kind);
    expect(kinds).toEqual([...new Set(kinds)].sort((a, b) => a - b));
    expect(new Set(PEER_MESSAGES.map(({ name }) => name)).size).toBe(kinds.length);
    expect(peerMessageOf(0)).toBeUndefined();
  });

  it("has ranges that do not overlap and fit into a byte", () => {
    const ranges = [...Object.values(PEER_OWNERS), ...Object.values(PEER_RESERVED)];
    let free = 1;
    for (const { first, last } of ranges.sort((a, b) => a.first - b.first)) {
      expect(first).toBeGreaterThanOrEqual(free);
      expect(last).toBeGreaterThanOrEqual(first);
      free = last + 1;
    }
    expect(free).toBeLessThanOrEqual(0x100);
    expect(peerOwnerOf(PEER_RESERVED.tunnels.first)).toBeUndefined();
  });

  it("never quotes bytes in an error", () => {
    const [message] = PEER_MESSAGES.filter(({ name }) => name === "distillation.tag");
    const body = new Uint8Array(23).fill(0xab);
    try {
      message?.decode(body);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(PeerError);
      expect((error as PeerError).cause).toBeInstanceOf(CodecError);
      expect(`${(error as PeerError).line} ${JSON.stringify((error as PeerError).context)}`).not.toMatch(
        /171|abab/,
      );
    }
  });
});
