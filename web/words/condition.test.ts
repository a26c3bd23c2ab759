import { describe, expect, it } from "vitest";
import type { HealthView, LiveView, SiteView } from "../../controller/outlets/api/index.ts";
import { conditionOf } from "./condition.ts";

const NOW = Date.UTC(2026, 10, 30, 14, 42, 7);
const site = { built: { blockS: 5, secretKeyRateBps: 4e5 }, startedAtMs: NOW - 3_600_000 } as SiteView;
const live = (health: Partial<HealthView> = {}, ownBits = 1e6): LiveView =>
  ({
    health: {
      atMs: NOW,
      level: "up",
      reason: null,
      sinceMs: NOW - 600_000,
      fallback: { engaged: false, reason: null, sinceMs: null },
      peer: { state: "up", sinceMs: 0 },
      madeBps: 4e5,
      usedBps: 1e5,
      lastKeyAtMs: NOW - 1000,
      noKey: false,
      ...health,
    },
    pool: { stocks: [{ origin: "qkd", ownBits, peerBits: 0, halfBits: 1e7 }], lastsS: 10, drainsInS: null },
  }) as unknown as LiveView;
const told = (value: LiveView, heardAtMs: number | null = null) => conditionOf(site, value, heardAtMs);

describe("the answer", () => {
  it("is quantum keys while they flow", () => {
    expect(told(live())).toMatchObject({
      standing: "ok",
      word: "Operating",
      keys: "quantum",
      answer: "Quantum keys",
    });
    expect(told(live()).lasts).toEqual(["10", "s"]);
  });

  it("never stands green once the site was not heard for some seconds", () => {
    expect(told(live(), NOW - 9000)).toMatchObject({
      standing: "unk",
      word: "Unknown",
      keys: "none",
      lasts: ["?"],
    });
    expect(told(live(), NOW - 9000).why).toContain("14:41:58");
  });

  it("calls post-quantum keys post-quantum, with cause and time", () => {
    const engaged = { fallback: { engaged: true, reason: "poolExhausted", sinceMs: NOW - 60_000 } };
    const answer = told(live({ ...engaged, level: "down", reason: "linkDown" }));
    expect(answer).toMatchObject({
      standing: "bad",
      word: "Fallback",
      answer: "Post-quantum keys",
      lasts: ["No limit"],
    });
    expect(answer.why).toContain("ML-KEM-768 since 14:41:07");
    expect(told(live({ ...engaged, peer: { state: "down", sinceMs: 0 } })).lasts).toEqual(["Stock only"]);
  });

  it("tells a cut whose stock serves from one without stock", () => {
    const down = { level: "down", reason: "linkDown" } as const;
    expect(told(live(down))).toMatchObject({ standing: "bad", answer: "Quantum keys, from stock" });
    expect(told(live(down, 0))).toMatchObject({ standing: "bad", answer: "No keys", keys: "none" });
  });

  it("is amber where key is missing, readings are out of range, and before the first key", () => {
    expect(told(live({ noKey: true }))).toMatchObject({ standing: "warn", word: "Degraded" });
    expect(told(live({ level: "degraded" })).why).toContain("out of their range");
    expect(told(live({ lastKeyAtMs: null }, 0))).toMatchObject({ standing: "warn", answer: "No keys yet" });
  });
});
