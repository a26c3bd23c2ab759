import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeliveryError } from "../../errors/index.ts";
import { keyTraces } from "../chain/key-search.ts";
import { saeOf, sameAtBoth, ThreeNodes, takenKey } from "../chain/three-nodes.ts";

let nodes: ThreeNodes;

beforeAll(async () => {
  nodes = await ThreeNodes.create();
  await nodes.start();
}, 60_000);

afterAll(async () => {
  await nodes.stop();
  nodes.remove();
});

describe("three nodes in a line", { timeout: 120_000 }, () => {
  it("give neighbours the same keys, in both directions", async () => {
    for (const [from, to] of [
      ["asagiri", "minase"],
      ["minase", "asagiri"],
      ["minase", "kazahaya"],
      ["kazahaya", "minase"],
    ] as const)
      expect(await sameAtBoth(nodes, from, to), `${from} to ${to}`).toBe(true);
  });

  it("give those who insist on them keys made of a quantum and a post-quantum key", async () => {
    const insists = { origin: "hybrid" } as const;
    let taken: { key_ID: string; key: string; key_extension?: object } | undefined;
    await expect
      .poll(
        async () => {
          [taken] = await nodes
            .client("asagiri")
            .take(saeOf("minase"), insists)
            .catch(() => []);
          return taken?.key_extension;
        },
        { timeout: 30_000 },
      )
      .toMatchObject({ qkdlink_origin: "hybrid" });
    const [same] = await nodes.client("minase").fetch(saeOf("asagiri"), [taken!.key_ID]);
    expect(same?.key).toBe(taken!.key);
  });

  it("say why two that no link joins get none", async () => {
    const refused = await nodes
      .client("asagiri")
      .take(saeOf("kazahaya"), {})
      .catch((error) => error);
    expect(refused).toBeInstanceOf(DeliveryError);
    expect(refused.message).toContain("no link joins node asagiri and node kazahaya");
    const unknown = await nodes
      .client("asagiri")
      .take("sae-nobody", {})
      .catch((error) => error);
    expect(unknown.message).toContain("slave_SAE_ID is not known");
  });

  it("name the KME at the other end in each status", async () => {
    const minase = nodes.client("minase");
    expect(await minase.status(saeOf("asagiri"))).toMatchObject({
      source_KME_ID: "kme-minase",
      target_KME_ID: "kme-asagiri",
    });
    expect(await minase.status(saeOf("kazahaya"))).toMatchObject({ target_KME_ID: "kme-kazahaya" });
  });

  it("tell supervisors that they live and whether they are ready", async () => {
    expect(await nodes.told("minase", "/healthz")).toEqual({ status: 200, body: { status: "ok" } });
    const ready = await nodes.told("minase", "/readyz");
    expect(ready).toMatchObject({ status: 200, body: { ready: true } });
    expect((ready.body as { links: object[] }).links).toHaveLength(2);
    expect((await nodes.told("minase", "/nothing")).status).toBe(404);
  });

  it("go on when the one in the middle is killed and comes back", async () => {
    await nodes.process("minase").kill();
    const minase = await nodes.launch("minase");
    const fresh = (link: string) => (line: Readonly<Record<string, unknown>>) =>
      line.type === "keysAdded" && line.origin === "qkd" && line.link === link;
    await Promise.all(["asagiri-minase", "minase-kazahaya"].map((link) => minase.line(fresh(link))));
    expect(await sameAtBoth(nodes, "asagiri", "minase")).toBe(true);
    expect(await sameAtBoth(nodes, "kazahaya", "minase")).toBe(true);
  });

  it("keep one link alive while the other is cut, and serve its stock meanwhile", async () => {
    const minase = nodes.process("minase");
    await nodes.emulators.get("asagiri-minase")?.stop();
    nodes.emulators.delete("asagiri-minase");
    await minase.line((line) => line.type === "linkDegraded" && line.link === "asagiri-minase");
    const before = minase.lines.length;
    await minase.line(
      (line) =>
        line.type === "keysAdded" && line.link === "minase-kazahaya" && minase.lines.indexOf(line) >= before,
    );
    expect(await sameAtBoth(nodes, "minase", "kazahaya")).toBe(true);
    expect((await takenKey(nodes, "asagiri", "minase")).key_ID).toMatch(/^[0-9a-f-]{36}$/);
    expect((await nodes.told("minase", "/healthz")).status).toBe(200);
  });

  it("both name the difference when one runs by another network file, and take files over while they run", async () => {
    const [asagiri, minase] = [nodes.process("asagiri"), nodes.process("minase")];
    const saes = [
      ...(nodes.network.saes ?? []),
      { id: "sae-late", node: "kazahaya", identity: { commonName: "sae-late" } },
    ];
    nodes.writeNetwork("asagiri", { ...nodes.network, saes });
    asagiri.reload();
    await asagiri.line((line) => line.type === "reloaded");
    const differs = (neighbour: string) => (line: Readonly<Record<string, unknown>>) =>
      line.code === "QKD_PEER_NETWORK" &&
      line.message === `node ${neighbour} runs by another network file: they differ in saes`;
    await Promise.all([asagiri.line(differs("minase")), minase.line(differs("asagiri"))]);
    // The connection stands: files are not changed at all nodes at once.
    expect(minase.lines.some(({ type, state }) => type === "peer" && state === "down")).toBe(false);
    const known = await nodes
      .client("asagiri")
      .take("sae-late", {})
      .catch((error) => error);
    expect(known.message).toContain("no link joins node asagiri and node kazahaya");
  });

  it("end within five seconds of SIGTERM", async () => {
    for (const [name, process] of nodes.running) {
      const since = performance.now();
      await process.stop();
      expect(performance.now() - since, name).toBeLessThan(5000);
    }
    nodes.running.clear();
  });

  it("print no key and keep none in the clear", () => {
    expect(nodes.keys.length).toBeGreaterThan(6);
    const printed = new Map(nodes.processes.map(({ pid, output }) => [`process ${pid}`, output]));
    expect(keyTraces(nodes.keys, printed, nodes.root)).toEqual([]);
  });
});
