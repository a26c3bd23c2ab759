import { createHash, createHmac, createPublicKey, decapsulate, diffieHellman, hkdfSync } from "node:crypto";
import { expect, it } from "vitest";
import { reserveOffer } from "../../../protocol/index.ts";
import type { AuthReserve } from "../../pool/key-pool.ts";
import { answerOffer, newOffer, offerHolds, openAnswer, RECOVERED_BYTES } from "./recovery-exchange.ts";
import { ReserveRecovery } from "./reserve-recovery.ts";

const link = { linkId: "link", linkKey: new Uint8Array(32).fill(7) };
const hash = (bytes: Uint8Array) => createHash("sha512").update(bytes).digest("hex");

it("gives the pads and proofs that the SPEC describes, of both shared secrets and the link key", () => {
  const { offer, keys } = newOffer(link, { number: 3, place: 2 ** 14 });
  const { answer, pads } = answerOffer(link, offer, 2 ** 15);
  expect(openAnswer(link, offer, keys, answer)).toEqual(pads);

  const spki = Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), answer.dhKey]);
  const bobKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  const secrets = Buffer.concat([
    decapsulate(keys.kem, answer.ciphertext),
    diffieHellman({ privateKey: keys.dh, publicKey: bobKey }),
  ]);
  const transcript =
    `["qkdlink/1 reserve","ML-KEM-1024+X25519|HKDF-SHA-512","link",3,16384,32768,` +
    `"${hash(offer.kemKey)}","${hash(offer.dhKey)}","${hash(answer.ciphertext)}","${hash(answer.dhKey)}"]`;
  const derived = (label: string, bytes: number) => {
    const info = createHash("sha512")
      .update(label + transcript)
      .digest();
    return Buffer.from(hkdfSync("sha512", secrets, link.linkKey, info, bytes));
  };
  expect(Buffer.from(pads.material)).toEqual(
    Buffer.concat([derived("to bob", RECOVERED_BYTES), derived("to alice", RECOVERED_BYTES)]),
  );
  const proof = (site: string) => createHmac("sha256", derived("proof", 64)).update(site).digest();
  expect([Buffer.from(pads.bobProof), Buffer.from(pads.aliceProof)]).toEqual([proof("bob"), proof("alice")]);
});

it("proves an offer by the link key, as the SPEC describes, and never makes the same one twice", () => {
  const round = { number: 3, place: 2 ** 14 };
  const { offer } = newOffer(link, round);
  const key = Buffer.from(hkdfSync("sha512", link.linkKey, "link", "qkdlink reserve offer", 32));
  const told = `[3,16384,"${hash(offer.kemKey)}","${hash(offer.dhKey)}"]`;
  expect(Buffer.from(offer.mac)).toEqual(createHmac("sha256", key).update(told).digest());
  expect(offerHolds({ ...link, linkId: "other" }, offer)).toBe(false);
  const again = newOffer(link, round).offer;
  expect([again.kemKey, again.dhKey]).not.toEqual([offer.kemKey, offer.dhKey]);
  expect(again.dhKey).not.toEqual(offer.dhKey);
});

it("Bob refuses a place that no reserve can have, also of one who knows the link key", async () => {
  const kept: unknown[] = [];
  const auth = {
    level: async () => "low",
    recovery: async () => ({ next: 1 }),
    beginRecovery: async () => ({ number: 1, place: 2 ** 14 }),
    keepRecovery: async (...args: unknown[]) => void kept.push(args),
  } as unknown as AuthReserve;
  const said: string[] = [];
  const bob = new ReserveRecovery({
    site: "bob",
    link,
    auth,
    policy: "computational",
    ready: async () => true,
    send: async ({ name }) => void said.push(name),
    recovered: () => {},
    failed: () => {},
  });
  const offered = (place: number) =>
    bob.receive(
      reserveOffer.kind,
      Buffer.concat(reserveOffer.encode(newOffer(link, { number: 1, place }).offer)),
    );
  await expect(offered(2 ** 50)).rejects.toMatchObject({ code: "QKD_PEER_LIED" });
  expect(said).toEqual([]);
  await offered(2 ** 36);
  expect(said).toEqual(["reserve.answer"]);
  await bob.close();
});

it.each([
  ["alice", "computational"],
  ["bob", "computational"],
  ["bob", "manual"],
] as const)(
  "%s, %s, begins, follows and tells nothing while pads may come back by the other site's word",
  async (site, policy) => {
    let ready = false;
    const told: string[] = [];
    const auth = {
      level: async () => "low",
      remaining: async () => ({ own: 0, peer: 0 }),
      recovery: async () => ({ next: 1, waiting: null }),
      beginRecovery: async () => ({ number: 1, place: 2 ** 14 }),
    } as unknown as AuthReserve;
    const recovery = new ReserveRecovery({
      site,
      link,
      auth,
      policy,
      ready: async () => ready,
      send: async ({ name }) => void told.push(name),
      recovered: () => {},
      failed: ({ code }) => told.push(code),
    });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 10));
    recovery.connected(1);
    await settled();
    await recovery.check();
    const { offer } = newOffer(link, { number: 1, place: 2 ** 14 });
    const offered = () => recovery.receive(reserveOffer.kind, Buffer.concat(reserveOffer.encode(offer)));
    if (site === "bob" && policy === "computational") await offered();
    expect(told).toEqual([]);
    ready = true;
    await recovery.check();
    if (site === "bob" && policy === "computational") await offered();
    expect(told).toEqual(
      {
        alice: ["reserve.offer"],
        bob: policy === "manual" ? ["QKD_AUTH_EXHAUSTED"] : ["reserve.want", "reserve.answer"],
      }[site],
    );
    await recovery.close();
  },
);
