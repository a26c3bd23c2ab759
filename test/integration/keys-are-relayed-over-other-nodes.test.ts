import { afterEach, describe, expect, it } from "vitest";
import { relayHop, relayRefused, type SecretBytes } from "../../protocol/index.ts";
import { RelayBench } from "./relay-bench.ts";

const audience = { master: "sae-a", slave: "sae-c" };
let bench: RelayBench;
afterEach(() => bench.dispose());

/** Three nodes in a row, with a fourth beside the middle one. */
async function network(links = ["a-b", "b-c", "a-d", "d-c"]): Promise<RelayBench> {
  bench = new RelayBench(["a", "b", "c", "d"], links);
  await bench.start();
  await bench.fillLinks();
  return bench;
}

const hex = (key: SecretBytes) => Buffer.from(key.reveal()).toString("hex");

/** A key of the pair at the one end, and what the other end gets by its id. */
async function keyOfPair(from: string, to: string): Promise<[string, string]> {
  const [taken] = await bench.pool(from, to).takeMany({ bits: 256, count: 1, audience, origin: "relay" });
  const [fetched] = await bench.pool(to, from).takeByIds([taken!.keyId], audience);
  return [hex(taken!.key), hex(fetched!.key)];
}

const stateAt = async (blockId: string) =>
  Promise.all([bench.pool("a", "c").blockState(blockId), bench.pool("c", "a").blockState(blockId)]);

const hopsOnly = (kind: number) => kind === relayHop.kind;

describe("a block over a node between", () => {
  it("is the same at both ends, and keys of both halves are fetched at the other one", async () => {
    await network();
    const proposal = bench.proposal([["a", "b", "c"]]);
    expect(await bench.node("a").desk.propose(proposal)).toBeNull();
    await bench.settled();
    expect(await stateAt(proposal.blockId)).toEqual(["available", "available"]);
    for (const [from, to] of [
      ["a", "c"],
      ["c", "a"],
    ] as const) {
      const [taken, fetched] = await keyOfPair(from, to);
      expect(fetched).toBe(taken);
    }
    expect(bench.node("b").events).toEqual([
      { type: "passed", to: "c", blockId: proposal.blockId, padBytes: 544 },
    ]);
    expect(bench.node("c").events).toEqual([{ type: "arrived", proposer: "a", blockId: proposal.blockId }]);
  });

  it("of several shares is the same at both ends, and no share of it is it", async () => {
    await network();
    const seen: Uint8Array[] = [];
    bench.onTheWay = (letter) => {
      if (hopsOnly(letter.kind)) seen.push(relayHop.decode(letter.body).ciphertext);
      return [letter];
    };
    const proposal = bench.proposal([
      ["a", "b", "c"],
      ["a", "d", "c"],
    ]);
    expect(await bench.node("a").desk.propose(proposal)).toBeNull();
    await bench.settled();
    expect(await stateAt(proposal.blockId)).toEqual(["available", "available"]);
    const [taken, fetched] = await keyOfPair("a", "c");
    expect(fetched).toBe(taken);
    expect(seen.map(({ length }) => length).sort()).toEqual([0, 0, 512, 512]);
    for (const ciphertext of seen) expect(Buffer.from(ciphertext).toString("hex")).not.toContain(taken);
  });

  it("leaves no pad and no share in memory", async () => {
    await network();
    await bench.node("a").desk.propose(
      bench.proposal([
        ["a", "b", "c"],
        ["a", "d", "c"],
      ]),
    );
    await bench.settled();
    // Two pads at the origin, a pad and an opened body at each node between, two bodies and the block at the target.
    expect(bench.material).toHaveLength(2 + 2 * 2 + 3);
    for (const secret of bench.material) expect(secret.reveal().every((byte) => byte === 0)).toBe(true);
    expect(bench.node("c").desk.gathering).toBe(0);
  });

  it("takes its pads from the same half as keys, each once", async () => {
    await network();
    for (let sequence = 0; sequence < 3; sequence += 1)
      await bench.node("a").desk.propose(bench.proposal([["a", "b", "c"]], { sequence }));
    expect(await bench.node("a").desk.propose(bench.proposal([["a", "b", "c"]], { sequence: 3 }))).toBe(
      "exhausted",
    );
    await bench.settled();
    expect((await bench.pool("a", "b").status("qkd")).availableBits).toBe((2048 - 3 * 544) * 8);
  });
});

describe("a block that does not come through", () => {
  it("is void at its origin when the next node has too little key, which says so", async () => {
    await network();
    await bench.pool("b", "c").takePad({ bytes: 1600, leastLeftBytes: 0, auth: "computational" });
    const { blockId, ...rest } = bench.proposal([["a", "b", "c"]]);
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["spent", "absent"]);
    expect(bench.node("a").events.at(-1)).toEqual({
      type: "refused",
      acceptor: "c",
      blockId,
      path: ["a", "b", "c"],
      at: "b",
      reason: "exhausted",
    });
  });

  it.each(["a-b", "b-c"])("is void at its origin when the link %s has no connection", async (link) => {
    await network();
    bench.down.add(link);
    const { blockId, ...rest } = bench.proposal([["a", "b", "c"]]);
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["spent", "absent"]);
    expect(bench.node("a").events.at(-1)).toMatchObject({ type: "refused", reason: "linkDown" });
  });

  it("is void when nobody hears of it in time, and the shares that came are wiped", async () => {
    await network();
    bench.onTheWay = (letter) => (letter.from === "d" && hopsOnly(letter.kind) ? [] : [letter]);
    const { blockId, ...rest } = bench.proposal(
      [
        ["a", "b", "c"],
        ["a", "d", "c"],
      ],
      { leftMs: 2000 },
    );
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    expect(bench.node("c").desk.gathering).toBe(1);
    bench.steadyMs = 1999;
    for (const name of ["a", "c"]) await bench.node(name).desk.tick();
    expect(await stateAt(blockId)).toEqual(["pending", "absent"]);
    expect(bench.node("c").desk.gathering).toBe(1);
    bench.steadyMs = 2001;
    for (const name of ["a", "c"]) await bench.node(name).desk.tick();
    expect(await stateAt(blockId)).toEqual(["spent", "absent"]);
    expect(bench.node("c").desk.gathering).toBe(0);
    expect(bench.node("c").events).toEqual([{ type: "incomplete", proposer: "a", blockId }]);
  });

  it("is refused by its target when the pads keep no such bound as it promises", async () => {
    await network();
    const { blockId, ...rest } = bench.proposal([["a", "b", "c"]], { epsilon: 1.5e-10 });
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["spent", "absent"]);
    expect(bench.node("a").events.at(-1)).toMatchObject({ type: "refused", at: "c", reason: "bound" });
  });
});

