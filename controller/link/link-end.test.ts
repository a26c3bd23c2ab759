import { NEVER, Subject } from "rxjs";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Transceiver, TransceiverState } from "../../drivers/index.ts";
import { LINK_PRESETS } from "../../physics/index.ts";
import type { ControllerEvent } from "../events.ts";
import { DEFAULT_FALLBACK_POLICY } from "../policy/fallback/fallback-policy.ts";
import { DEFAULT_HEALTH_POLICY } from "../policy/health/health-settings.ts";
import { expectationOf } from "../policy/health/link-expectation.ts";
import type { DistilledSource } from "../sources/distillation/host/distilled-source.ts";
import { steadyMs } from "../steady-time.ts";
import { LinkEnd } from "./link-end.ts";
import { LinkWatch } from "./link-watch.ts";

const expected = expectationOf(LINK_PRESETS.yuan2018.link);
const HOUR_MS = 3600_000;

/** One end of a link whose device is played, and what its watch makes of it. */
function end() {
  const state$ = new Subject<TransceiverState>();
  const events: ControllerEvent[] = [];
  const watch = new LinkWatch({ ...DEFAULT_HEALTH_POLICY, expected }, DEFAULT_FALLBACK_POLICY, {
    publish: (event) => events.push(event),
    engage: () => {},
  });
  const device = {
    rawKeys$: NEVER,
    state$,
    health$: NEVER,
    start: async () => {},
    stop: () => new Promise<void>(() => {}),
  };
  const source = { consumed$: NEVER, reports$: NEVER, dropped$: NEVER, failures$: NEVER };
  const link = new LinkEnd(device as unknown as Transceiver, source as unknown as DistilledSource, watch, {
    degraded: () => {},
    failed: () => {},
  });
  link.join();
  const tick = () => watch.tell({ type: "tick", atMs: steadyMs() });
  return { state$, events, tick, watch, link };
}

afterEach(() => vi.useRealTimers());

describe("one end of a link", () => {
  it.each([
    ["forward", HOUR_MS],
    ["back", -HOUR_MS],
  ])("raises nothing and clears nothing when the clock is set %s by an hour", (_, stepMs) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { state$, events, tick } = end();
    state$.next("online");
    // A trouble that has just begun, and would be raised if it had lasted an hour.
    state$.next("reconnecting");
    vi.setSystemTime(Date.now() + stepMs);
    state$.next("reconnecting");
    tick();
    expect(events).toEqual([]);
  });

  it("raises a trouble in its time although the clock was set back", () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const { state$, events, tick } = end();
    state$.next("online");
    state$.next("reconnecting");
    vi.setSystemTime(Date.now() - HOUR_MS);
    tick();
    vi.advanceTimersByTime(DEFAULT_HEALTH_POLICY.raiseMs + 1000);
    state$.next("reconnecting");
    expect(events).toContainEqual(expect.objectContaining({ type: "linkDegraded", reason: "linkDown" }));
  });

  it("does not wait for ever for a device that does not answer its stop", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { link } = end();
    let closed = false;
    void link.close().then(() => (closed = true));
    await vi.advanceTimersByTimeAsync(1400);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(closed).toBe(true);
  });
});
