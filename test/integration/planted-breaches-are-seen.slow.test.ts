import { afterEach, expect, it } from "vitest";
import { BREACHES } from "../mutants/breaches.ts";
import { Campaign } from "../mutants/campaign.ts";
import { sampleOf } from "../mutants/sample.ts";

/** Other breaches each day: what survives shows within weeks, and the whole list is `npm run mutants`. */
const SEED = Math.floor(Date.now() / 86_400_000);
const COUNT = 12;

let campaign: Campaign | undefined;
afterEach(() => campaign?.close());

/** Tests beside the code are done in a second or two each. */
const quick = BREACHES.filter(({ tests }) => tests.every((test) => !test.startsWith("test/")));

it(`a dozen planted breaches (seed ${SEED}) make a test fail, and the tests pass without them`, async () => {
  const sample = sampleOf(quick, COUNT, SEED);
  campaign = new Campaign(2);
  expect(await campaign.baseline(sample)).toBeNull();
  const results = await campaign.run(sample, () => {});
  expect(
    results.filter(({ outcome }) => outcome !== "killed").map(({ breach, by }) => [breach.id, by]),
  ).toEqual([]);
  expect(results).toHaveLength(COUNT);
}, 300_000);

it("a breach that changes nothing that the tests see survives", async () => {
  campaign = new Campaign(1);
  const unseen = {
    id: "trust/unseen",
    file: "trust/der.ts",
    find: "/** One element of DER:",
    replace: "/** An element of DER:",
    meaning: "a comment",
    tests: ["trust/revocation-list.test.ts"],
  };
  const [result] = await campaign.run([unseen], () => {});
  expect(result).toMatchObject({ outcome: "survived" });
}, 60_000);
