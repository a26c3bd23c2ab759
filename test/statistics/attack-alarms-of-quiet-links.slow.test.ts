import { expect, it } from "vitest";
import { raisedOverQuietLinks } from "./quiet-links.ts";

it("a quiet link raises nothing in 50 runs", async () => {
  expect(await raisedOverQuietLinks(50)).toEqual([]);
}, 120_000);
