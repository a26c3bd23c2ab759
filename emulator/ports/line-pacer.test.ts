import { describe, expect, it } from "vitest";
import { LinePacer } from "./line-pacer.ts";

describe("the line pacer", () => {
  it("grants nothing in the instant that a line turns busy", () => {
    expect(new LinePacer(1000).grant(10, 5)).toBe(0);
  });

  it("keeps the average rate whatever the caller's timer does", () => {
    const pacer = new LinePacer(960);
    let sent = 0;
    let now = 0;
    for (const late of Array.from({ length: 400 }, (_, i) => 1 + ((i * 7) % 13))) {
      sent += pacer.grant(1_000_000, now);
      now += late;
    }
    sent += pacer.grant(1_000_000, now);
    expect(sent).toBe(Math.floor((now * 960) / 1000));
  });

  it("saves nothing up while idle", () => {
    const pacer = new LinePacer(1000);
    pacer.grant(5, 0);
    expect(pacer.grant(5, 5)).toBe(5);
    pacer.grant(0, 5);
    expect(pacer.grant(100, 10_000)).toBe(0);
    expect(pacer.grant(100, 10_003)).toBe(3);
  });

  it("does not make up for a long stall in one burst", () => {
    const pacer = new LinePacer(1000);
    pacer.grant(1_000_000, 0);
    expect(pacer.grant(1_000_000, 60_000)).toBe(250);
    expect(pacer.grant(1_000_000, 60_001)).toBe(1);
  });

  it("says when to come back", () => {
    const pacer = new LinePacer(100);
    pacer.grant(3, 0);
    expect(pacer.waitMs(0)).toBe(10);
    expect(pacer.grant(3, 10)).toBe(1);
  });
});
