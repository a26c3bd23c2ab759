import { describe, expect, it } from "vitest";
import type { Slot } from "./anchor-codec.ts";
import { type AnchorRecord, eachOrigin, firstRecord, NOWHERE } from "./anchor-record.ts";
import { type AnchorEvent, type AnchorState, closedAnchor, decide } from "./decide.ts";
import { type DatabaseFacts, judgeOpening } from "./judge-opening.ts";
import { keyReach, NO_REACH, padReach } from "./reach.ts";

const STORE = "11".repeat(16);
const HEAD = { number: 9, hash: "99".repeat(32) };
const blank: Slot = { type: "blank" };
const damaged: Slot = { type: "damaged" };
const slot = (record: AnchorRecord): Slot => ({ type: "record", record });

const facts = (more: Partial<DatabaseFacts> = {}): DatabaseFacts => ({
  storeId: STORE,
  generation: 3,
  anchorVersion: 8,
  audit: { number: 20, hash: "20".repeat(32) },
  auditAtRecord: HEAD.hash,
  own: eachOrigin(() => ({ sequence: 5, offset: 100 })),
  last: eachOrigin(() => 7),
  pads: [],
  ...more,
});
const record = (more: Partial<AnchorRecord> = {}): AnchorRecord => ({
  ...firstRecord(STORE),
  version: 8,
  generation: 3,
  audit: HEAD,
  origins: eachOrigin(() => ({
    own: { upTo: { sequence: 5, offset: 200 }, reached: { sequence: 5, offset: 90 } },
    fetched: { upTo: { sequence: 4, offset: 900 }, reached: { sequence: 4, offset: 800 } },
    released: 7,
  })),
  pads: [{ secret: "ab".repeat(16), own: 48, peer: 16, held: false }],
  ...more,
});

describe("the judgement of an opening", () => {
  const clean = record({ clean: true, audit: facts().audit });
  const sound = facts({ auditAtRecord: facts().audit.hash });

  it.each<[kind: string, slots: Slot[], facts: DatabaseFacts | null]>([
    ["fresh", [blank, blank], null],
    ["fresh", [slot(firstRecord(STORE)), blank], null],
    ["fresh", [damaged, blank], null],
    ["emptied", [damaged, damaged], null],
    ["emptied", [damaged, slot(record())], null],
    ["emptied", [slot(record({ origins: firstRecord(STORE).origins })), damaged], null],
    ["clean", [slot(clean), slot(clean)], sound],
    ["clean", [damaged, slot(clean)], sound],
    ["clean", [slot(record({ version: 7 })), slot(clean)], sound],
    ["crashed", [slot(clean), slot(record({ version: 9 }))], facts()],
    ["crashed", [slot(record()), blank], facts()],
    // An opening was committed behind the clean record, and its own record did not come.
    [
      "crashed",
      [slot(clean), slot(clean)],
      { ...sound, generation: 4, audit: { number: 21, hash: "21".repeat(32) } },
    ],
    // The record of an opening whose commit did not come.
    ["crashed", [slot(record({ generation: 4 }))], facts()],
    ["unanchored", [blank, damaged], facts()],
    ["unanchored", [slot(record({ version: 7 }))], facts()],
    ["replaced", [slot(record())], facts({ storeId: "22".repeat(16) })],
    ["rolledBack", [slot(record())], facts({ audit: { number: 8, hash: "" }, auditAtRecord: null })],
    ["rolledBack", [slot(record())], facts({ auditAtRecord: "77".repeat(32) })],
    ["rolledBack", [slot(record({ generation: 5 }))], facts()],
    ["rolledBack", [slot({ ...clean, generation: 4 })], sound],
    ["rolledBack", [slot(record())], facts({ own: eachOrigin(() => ({ sequence: 5, offset: 89 })) })],
    ["rolledBack", [slot(record())], facts({ own: eachOrigin(() => ({ sequence: 4, offset: 999 })) })],
  ])("is %s", (kind, slots, found) => {
    expect(judgeOpening(slots, found).kind).toBe(kind);
  });

  it("takes a dropped entry of the audit log for no evidence", () => {
    expect(judgeOpening([slot(record())], facts({ auditAtRecord: null })).kind).toBe("crashed");
  });
});

