import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modbusCrc16 } from "../../protocol/index.ts";
import { findRtuReply } from "./rtu-reply.ts";
import { encodeTcpRequest, takeTcpReply } from "./tcp-reply.ts";

const text = (value: string) => new TextEncoder().encode(value);

function withCrc(...bytes: number[]): Uint8Array {
  const frame = Uint8Array.of(...bytes, 0, 0);
  const crc = modbusCrc16(frame, 0, bytes.length);
  frame.set([crc & 0xff, crc >> 8], bytes.length);
  return frame;
}

describe("the Modbus checksum", () => {
  it("is that of the standard", () => {
    // Catalogue of CRC parameters: CRC-16/MODBUS has check value 0x4B37.
    expect(modbusCrc16(text("123456789"))).toBe(0x4b37);
    // A request printed with its checksum in many manuals: read holding register 0 of unit 1.
    expect([...withCrc(0x01, 0x03, 0x00, 0x00, 0x00, 0x01).subarray(6)]).toEqual([0x84, 0x0a]);
  });
});

describe("a reply on a serial line", () => {
  it("is not found while its last byte is missing, though that is a zero", () => {
    for (let value = 0; value < 2 ** 16; value++) {
      const whole = withCrc(17, 4, 2, value >> 8, value & 0xff);
      if (whole.at(-1) !== 0) continue;
      const asked = withCrc(17, 4, 0, 0, 0, 1);
      expect(findRtuReply(asked, whole)).toEqual(whole);
      expect(findRtuReply(asked, whole.subarray(0, -1))).toBeUndefined();
    }
    expect.hasAssertions();
  });

  const request = withCrc(17, 4, 0, 0, 0, 2);
  const reply = withCrc(17, 4, 4, 1, 2, 3, 4);
  const exception = withCrc(17, 0x84, 2);

  it.each([
    ["alone", reply, reply],
    ["behind noise", Uint8Array.of(1, 17, 4, 9, ...reply), reply],
    ["before noise", Uint8Array.of(...reply, 7, 7, 7), reply],
    ["that is an exception", exception, exception],
    ["that is cut", reply.subarray(0, 8), undefined],
    ["of another unit", withCrc(18, 4, 4, 1, 2, 3, 4), undefined],
    ["to another function", withCrc(17, 3, 4, 1, 2, 3, 4), undefined],
  ])("is found %s", (_where, received, found) => {
    expect(findRtuReply(request, received)).toEqual(found);
  });

  it("is refused with any bit flipped", () => {
    for (let bit = 0; bit < reply.length * 8; bit++) {
      const damaged = reply.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(findRtuReply(request, damaged)).toBeUndefined();
    }
  });

  it("is found or not, without an exception, in whatever bytes", () => {
    const requests = [
      request,
      withCrc(17, 43, 14, 3, 0),
      withCrc(17, 2, 0, 0, 0, 9),
      withCrc(17, 16, 0, 0, 0, 1, 2, 0, 1),
    ];
    const bytes = fc.array(fc.oneof(fc.constantFrom(17, 4, 43, 14, 0x84, 0xff), fc.nat(255)), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(fc.constantFrom(...requests), bytes, (sent, received) => {
        const found = findRtuReply(sent, Uint8Array.from(received));
        if (found !== undefined) expect([found[0], found[1]! & 0x7f]).toEqual([sent[0], sent[1]]);
      }),
      { seed: 4, numRuns: 1_000 },
    );
  });
});

describe("a reply on a socket", () => {
  it("carries transaction, unit and PDU", () => {
    const message = encodeTcpRequest(0x1234, Uint8Array.of(17, 4, 0, 0, 0, 1));
    expect([...message]).toEqual([0x12, 0x34, 0, 0, 0, 6, 17, 4, 0, 0, 0, 1]);
    const taken = takeTcpReply(Uint8Array.of(...message, 9, 9));
    expect(taken).toEqual({
      used: 12,
      reply: { transaction: 0x1234, unitAndPdu: Uint8Array.of(17, 4, 0, 0, 0, 1) },
    });
  });

  it.each([
    ["nothing yet", [], { used: 0 }],
    ["half a header", [0, 1, 0, 0, 0, 6], { used: 0 }],
    ["half a message", [0, 1, 0, 0, 0, 6, 17, 4], { used: 0 }],
    ["another protocol", [0, 1, 0, 1, 0, 6, 17, 4], "broken"],
    ["a length of nothing", [0, 1, 0, 0, 0, 2, 17], "broken"],
    ["a length beyond Modbus", [0, 1, 0, 0, 1, 0, 17], "broken"],
  ])("%s", (_what, bytes, taken) => {
    expect(takeTcpReply(Uint8Array.from(bytes))).toEqual(taken);
  });
});
