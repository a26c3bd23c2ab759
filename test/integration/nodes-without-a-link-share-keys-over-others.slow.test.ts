import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeliveryError } from "../../errors/index.ts";
import { keyTraces } from "../chain/key-search.ts";
import { saeOf, ThreeNodes, takenKey } from "../chain/three-nodes.ts";

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
  });

  it("get none of them where the caller insists on keys of a direct link", async () => {
    const refused = await nodes
      .client("asagiri")
      .take(saeOf("kazahaya"), { origin: "qkd" })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(DeliveryError);
    expect(refused.message).toContain("extension_mandatory");
  });

  it("go on when the node between is killed and comes back", async () => {
    await nodes.process("minase").kill();
    await nodes.launch("minase");
    const asagiri = nodes.process("asagiri");
    const before = asagiri.lines.length;
    for (let taken = 0; taken < 60; taken += 1) await takenKey(nodes, "asagiri", "kazahaya");
    await asagiri.line((line) => relayedKey(line) && asagiri.lines.indexOf(line) >= before);
    const { taken, fetched } = await atBoth("asagiri", "kazahaya");
    expect(fetched?.key).toBe(taken.key);
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

  it("print no key, keep none in the clear, and none is a neighbour's", () => {
    expect(new Set(nodes.keys).size).toBe(nodes.keys.length);
    const printed = new Map(nodes.processes.map(({ pid, output }) => [`process ${pid}`, output]));
    expect(keyTraces(nodes.keys, printed, nodes.root)).toEqual([]);
  });
});