const begin = (event: Partial<Extract<AnchorEvent, { type: "open" }>>, leaseBytes = 64) =>
  decide(closedAnchor(leaseBytes), {
    type: "open",
    nowMs: 1000,
    slots: [slot(record()), slot(record())],
    facts: facts(),
    freshStoreId: "33".repeat(16),
    ...event,
  });
const planOf = (event: Parameters<typeof begin>[0]) => {
  const { state } = begin(event);
  if (state.plan === null) throw new Error("no plan");
  return state.plan;
};

describe("the plan of an opening", () => {
  it("burns after a crash what the lease let leave, and nothing of the other site's halves", () => {
    const plan = planOf({});
    expect(plan).toMatchObject({ kind: "crashed", generation: 4, holdPads: false });
    expect(plan.origins.qkd).toMatchObject({
      ownUpTo: { sequence: 5, offset: 200 },
      fetchedUpTo: NOWHERE,
      quarantineUpTo: -1,
      floor: -1,
    });
    expect(plan.pads).toEqual(record().pads);
  });

  it("burns nothing after a clean close", () => {
    const clean = slot(record({ clean: true, audit: facts().audit }));
    const plan = planOf({ slots: [clean, clean], facts: facts({ auditAtRecord: facts().audit.hash }) });
    expect([plan.kind, plan.origins.qkd.ownUpTo]).toEqual(["clean", NOWHERE]);
  });

  it("burns fetched halves and sets aside what was released, where changes are missing for certain", () => {
    const plan = planOf({ facts: facts({ generation: 1 }) });
    expect(plan.origins.qkd).toMatchObject({
      ownUpTo: { sequence: 5, offset: 200 },
      fetchedUpTo: { sequence: 4, offset: 900 },
      quarantineUpTo: 7,
      floor: 7,
    });
    expect(plan.holdPads).toBe(false);
  });

  it("retires all own halves and holds own pads back, where nothing tells what left", () => {
    for (const event of [{ slots: [blank, damaged] }, { facts: facts({ storeId: "44".repeat(16) }) }]) {
      const plan = planOf(event);
      expect(plan.origins.qkd.ownUpTo).toEqual({ sequence: 7, offset: 2 ** 40 });
      expect(plan.holdPads).toBe(true);
    }
  });

  it("keeps numbers and pads of an emptied database from coming again", () => {
    const plan = planOf({ facts: null });
    expect(plan).toMatchObject({ kind: "emptied", storeId: "33".repeat(16), generation: 4, holdPads: false });
    expect(plan.origins.pqc.floor).toBe(7);
    expect(planOf({ facts: null, slots: [damaged, damaged] }).holdPads).toBe(true);
  });
});

const kinds = (effects: readonly { readonly type: string }[]) => effects.map(({ type }) => type);

/** An open store that has used nothing but what its opening burnt. */
function opened(leaseBytes = 64): AnchorState {
  const { state } = begin({}, leaseBytes);
  return decide(state, { type: "opened", nowMs: 2000, head: HEAD, reach: NO_REACH }).state;
}
const work = (state: AnchorState, reach: Parameters<typeof keyReach>[1], nowMs = 3000) =>
  decide(state, { type: "work", nowMs, head: HEAD, reach: keyReach("qkd", reach) });

