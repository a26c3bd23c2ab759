import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../errors/index.ts";
import type { SharedKey } from "./applications.ts";
import { Filling } from "./filling.ts";
import { NetworkTally } from "./network-tally.ts";

const LINE = {
  nodes: ["a", "b", "c"],
  links: [
    { id: "left", ends: ["a", "b"] },
    { id: "right", ends: ["b", "c"] },
  ],
} as const;
const KEY: SharedKey = { origin: "qkd", route: [], takenMs: 1, same: true };
const added = (link: string, origin = "qkd") => ({ type: "keysAdded", link, origin });
const never = new AbortController().signal;

/** Filling of the line, with what applications are asked for; `share` answers them. */
function filling(share: (from: string, to: string) => SharedKey = () => KEY) {
  const tally = new NetworkTally();
  const asked: string[] = [];
  const fill = new Filling(LINE, tally);
  const done = (withinS: number, signal = never) =>
    fill.done(
      {
        share: async (from: string, to: string) => {
          asked.push(`${from} ${to}`);
          return share(from, to);
        },
      },
      withinS,
      signal,
      () => {},
    );
  return { tally, asked, fill, done };
}

describe("a network", () => {
  it("is filled when either node of each pair has handed out a key that the other one had", async () => {
    const { tally, asked, fill, done } = filling();
    for (const [node, link] of [
      ["a", "left"],
      ["b", "left"],
      ["b", "right"],
      ["c", "right"],
      ["a", "a~c"],
      ["c", "a~c"],
    ] as const)
      fill.heard(node, added(link, link === "a~c" ? "relay" : "qkd"));
    await done(10);
    expect(asked.toSorted()).toEqual(["a b", "a c", "b a", "b c", "c a", "c b"]);
    expect([fill.filled, tally.pairsIdentical, tally.requests]).toEqual([3, 3, 0]);
  });

  it("is not asked for keys of a pair of which one node alone told, nor for post-quantum ones", async () => {
    const { asked, fill, done } = filling();
    fill.heard("a", added("left"));
    for (const node of ["b", "c"]) fill.heard(node, added("right", "pqc"));
    await expect(done(0.01)).rejects.toMatchObject({
      code: "QKD_LINK_FAILED",
      message: "after 0.01 s 3 of 3 pairs have no keys: a b, a c, b c",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    [
      "is refused",
      () => {
        throw new DeliveryError("QKD_DELIVERY_UNAVAILABLE", "no key");
      },
    ],
    ["is not to be had at the other node", () => ({ ...KEY, same: null })],
  ])("asks again for a key that %s", async (_, first) => {
    let times = 0;
    const { asked, fill, done } = filling((from) => (from === "a" && times++ === 0 ? first() : KEY));
    for (const link of ["left", "right", "a~c"])
      for (const node of LINE.nodes.slice(0, 2)) fill.heard(node, added(link));
    await done(10);
    expect(asked).toHaveLength(7);
  });

  it("ends its filling without a word when it is asked to stop", async () => {
    const { done } = filling();
    await expect(done(10, AbortSignal.abort())).resolves.toBeUndefined();
  });
});
