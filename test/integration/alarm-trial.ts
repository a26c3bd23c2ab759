import { Subject } from "rxjs";
import { afterAll } from "vitest";
import type { AlarmView, CollectorNews } from "../../controller/index.ts";
import { AlarmCollectors, type AlarmSource } from "../../controller/outlets/collectors/alarm-collectors.ts";
import type { AlarmOptions } from "../../controller/outlets/collectors/alarm-options.ts";

export const ALARM: AlarmView = {
  id: "site.linkDown",
  name: "linkDown",
  unit: "site",
  code: null,
  group: "light",
  meaning: "no light arrives",
  state: "present",
  level: "bad",
  raisedAtMs: 1000,
  clearedAtMs: null,
  times: 1,
  longestMs: 0,
  acknowledged: null,
  text: "",
};

interface Closable {
  readonly close: () => unknown;
}

/** Keeps what the tests of a file open until they have ended: they run side by side. */
export function keeping(): <T extends Closable>(one: T) => T {
  const open: Closable[] = [];
  afterAll(async () => {
    for (const one of open.splice(0).toReversed()) await one.close();
  });
  return (one) => {
    open.push(one);
    return one;
  };
}

/** A site whose alarms the test raises, with one set of collectors. */
export function telling(
  kept: ReturnType<typeof keeping>,
  options: AlarmOptions,
  present: readonly AlarmView[] = [],
) {
  const changes$ = new Subject<{ atMs: number; state: "raised" | "cleared"; alarm: AlarmView }>();
  const news: CollectorNews[] = [];
  const source: AlarmSource = { linkId: "link", node: "kme", changes$, present, now: () => 5000 };
  const collectors = kept(new AlarmCollectors(options, source, (told) => news.push(told)));
  const raise = (name: string) =>
    changes$.next({ atMs: 2000, state: "raised", alarm: { ...ALARM, id: `site.${name}`, name } });
  return { collectors, news, raise };
}
