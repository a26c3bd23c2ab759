import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type AnchorSeal, decodeSlot, encodeSlot, SLOT_BYTES } from "./anchor-codec.ts";
import { type AnchorRecord, eachOrigin, firstRecord, MAX_ANCHORED_SECRETS } from "./anchor-record.ts";

const sealOf = (key: number, owner = 7): AnchorSeal => ({
  owner: new Uint8Array(16).fill(owner),
  mac: (bytes) => createHmac("sha256", new Uint8Array(32).fill(key)).update(bytes).digest(),
});
const seal = sealOf(1);

const pads = Array.from({ length: MAX_ANCHORED_SECRETS }, (_, at) => ({
  secret: (at + 16).toString(16).padStart(32, "0"),
  own: 2 ** 45 + at,
  peer: at,
  held: at % 2 === 0,
}));
let next = 1;
const position = () => ({ sequence: 2 ** 32 - next++, offset: 2 ** 40 - next++ });
const record: AnchorRecord = {
  ...firstRecord("0123456789abcdef".repeat(2)),
  version: 2 ** 50,
  clean: true,
  generation: 77,
  audit: { number: 2 ** 41, hash: "a5".repeat(32) },
  lastSeenMs: 1_900_000_000_000,
  origins: eachOrigin(() => ({
    own: { upTo: position(), reached: position() },
    fetched: { upTo: position(), reached: { sequence: -1, offset: 0 } },
    released: 2 ** 32 - 1,
  })),
  pads,
};

describe("a slot of the anchor", () => {
  it("gives back what was written, the largest values too", () => {
    for (const each of [record, { ...record, clean: false, pads: [] }, firstRecord("00".repeat(16))]) {
      const slot = encodeSlot(each, seal);
      expect(slot).toHaveLength(SLOT_BYTES);
      expect(decodeSlot(slot, seal)).toEqual({ type: "record", record: each });
    }
  });

  it("names as many secrets as fit, the newest", () => {
    const more = [{ secret: "ff".repeat(16), own: 1, peer: 2, held: true }];
    const slot = decodeSlot(encodeSlot({ ...record, pads: [...pads, ...more] }, seal), seal);
    expect(slot).toMatchObject({ record: { pads: [...pads.slice(1), ...more] } });
  });

  it("is damaged by every single bit, and no record then", () => {
    const slot = encodeSlot(record, seal);
    for (let bit = 0; bit < 8 * SLOT_BYTES; bit += 7) {
      const wrong = slot.slice();
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeSlot(wrong, seal).type).not.toBe("record");
    }
    expect(decodeSlot(slot.subarray(0, 2048), seal).type).toBe("damaged");
  });

  it("is blank before it is written, and foreign to other stores", () => {
    expect(decodeSlot(new Uint8Array(SLOT_BYTES), seal).type).toBe("blank");
    expect(decodeSlot(encodeSlot(record, sealOf(1, 8)), seal).type).toBe("foreign");
    expect(decodeSlot(encodeSlot(record, sealOf(2)), seal).type).toBe("damaged");
  });
});
