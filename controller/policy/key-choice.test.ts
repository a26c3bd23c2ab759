import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KeyOrigin } from "../pool/key-pool.ts";
import type { FallbackView } from "./fallback/fallback-view.ts";
import { type KeyChoice, type KeyChoiceInput, keyChoice } from "./key-choice.ts";

const CALM: FallbackView = { engaged: false, reason: null };
const CUT: FallbackView = { engaged: true, reason: "linkDown" };
const QKD: readonly KeyOrigin[] = ["qkd"];
const BOTH: readonly KeyOrigin[] = ["qkd", "pqc"];

/** In short: `qkd pqc pqc+` for steps, where + has more made first; the reason where there are none. */
function told(choice: KeyChoice): string {
  if (choice.steps === null) return choice.reason;
  return choice.steps.map(({ origin, makeMore }) => origin + (makeMore ? "+" : "")).join(" ");
}

interface Case {
  readonly accepts?: readonly KeyOrigin[];
  readonly insists?: KeyOrigin;
  readonly fallback?: FallbackView;
  readonly levels?: KeyChoiceInput["levels"];
  readonly stock?: "refuse" | "serve";
  readonly maker?: boolean;
}

/** A wish for 1000 bits. */
function choose({ accepts = QKD, insists, fallback = CALM, levels = {}, stock, maker = true }: Case): string {
  return told(
    keyChoice({
      terms: { accepts, stockDuringFallback: stock ?? "refuse" },
      wish: { bits: 1000, ...(insists && { origin: insists }) },
      fallback,
      levels,
      canMake: maker ? ["pqc"] : [],
    }),
  );
}

describe("the choice of keys", () => {
  it.each<[string, Case, string]>([
    ["QKD to a plain caller", {}, "qkd"],
    ["QKD to a plain caller while stock is known to suffice", { levels: { qkd: 1000 } }, "qkd"],
    ["nothing to a plain caller from an empty stock", { levels: { qkd: 999, pqc: 9999 } }, "exhausted"],
    ["stock to a plain caller in fallback if so decided", { fallback: CUT, stock: "serve" }, "qkd"],
    ["no stock to a plain caller in fallback otherwise", { fallback: CUT }, "stockSpared"],
    ["the stock that is spared to who insists on it", { fallback: CUT, insists: "qkd" }, "qkd"],
    ["nothing to who insists on what it does not accept", { insists: "pqc" }, "notAccepted"],
    ["nothing to who insists on keys of a relay", { accepts: BOTH, insists: "relay" }, "notAccepted"],
    ["nothing to who accepts nothing", { accepts: [] }, "notAccepted"],
    ["QKD first to who accepts both, then stock of the other, then made", { accepts: BOTH }, "qkd pqc pqc+"],
    [
      "stock of the other kind where QKD is short",
      { accepts: BOTH, levels: { qkd: 999, pqc: 1000 } },
      "pqc pqc+",
    ],
    ["what is made where both are short", { accepts: BOTH, levels: { qkd: 0, pqc: 999 } }, "pqc+"],
    [
      "nothing where both are short and none is made",
      { accepts: BOTH, levels: { qkd: 0, pqc: 0 }, maker: false },
      "exhausted",
    ],
    ["QKD last in fallback", { accepts: BOTH, fallback: CUT }, "pqc pqc+ qkd"],
    [
      "stock of QKD in fallback where no other can be had",
      { accepts: BOTH, fallback: CUT, levels: { qkd: 1000, pqc: 0 }, maker: false },
      "qkd",
    ],
    [
      "what is made in fallback before stock of QKD",
      { accepts: BOTH, fallback: CUT, levels: { qkd: 1000, pqc: 0 } },
      "pqc+ qkd",
    ],
    ["post-quantum keys alone to who insists on them", { accepts: BOTH, insists: "pqc" }, "pqc pqc+"],
    ["QKD alone to who insists on it", { accepts: BOTH, insists: "qkd", fallback: CUT }, "qkd"],
    ["the best kind first, whatever order they are named in", { accepts: ["pqc", "qkd"] }, "qkd pqc pqc+"],
  ])("gives %s", (_name, input, expected) => {
    expect(choose(input)).toBe(expected);
  });

  const origin = fc.constantFrom<KeyOrigin>("qkd", "relay", "hybrid", "pqc");
  const level = fc.option(fc.nat({ max: 2000 }), { nil: undefined });
  const input: fc.Arbitrary<KeyChoiceInput> = fc
    .record({
      accepts: fc.uniqueArray(origin),
      stockDuringFallback: fc.constantFrom("refuse" as const, "serve" as const),
      bits: fc.integer({ min: 8, max: 2000 }),
      insists: fc.option(origin, { nil: undefined }),
      fallback: fc.constantFrom(CALM, CUT),
      levels: fc.record({ qkd: level, relay: level, hybrid: level, pqc: level }),
      canMake: fc.uniqueArray(fc.constantFrom<KeyOrigin>("hybrid", "pqc")),
    })
    .map(({ accepts, stockDuringFallback, bits, insists, fallback, levels, canMake }) => ({
      terms: { accepts, stockDuringFallback },
      wish: { bits, ...(insists && { origin: insists }) },
      fallback,
      // An origin whose level is not known is missing.
      levels: Object.fromEntries(Object.entries(levels).filter(([, bits]) => bits !== undefined)),
      canMake,
    }));

  it("never names an origin that the caller did not accept, nor another than it insists on", () => {
    fc.assert(
      fc.property(input, (given) => {
        const { steps } = keyChoice(given);
        for (const { origin: chosen } of steps ?? []) {
          expect(given.terms.accepts).toContain(chosen);
          expect(given.wish.origin ?? chosen).toBe(chosen);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("never tries stock known to be short, makes nothing that cannot be made, and refuses only where nothing is left", () => {
    fc.assert(
      fc.property(input, (given) => {
        const choice = keyChoice(given);
        if (choice.steps === null) {
          const { terms, wish, fallback, levels, canMake } = given;
          const wanted = terms.accepts.filter((each) => (wish.origin ?? each) === each);
          if (choice.reason === "notAccepted") expect(wanted).toEqual([]);
          if (choice.reason === "stockSpared") {
            expect([fallback.engaged, terms.stockDuringFallback, wanted]).toEqual([true, "refuse", ["qkd"]]);
          }
          if (choice.reason === "exhausted") {
            for (const each of wanted) expect(levels[each]).toBeLessThan(wish.bits);
            expect(wanted.filter((each) => canMake.includes(each))).toEqual([]);
          }
          return;
        }
        expect(choice.steps).not.toEqual([]);
        for (const { origin: chosen, makeMore } of choice.steps) {
          if (makeMore) expect(given.canMake).toContain(chosen);
          else expect(given.levels[chosen] ?? given.wish.bits).toBeGreaterThanOrEqual(given.wish.bits);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
