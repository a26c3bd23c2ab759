import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeliveryError } from "../../errors/index.ts";
import { keyTraces } from "../chain/key-search.ts";
import { type MarkedRange, markedRanges, overlaps } from "../chain/marked-ranges.ts";
import { NODES, saeOf, sameAtBoth, ThreeNodes, takenKey } from "../chain/three-nodes.ts";

let nodes: ThreeNodes;
const ROUTE = [["asagiri", "minase", "kazahaya"]];

beforeAll(async () => {
  nodes = await ThreeNodes.create({ relayed: true });
  await nodes.start();
}, 60_000);

afterAll(async () => {
  await nodes.stop();
  nodes.remove();
});

/** A key taken at one end, and what the other end gets by its id. */
async function atBoth(from: "asagiri" | "kazahaya", to: "asagiri" | "kazahaya") {
  const taken = await takenKey(nodes, from, to);
  const [fetched] = await nodes.client(to).fetch(saeOf(from), [taken.key_ID]);
  return { taken, fetched };
}

/** So many keys at once, as soon as they are to be had. */
async function takenKeys(number: number) {
  const client = nodes.client("asagiri");
  const until = performance.now() + 60_000;
  for (;;)
    try {
      const keys = await client.take(saeOf("kazahaya"), { number });
      nodes.keys.push(...keys.map(({ key }) => key));
      return keys;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

const relayedKey = (line: Readonly<Record<string, unknown>>) =>
  line.type === "keysAdded" && line.origin === "relay" && line.link === "asagiri~kazahaya";

describe("two nodes that no link joins", { timeout: 120_000 }, () => {
  it.each([
    ["asagiri", "kazahaya"],
    ["kazahaya", "asagiri"],
  ] as const)("get the same keys over the node between them, and their route: %s to %s", async (from, to) => {
    const { taken, fetched } = await atBoth(from, to);
    expect(fetched).toMatchObject({ key_ID: taken.key_ID, key: taken.key });
    for (const key of [taken, fetched])
      expect(key?.key_extension).toMatchObject({ qkdlink_origin: "relay", qkdlink_route: ROUTE });
  });

  it("say in their status how many keys there are, and by which KME", async () => {
    const status = await nodes.client("asagiri").status(saeOf("kazahaya"));
    expect(status).toMatchObject({ source_KME_ID: "kme-asagiri", target_KME_ID: "kme-kazahaya" });
    expect(status.stored_key_count).toBeGreaterThan(0);
    const { body } = await nodes.told("asagiri", "/status");
    expect(body).toMatchObject({
      pairs: [{ pairId: "asagiri~kazahaya", node: "kazahaya", connected: true }],
    });
  });

  it("get none of them where the caller insists on keys of a direct link", async () => {
    const refused = await nodes
      .client("asagiri")
      .take(saeOf("kazahaya"), { origin: "qkd" })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(DeliveryError);
    expect(refused.message).toContain("extension_mandatory");
  });

  it("have more made for who asks for more than is kept ready", async () => {
    const keys = await takenKeys(96);
    const ids = keys.map(({ key_ID }) => key_ID);
    const fetched = await nodes.client("kazahaya").fetch(saeOf("asagiri"), ids);
    expect(fetched.map(({ key }) => key)).toEqual(keys.map(({ key }) => key));
  });

  it("leave the neighbours of each link their own keys", async () => {
    for (const [from, to] of [
      ["asagiri", "minase"],
      ["minase", "asagiri"],
      ["kazahaya", "minase"],
    ] as const)
      expect(await sameAtBoth(nodes, from, to), `${from} to ${to}`).toBe(true);
  });

  it("leave and join while both run", async () => {
    const asagiri = nodes.process("asagiri");
    const reloaded = (line: Readonly<Record<string, unknown>>, member: string) =>
      line.type === "reloaded" && JSON.stringify(line[member]) === '["asagiri~kazahaya"]';
    let pairs: unknown;
    nodes.changeConfig("asagiri", (config) => {
      pairs = config.pairs;
      delete config.pairs;
    });
    asagiri.reload();
    await asagiri.line((line) => reloaded(line, "left"));
    const refused = await nodes
      .client("asagiri")
      .take(saeOf("kazahaya"), {})
      .catch((error) => error);
    expect(refused.message).toContain("no link joins node asagiri and node kazahaya");
    nodes.changeConfig("asagiri", (config) => void Object.assign(config, { pairs }));
    asagiri.reload();
    await asagiri.line((line) => reloaded(line, "joined"));
    const { taken, fetched } = await atBoth("kazahaya", "asagiri");
    expect(fetched?.key).toBe(taken.key);
  });

  it("go on when the node between is killed and comes back", async () => {
    await nodes.process("minase").kill();
    await nodes.launch("minase");
    const asagiri = nodes.process("asagiri");
    const before = asagiri.lines.length;
    await takenKeys(16);
    await asagiri.line((line) => relayedKey(line) && asagiri.lines.indexOf(line) >= before);
    const { taken, fetched } = await atBoth("asagiri", "kazahaya");
    expect(fetched?.key).toBe(taken.key);
  });

  it("go on when the one that proposes is killed and comes back", async () => {
    await nodes.process("asagiri").kill();
    const asagiri = await nodes.launch("asagiri");
    await asagiri.line(relayedKey);
    for (const [from, to] of [
      ["asagiri", "kazahaya"],
      ["kazahaya", "asagiri"],
    ] as const) {
      const { taken, fetched } = await atBoth(from, to);
      expect(fetched?.key).toBe(taken.key);
    }
  });

  it("are served from stock while the way is cut, and then refused", async () => {
    await nodes.process("minase").kill();
    nodes.running.delete("minase");
    const { taken, fetched } = await atBoth("kazahaya", "asagiri");
    expect(fetched?.key).toBe(taken.key);
    const refused = await nodes
      .client("asagiri")
      .take(saeOf("kazahaya"), { number: 1024 })
      .catch((error) => error);
    expect(refused).toMatchObject({ context: { status: 503 } });
  });

  it("use no byte of a link twice, be it for a key or for a pad, and open each pad that they take once", async () => {
    for (const process of nodes.running.values()) {
      const since = performance.now();
      await process.stop();
      expect(performance.now() - since).toBeLessThan(5000);
    }
    nodes.running.clear();
    const marks = new Map(NODES.map((node) => [node, markedRanges(join(nodes.root, node))]));
    const kinds = (node: (typeof NODES)[number]) => new Set(marks.get(node)?.map(({ event }) => event));
    expect(kinds("asagiri")).toEqual(new Set(["keysTaken", "keysFetched", "padTaken"]));
    expect(kinds("minase")).toEqual(new Set(["keysTaken", "keysFetched", "padTaken", "padOpened"]));
    for (const [node, ranges] of marks) {
      expect(overlaps(ranges), node).toEqual([]);
      expect(overlaps([...ranges, ...ranges.slice(0, 1)]), node).toHaveLength(1);
    }
    const named = (event: MarkedRange["event"], node: (typeof NODES)[number]) =>
      (marks.get(node) ?? [])
        .filter((mark) => mark.event === event)
        .map(({ blockId, first, past }) => `${blockId} ${first} ${past}`);
    // What leaves when a neighbour has just died was taken and is never opened.
    for (const [from, to] of [
      ["asagiri", "minase"],
      ["minase", "kazahaya"],
    ] as const)
      expect(named("padTaken", from)).toEqual(expect.arrayContaining(named("padOpened", to)));
  });

  it("print no key, keep none in the clear, and give none twice", () => {
    expect(new Set(nodes.keys).size).toBe(nodes.keys.length);
    const printed = new Map(nodes.processes.map(({ pid, output }) => [`process ${pid}`, output]));
    expect(keyTraces(nodes.keys, printed, nodes.root)).toEqual([]);
  });
});
