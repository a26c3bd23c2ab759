import { describe, expect, it } from "vitest";
import type { RelayEffect, RelayInput, RelayProposal, RelayState } from "./relay-state.ts";
import { freshRelay, relayStep } from "./relay-step.ts";
import { blockOfHop, type RelayedBlock, type RelayHop, relayedBlockId } from "./relayed-block.ts";

const pad = (epsilon = 0.1) => ({
  places: [{ sequence: 1, offset: 0, length: 544 }],
  epsilon,
  auth: "information-theoretic" as const,
});

function blockOf(
  nonce: number,
  paths: RelayedBlock["paths"] = [
    ["a", "b", "c"],
    ["a", "c"],
  ],
): RelayedBlock {
  return {
    nonce: nonce.toString(16).padStart(32, "0"),
    sequence: nonce,
    createdAtMs: 1,
    blockBytes: 512,
    epsilon: { secrecy: 0.5, correctness: 0, authentication: 0 },
    auth: "information-theoretic",
    paths,
  };
}

const TRACE = { traceId: "0".repeat(32), spanId: "0".repeat(16) };
const proposalOf = (block: RelayedBlock, leftMs = 2000): RelayProposal => ({
  blockId: relayedBlockId(block),
  block,
  rank: "ordinary",
  leftMs,
  ...TRACE,
});

/** A share as it comes to the node at `position` + 1 of its way. */
function hopOf(block: RelayedBlock, share: number, position: number, more: Partial<RelayHop> = {}): RelayHop {
  const { nonce, sequence, createdAtMs, blockBytes, epsilon, auth, paths } = block;
  const path = paths[share]!;
  return {
    sender: path[position]!,
    receiver: path[position + 1]!,
    blockId: relayedBlockId(block),
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    secrecy: epsilon.secrecy,
    correctness: epsilon.correctness,
    authentication: epsilon.authentication,
    auth,
    shares: paths.map((nodes) => ({ path: nodes })),
    share,
    position,
    rank: "ordinary",
    leftMs: 2000,
    ...TRACE,
    places: pad().places,
    trail: Array.from({ length: position + 1 }, () => ({ epsilon: 0.1, auth })),
    ciphertext: new Uint8Array(position === 0 ? 0 : blockBytes),
    tag: new Uint8Array(16),
    ...more,
  };
}

const heard = (hop: RelayHop, next: "up" | "down" | "notHere" = "up"): RelayInput => ({
  type: "hop",
  from: hop.sender,
  hop,
  text: new Uint8Array(1),
  next,
  leastLeftBytes: 77,
});

const outcome = { failure: null, opened: true, pads: [pad()], heldMs: 0, atMs: 0 } as const;
type Outcome = Partial<Omit<Extract<RelayInput, { type: "committed" }>, "type" | "work">>;

/** Hears a hop and, where that asks for a commit, what it came to. */
function through(
  state: RelayState,
  input: RelayInput,
  more: Outcome = {},
): readonly [RelayState, readonly RelayEffect[]] {
  const [heardState, effects] = relayStep(state, input);
  const [first] = effects;
  if (first?.do !== "commit") return [heardState, effects];
  return relayStep(heardState, { type: "committed", work: first.work, ...outcome, ...more });
}

const kinds = (effects: readonly RelayEffect[]) => effects.map((effect) => effect.do);

