import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { BlockAgreement } from "../../controller/agreement/block-agreement.ts";
import {
  type DeliveryPolicy,
  type KeyPool,
  MAX_PQC_BLOCK_BYTES,
  PqcKeyMaker,
  type SiteRole,
} from "../../controller/index.ts";
import type { SendMessage } from "../../controller/peer/send-message.ts";
import { newKemPair } from "../../controller/sources/pqc/pqc-key-exchange.ts";
import { createKernels } from "../../kernels/index.ts";
import {
  PEER_MESSAGES,
  type PeerMessage,
  pqcAnswer,
  pqcConfirm,
  pqcOffer,
  pqcWant,
} from "../../protocol/index.ts";
import { client, twoPools, twoSites } from "./delivery-sites.ts";

type Deliver = (kind: number, body: Uint8Array) => Promise<void>;

const PQC_MESSAGES = PEER_MESSAGES.filter(({ owner }) => owner === "pqc");
const bodyOf = <T>(message: PeerMessage<T>, value: T): Uint8Array =>
  Uint8Array.from(Buffer.concat(message.encode(value)));

const { hash } = await createKernels();

/** Two key makers joined by a channel that keeps order and may be tampered with. */
function joinedMakers(
  pools: Record<SiteRole, { readonly pool: KeyPool }>,
  options: {
    targetBits?: number;
    tamper?: (kind: number, body: Uint8Array) => Uint8Array | null;
    linkKeyOfBob?: Uint8Array;
  } = {},
) {
  const inbox: Record<SiteRole, Promise<void>> = { alice: Promise.resolve(), bob: Promise.resolve() };
  const receive: Partial<Record<SiteRole, Deliver>> = {};
  const errors: unknown[] = [];
  const sendFrom =
    (site: SiteRole): SendMessage =>
    async (message, value) => {
      const { kind } = message;
      const body = bodyOf(message, value);
      const passed = options.tamper === undefined ? body : options.tamper(kind, body);
      const to = site === "alice" ? "bob" : "alice";
      if (passed === null) return;
      inbox[to] = inbox[to]
        .then(() => receive[to]?.(kind, passed))
        .catch((error: unknown) => void errors.push(error));
    };
  const make = (site: SiteRole) => {
    const { pool } = pools[site];
    const send = sendFrom(site);
    const agreement = new BlockAgreement({
      end: site === "alice" ? "proposer" : "acceptor",
      linkId: "link",
      hash,
      pool,
      send,
      holdings: () => maker.holdings(),
      onAvailable: () => {},
      onDiscarded: () => {},
      onLost: () => {},
      onClock: () => {},
      failed: (error) => errors.push(error),
    });
    const linkKey = (site === "bob" && options.linkKeyOfBob) || new Uint8Array(32).fill(8);
    const maker: PqcKeyMaker = new PqcKeyMaker({
      site,
      link: { linkId: "link", linkKey },
      pool,
      send,
      checkEveryMs: 20,
      targetBits: options.targetBits ?? 100_000,
      offer: (block) => agreement.store(block),
    });
    receive[site] = async (kind, body) => {
      if (await agreement.receive(kind, body)) return;
      await maker.receive(kind, body);
    };
    return { agreement, maker };
  };
  const sites = { alice: make("alice"), bob: make("bob") };
  const connect = async (): Promise<void> => {
    await Promise.all([sites.alice.agreement.begin(), sites.bob.agreement.begin()]);
    for (const { maker } of [sites.alice, sites.bob]) maker.connected(1);
  };
  const close = (): void => {
    for (const { maker } of [sites.alice, sites.bob]) maker.close();
  };
  return { ...sites, connect, close, errors };
}

const wish = (count: number) => ({
  bits: 256,
  count,
  audience: { master: "a", slave: "b" },
  origin: "pqc" as const,
});

