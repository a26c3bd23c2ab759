import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type KemName,
  type PeerMessage,
  type PeerValueOf,
  pqcAnswer,
  pqcConfirm,
  pqcOffer,
  pqcWant,
} from "../../../protocol/index.ts";
import type { KeyPool, NewBlock } from "../../pool/key-pool.ts";
import { answerOffer, newKemPair, openAnswer } from "./pqc-key-exchange.ts";
import { PqcKeyMaker } from "./pqc-key-maker.ts";

const link = { linkId: "link-1", linkKey: new Uint8Array(32).fill(7) };
let lackBits = 2 ** 30;
/** How often a maker has looked at the pool. */
let looks = 0;
const looksMore = (times: number) => {
  const enough = looks + times;
  return expect.poll(() => looks).toBeGreaterThanOrEqual(enough);
};
/** Blocks of the pool below that wait for the other site. */
const pending: { origin: string }[] = [];
const pool = {
  status: async () => {
    looks += 1;
    return { availableBits: 0, lackBits };
  },
  highestSequence: async () => 0,
  blockState: async () => "available",
  pending: async () => {
    looks += 1;
    return pending;
  },
} as unknown as KeyPool;

const makers: PqcKeyMaker[] = [];
afterEach(async () => {
  for (const maker of makers.splice(0)) await maker.close();
  pending.length = 0;
});

/** A maker whose store begins to read a block only when told: another write is under way. */
function maker(site: "alice" | "bob") {
  const sent: { readonly kind: number; readonly body: Uint8Array }[] = [];
  const stored: string[] = [];
  const idle = Promise.withResolvers<void>();
  const made = new PqcKeyMaker({
    site,
    link,
    pool,
    keepReady: false,
    checkEveryMs: 5,
    send: async <T>(message: PeerMessage<T>, value: T) => {
      sent.push({ kind: message.kind, body: Buffer.concat(message.encode(value)) });
    },
    offer: async ({ key }: NewBlock) => {
      await idle.promise;
      stored.push(Buffer.from(key.reveal()).toString("hex"));
      return true;
    },
  });
  makers.push(made);
  made.connected(1);
  return { made, sent, stored, storeIsIdle: () => idle.resolve() };
}

function anOffer(sequence: number, kem: KemName = "ML-KEM-768") {
  const { privateKey, publicKey } = newKemPair(kem);
  const offer: PeerValueOf<typeof pqcOffer> = {
    blockId: sequence.toString(16).padStart(32, "0"),
    sequence,
    createdAtMs: 1,
    blockBytes: 96,
    kem,
    publicKey,
  };
  return { offer, privateKey, body: Buffer.concat(pqcOffer.encode(offer)) };
}

/** Bob has answered an offer, and the confirmation waits for his store. */
async function confirming() {
  const bob = maker("bob");
  const { offer, privateKey, body } = anOffer(1);
  await bob.made.receive(pqcOffer.kind, body);
  const answer = pqcAnswer.decode(bob.sent[0]?.body ?? new Uint8Array());
  const keys = openAnswer(link, offer, privateKey, answer.ciphertext);
  const confirm = Buffer.concat(pqcConfirm.encode({ blockId: offer.blockId, mac: keys.aliceProof }));
  const confirmed = bob.made.receive(pqcConfirm.kind, confirm);
  return { bob, confirm, confirmed, key: Buffer.from(keys.block).toString("hex") };
}

describe("a block whose proof was right", () => {
  it.each([
    ["the connection ends", async ({ made }: { made: PqcKeyMaker }) => made.connected(null)],
    [
      "another round begins",
      ({ made }: { made: PqcKeyMaker }) => made.receive(pqcOffer.kind, anOffer(2).body),
    ],
  ])("is stored as it is when, while the store is busy, %s", async (_, meanwhile) => {
    const { bob, confirmed, key } = await confirming();
    await meanwhile(bob);
    bob.storeIsIdle();
    await confirmed;
    expect(bob.stored).toEqual([key]);
  });

  it("is stored once where the confirmation comes twice", async () => {
    const { bob, confirm, confirmed, key } = await confirming();
    const again = bob.made.receive(pqcConfirm.kind, confirm);
    bob.storeIsIdle();
    await Promise.all([confirmed, again]);
    expect(bob.stored).toEqual([key]);
  });

  it("is stored once where the answer comes twice", async () => {
    const alice = maker("alice");
    alice.made.engage();
    await expect.poll(() => alice.sent.length).toBe(1);
    const offer = pqcOffer.decode(alice.sent[0]?.body ?? new Uint8Array());
    const { ciphertext, keys } = answerOffer(link, offer);
    const answer = Buffer.concat(
      pqcAnswer.encode({ blockId: offer.blockId, ciphertext, mac: keys.bobProof }),
    );
    const answers = [1, 2].map(() => alice.made.receive(pqcAnswer.kind, answer));
    alice.made.relax();
    alice.storeIsIdle();
    await Promise.all(answers);
    expect(alice.stored).toEqual([Buffer.from(keys.block).toString("hex")]);
  });
});

it("refuses an offer of a block that is shorter than a tail and a grain of key", async () => {
  const bob = maker("bob");
  const { offer } = anOffer(1);
  const body = (blockBytes: number) => Buffer.concat(pqcOffer.encode({ ...offer, blockBytes }));
  await expect(bob.made.receive(pqcOffer.kind, body(95))).rejects.toMatchObject({ code: "QKD_PEER_LIED" });
  await bob.made.receive(pqcOffer.kind, body(96));
  expect(bob.sent).toHaveLength(1);
});

