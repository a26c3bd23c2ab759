import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createKernels, type HashKernel } from "../../kernels/index.ts";
import { referenceHash } from "../reference/index.ts";

let hash: HashKernel;
beforeAll(async () => {
  hash = (await createKernels()).hash;
});

const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
const CHECKS = { seed: 20262, numRuns: 80 };

describe("polynomial hash", () => {
  it("equals big-integer arithmetic", () => {
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 300 }), (k, message) => {
        expect(hash.polynomial(k, message)).toEqual(referenceHash.polynomial(k, message));
      }),
      CHECKS,
    );
  });

  it("does not depend on how the message is cut, beyond a chunk too", () => {
    const message = Uint8Array.from({ length: 200_003 }, (_, i) => (i * 197 + (i >> 7)) & 255);
    const k = Uint8Array.from({ length: 16 }, (_, i) => 17 * i + 3);
    const whole = hash.polynomial(k, message);
    for (const cut of [1, 7, 16, 31, 65_536, 100_000, 200_003]) {
      const stream = hash.stream(k);
      const step = cut === 1 ? 50_001 : cut < 100 ? 20_000 + cut : cut;
      for (let at = 0; at < message.length; at += step) stream.update(message.subarray(at, at + step));
      expect(stream.digest()).toEqual(whole);
    }
    fc.assert(
      fc.property(key, fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (k, pieces) => {
        const stream = hash.stream(k);
        for (const piece of pieces) stream.update(piece);
        expect(stream.digest()).toEqual(hash.polynomial(k, Uint8Array.from(pieces.flatMap((p) => [...p]))));
      }),
      CHECKS,
    );
  });

  it("tells messages apart that differ by trailing zeros alone", () => {
    const k = new Uint8Array(16).fill(0x5a);
    const tags = [0, 1, 15, 16, 17, 32].map((length) => hash.polynomial(k, new Uint8Array(length)).join());
    expect(new Set(tags).size).toBe(tags.length);
  });

  it("keeps streams apart and leaves the caller's key as it was, a Buffer's too", () => {
    const k = Buffer.alloc(16, 7);
    const [a, b] = [hash.stream(k), hash.stream(Buffer.alloc(16, 9))];
    a.update(Uint8Array.of(1, 2));
    b.update(Uint8Array.of(3));
    a.update(Uint8Array.of(3));
    expect(a.digest()).toEqual(referenceHash.polynomial(k, Uint8Array.of(1, 2, 3)));
    expect(b.digest()).toEqual(referenceHash.polynomial(Buffer.alloc(16, 9), Uint8Array.of(3)));
    expect(k).toEqual(Buffer.alloc(16, 7));
  });

  it("states its bound and refuses wrong keys and spent streams", () => {
    expect(hash.collisionBound(16 * 1024)).toBe(1025 * 2 ** -128);
    expect(hash.collisionBound(64 * 2 ** 20)).toBeLessThan(2 ** -64);
    const code = expect.objectContaining({ code: "QKD_KERNEL_INPUT" });
    expect(() => hash.polynomial(new Uint8Array(15), new Uint8Array(1))).toThrow(code);
    const stream = hash.stream(new Uint8Array(16));
    stream.digest();
    expect(() => stream.update(new Uint8Array(1))).toThrow(code);
    expect(() => stream.digest()).toThrow(code);
  });
});
