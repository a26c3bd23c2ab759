import { describe, expect, it } from "vitest";
import type { BlockFacts } from "../pool/key-pool.ts";
import type { AgreementEffect, AgreementInput, AgreementState, BlockProofs } from "./agreement-state.ts";
import { agreementStep, freshAgreement } from "./agreement-step.ts";

const blockId = "ab".repeat(16);
const block = (change: Partial<BlockFacts> = {}): BlockFacts => ({
  blockId,
  origin: "qkd",
  sequence: 7,
  createdAtMs: 1,
  epsilon: { secrecy: 0, correctness: 0, authentication: 0 },
  blockBytes: 1024,
  authBytes: 0,
  keyBytes: 1024,
  state: "pending",
  proposed: true,
  lackBytes: 0,
  storedAtMs: 1,
  release: null,
  fetched: null,
  ...change,
});
/** Tags that say what they prove. */
const proofs = (key = "k"): BlockProofs => ({
  provenance: "p",
  storedTag: (lack) => `stored ${key} ${lack}`,
  releasedTag: (boundary) => `released ${key} ${boundary}`,
});
const claim = (change = {}) => ({
  blockId,
  origin: "qkd" as const,
  sequence: 7,
  provenance: "p",
  lackBytes: 500,
  tag: "stored k 500",
  ...change,
});
const claimed = (type: "stored" | "ask", change: object = {}): AgreementInput => ({
  type,
  claim: claim(),
  block: null,
  proofs: null,
  holdings: { blockIds: [], newest: 9 },
  lost: false,
  ownLackBytes: 500,
  ...change,
});
const finished = (change: Partial<BlockFacts> = {}): AgreementInput => ({
  type: "finished",
  block: block(change),
  proofs: proofs(),
  ownLackBytes: 500,
});

/** Plays inputs one after the other; what the last one brings. */
function play(end: "proposer" | "acceptor", ...inputs: AgreementInput[]): readonly AgreementEffect[] {
  let state: AgreementState = freshAgreement(end);
  let effects: readonly AgreementEffect[] = [];
  for (const input of inputs) [state, effects] = agreementStep(state, input);
  return effects;
}

const release = { boundaryBytes: 512, tag: "released k 512" };
const releases: readonly AgreementEffect[] = [
  { do: "release", blockId, release },
  { do: "sendReleased", claim: { blockId, ...release } },
];
const absent: AgreementEffect = { do: "sendAbsent", blockId };

