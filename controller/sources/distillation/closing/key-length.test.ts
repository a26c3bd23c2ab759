import { describe, expect, it } from "vitest";
import { expectedCounts, LINK_PRESETS, predictLink } from "../../../../physics/index.ts";
import { LeakLedger } from "../reconciliation/leak-ledger.ts";
import { agreedSettings } from "../settings.ts";
import { frameChoices } from "../sifting/frame-choices.ts";
import { BlockCounts } from "./block-counts.ts";
import { decideKey } from "./key-length.ts";

const { link } = LINK_PRESETS.yuan2018;
const settings = agreedSettings({
  link,
  blockBits: 1e7,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.5,
});

function decide(choices: number, collisionBound = 1e-30) {
  const mean = expectedCounts(link, 2.6e8, predictLink(link));
  const counts = new BlockCounts();
  counts.addSent(mean.sent.map(Math.round));
  for (const basis of [0, 1] as const) {
    const from = 3 * basis;
    counts.addSifted(basis, mean.sifted.slice(from, from + 3).map(Math.round));
    counts.addErrors(basis, mean.errors.slice(from, from + 3).map(Math.round));
  }
  const ledger = new LeakLedger();
  ledger.parities(Math.round(0.165 * counts.siftedOf(0)));
  ledger.tag(128);
  return decideKey(settings, counts, ledger, collisionBound, choices);
}

describe("the decision on a block", () => {
  it("pays for frames that were left out once their bases were known, a little for one, all for half of them", () => {
    const none = decide(frameChoices(100, 0));
    const one = decide(frameChoices(99, 1));
    const many = decide(frameChoices(80, 20));
    const half = decide(frameChoices(700, 700));
    expect(none.secretBits).toBeGreaterThan(1e6);
    expect(one.secretBits).toBeLessThan(none.secretBits);
    expect(one.secretBits).toBeGreaterThan(0.95 * none.secretBits);
    expect(many.secretBits).toBeLessThan(0.95 * none.secretBits);
    expect(many.secretBits).toBeGreaterThan(0);
    expect([half.secretBits, half.boundBits, half.reason]).toEqual([0, 0, "noSecretKey"]);
  });

  it("gives no key where verification misses the agreed correctness", () => {
    expect(decide(2, 1e-14)).toMatchObject({ secretBits: 0, reason: "correctnessBound" });
  });
});
