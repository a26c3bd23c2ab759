import { expect, it } from "vitest";
import { canJudge, judge } from "../soak/judgement.ts";
import { soakSvg } from "../soak/plot.ts";
import { soak } from "../soak/soak.ts";

it("half a minute of the small chain is sampled in every process and thread, while keys are taken and fetched", async () => {
  const { series, keys } = await soak(25, 1000);
  expect(keys.differing).toBe(0);
  expect(keys.fetched).toBeGreaterThan(0);
  const names = series.map(({ name }) => name);
  for (const process of ["alice", "bob"]) {
    for (const what of ["rss", "heap", "external", "handles", "timers", "fds"])
      expect(names).toContain(`${process} ${what}`);
    expect(names).toContain(`${process} thread 1 heap`);
  }
  for (const { name, points } of series.filter((each) => /rss|heap|fds/.test(each.name))) {
    expect(points.length, name).toBeGreaterThan(10);
    expect(points.every(({ value }) => value > 0)).toBe(true);
  }
  // Too short to judge growth: that takes `npm run soak`.
  expect(series.some(canJudge)).toBe(false);
  expect(series.filter((each) => judge(each).grows)).toEqual([]);
  const drawn = soakSvg(series).match(/<polyline points="[^"]+"/g);
  expect(drawn).toHaveLength(names.filter((name) => !name.includes("thread")).length);
}, 120_000);
