import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCut } from "./cut-run.ts";
import { StoreDay } from "./store-day.ts";
import { HARMS } from "./store-harms.ts";

/** A day of a store, stopped after every `stride`th effect; the moments of the harms are shifted against each other. */
export function cutEverywhere(stride: number): void {
  let root: string;
  let day: StoreDay;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "qkdlink-day-"));
    day = new StoreDay(root);
  }, 60_000);
  afterAll(() => rmSync(root, { recursive: true }));

  it.each(HARMS.map((harm, number) => [harm.name, harm, number] as const))(
    "gives nothing twice and loses no more than it may, when what befalls it is: %s",
    (_name, harm, number) => {
      let harmed = 0;
      for (let at = number % stride; at < day.cuts.length; at += stride) {
        const cut = day.cuts[at];
        if (cut === undefined) continue;
        try {
          if (runCut(day, cut, harm)) harmed += 1;
        } catch (error) {
          throw new Error(`stopped at ${cut.name}`, { cause: error });
        }
      }
      expect(harmed).toBeGreaterThan(day.cuts.length / stride / 3);
    },
    200_000,
  );
}