describe("the origin", () => {
  const block = blockOf(1);
  const input: RelayInput = { type: "propose", proposal: proposalOf(block), leastLeftBytes: [5, 6] };

  it("takes a pad for each path and enters the block, in one commit before anything leaves", () => {
    const [, effects] = relayStep(freshRelay("a"), input);
    expect(effects).toMatchObject([
      {
        do: "commit",
        commit: {
          open: null,
          take: [
            { neighbour: "b", bytes: 544, leastLeftBytes: 5, auth: "information-theoretic" },
            { neighbour: "c", bytes: 544, leastLeftBytes: 6, auth: "information-theoretic" },
          ],
          enter: {
            acceptor: "c",
            block: { blockId: relayedBlockId(block), origin: "relay" },
            provenance: { paths: block.paths },
          },
        },
      },
    ]);
  });

  it("sends each share once, and nothing where the commit failed", () => {
    const [state, effects] = through(freshRelay("a"), input, { pads: [pad(), pad(0.2)] });
    expect(kinds(effects)).toEqual(["sendHop", "sendHop", "tell", "answer"]);
    expect(effects[1]).toMatchObject({
      to: "c",
      pad: 1,
      share: "pad",
      hop: { position: 0, trail: [{ epsilon: 0.2 }] },
    });
    expect(state.sent).toHaveLength(1);
    for (const failure of ["exhausted", "noRoom"] as const)
      expect(through(freshRelay("a"), input, { failure, pads: [] })).toEqual([
        freshRelay("a"),
        [{ do: "answer", blockId: relayedBlockId(block), failure }],
      ]);
  });

  it("gives up what nobody waits for any more, a minute later whatever was said, and nothing that was decided", () => {
    const patient = { ...input, proposal: proposalOf(block, 1e9) };
    const [state] = through(freshRelay("a"), patient, { pads: [pad(), pad()], atMs: 1000 });
    expect(relayStep(state, { type: "tick", atMs: 60_999 })[1]).toEqual([]);
    const [after, effects] = relayStep(state, { type: "tick", atMs: 61_000 });
    expect([kinds(effects), after.sent]).toEqual([["giveUp"], []]);
    const [decided] = relayStep(state, { type: "decided", blockId: relayedBlockId(block) });
    expect(relayStep(decided, { type: "tick", atMs: 61_000 })[1]).toEqual([]);
  });

  it("gives a block up when one of its hops cannot be sent", () => {
    const [state, effects] = through(freshRelay("a"), input, { pads: [pad(), pad()] });
    const [first] = effects;
    if (first?.do !== "sendHop") throw new Error("nothing was sent");
    const [after, more] = relayStep(state, { type: "unsent", hop: first.hop });
    expect([kinds(more), after.sent]).toEqual([["giveUp", "tell"], []]);
  });
});

describe("a node of the way", () => {
  const block = blockOf(1, [["a", "b", "d", "c"]]);
  const start = freshRelay("b");

  it("opens the pad and takes the next one in one commit", () => {
    const [, effects] = relayStep(start, heard(hopOf(block, 0, 0)));
    expect(effects).toMatchObject([
      {
        do: "commit",
        commit: {
          open: { neighbour: "a" },
          take: [{ neighbour: "d", bytes: 544, leastLeftBytes: 77 }],
          enter: null,
        },
      },
    ]);
    expect(JSON.stringify(effects)).not.toContain("ciphertext");
  });

  it("sends the share on under the next pad, with its own place, trail and the time that is left", () => {
    const [, effects] = through(start, heard(hopOf(block, 0, 0)), { heldMs: 1.2, pads: [pad(0.3)] });
    expect(effects[0]).toMatchObject({
      do: "sendHop",
      to: "d",
      share: "opened",
      pad: 0,
      hop: {
        sender: "b",
        receiver: "d",
        position: 1,
        leftMs: 1998,
        trail: [{ epsilon: 0.1 }, { epsilon: 0.3 }],
      },
    });
    const late = through(start, heard(hopOf(block, 0, 0)), { heldMs: 5000 })[1];
    expect(late[0]).toMatchObject({ hop: { leftMs: 0 } });
  });

  it.each([
    ["exhausted", "exhausted"],
    ["unknown", "padUnknown"],
  ] as const)("tells the origin where the commit ends as %s", (failure, reason) => {
    const [, effects] = through(start, heard(hopOf(block, 0, 0)), { failure, pads: [] });
    expect(effects).toEqual([
      {
        do: "sendRefused",
        to: "a",
        refused: { blockId: relayedBlockId(block), share: 0, position: 1, reason },
      },
    ]);
  });

  it("drops a hop whose pad was opened before, and names the neighbour of a wrong tag", () => {
    expect(through(start, heard(hopOf(block, 0, 0)), { failure: "used", pads: [] })[1]).toEqual([]);
    const [, effects] = through(start, heard(hopOf(block, 0, 0)), { failure: "tagWrong", pads: [] });
    expect(effects).toMatchObject([{ do: "tell", event: { type: "hopTagWrong", neighbour: "a" } }]);
  });

  it.each([
    ["down", "linkDown"],
    ["notHere", "notHere"],
  ] as const)("takes no pad where the next node is %s", (next, reason) => {
    const [, effects] = relayStep(start, heard(hopOf(block, 0, 0), next));
    expect(effects).toMatchObject([{ do: "sendRefused", to: "a", refused: { position: 1, reason } }]);
  });

  it("tells the origin when it could not send", () => {
    const [, effects] = through(start, heard(hopOf(block, 0, 0)));
    const [first] = effects;
    if (first?.do !== "sendHop") throw new Error("nothing was sent");
    expect(relayStep(start, { type: "unsent", hop: first.hop })[1]).toMatchObject([
      { do: "sendRefused", to: "a", refused: { position: 1, reason: "linkDown" } },
    ]);
  });

  it("tells of a neighbour that sends what no honest node sends, and commits nothing", () => {
    const [, effects] = relayStep(start, heard(hopOf(block, 0, 0, { sequence: 9 })));
    expect(effects).toMatchObject([{ do: "tell", event: { type: "lied", node: "a" } }]);
  });
});