describe("the order of effects", () => {
  it("commits what an opening burns before the anchor forgets why, and serves last", () => {
    const { state, effects } = begin({ facts: facts({ generation: 1 }) });
    expect(kinds(effects)).toEqual(["commit"]);
    const then = decide(state, { type: "opened", nowMs: 2000, head: HEAD, reach: NO_REACH });
    expect(kinds(then.effects)).toEqual(["anchor", "anchor", "alarm", "deliver"]);
  });

  it("anchors new tables before they are made", () => {
    expect(kinds(begin({ slots: [blank, blank], facts: null }).effects)).toEqual([
      "anchor",
      "anchor",
      "commit",
    ]);
  });

  it("writes both slots before the commit that goes beyond the lease, and none within it", () => {
    const state = opened();
    expect(state.record?.origins.qkd.own.upTo).toEqual({ sequence: 5, offset: 200 });
    expect(kinds(work(state, { own: { sequence: 5, offset: 200 } }).effects)).toEqual(["commit", "deliver"]);
    const beyond = work(state, { own: { sequence: 5, offset: 201 } });
    expect(kinds(beyond.effects)).toEqual(["anchor", "anchor", "commit", "deliver"]);
    expect(beyond.state.record).toMatchObject({
      clean: false,
      version: 10,
      origins: {
        qkd: { own: { upTo: { sequence: 5, offset: 265 }, reached: { sequence: 5, offset: 200 } } },
      },
    });
    const again = work(beyond.state, { own: { sequence: 5, offset: 265 } });
    expect(kinds(again.effects)).toEqual(["commit", "deliver"]);
  });

  it.each([
    ["a fetch", keyReach("pqc", { fetched: { sequence: 8, offset: 32 } })],
    ["a release", keyReach("qkd", { released: 8 })],
    ["an own pad", padReach("ab".repeat(16), { own: 49 })],
    ["the other site's pad", padReach("ab".repeat(16), { peer: 17 })],
    ["own pads that are held back", padReach("ab".repeat(16), { held: true })],
    ["a pad of a secret not seen before", padReach("cd".repeat(16), { own: 0 })],
  ])("writes before the commit of %s", (_name, reach) => {
    const { effects } = decide(opened(), { type: "work", nowMs: 3000, head: HEAD, reach });
    expect(kinds(effects)).toEqual(["anchor", "anchor", "commit", "deliver"]);
  });

  it("writes each use where the lease is nothing", () => {
    const first = work(opened(0), { own: { sequence: 6, offset: 32 } });
    expect(first.state.record?.origins.qkd.own.upTo).toEqual({ sequence: 6, offset: 32 });
    expect(kinds(work(first.state, { own: { sequence: 6, offset: 64 } }).effects)[0]).toBe("anchor");
  });
});

describe("a record", () => {
  it("is exact and clean when the store closes, with what was committed and no more", () => {
    const beyond = work(opened(), { own: { sequence: 6, offset: 32 }, fetched: { sequence: 6, offset: 96 } });
    const reach = keyReach("qkd", { own: { sequence: 6, offset: 32 } });
    const { state } = decide(beyond.state, { type: "committed", reach });
    const closing = decide(state, {
      type: "close",
      nowMs: 5000,
      head: { number: 30, hash: "30".repeat(32) },
    });
    expect(kinds(closing.effects)).toEqual(["anchor", "anchor", "close"]);
    const [effect] = closing.effects;
    expect(effect).toMatchObject({
      record: {
        clean: true,
        lastSeenMs: 5000,
        audit: { number: 30 },
        origins: {
          qkd: {
            own: { upTo: { sequence: 6, offset: 32 }, reached: { sequence: 6, offset: 32 } },
            fetched: { upTo: { sequence: 4, offset: 900 } },
          },
        },
        pads: record().pads,
      },
    });
  });

  it("says no less than the one before, whatever the tables of a rolled-back database say", () => {
    const { state } = begin({ facts: facts({ generation: 1 }) });
    const { record: next } = decide(state, { type: "opened", nowMs: 1, head: HEAD, reach: NO_REACH }).state;
    expect(next?.origins.qkd).toMatchObject({
      own: { upTo: { sequence: 5, offset: 200 } },
      fetched: { upTo: { sequence: 4, offset: 900 } },
      released: 7,
    });
    expect(next).toMatchObject({ generation: 4, version: 9, pads: record().pads });
  });
});
