import { describe, expect, it } from "vitest";
import { TwoSites } from "../chain/two-sites.ts";

/** The first keys that Bob's site hands out in a run of its own processes. */
async function firstKeys(seed: number): Promise<string[]> {
  const sites = await TwoSites.start((config) => Object.assign(config, { developmentSeed: `test ${seed}` }), {
    seed,
    speed: "max",
    soloAfterMs: Number.POSITIVE_INFINITY,
  });
  try {
    await sites.site("bob").line((line) => line.type === "keysAdded" && line.origin === "qkd");
    const keys = await sites.client("bob").take("sae-alice", { number: 16 });
    return keys.map(({ key }) => key);
  } finally {
    await sites.stop();
    sites.remove();
  }
}

describe("a development seed", () => {
  it("gives the same keys in two runs, and other keys for another seed", async () => {
    const [first, second, other] = [await firstKeys(5), await firstKeys(5), await firstKeys(6)];
    expect(new Set(first).size).toBe(16);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  }, 120_000);
});
