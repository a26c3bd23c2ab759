import { beforeEach, describe, expect, it } from "vitest";
import type { QkdError } from "../../../errors/index.ts";
import { networkStamp } from "../../../protocol/index.ts";
import { type NetworkStamp, NetworkWord } from "./network-word.ts";

const stamp = (network: string, digit: number): NetworkStamp => {
  const digest = () => new Uint8Array(16).fill(digit);
  return { network, digests: { nodes: digest(), links: digest(), saes: digest(), policies: digest() } };
};
const bodyOf = ({ network, digests }: NetworkStamp) =>
  new Uint8Array(Buffer.concat(networkStamp.encode({ network, ...digests })));

let own: NetworkStamp;
let sent: unknown[];
let failures: QkdError[];
let word: NetworkWord;

beforeEach(() => {
  own = stamp("line", 1);
  sent = [];
  failures = [];
  word = new NetworkWord({
    stamp: () => own,
    neighbour: "b",
    send: async (_message, value) => void sent.push(value),
    failed: (error) => failures.push(error as QkdError),
  });
});

describe("a node's word on its network file", () => {
  it("is said once on each connection, and again when the file changed, and never without one", () => {
    word.say();
    expect(sent).toEqual([]);
    word.connected(1);
    own = stamp("line", 2);
    word.say();
    expect(sent).toEqual([
      { network: "line", ...stamp("line", 1).digests },
      { network: "line", ...own.digests },
    ]);
    word.connected(null);
    word.say();
    expect(sent).toHaveLength(2);
  });

  it("tells a difference once, with the neighbour and the parts, and again after it was over", async () => {
    word.connected(1);
    await word.receive(networkStamp.kind, bodyOf(own));
    expect(failures).toEqual([]);
    for (let times = 0; times < 3; times += 1)
      await word.receive(networkStamp.kind, bodyOf(stamp("line", 2)));
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      [
        "QKD_PEER_NETWORK",
        "node b runs by another network file: they differ in nodes, links, saes, policies",
      ],
    ]);
    await word.receive(networkStamp.kind, bodyOf(own));
    await word.receive(networkStamp.kind, bodyOf(stamp("ring", 1)));
    expect(failures[1]?.message).toContain("it is called line here and ring there");
  });

  it("compares what was heard with a file that this node reads later", async () => {
    word.connected(1);
    await word.receive(networkStamp.kind, bodyOf(own));
    own = stamp("line", 3);
    word.say();
    expect(failures).toHaveLength(1);
  });

  it("passes over messages of others, and refuses one that is malformed", async () => {
    expect(await word.receive(0x97, new Uint8Array(3))).toBe(false);
    await expect(word.receive(networkStamp.kind, new Uint8Array(3))).rejects.toThrow();
    expect(failures).toEqual([]);
  });
});
