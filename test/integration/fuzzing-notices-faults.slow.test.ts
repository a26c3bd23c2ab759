import { describe, expect, it } from "vitest";
import { fuzzCampaign } from "../fuzz/engine/fuzz-campaign.ts";
import type { FuzzTarget } from "../fuzz/fuzz-target.ts";
import { FUZZ_TARGETS, keptInputs, moduleOf } from "../fuzz/fuzz-targets.ts";

const planted = (name: string) => new URL(`../fuzz/planted/${name}.ts`, import.meta.url).href;
const drive = (name: string, hangMs: number) =>
  fuzzCampaign({ name, module: planted(name), seconds: 8, seed: 1, hangMs, mostFindings: 2 });

describe("the fuzzer", () => {
  it("finds an untyped error and bytes that are written as others, and passes typed refusals over", async () => {
    const { findings } = await drive("planted-faults", 10_000);
    expect(findings.map(({ text }) => text.split("\n")[0]).sort()).toEqual([
      expect.stringMatching(
        /^Error: a planted message of \d+ bytes is accepted and written as other 1 bytes$/,
      ),
      "RangeError: reads past its end",
    ]);
  }, 40_000);

  it("ends an input that hangs, and names it", async () => {
    const { findings } = await drive("planted-hang", 500);
    expect(findings).toMatchObject([{ text: "the input is not done with after 500 ms" }]);
    expect((findings[0]?.input[0] ?? 1) & 15).toBe(0);
  }, 40_000);

  it("notices an error that comes out of a timer", async () => {
    const { findings } = await drive("planted-late-error", 10_000);
    expect(findings).toMatchObject([{ text: expect.stringContaining("TypeError: fails in a timer") }]);
  }, 40_000);
});

describe.each(FUZZ_TARGETS)("%s", (name) => {
  it("reads every seed and every kept input without a fault", async () => {
    const { target } = (await import(moduleOf(name))) as { readonly target: FuzzTarget };
    const seeds = target.seeds();
    expect(seeds.length).toBeGreaterThan(0);
    try {
      for (const input of [...seeds, ...keptInputs(name).values()]) await target.run(Uint8Array.from(input));
    } finally {
      await target.close?.();
    }
  }, 40_000);
});
