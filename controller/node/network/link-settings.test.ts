import { describe, expect, it } from "vitest";
import { LINK_PRESETS } from "../../../physics/index.ts";
import { linkSettings } from "./link-settings.ts";

describe("the block size of a site", () => {
  it.each([
    [
      "is what the file says, where the preset says something else",
      { preset: "yuan2018", blockBits: 3e6 },
      3e6,
    ],
    ["is what the file says, where the preset says nothing", { preset: "t12", blockBits: 3e6 }, 3e6],
    ["is 100 million bits where both say nothing", { preset: "t12" }, 1e8],
  ] as const)("%s", (_name, link, bits) => {
    expect(linkSettings(link).blockBits).toBe(bits);
  });

  it("is the preset's where the file says nothing", () => {
    for (const [preset, { blockBits }] of Object.entries(LINK_PRESETS))
      if (blockBits !== undefined)
        expect(linkSettings({ preset: preset as keyof typeof LINK_PRESETS }).blockBits).toBe(blockBits);
  });
});
