import { describe, expect, it } from "vitest";
import { LINK_PRESETS } from "../../../../physics/index.ts";
import type { BlockStage } from "../block/block-stage.ts";
import { agreedSettings } from "../settings.ts";
import { dueWaits, type SessionFacts, type WatchedBlock } from "./due-waits.ts";
import { blockLimitMs, waitLimits } from "./wait-limits.ts";

const settings = agreedSettings({
  link: LINK_PRESETS.yuan2018.link,
  blockBits: 24_000,
  epsilonSecrecy: 1e-10,
  epsilonCorrectness: 1e-15,
  maxLeakFraction: 0.4,
});
const limits = waitLimits(settings, 100);
const block = (stage: BlockStage, change: Partial<WatchedBlock> = {}): WatchedBlock => ({
  sequence: 7,
  stage,
  heard: 3,
  sent: 5,
  openedAtMs: 0,
  collectedAtMs: 1000,
  reconciliation: { begun: 2 },
  ...change,
});
const facts = (change: Partial<SessionFacts>): SessionFacts => ({
  site: "alice",
  open: [],
  finishing: [],
  reserveRequests: [],
  offerAwaited: null,
  told: false,
  ...change,
});
/** What is awaited, but for the end of the oldest block. */
const awaited = (change: Partial<SessionFacts>): string[] =>
  dueWaits(facts(change), limits)
    .map((wait) => wait.awaited)
    .filter((name) => name !== "block");

describe("what a site waits for", () => {
  it.each<[BlockStage, string[], string[], Partial<WatchedBlock>?]>([
    [{ at: "sifting", frames: 9, sifted: 2 }, ["sift"], ["siftReply"]],
    [{ at: "sifting", frames: 9, sifted: 5 }, ["sift"], []],
    [{ at: "sifted" }, ["reconcile"], []],
    [{ at: "reconciling", cohorts: 4, settled: 1 }, ["reconciliation"], ["reconciliation"]],
    [{ at: "reconciling", cohorts: 4, settled: 2 }, [], []],
    [{ at: "reconciling", cohorts: 4, settled: 0 }, [], [], { reconciliation: { begun: 0 } }],
    [{ at: "reconciled" }, ["estimates"], []],
    [{ at: "counted" }, ["amplify"], ["amplify"]],
    [{ at: "seeding", seedBytes: 9, filledBytes: 1 }, ["seed"], ["seed"]],
    [{ at: "decided", key: true }, ["tag"], ["tag"]],
  ])("in %j: Alice for %j, Bob for %j", (stage, alice, bob, change = {}) => {
    expect(awaited({ site: "alice", open: [block(stage, change)] })).toEqual(alice);
    expect(awaited({ site: "bob", open: [block(stage, change)] })).toEqual(bob);
  });

  it("at the end of a block: its confirmation, and this site's own hash, one after the other", () => {
    const at = (confirmed: boolean, amplified: boolean, sequence = 7) =>
      block({ at: "amplifying", confirmed, amplified }, { sequence });
    expect(awaited({ finishing: [at(false, true)] })).toEqual(["done"]);
    expect(awaited({ finishing: [at(true, false)] })).toEqual(["amplification"]);
    const due = dueWaits(facts({ finishing: [at(true, false, 7), at(true, false, 8)] }), limits);
    expect(due.map(({ sequence, of }) => [sequence, of])).toEqual([[7, "own"]]);
  });

  it("is never the counts of a block that is not the oldest", () => {
    const open = [block({ at: "sifted" }), block({ at: "reconciled" }, { sequence: 8 })];
    expect(awaited({ open })).toEqual(["reconcile"]);
  });

  it("with nothing under way: a block to be opened, the offer of the other site", () => {
    expect(awaited({ site: "bob", told: true })).toEqual(["agree"]);
    expect(awaited({ offerAwaited: 4 })).toEqual(["offer"]);
    const open = [block({ at: "sifted" })];
    expect(awaited({ site: "bob", told: true, offerAwaited: 4, open })).toEqual([]);
    const finishing = [block({ at: "amplifying", confirmed: true, amplified: true })];
    expect(awaited({ site: "bob", told: true, offerAwaited: 4, finishing })).toEqual([]);
  });

  it("and of this site's reserve, request by request", () => {
    const [wait] = dueWaits(facts({ reserveRequests: [12, 13] }), limits);
    expect(wait).toMatchObject({ awaited: "reserve", mark: "12", of: "own", limitMs: limits.reserveMs });
  });

  it("is marked by what was heard in the block's transcript and by its stage alone", () => {
    const mark = (stage: BlockStage, heard: number) =>
      dueWaits(facts({ open: [block(stage, { heard })] }), limits)[0]?.mark;
    expect(mark({ at: "sifted" }, 3)).toBe(mark({ at: "sifted" }, 3));
    expect(mark({ at: "sifted" }, 4)).not.toBe(mark({ at: "sifted" }, 3));
    expect(mark({ at: "reconciled" }, 3)).not.toBe(mark({ at: "sifted" }, 3));
  });

  it("has the oldest block watched whole, whatever progress it makes", () => {
    const whole = (heard: number) =>
      dueWaits(
        facts({ open: [block({ at: "sifted" }, { heard }), block({ at: "sifted" }, { sequence: 8 })] }),
        limits,
      ).filter((wait) => wait.awaited === "block");
    expect(whole(3)).toHaveLength(1);
    expect(whole(3)).toEqual(whole(9));
    expect(whole(3)[0]).toMatchObject({ sequence: 7, limitMs: 60_000 });
  });
});

describe("the limits of waits", () => {
  it("are those of the table", () => {
    expect(waitLimits(settings, 100).answerMs).toBeCloseTo(2000 + 1000 + 5000 + 2.4, 6);
    expect(waitLimits({ ...settings, blockBits: 1e8 }, 0).answerMs).toBe(17_000);
    expect(waitLimits({ ...settings, blockBits: 1e8 }, 0).amplificationMs).toBe(100_000);
  });

  it("cannot be bought by a late answer", () => {
    expect(waitLimits(settings, 1e6).answerMs).toBe(waitLimits(settings, 1000).answerMs);
  });

  it("give a block four times as long as its frames took, and a minute at least", () => {
    expect(blockLimitMs({ openedAtMs: 1000, collectedAtMs: 31_000 })).toBe(120_000);
    expect(blockLimitMs({ openedAtMs: 1000, collectedAtMs: 2000 })).toBe(60_000);
  });
});
