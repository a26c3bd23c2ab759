import { afterEach, describe, expect, it } from "vitest";
import { relayHop, relayWant } from "../../protocol/index.ts";
import { RelayBench } from "./relay-bench.ts";

let bench: RelayBench;
afterEach(() => bench.dispose());

/** Two ways from a to c: over b, and over d. */
async function network({ shares = 1 } = {}): Promise<RelayBench> {
  bench = new RelayBench(["a", "b", "c", "d"], ["a-b", "b-c", "a-d", "d-c"]);
  await bench.start();
  await bench.fillLinks(16_384);
  await bench.relayBetween("a", "c", { shares });
  return bench;
}

const source = (node: string, other: string) => bench.node(node).sources.get(other)!;
const stock = async (node: string, other: string) =>
  (await bench.pool(node, other).status("relay")).availableBits;
/** How many blocks went over which ways. */
const waysUsed = () => {
  const used: Record<string, number> = {};
  bench.onTheWay = (letter) => {
    if (letter.kind === relayHop.kind) {
      const { shares, share, position } = relayHop.decode(letter.body);
      const ways = shares.map(({ path }) => path.join("")).join();
      if (share === 0 && position === 0) used[ways] = (used[ways] ?? 0) + 1;
    }
    return [letter];
  };
  return used;
};

describe("a pair of nodes that are no neighbours", () => {
  it.each([
    ["a", "c"],
    ["c", "a"],
  ])("gets key where it is asked for: at %s", async (node, other) => {
    await network();
    await source(node, other).fill({ bits: 2048, timeoutMs: 10_000 });
    expect(await stock(node, other)).toBeGreaterThanOrEqual(2048);
  });

  it("goes another way when the first one is refused", async () => {
    await network();
    const used = waysUsed();
    // What b can give is gone since it said what it has.
    await bench.pool("b", "c").takePad({ bytes: 8000, leastLeftBytes: 0, auth: "computational" });
    await source("a", "c").fill({ bits: 1024, timeoutMs: 10_000 });
    expect(used).toEqual({ abc: 1, adc: 1 });
    expect(await bench.pool("a", "c").pending()).toEqual([]);
  });

  it("sends shares over ways without a common node where it is told to", async () => {
    await network({ shares: 2 });
    const used = waysUsed();
    await source("a", "c").fill({ bits: 1024, timeoutMs: 10_000 });
    expect(used).toEqual({ "abc,adc": 1 });
  });

  it("says in time that no key comes, and makes none where there is no way", async () => {
    await network({ shares: 3 });
    const began = source("c", "a").fill({ bits: 256, timeoutMs: 50 });
    await expect(began).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED", retryable: true });
    expect(await bench.pool("a", "c").highestSequence("relay")).toBe(-1);
  });

  it("is kept filled to its target, and no further", async () => {
    await network();
    for (let round = 0; round < 40; round += 1) {
      for (const [node, other] of [
        ["a", "c"],
        ["c", "a"],
      ] as const)
        await source(node, other).keepFilled(0);
      await bench.settled();
      if ((await stock("a", "c")) >= 16_000 && (await stock("c", "a")) >= 16_000) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const full = [await stock("a", "c"), await stock("c", "a")];
    expect(Math.min(...full)).toBeGreaterThanOrEqual(16_000);
    const made = await bench.pool("a", "c").highestSequence("relay");
    for (let round = 0; round < 3; round += 1) await source("a", "c").keepFilled(0);
    await bench.settled();
    expect(await bench.pool("a", "c").highestSequence("relay")).toBe(made);
  });

  it("numbers its blocks after what the other node has, and not after what only a liar can have", async () => {
    await network();
    const want = (nextSequence: number) =>
      Uint8Array.from(
        Buffer.concat(relayWant.encode({ bytes: 64, rank: "ordinary", timeoutMs: 5000, nextSequence })),
      );
    await source("a", "c").receive(relayWant.kind, want(7));
    await source("a", "c").fill({ bits: 256, timeoutMs: 10_000 });
    const highest = () => bench.pool("a", "c").highestSequence("relay");
    expect(await highest()).toBeGreaterThanOrEqual(7);
    await source("a", "c").receive(relayWant.kind, want(2 ** 30));
    await source("a", "c").fill({ bits: (await stock("a", "c")) + 256, timeoutMs: 10_000 });
    expect(await highest()).toBeLessThan(100);
    await expect(source("c", "a").receive(relayWant.kind, want(0))).rejects.toMatchObject({
      code: "QKD_PEER_LIED",
    });
  });
});