describe("a proposer", () => {
  it.each(["stored", "ask"] as const)(
    "releases a pending block on a right %s, on disk before it says so",
    (type) => {
      expect(play("proposer", claimed(type, { block: block(), proofs: proofs() }))).toEqual(releases);
    },
  );

  it.each([
    ["another tag", { claim: claim({ tag: "stored k 501" }) }],
    ["a tag of another length", { claim: claim({ tag: "" }) }],
    ["another provenance", { claim: claim({ provenance: "q" }) }],
    ["a lack that the tag does not cover", { claim: claim({ lackBytes: 400 }) }],
    ["the tag of another key", { proofs: proofs("other") }],
  ])("destroys a pending block at both sites on %s", (_, change) => {
    expect(play("proposer", claimed("stored", { block: block(), proofs: proofs(), ...change }))).toEqual([
      { do: "discard", blockId, reason: "tagWrong" },
      absent,
    ]);
  });

  it("splits by what both halves lack, and destroys what neither has room for", () => {
    const split = (own: number, peer: number) => {
      const said = claim({ lackBytes: peer, tag: `stored k ${peer}` });
      const input = claimed("stored", { block: block(), proofs: proofs(), claim: said, ownLackBytes: own });
      const [first] = play("proposer", input);
      return first?.do === "release" ? first.release.boundaryBytes : first;
    };
    expect([split(300, 100), split(1, 1000), split(1000, 1), split(5, 0), split(0, 5)]).toEqual([
      768, 64, 960, 1024, 0,
    ]);
    expect(split(0, 0)).toEqual({ do: "discard", blockId, reason: "noRoom" });
  });

  it.each(["available", "spent"] as const)(
    "answers a released block that is %s by the same bytes",
    (state) => {
      for (const type of ["stored", "ask"] as const)
        expect(play("proposer", claimed(type, { block: block({ state, release }) }))).toEqual([
          { do: "sendReleased", claim: { blockId, ...release } },
        ]);
    },
  );

  it("answers absent for what it destroyed before its release", () => {
    for (const type of ["stored", "ask"] as const)
      expect(play("proposer", claimed(type, { block: block({ state: "spent" }) }))).toEqual([absent]);
  });

  it("calls nothing absent that may have been released before its store went back, but lost", () => {
    for (const type of ["stored", "ask"] as const)
      for (const change of [{ block: block({ state: "quarantined" }) }, { lost: true }])
        expect(play("proposer", claimed(type, change))).toEqual([{ do: "lose", blockId, reason: "lost" }]);
  });

  it("keeps an early claim until the block comes, and releases it then", () => {
    expect(play("proposer", claimed("stored"))).toEqual([]);
    expect(play("proposer", claimed("stored"), finished())).toEqual([{ do: "add", blockId }, ...releases]);
    expect(play("proposer", claimed("stored"), finished(), finished())).toEqual([{ do: "add", blockId }]);
  });

  it("keeps no more than 1,024 early claims, the newest", () => {
    const many = Array.from({ length: 1025 }, (_, index) =>
      claimed("stored", { claim: claim({ blockId: index === 0 ? blockId : index.toString(16) }) }),
    );
    expect(play("proposer", ...many, finished())).toEqual([{ do: "add", blockId }]);
    expect(play("proposer", ...many.slice(0, 1024), finished())).toHaveLength(3);
  });

  it("does not answer an ask while the block's source has it under way", () => {
    const underWay = { holdings: { blockIds: [blockId], newest: 7 } };
    expect(play("proposer", claimed("ask", underWay))).toEqual([]);
    expect(play("proposer", claimed("ask", underWay), finished())).toHaveLength(3);
  });

  it("calls an unknown block absent, and refuses it for good", () => {
    expect(play("proposer", claimed("ask"))).toEqual([absent]);
    expect(play("proposer", claimed("ask"), finished())).toEqual([{ do: "refuse", blockId }]);
    expect(play("proposer", claimed("stored"), claimed("ask"), finished())).toEqual([
      { do: "refuse", blockId },
    ]);
    // A claim that comes afterwards does not bring it back.
    expect(play("proposer", claimed("ask"), claimed("stored"))).toEqual([absent]);
  });

  it("refuses what it called absent also after an older one was asked for", () => {
    const older = claimed("ask", { claim: claim({ blockId: "older", sequence: 3 }) });
    expect(play("proposer", claimed("ask"), older, finished())).toEqual([{ do: "refuse", blockId }]);
  });

  it("refuses what it called absent also after one that was under way then was asked for", () => {
    const asked = claimed("ask", { holdings: { blockIds: ["older"], newest: 9 } });
    const older = claimed("ask", { claim: claim({ blockId: "older", sequence: 3 }) });
    expect(play("proposer", asked, older)).toEqual([{ do: "sendAbsent", blockId: "older" }]);
    expect(play("proposer", asked, older, finished())).toEqual([{ do: "refuse", blockId }]);
  });

  it("refuses what it called absent also after ten thousand others", () => {
    const others = Array.from({ length: 10_000 }, (_, index) =>
      claimed("ask", {
        claim: claim({ blockId: `other ${index}`, sequence: 8 + index }),
        holdings: { blockIds: [], newest: 9 + index },
      }),
    );
    expect(play("proposer", claimed("ask"), ...others, finished())).toEqual([{ do: "refuse", blockId }]);
  });

  it("takes blocks that were under way when another was called absent, and later ones", () => {
    const asked = claimed("ask", { holdings: { blockIds: ["under way"], newest: 9 } });
    for (const change of [
      { blockId: "under way", sequence: 6 },
      { blockId: "later", sequence: 8 },
    ])
      expect(play("proposer", asked, finished(change))).toEqual([{ do: "add", blockId: change.blockId }]);
    expect(play("proposer", asked, finished({ blockId: "dropped", sequence: 5 }))).toEqual([
      { do: "refuse", blockId: "dropped" },
    ]);
    expect(play("proposer", asked, finished({ blockId: "another origin", origin: "pqc" }))).toHaveLength(1);
  });

  it("is not made to refuse what is to come by a number that was never begun", () => {
    const lie = claimed("ask", {
      claim: claim({ sequence: 2 ** 32 - 1 }),
      holdings: { blockIds: [], newest: 6 },
    });
    expect(play("proposer", lie)).toEqual([absent]);
    expect(play("proposer", lie, finished({ blockId: "honest" }))).toEqual([
      { do: "add", blockId: "honest" },
    ]);
  });

  it("destroys a pending block that nobody claims, and nothing else", () => {
    const overdue = (change: Partial<BlockFacts>) =>
      play("proposer", { type: "overdue", block: block(change) });
    expect(overdue({})).toEqual([{ do: "discard", blockId, reason: "overdue" }]);
    for (const change of [{ state: "available" as const, release }, { proposed: false }])
      expect(overdue(change)).toEqual([]);
  });

  it("does nothing on what only an acceptor hears, or of a block that it did not propose", () => {
    const said = { blockId, ...release };
    expect(play("proposer", { type: "released", claim: said, block: block(), proofs: proofs() })).toEqual([]);
    expect(play("proposer", { type: "absent", blockId, block: block() })).toEqual([]);
    expect(
      play("proposer", claimed("stored", { block: block({ proposed: false }), proofs: proofs() })),
    ).toEqual([]);
  });
});

