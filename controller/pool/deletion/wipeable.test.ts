import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, wipeable } from "./wipeable.ts";

const SPAN = 60;

/** Disjoint ranges in order, from a list of gaps and lengths. */
const ranges = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9 })), { maxLength: 8 })
  .map((pairs) => {
    let at = 0;
    return pairs.map(([gap, length]) => {
      const first = at + gap;
      at = first + length;
      return { first, past: at };
    });
  });

describe("what of a segment may be wiped", () => {
  it.each([
    ["what was delivered in it", [{ first: 5, past: 15 }], [], [{ first: 10, past: 15 }]],
    [
      "nothing that is delivered elsewhere",
      [
        { first: 0, past: 10 },
        { first: 20, past: 30 },
      ],
      [],
      [],
    ],
    ["nothing that may be delivered again", [{ first: 10, past: 20 }], [{ first: 0, past: 30 }], []],
    [
      "what lies around it",
      [{ first: 0, past: 40 }],
      [{ first: 12, past: 14 }],
      [
        { first: 10, past: 12 },
        { first: 14, past: 20 },
      ],
    ],
  ])("is %s", (_name, delivered, kept, wiped) => {
    expect(wipeable({ first: 10, past: 20 }, delivered, kept)).toEqual(wiped);
  });

  it("is byte by byte what is delivered and not kept", () => {
    fc.assert(
      fc.property(
        ranges,
        ranges,
        fc.nat({ max: SPAN }),
        fc.integer({ min: 1, max: 30 }),
        (delivered, kept, first, length) => {
          const segment = { first, past: first + length };
          const inside = (list: readonly { first: number; past: number }[], byte: number) =>
            list.some((range) => byte >= range.first && byte < range.past);
          const wiped = wipeable(segment, delivered, kept);
          let count = 0;
          for (let byte = 0; byte < 200; byte += 1) {
            const wanted = inside([segment], byte) && inside(delivered, byte) && !inside(kept, byte);
            expect(inside(wiped, byte)).toBe(wanted);
            if (wanted) count += 1;
          }
          expect(bytesOf(wiped)).toBe(count);
        },
      ),
      { seed: 10, numRuns: 300 },
    );
  });
});
