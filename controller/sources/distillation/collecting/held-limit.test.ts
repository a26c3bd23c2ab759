import { expect, it } from "vitest";
import { LINK_PRESETS, predictLink } from "../../../../physics/index.ts";
import { agreedSettings, blockDetections } from "../settings.ts";
import { blockLimitBytes, heldLimitBytes } from "./held-limit.ts";

const settings = (blockBits: number) =>
  agreedSettings({
    link: LINK_PRESETS.yuan2018.link,
    blockBits,
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-15,
    maxLeakFraction: 0.4,
  });

it("a site holds three blocks, or one and a half seconds of the link where that is more", () => {
  const large = settings(1e8);
  expect(heldLimitBytes("qrx", large)).toBe(Math.ceil((3 * blockDetections(large) * 2) / 8));
  expect(heldLimitBytes("qtx", large)).toBe(Math.ceil((3 * blockDetections(large) * 4) / 8));
  const small = settings(1e5);
  expect(heldLimitBytes("qrx", small)).toBe(Math.ceil((1.5 * predictLink(small.link).clicksPerS * 2) / 8));
});

it("a block ends before two thirds of what either site can hold for three of them", () => {
  const large = settings(1e8);
  expect(blockLimitBytes(large)).toBe(Math.ceil((2 * blockDetections(large) * 4) / 8));
  expect(1.5 * blockLimitBytes(large)).toBeLessThanOrEqual(heldLimitBytes("qtx", large) + 1);
});
