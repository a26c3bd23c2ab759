import { expect, it } from "vitest";
import { fuzzCampaign } from "../fuzz/engine/fuzz-campaign.ts";
import { FUZZ_TARGETS, keptInputs, moduleOf } from "../fuzz/fuzz-targets.ts";

/** A minute for all targets together, with a fixed seed; `npm run fuzz` takes ten minutes for each. */
const SECONDS = 60 / FUZZ_TARGETS.length;

it.each(FUZZ_TARGETS)(
  "%s: no input crashes, hangs, or is accepted and written as something else",
  async (name) => {
    const kept = [...keptInputs(name).values()];
    const result = await fuzzCampaign({
      name,
      module: moduleOf(name),
      kept,
      seconds: SECONDS,
      seed: 20261129,
    });
    expect(result.findings.map(({ text }) => text)).toEqual([]);
    expect(result.runs).toBeGreaterThan(50);
  },
  60_000,
);