it("makes no block that the pool has no room for", async () => {
  lackBits = 0;
  const alice = maker("alice");
  alice.made.engage();
  await looksMore(3);
  expect(alice.sent).toEqual([]);
  lackBits = 2 ** 30;
  await expect.poll(() => alice.sent.length).toBe(1);
});

it("answers one offer at a time, and refuses by name what a flood brings meanwhile", async () => {
  const bob = maker("bob");
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((sequence) => bob.made.receive(pqcOffer.kind, anOffer(sequence).body)),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: "QKD_PEER_PROTOCOL", retryable: true } });
  expect(bob.sent.map(({ kind }) => kind)).toEqual([pqcAnswer.kind]);
  await bob.made.receive(pqcOffer.kind, anOffer(4).body);
  expect(bob.sent).toHaveLength(2);
});

describe("a site whose blocks the other one never confirms", () => {
  const waiting = (count: number) =>
    pending.push(...Array.from({ length: count }, () => ({ origin: "pqc" })));

  it("makes no more of them, as Alice and as Bob", async () => {
    waiting(4);
    const sites = [maker("alice"), maker("bob")];
    for (const { made } of sites) made.engage();
    await looksMore(6);
    expect(sites.map(({ sent }) => sent)).toEqual([[], []]);
    // Confirmed at last.
    pending.length = 3;
    for (const { sent } of sites) await expect.poll(() => sent.length).toBeGreaterThan(0);
  });

  it("answers no more of them as Bob, and names it", async () => {
    waiting(4);
    const bob = maker("bob");
    await expect(bob.made.receive(pqcOffer.kind, anOffer(1).body)).rejects.toMatchObject({
      code: "QKD_PEER_PROTOCOL",
      message: expect.stringContaining("confirms none"),
    });
    pending.length = 3;
    pending.push({ origin: "qkd" });
    await bob.made.receive(pqcOffer.kind, anOffer(1).body);
    expect(bob.sent.map(({ kind }) => kind)).toEqual([pqcAnswer.kind]);
  });
});

describe("the key encapsulation", () => {
  it("is the one that was settled, or the offer is a lie", async () => {
    const bob = maker("bob");
    await expect(bob.made.receive(pqcOffer.kind, anOffer(1, "ML-KEM-1024").body)).rejects.toMatchObject({
      code: "QKD_PEER_LIED",
    });
    expect(bob.sent).toEqual([]);
  });

  it.each([
    ["ML-KEM-768", 1184, 1088],
    ["ML-KEM-1024", 1568, 1568],
  ] as const)("%s gives both the same key, by the sizes of FIPS 203", (kem, keyBytes, ciphertextBytes) => {
    const { offer, privateKey } = anOffer(1, kem);
    const { ciphertext, keys } = answerOffer(link, offer);
    expect([offer.publicKey.length, ciphertext.length]).toEqual([keyBytes, ciphertextBytes]);
    expect(openAnswer(link, offer, privateKey, ciphertext)).toEqual(keys);
    // The name is part of what the keys are derived from, and a key of the other kind is none.
    const other = kem === "ML-KEM-768" ? "ML-KEM-1024" : "ML-KEM-768";
    expect(() => answerOffer(link, { ...offer, kem: other })).toThrow(`offered no valid ${other} key`);
  });
});

it("lets nobody wait longer for key because the clock was set back", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  try {
    const alice = maker("alice");
    const filled = alice.made.fill({ bits: 1, timeoutMs: 100 });
    vi.setSystemTime(Date.now() - 3_600_000);
    await expect(filled).rejects.toMatchObject({ code: "QKD_KEYSTORE_EXHAUSTED" });
  } finally {
    vi.useRealTimers();
  }
});

describe("a block number near the last one that there is", () => {
  const last = 2 ** 32 - 1;

  it("is refused by Bob, by name", async () => {
    const bob = maker("bob");
    await expect(bob.made.receive(pqcOffer.kind, anOffer(last).body)).rejects.toMatchObject({
      code: "QKD_PEER_LIED",
    });
    expect(bob.sent).toEqual([]);
  });

  it.each([
    ["far away", last],
    ["within reach", 1_000_000],
  ])("is not used by Alice once the liar who asked for it is gone: %s", async (_, nextSequence) => {
    const alice = maker("alice");
    const want = Buffer.concat(pqcWant.encode({ blocks: 0, nextSequence }));
    await alice.made.receive(pqcWant.kind, want);
    alice.made.connected(null);
    alice.made.connected(2);
    alice.made.engage();
    await expect.poll(() => alice.sent.length).toBeGreaterThan(0);
    expect(pqcOffer.decode(alice.sent[0]?.body ?? new Uint8Array()).sequence).toBe(1);
  });

  it("is not used by Alice while he is there", async () => {
    const alice = maker("alice");
    await alice.made.receive(pqcWant.kind, Buffer.concat(pqcWant.encode({ blocks: 1, nextSequence: last })));
    await expect.poll(() => alice.sent.length).toBeGreaterThan(0);
    expect(pqcOffer.decode(alice.sent[0]?.body ?? new Uint8Array()).sequence).toBe(1);
  });
});