describe("post-quantum key making", () => {
  it("fills both halves at both sites with equal keys of origin pqc", async () => {
    const pools = await twoPools();
    const makers = joinedMakers(pools);
    await makers.connect();
    await Promise.all([makers.alice.maker.fill({ bits: 100_000 }), makers.bob.maker.fill({ bits: 100_000 })]);
    for (const [master, slave] of [
      [pools.alice.pool, pools.bob.pool],
      [pools.bob.pool, pools.alice.pool],
    ] as const) {
      const taken = await master.takeMany(wish(300));
      const ids = taken.map(({ keyId }) => keyId);
      const fetched = await slave.takeByIds(ids, wish(1).audience);
      expect(fetched.map(({ key }) => [...key.reveal()])).toEqual(taken.map(({ key }) => [...key.reveal()]));
      expect(new Set(fetched.map(({ origin }) => origin))).toEqual(new Set(["pqc"]));
      expect(new Set(taken.map(({ key }) => Buffer.from(key.reveal()).toString("hex"))).size).toBe(300);
    }
    expect(makers.errors).toEqual([]);
    makers.close();
    await pools.close();
  });

  it("makes no key across a broken line, and goes on after it", async () => {
    const pools = await twoPools();
    let broken = true;
    const tamper = (kind: number, body: Uint8Array) => (broken && kind === pqcAnswer.kind ? null : body);
    const makers = joinedMakers(pools, { tamper });
    await makers.connect();
    await expect(makers.alice.maker.fill({ bits: 256, timeoutMs: 100 })).rejects.toMatchObject({
      code: "QKD_KEYSTORE_EXHAUSTED",
    });
    for (const site of [makers.alice, makers.bob]) site.maker.connected(null);
    await expect(makers.bob.maker.fill({ bits: 256 })).rejects.toMatchObject({
      code: "QKD_KEYSTORE_EXHAUSTED",
    });
    broken = false;
    await makers.connect();
    await makers.alice.maker.fill({ bits: 256 });
    expect((await pools.alice.pool.takeMany(wish(1)))[0]?.origin).toBe("pqc");
    makers.close();
    await pools.close();
  });

  it.each([
    ["a bit of the public key", pqcOffer.kind, 100],
    ["a bit of the block's time", pqcOffer.kind, 25],
    ["a bit of the ciphertext", pqcAnswer.kind, 100],
    ["a bit of Bob's proof", pqcAnswer.kind, 16 + 2 + 1088],
    ["a bit of Alice's proof", pqcConfirm.kind, 20],
  ])("gives no key to anybody when %s is changed on the way", async (_name, kind, place) => {
    const pools = await twoPools();
    const tamper = (seen: number, body: Uint8Array) => {
      if (seen === kind) body[place] = (body[place] ?? 0) ^ 1;
      return body;
    };
    const makers = joinedMakers(pools, { tamper });
    await makers.connect();
    await expect(makers.bob.maker.fill({ bits: 256, timeoutMs: 100 })).rejects.toMatchObject({
      code: "QKD_KEYSTORE_EXHAUSTED",
    });
    for (const { pool } of [pools.alice, pools.bob]) expect((await pool.status("pqc")).blocks).toBe(0);
    await vi.waitFor(() => expect(makers.errors[0]).toMatchObject({ name: "PeerError" }));
    makers.close();
    await pools.close();
  });

  it("gives no key to a peer without the link's secret", async () => {
    const pools = await twoPools();
    const makers = joinedMakers(pools, { linkKeyOfBob: new Uint8Array(32).fill(9) });
    await makers.connect();
    await expect(makers.alice.maker.fill({ bits: 256, timeoutMs: 100 })).rejects.toMatchObject({
      code: "QKD_KEYSTORE_EXHAUSTED",
    });
    expect(makers.errors[0]).toMatchObject({ code: "QKD_PEER_LIED" });
    expect((await pools.bob.pool.status("pqc")).blocks).toBe(0);
    makers.close();
    await pools.close();
  });

  it("answers malformed, misdirected and hostile messages with typed errors", async () => {
    const pools = await twoPools();
    const { alice, bob, close } = joinedMakers(pools);
    const offer = {
      blockId: "ab".repeat(16),
      sequence: 0,
      createdAtMs: 1,
      blockBytes: 64,
      kem: "ML-KEM-768",
    } as const;
    const hostile: [PqcKeyMaker, number, Uint8Array][] = [
      ...PQC_MESSAGES.flatMap(({ kind }): [PqcKeyMaker, number, Uint8Array][] => [
        [alice.maker, kind, new Uint8Array(3)],
        [bob.maker, kind, new Uint8Array(3)],
      ]),
      [bob.maker, 0x4f, new Uint8Array(0)],
      [bob.maker, pqcWant.kind, bodyOf(pqcWant, { blocks: 1, nextSequence: 0 })],
      [bob.maker, pqcOffer.kind, bodyOf(pqcOffer, { ...offer, publicKey: new Uint8Array(1184).fill(255) })],
      [
        bob.maker,
        pqcOffer.kind,
        bodyOf(pqcOffer, { ...offer, blockBytes: 2 ** 31, publicKey: newKemPair("ML-KEM-768").publicKey }),
      ],
      [
        bob.maker,
        pqcOffer.kind,
        bodyOf(pqcOffer, {
          ...offer,
          blockBytes: MAX_PQC_BLOCK_BYTES + 1,
          publicKey: newKemPair("ML-KEM-768").publicKey,
        }),
      ],
    ];
    for (const [maker, kind, body] of hostile) {
      await expect(maker.receive(kind, body)).rejects.toMatchObject({ name: "PeerError" });
    }
    const stale = { blockId: "cd".repeat(16), ciphertext: new Uint8Array(1088), mac: new Uint8Array(32) };
    expect(await alice.maker.receive(pqcAnswer.kind, bodyOf(pqcAnswer, stale))).toBe(true);
    expect(await alice.maker.receive(0x20, new Uint8Array(1))).toBe(false);
    expect(inspect(alice.maker, { depth: 6, showHidden: true })).not.toContain("<Buffer");
    close();
    await pools.close();
  });
});

