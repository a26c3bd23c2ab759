import { expect, it } from "vitest";
import { LINK_PRESETS } from "../../../../physics/index.ts";
import { agreedSettings } from "../settings.ts";
import { authShare, isAuthShare } from "./auth-share.ts";

const settings = (authenticationBytes: number) =>
  agreedSettings({
    link: LINK_PRESETS.yuan2018.link,
    blockBits: 100_000,
    epsilonSecrecy: 1e-10,
    epsilonCorrectness: 1e-15,
    maxLeakFraction: 0.5,
    authenticationBytes,
  });

it("gives a low reserve four times the usual share, a high one none, and never too much of a block", () => {
  const share = (blockBytes: number, bytes = 4096) =>
    (["low", "usual", "high"] as const).map((level) => authShare(settings(bytes), blockBytes, level));
  expect(share(100_000)).toEqual([16_384, 4096, 0]);
  expect(share(8192)).toEqual([4064, 2032, 0]);
  expect(share(128)).toEqual([32, 16, 0]);
  // Beside its tail a block keeps 32 bytes of key: nothing less is one.
  expect([share(100), share(96)]).toEqual([
    [4, 4, 0],
    [0, 0, 0],
  ]);
  expect(share(2 ** 24, 2 ** 24)).toEqual([2 ** 20, 2 ** 20, 0]);
  expect(share(100_000, 0)).toEqual([0, 0, 0]);
});

it("knows the shares that Alice may name", () => {
  const known = (bytes: number) => isAuthShare(settings(4096), 100_000, bytes);
  expect([0, 4096, 16_384].map(known)).toEqual([true, true, true]);
  expect([2, 4094, 16_386, 50_000, 100_000].map(known)).toEqual([false, false, false, false, false]);
});
