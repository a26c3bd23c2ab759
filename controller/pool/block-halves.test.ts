import { describe, expect, it } from "vitest";
import { AUTH_SEGMENT_BYTES, authBase, authDirections } from "./auth-layout.ts";
import {
  blockHalves,
  boundaryOf,
  deliverablePart,
  GRAIN_BYTES,
  keysWithin,
  usedUpTo,
} from "./block-halves.ts";
import type { NewBlock } from "./key-pool.ts";

describe("the halves of a block", () => {
  it.each([32, 64, 96, 1024, 1056, 2 ** 20])(
    "of %d bytes are the other site's, swapped, and overlap nowhere",
    (bytes) => {
      const middle = boundaryOf(bytes, 1, 1) ?? -1;
      const [alice, bob] = [blockHalves(bytes, middle, "alice"), blockHalves(bytes, middle, "bob")];
      expect([alice.own, alice.peer]).toEqual([bob.peer, bob.own]);
      const [first, second] = [alice.own, alice.peer];
      expect([first.first, first.past, second.past]).toEqual([0, second.first, bytes]);
      expect(first.past % GRAIN_BYTES).toBe(0);
    },
  );

  it("hold whole grains behind the authentication key, and none of it", () => {
    const key = Uint8Array.from({ length: 300 }, (_, index) => index);
    const part = deliverablePart({ key, authBytes: 100 } as NewBlock<Uint8Array>);
    expect([part.length, part[0]]).toEqual([192, 100]);
  });

  it("give keys until less than a grain is left, which goes with the last one", () => {
    const half = { first: 0, past: 64 };
    expect([keysWithin(half, 32, 9), keysWithin(half, 16, 9), keysWithin(half, 8, 9)]).toEqual([2, 3, 5]);
    expect(keysWithin(half, 16, 2)).toBe(2);
    expect([usedUpTo(33, half), usedUpTo(32, half), usedUpTo(64, half)]).toEqual([64, 32, 64]);
  });
});

describe("authentication key", () => {
  it("is of two directions, each site's own being the other's peer's", () => {
    const material = Uint8Array.of(1, 2, 3, 4);
    expect(authDirections(material, "alice")).toEqual({
      own: Uint8Array.of(1, 2),
      peer: Uint8Array.of(3, 4),
    });
    expect(authDirections(material, "bob")).toEqual({ own: Uint8Array.of(3, 4), peer: Uint8Array.of(1, 2) });
  });

  it("of each block lies behind the pre-placed secret, in a segment of its own", () => {
    expect([0, 1].map(authBase)).toEqual([AUTH_SEGMENT_BYTES, 2 * AUTH_SEGMENT_BYTES]);
  });
});