describe("delivery in and out of fallback", () => {
  it("serves opted-in callers without a failure while QKD ends and returns; others get 503 with the reason", async () => {
    const held: { ensure?: (bits: number) => Promise<void> } = {};
    const policy: Partial<DeliveryPolicy> = { allowPqcFor: ["sae-listed"], stockDuringFallback: "refuse" };
    const sites = await twoSites({
      policy,
      redeliveryMs: 0,
      morePqc: (bits) => held.ensure?.(bits) ?? Promise.resolve(),
    });
    const makers = joinedMakers(sites.pools, { targetBits: 50_000 });
    held.ensure = (bits) => makers.alice.maker.fill({ bits });
    await makers.connect();
    await sites.pools.fill(64 * 20);
    const enc = "/api/v1/keys/sae-b/enc_keys";
    const dec = "/api/v1/keys/sae-a/dec_keys";
    const a = client(sites.alice.url, sites.authority.ca, await sites.authority.issue("sae-a"));
    const b = client(sites.bob.url, sites.authority.ca, await sites.authority.issue("sae-b"));
    const listed = client(sites.alice.url, sites.authority.ca, await sites.authority.issue("sae-listed"));
    const optIn = { extension_optional: [{ qkdlink_accept_pqc: true }] };
    const origins: string[] = [];
    const askOptedIn = async (): Promise<void> => {
      const taken = await a.post(enc, { ...optIn, number: 3 });
      expect([taken.status, taken.body.keys?.length]).toEqual([200, 3]);
      const key_IDs = taken.body.keys.map(({ key_ID }: { key_ID: string }) => ({ key_ID }));
      const fetched = await b.post(dec, { key_IDs });
      expect(fetched.body.keys).toEqual(taken.body.keys);
      origins.push(taken.body.keys[0].key_extension.qkdlink_origin);
    };

    // Normal service, until the QKD keys run out in the middle of a request: 20 keys, 3 a time.
    for (let ask = 0; ask < 8; ask += 1) await askOptedIn();
    expect(origins).toEqual([...Array(6).fill("qkd"), "pqc", "pqc"]);
    await a.post(enc, { number: 2 });
    const empty = await a.post(enc, {});
    expect([empty.status, empty.headers["retry-after"]]).toEqual([503, "1"]);
    expect(empty.body).toMatchObject({
      message: expect.stringContaining("exhausted"),
      details: [{ qkdlink_reason: "poolExhausted" }],
    });

    // Fallback with QKD keys left: they are spared for callers that insist on them.
    await sites.pools.fill(64 * 20);
    sites.state.fallback = { engaged: true, reason: "linkDown" };
    for (let ask = 0; ask < 3; ask += 1) await askOptedIn();
    expect(origins.slice(8)).toEqual(["pqc", "pqc", "pqc"]);
    const refused = await a.post(enc, {});
    expect([refused.status, refused.body.details]).toEqual([
      503,
      [{ qkdlink_reason: "linkDown", qkdlink_fallback: true }],
    ]);
    expect(refused.body.message).toContain("the quantum link is down");
    const insisting = await a.post(enc, { extension_mandatory: [{ qkdlink_origin: "qkd" }] });
    expect(insisting.body.keys[0].key_extension.qkdlink_origin).toBe("qkd");
    const mandatory = { extension_mandatory: [{ qkdlink_origin: "qkd" }] };
    const wider = { extension_optional: [{ qkdlink_origin: "pqc" }, { qkdlink_accept_pqc: true }] };
    const strict = await a.post(enc, { ...mandatory, ...wider });
    expect(strict.body.keys[0].key_extension.qkdlink_origin).toBe("qkd");
    const refusing = await listed.post(enc, { extension_optional: [{ qkdlink_accept_pqc: false }] });
    expect([refusing.status, refusing.body.keys]).toEqual([503, undefined]);
    expect((await listed.get(enc)).body.keys[0].key_extension.qkdlink_origin).toBe("pqc");
    const only = await a.post(enc, {
      extension_mandatory: [{ qkdlink_origin: "pqc" }, { qkdlink_accept_pqc: true }],
    });
    expect(only.body.keys[0].key_extension.qkdlink_origin).toBe("pqc");
    const { body: status } = await a.get("/api/v1/keys/sae-b/status");
    expect(status.status_extension).toMatchObject({
      qkdlink_fallback: true,
      qkdlink_fallback_reason: "linkDown",
    });
    // What is spared is not counted as this caller's.
    expect(status.stored_key_count).toBe(0);
    const { body: ofListed } = await listed.get("/api/v1/keys/sae-b/status");
    expect(ofListed.stored_key_count).toBeGreaterThan(0);

    // Far more at once than the pool keeps ready: made on demand.
    const many = await a.post(enc, { ...optIn, number: 600 });
    expect([many.status, many.body.keys.length]).toEqual([200, 600]);

    // Cleared: back to QKD keys.
    sites.state.fallback = { engaged: false, reason: null };
    await askOptedIn();
    expect(origins.at(-1)).toBe("qkd");
    expect((await a.post(enc, {})).status).toBe(200);
    for (const each of [a, b, listed]) each.close();
    makers.close();
    await sites.close();
  });

  it("serves what is left to callers that did not opt in, and counts just that in the status", async () => {
    const sites = await twoSites({ redeliveryMs: 0 });
    await sites.pools.fill(64 * 20);
    sites.state.fallback = { engaged: true, reason: "poolExhausted" };
    for (const [site, other] of [
      ["alice", "sae-b"],
      ["bob", "sae-a"],
    ] as const) {
      const caller = client(sites[site].url, sites.authority.ca, await sites.authority.issue("sae"));
      const counted = async () => (await caller.get(`/api/v1/keys/${other}/status`)).body.stored_key_count;
      for (let left = 20; left > 0; left -= 5) {
        expect(await counted()).toBe(left);
        const taken = await caller.post(`/api/v1/keys/${other}/enc_keys`, { number: 5 });
        expect([taken.status, taken.body.keys?.length]).toEqual([200, 5]);
      }
      expect(await counted()).toBe(0);
      const refused = await caller.post(`/api/v1/keys/${other}/enc_keys`, {});
      expect([refused.status, refused.body.details]).toEqual([
        503,
        [{ qkdlink_reason: "poolExhausted", qkdlink_fallback: true }],
      ]);
      caller.close();
    }
    await sites.close();
  });
});
