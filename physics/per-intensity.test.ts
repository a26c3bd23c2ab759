import { expect, it } from "vitest";
import { perIntensity } from "./per-intensity.ts";

it("makes one value for each intensity, in the order u, v, w", () => {
  const intensities = [0.4, 0.1, 0.0007] as const;
  expect(perIntensity((k) => 2 * intensities[k])).toEqual([0.8, 0.2, 0.0014]);
});