describe("the target", () => {
  const block = blockOf(1);
  const start = freshRelay("c");
  const first = () => through(start, heard(hopOf(block, 0, 1)));

  it("keeps a share until the others are there, then offers the block", () => {
    const [waiting, kept] = first();
    expect([kinds(kept), waiting.gathered.length]).toEqual([["keepShare"], 1]);
    const [done, effects] = through(waiting, heard(hopOf(block, 1, 0)));
    expect([kinds(effects), done.gathered]).toEqual([["keepShare", "offer", "tell"], []]);
    expect(effects[1]).toMatchObject({ block: blockOfHop(hopOf(block, 0, 1)) });
  });

  it("does not open a share that it has, and keeps none twice that were opened at once", () => {
    const [waiting] = first();
    expect(relayStep(waiting, heard(hopOf(block, 0, 1)))).toEqual([waiting, []]);
    const { ciphertext, tag, ...hop } = hopOf(block, 0, 1);
    const again: RelayInput = { type: "committed", work: { role: "target", hop }, ...outcome };
    expect(relayStep(waiting, again)).toEqual([waiting, []]);
  });

  it("refuses a block whose pads add up to more than its origin promised", () => {
    const weak = {
      trail: [0.2, 0.2].map((epsilon) => ({ epsilon, auth: "information-theoretic" as const })),
    };
    const [waiting] = through(start, heard(hopOf(block, 0, 1, weak)));
    const [done, effects] = through(
      waiting,
      heard(hopOf(block, 1, 0, { trail: [{ epsilon: 0.2, auth: block.auth }] })),
    );
    expect([kinds(effects), done.gathered]).toEqual([["keepShare", "wipeShares", "sendRefused"], []]);
    const [, fine] = through(waiting, heard(hopOf(block, 1, 0)));
    expect(kinds(fine)).toContain("offer");
  });

  it("waits as long as the origin does, a minute at most", () => {
    const until = (leftMs: number) =>
      through(start, heard(hopOf(block, 0, 1, { leftMs })), { atMs: 10 })[0].gathered[0]?.untilMs;
    expect([until(2000), until(2 ** 32 - 1)]).toEqual([2010, 60_010]);
    const [waiting] = first();
    expect(relayStep(waiting, { type: "tick", atMs: 1999 })[1]).toEqual([]);
    const [after, effects] = relayStep(waiting, { type: "tick", atMs: 2000 });
    expect([kinds(effects), after.gathered]).toEqual([["wipeShares", "tell"], []]);
  });

  it("gathers 64 blocks at once, and opens nothing of another one", () => {
    let state = start;
    for (let nonce = 1; nonce <= 64; nonce += 1) [state] = through(state, heard(hopOf(blockOf(nonce), 0, 1)));
    expect(state.gathered).toHaveLength(64);
    expect(relayStep(state, heard(hopOf(blockOf(65), 0, 1)))).toEqual([state, []]);
    expect(kinds(through(state, heard(hopOf(blockOf(64), 1, 0)))[1])).toContain("offer");
  });

  it("asks the origin for nothing where a pad is not held, and says so", () => {
    const [state, effects] = through(start, heard(hopOf(block, 0, 1)), { failure: "unknown" });
    expect([state, effects]).toMatchObject([
      start,
      [{ do: "sendRefused", to: "a", refused: { position: 2 } }],
    ]);
  });
});