describe("a hostile box in the way", () => {
  it("that changes any part of a hop is noticed, and the alarm names the link", async () => {
    await network();
    let changes = 0;
    for (let at = 0; at < 4; at += 1) {
      bench.onTheWay = (letter) => {
        if (!hopsOnly(letter.kind) || letter.from !== "b") return [letter];
        changes += 1;
        const hop = relayHop.decode(letter.body);
        const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 3 ? byte ^ 4 : byte));
        const changed = [
          { ...hop, ciphertext: flip(hop.ciphertext) },
          { ...hop, tag: flip(hop.tag) },
          { ...hop, leftMs: hop.leftMs + 1 },
          { ...hop, trail: hop.trail.map((pad) => ({ ...pad, epsilon: 0 })) },
        ][at]!;
        return [{ ...letter, body: Uint8Array.from(Buffer.concat(relayHop.encode(changed))) }];
      };
      const { blockId, ...rest } = bench.proposal([["a", "b", "c"]], { sequence: at, blockBytes: 128 });
      await bench.node("a").desk.propose({ blockId, ...rest });
      await bench.settled();
      expect(bench.node("c").events.at(-1)).toEqual({ type: "hopTagWrong", neighbour: "b", blockId });
      expect(await stateAt(blockId)).toEqual(["pending", "absent"]);
    }
    expect(changes).toBe(4);
  });

  it("that repeats hops, at once and later, changes nothing", async () => {
    await network();
    const kept: Parameters<typeof bench.deliver>[0][] = [];
    bench.onTheWay = (letter) => {
      if (!hopsOnly(letter.kind)) return [letter];
      kept.push(letter);
      return [letter, letter];
    };
    const { blockId, ...rest } = bench.proposal([["a", "b", "c"]]);
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["available", "available"]);
    bench.onTheWay = (letter) => [letter];
    for (const letter of kept) bench.deliver(letter);
    await bench.settled();
    expect(bench.node("b").events).toHaveLength(1);
    expect(bench.node("c").events).toHaveLength(1);
    expect((await bench.pool("b", "c").status("qkd")).availableBits).toBe((2048 - 544) * 8);
  });

  it("that says nothing of hops at all is no fault of the messages that are none", async () => {
    await network();
    await expect(bench.node("b").desk.receive("a", relayHop.kind, new Uint8Array(10))).rejects.toMatchObject({
      code: "QKD_PEER_PROTOCOL",
    });
    expect(await bench.node("b").desk.receive("a", 0x40, new Uint8Array(8))).toBe(false);
  });
});

describe("a node of the way that lies", () => {
  it.each([
    [[["a", "b", "c"]]],
    [
      [
        ["a", "b", "c"],
        ["a", "d", "c"],
      ],
    ],
  ])("and changes what it passes on, rightly covered, gets no key accepted: ways %j", async (paths) => {
    await network();
    bench.corrupt.add("b");
    const { blockId, ...rest } = bench.proposal(paths);
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["spent", "spent"]);
    expect(bench.node("a").faults).toMatchObject([{ code: "QKD_PEER_LIED", context: { blockId } }]);
  });

  it("gets nobody's block given up that it is not on the way of", async () => {
    await network();
    bench.onTheWay = (letter) => (letter.kind === relayHop.kind && letter.from === "a" ? [] : [letter]);
    const { blockId, ...rest } = bench.proposal([["a", "b", "c"]]);
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    const said = (share: number, position: number) =>
      Uint8Array.from(Buffer.concat(relayRefused.encode({ blockId, share, position, reason: "exhausted" })));
    for (const [from, share, position] of [
      ["d", 0, 1],
      ["c", 0, 1],
      ["b", 0, 2],
      ["b", 1, 1],
      ["a", 0, 0],
    ] as const) {
      bench.deliver({ from, to: "a", kind: relayRefused.kind, body: said(share, position) });
      await bench.settled();
      expect(await stateAt(blockId)).toEqual(["pending", "absent"]);
    }
    bench.deliver({ from: "b", to: "a", kind: relayRefused.kind, body: said(0, 1) });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["spent", "absent"]);
  });

  it("and says late that it refused takes nothing away", async () => {
    await network();
    const { blockId, ...rest } = bench.proposal([["a", "b", "c"]]);
    await bench.node("a").desk.propose({ blockId, ...rest });
    await bench.settled();
    const body = Uint8Array.from(
      Buffer.concat(relayRefused.encode({ blockId, share: 0, position: 1, reason: "exhausted" })),
    );
    bench.deliver({ from: "b", to: "a", kind: relayRefused.kind, body });
    await bench.settled();
    expect(await stateAt(blockId)).toEqual(["available", "available"]);
  });
});