describe("an acceptor", () => {
  const held = (change: Partial<BlockFacts> = {}) => block({ proposed: false, lackBytes: 500, ...change });
  const heard: AgreementEffect = { do: "sendHeard", blockId };
  const released = (change: object = {}, facts: BlockFacts | null = held()): AgreementInput => ({
    type: "released",
    claim: { blockId, ...release, ...change },
    block: facts,
    proofs: proofs(),
  });

  it("stores, and says so; says the same when it asks", () => {
    const said = { do: "sendStored", claim: claim() };
    expect(play("acceptor", finished({ proposed: false, lackBytes: 500 }))).toEqual([
      { do: "add", blockId },
      said,
    ]);
    expect(play("acceptor", { type: "waiting", block: held(), proofs: proofs() })).toEqual([
      { do: "sendAsk", claim: claim() },
    ]);
  });

  it("makes a block available on a right release alone, on disk before it says that it has heard", () => {
    expect(play("acceptor", released())).toEqual([{ do: "release", blockId, release }, heard]);
    for (const state of ["available", "spent"] as const)
      expect(play("acceptor", released({}, held({ state, release })))).toEqual([heard]);
  });

  it.each([
    ["another tag", { tag: "released k 513" }],
    ["a split that the tag does not cover", { boundaryBytes: 480 }],
    ["more than the block", { boundaryBytes: 2048, tag: "released k 2048" }],
  ])("destroys the block and has the other site stop on %s", (_, change) => {
    expect(play("acceptor", released(change))).toEqual([{ do: "lose", blockId, reason: "tagWrong" }, heard]);
  });

  it("refuses a split that contradicts what was fetched while the block was pending", () => {
    const fetched = (past: number) => play("acceptor", released({}, held({ fetched: { first: 0, past } })));
    expect(fetched(512)[0]).toMatchObject({ do: "release" });
    expect(fetched(544)[0]).toEqual({ do: "lose", blockId, reason: "tagWrong" });
  });

  it("has the other site stop handing out a block that it does not know", () => {
    expect(play("acceptor", released({}, null))).toEqual([{ do: "lose", blockId, reason: "lost" }, heard]);
  });

  it("destroys a pending block on absent, and nothing else", () => {
    const absentFor = (facts: BlockFacts | null) =>
      play("acceptor", { type: "absent", blockId, block: facts });
    expect(absentFor(held())).toEqual([{ do: "discard", blockId, reason: "notHeld" }]);
    for (const facts of [null, held({ state: "available", release }), held({ state: "spent", release })])
      expect(absentFor(facts)).toEqual([]);
  });

  it("never gives up a pending block by itself", () => {
    expect(play("acceptor", { type: "overdue", block: held() })).toEqual([]);
  });
});
