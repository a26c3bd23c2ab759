import { describe, expect, it } from "vitest";
import { siteChanges } from "./site-changes.ts";
import { siteChangeLine, siteLine } from "./site-lines.ts";
import type { SiteReading } from "./site-reading.ts";

interface Changed {
  readonly health?: object;
  readonly alarms?: readonly { readonly id: string; readonly state?: string; readonly raisedAtMs?: number }[];
}

function reading({ health = {}, alarms = [] }: Changed = {}): SiteReading {
  return {
    health: {
      level: "up",
      reason: null,
      fallback: { engaged: false, reason: null },
      peer: { state: "up" },
      unit: { connection: "online", state: "running" },
      qberZ: 0.0231,
      lossDb: 10.1,
      madeBps: 1.234e6,
      usedBps: 0,
      ...health,
    },
    pool: { stocks: [{ origin: "qkd", ownBits: 4096 }] },
    alarms: {
      alarms: alarms.map((alarm) => ({
        name: alarm.id,
        unit: "qrx",
        level: "bad",
        state: "present",
        raisedAtMs: 1,
        text: "",
        ...alarm,
      })),
    },
  } as unknown as SiteReading;
}

const lines = (before: SiteReading | null, now: SiteReading) => siteChanges(before, now).map(siteChangeLine);

describe("what is new at a site", () => {
  it("is nothing where nothing changed, and at first nothing that is as it should be", () => {
    expect(lines(null, reading())).toEqual([]);
    expect(lines(reading(), reading({ health: { qberZ: 0.03 } }))).toEqual([]);
  });

  it("is what is wrong at first", () => {
    const now = reading({
      health: {
        level: "down",
        reason: "linkDown",
        fallback: { engaged: true, reason: "linkDown" },
        peer: { state: "down" },
      },
      alarms: [{ id: "lossOfSignal" }, { id: "old", state: "remembered" }],
    });
    expect(lines(null, now)).toEqual([
      "link down: linkDown",
      "post-quantum keys serve: linkDown",
      "other site down",
      "alarm lossOfSignal of qrx raised (absolute range)",
    ]);
    expect(lines(now, reading())).toEqual([
      "link up",
      "keys of the link serve again",
      "other site up",
      "alarm lossOfSignal of qrx cleared",
    ]);
  });

  it("is an alarm that was raised anew between two readings", () => {
    const [first, again] = [1, 2].map((raisedAtMs) => reading({ alarms: [{ id: "hot", raisedAtMs }] }));
    expect(lines(first ?? null, again ?? reading())).toEqual(["alarm hot of qrx raised (absolute range)"]);
  });

  it("is a unit that is lost", () => {
    expect(lines(reading(), reading({ health: { unit: { connection: "offline", state: "off" } } }))).toEqual([
      "unit offline, off",
    ]);
  });
});

it("how a site is stands in one line, without what is not known", () => {
  expect(siteLine(reading())).toBe(
    "link up, QBER 2.31 %, loss 10.1 dB, key 1.23 Mbit/s, used 0 bit/s, stock 4096 bit and 0 bit post-quantum, 0 alarms",
  );
  const dark = { level: "down", reason: "linkDown", qberZ: null, lossDb: null, madeBps: null };
  expect(siteLine(reading({ health: dark, alarms: [{ id: "x" }] }))).toBe(
    "link down: linkDown, used 0 bit/s, stock 4096 bit and 0 bit post-quantum, 1 alarms",
  );
});
