import { describe, expect, it } from "vitest";
import { hopFault } from "./hop-fault.ts";
import { proposes } from "./node-order.ts";
import { type RelayedBlock, type RelayHop, relayedBlockId } from "./relayed-block.ts";

const block: RelayedBlock = {
  nonce: "11".repeat(16),
  sequence: 3,
  createdAtMs: 1,
  blockBytes: 512,
  epsilon: { secrecy: 0.25, correctness: 0, authentication: 0 },
  auth: "information-theoretic",
  paths: [["a", "b", "c"]],
};

/** A hop from b to c as an honest node sends it, of this block. */
function hopOf(changes: Partial<RelayedBlock> = {}, more: Partial<RelayHop> = {}): RelayHop {
  const changed = { ...block, ...changes };
  const { nonce, sequence, createdAtMs, blockBytes, epsilon, auth, paths } = changed;
  return {
    sender: "b",
    receiver: "c",
    blockId: relayedBlockId(changed),
    nonce,
    sequence,
    createdAtMs,
    blockBytes,
    secrecy: epsilon.secrecy,
    correctness: epsilon.correctness,
    authentication: epsilon.authentication,
    auth,
    shares: paths.map((path) => ({ path })),
    share: 0,
    position: 1,
    rank: "ordinary",
    leftMs: 2000,
    traceId: "0".repeat(32),
    spanId: "0".repeat(16),
    places: [{ sequence: 1, offset: 0, length: blockBytes + 32 }],
    trail: [
      { epsilon: 0.1, auth: "information-theoretic" },
      { epsilon: 0.1, auth: "information-theoretic" },
    ],
    ciphertext: new Uint8Array(blockBytes),
    tag: new Uint8Array(16),
    ...more,
  };
}

const place = (length: number) => ({ sequence: 1, offset: 0, length });
const weak = { epsilon: 0.1, auth: "computational" as const };
const strong = { epsilon: 0.1, auth: "information-theoretic" as const };
const longWay = ["a", ...Array.from({ length: 15 }, (_, index) => `m${index}`), "b", "c"];

describe("a hop", () => {
  it("as honest nodes send it has no fault", () => {
    expect(hopFault("c", "b", hopOf())).toBeNull();
    expect(hopFault("c", "b", hopOf({ auth: "computational" }, { trail: [weak, strong] }))).toBeNull();
    expect(hopFault("c", "b", hopOf({}, { places: Array.from({ length: 16 }, () => place(34)) }))).toBeNull();
  });

  it.each<[string, string, string, RelayHop]>([
    ["comes from a neighbour that is not its sender", "c", "x", hopOf()],
    ["is for another node", "x", "b", hopOf()],
    ["names another sender", "c", "b", hopOf({}, { sender: "a" })],
    ["names another receiver", "c", "b", hopOf({}, { receiver: "a" })],
    ["stands elsewhere on its way", "c", "b", hopOf({}, { position: 0 })],
    ["has a share that the block has not", "c", "b", hopOf({}, { share: 1 })],
    ["has the id of another block", "c", "b", hopOf({}, { blockId: "00".repeat(16) })],
    ["claims another number under that id", "c", "b", hopOf({}, { sequence: 4 })],
    ["claims another time under that id", "c", "b", hopOf({}, { createdAtMs: 2 })],
    ["claims another bound under that id", "c", "b", hopOf({}, { secrecy: 0.5 })],
    [
      "claims other ways under that id",
      "c",
      "b",
      hopOf({}, { shares: [{ path: ["a", "b", "c"] }, { path: ["a", "c"] }] }),
    ],
    ["has no shares", "c", "b", hopOf({ paths: [] })],
    ["has too many shares", "c", "b", hopOf({ paths: Array.from({ length: 9 }, () => ["a", "b", "c"]) })],
    ["is of a block that is too short", "c", "b", hopOf({ blockBytes: 95 })],
    ["is of a block that is too long", "c", "b", hopOf({ blockBytes: 2 ** 16 + 1 })],
    ["has a bound below 0", "c", "b", hopOf({ epsilon: { secrecy: -1, correctness: 0, authentication: 0 } })],
    ["has a bound above 1", "c", "b", hopOf({ epsilon: { secrecy: 0, correctness: 2, authentication: 0 } })],
    ["is of a block that its acceptor would have to propose", "c", "b", hopOf({ paths: [["d", "b", "c"]] })],
    ["has a way through a node twice", "c", "b", hopOf({ paths: [["a", "b", "c", "b", "c"]] })],
    [
      "has a way that is too long",
      "c",
      "b",
      hopOf({ paths: [longWay] }, { position: 16, trail: Array.from({ length: 17 }, () => strong) }),
    ],
    ["has a way of one node", "c", "b", hopOf({ paths: [["a", "b", "c"], ["a"]] })],
    [
      "has ways with other first nodes",
      "c",
      "b",
      hopOf({
        paths: [
          ["a", "b", "c"],
          ["b", "c"],
        ],
      }),
    ],
    [
      "has ways with other last nodes",
      "c",
      "b",
      hopOf({
        paths: [
          ["a", "b", "c"],
          ["a", "d"],
        ],
      }),
    ],
    ["has a pad of no places", "c", "b", hopOf({}, { places: [] })],
    [
      "has a pad of too many places",
      "c",
      "b",
      hopOf({}, { places: Array.from({ length: 17 }, () => place(32)) }),
    ],
    ["has a pad with an empty place", "c", "b", hopOf({}, { places: [place(544), place(0)] })],
    ["has a pad that is too short", "c", "b", hopOf({}, { places: [place(543)] })],
    ["has a pad that is too long", "c", "b", hopOf({}, { places: [place(545)] })],
    ["has no ciphertext", "c", "b", hopOf({}, { ciphertext: new Uint8Array(0) })],
    ["has a ciphertext of another length", "c", "b", hopOf({}, { ciphertext: new Uint8Array(511) })],
    ["has too short a trail", "c", "b", hopOf({}, { trail: [strong] })],
    ["has too long a trail", "c", "b", hopOf({}, { trail: [strong, strong, strong] })],
    [
      "has a bound below 0 in its trail",
      "c",
      "b",
      hopOf({}, { trail: [strong, { ...strong, epsilon: -0.1 }] }),
    ],
    ["has a weaker pad than the block may have", "c", "b", hopOf({}, { trail: [strong, weak] })],
  ])("is refused where it %s", (_, node, from, hop) => {
    expect(hopFault(node, from, hop)).toMatch(/^an? |^ways /);
  });

  it("of an origin has no ciphertext", () => {
    const first = { sender: "a", receiver: "b", position: 0, trail: [strong] };
    expect(hopFault("b", "a", hopOf({}, { ...first, ciphertext: new Uint8Array(0) }))).toBeNull();
    expect(hopFault("b", "a", hopOf({}, first))).toMatch(/another length/);
  });
});

describe("who proposes", () => {
  it("is the node whose name is smaller by its UTF-8 bytes", () => {
    const pairs = [
      ["a", "b"],
      ["a", "aa"],
      ["Z", "a"],
      ["z", "é"],
      // In UTF-16, as strings of this language compare, the other way round.
      ["\uffee", "\u{10000}"],
    ] as const;
    for (const [smaller, larger] of pairs) {
      expect([smaller, proposes(smaller, larger), proposes(larger, smaller)]).toEqual([smaller, true, false]);
      expect(proposes(smaller, smaller)).toBe(false);
    }
  });
});
