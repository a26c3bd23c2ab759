import { describe, expect, it } from "vitest";
import { modbusCrc } from "./modbus-crc.ts";
import { RtuFramer } from "./modbus-rtu-framer.ts";

/** The request of the Modbus serial line guide: unit 2, read one exception status; CRC bytes 41 12. */
const GUIDE_EXAMPLE = Uint8Array.of(0x02, 0x07, 0x41, 0x12);
const withCrc = (...bytes: number[]) => {
  const crc = modbusCrc(Uint8Array.from(bytes));
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
};
const READ = withCrc(1, 4, 0, 0, 0, 2);
const WRITE = withCrc(1, 16, 0, 0, 0, 1, 2, 0, 5);

describe("the RTU framer", () => {
  it("computes the checksum of the standard's example", () => {
    expect(modbusCrc(GUIDE_EXAMPLE.subarray(0, 2))).toBe(0x1241);
  });

  it("cuts requests by their length, whatever the chunks", () => {
    const line = Uint8Array.from([...READ, ...WRITE, ...READ]);
    for (let chunk = 1; chunk <= line.length; chunk++) {
      const framer = new RtuFramer();
      const out = [];
      for (let at = 0; at < line.length; at += chunk) out.push(...framer.push(line.subarray(at, at + chunk)));
      expect(out.map((request) => request.kind === "request" && request.pdu[0])).toEqual([4, 16, 4]);
    }
  });

  it("ends an unknown function at a silence", () => {
    const framer = new RtuFramer();
    expect(framer.push(GUIDE_EXAMPLE)).toEqual([]);
    expect(framer.silence()).toEqual([{ kind: "request", unit: 2, pdu: Uint8Array.of(7) }]);
  });

  it("skips a damaged frame and everything up to the next silence", () => {
    for (let bit = 0; bit < READ.length * 8; bit++) {
      const damaged = READ.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const framer = new RtuFramer();
      const kinds = [...framer.push(damaged), ...framer.push(READ), ...framer.silence()].map((r) => r.kind);
      expect(kinds).not.toContain("request");
      expect(framer.push(READ).map((request) => request.kind)).toEqual(["request"]);
    }
  });

  it("forgets half a frame at a silence", () => {
    const framer = new RtuFramer();
    framer.push(READ.subarray(0, 5));
    expect(framer.silence()).toEqual([{ kind: "damaged", bytes: 5 }]);
    expect(framer.push(READ)).toHaveLength(1);
  });

  it("takes nothing for a frame that is too short to hold unit, function and checksum", () => {
    // The checksum of nothing, and that of a unit alone.
    for (const short of [Uint8Array.of(0xff, 0xff), withCrc(1), withCrc()]) {
      const framer = new RtuFramer();
      const out = [...framer.push(short), ...framer.silence()];
      expect(out).toEqual([{ kind: "damaged", bytes: short.length }]);
    }
  });

  it("never holds more than a frame of garbage", () => {
    const framer = new RtuFramer();
    const out = framer.push(new Uint8Array(10_000).fill(0xaa));
    expect(out.map((request) => request.kind)).toEqual(["damaged"]);
    expect(framer.silence()).toEqual([]);
  });
});
