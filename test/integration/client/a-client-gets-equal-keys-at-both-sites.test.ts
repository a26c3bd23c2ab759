import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Etsi014Client, KeyManagerClient } from "../../../client/index.ts";
import { twoSites } from "../delivery-sites.ts";

describe("clients of our own key delivery", () => {
  let sites: Awaited<ReturnType<typeof twoSites>>;
  let alice: KeyManagerClient;
  let bob: KeyManagerClient;
  let wire: Etsi014Client;

  beforeAll(async () => {
    sites = await twoSites({ redeliveryMs: 0 });
    for (let block = 0; block < 4; block += 1) await sites.pools.fill(16_384);
    const tls = async (sae: string) => {
      const { cert, key } = await sites.authority.issue(sae);
      return { cert, key, ca: sites.authority.ca };
    };
    const node = await tls("node:a");
    alice = new KeyManagerClient({ endpoints: [sites.alice.url], tls: node });
    bob = new KeyManagerClient({ endpoints: [sites.bob.url], tls: await tls("node:b") });
    wire = new Etsi014Client({ url: sites.alice.url, tls: node });
  });
  afterAll(async () => {
    for (const client of [alice, bob, wire]) client.close();
    await sites.close();
  });

  it("request a key at one site and fetch it at the other, with its origin and age", async () => {
    const taken = await alice.requestKey({ destinationNode: "b", keySizeBits: 512 });
    if (taken.status !== "available") throw new Error(taken.reason);
    expect(taken).toMatchObject({ origin: "qkd", ageMs: expect.any(Number) });
    expect(taken.keyMaterial).toHaveLength(64);
    const fetched = await bob.fetchKey(taken.keyId.toUpperCase(), { from: "node:a" });
    if (fetched.status !== "available") throw new Error(fetched.reason);
    expect(fetched.keyMaterial.reveal()).toEqual(taken.keyMaterial.reveal());
    expect(fetched.keyId).toBe(taken.keyId);
    await expect(bob.fetchKey(taken.keyId, { from: "node:a" })).rejects.toMatchObject({
      code: "QKD_DELIVERY_BAD_REQUEST",
    });
  });

  it("get a hundred keys at once, each at both sites, none of them twice", async () => {
    const taken = await Promise.all(
      Array.from({ length: 100 }, () => alice.requestKey({ destinationNode: "b" })),
    );
    const fetched = await Promise.all(
      taken.map((one) => bob.fetchKey(one.status === "available" ? one.keyId : "", { from: "node:a" })),
    );
    const shown = (answers: typeof taken) =>
      answers.map((one) =>
        one.status === "available" ? Buffer.from(one.keyMaterial.reveal()).toString("hex") : one,
      );
    expect(shown(fetched)).toEqual(shown(taken));
    expect(new Set(shown(taken)).size).toBe(100);
  });

  it("read the status, and the reason why there is no key", async () => {
    expect(await wire.getStatus("node:b")).toMatchObject({
      sourceKmeId: "kme-alice",
      masterSaeId: "node:a",
      slaveSaeId: "node:b",
      keySizeBits: 256,
      maxSaeIdCount: 0,
    });
    await expect(
      wire.getKeys("node:b", { extensionMandatory: [{ acme_colour: "blue" }] }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/^not all extension_mandatory parameters/) });
    sites.state.fallback = { engaged: true, reason: "linkDown" };
    const { storedKeyCount } = await wire.getStatus("node:b");
    await wire.getKeys("node:b", { number: storedKeyCount ?? 0 });
    const none = await alice.requestKey({ destinationNode: "b" }, { deadlineMs: 200 });
    expect(none).toMatchObject({ status: "unavailable", reason: "linkDown" });
  });
});
