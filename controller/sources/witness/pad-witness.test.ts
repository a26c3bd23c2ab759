import { createHmac, hkdfSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QkdError } from "../../../errors/index.ts";
import { PEER_MESSAGES, type PeerMessage, reserveSeen, reserveUnsure } from "../../../protocol/index.ts";
import { keyPoolOver } from "../../pool/contract-calls.ts";
import type { OpenKeyPool, SiteRole } from "../../pool/key-pool.ts";
import { PADS_UNDER_WAY_BYTES } from "../../pool/sqlite/auth-pads.ts";
import { CommittedStore } from "../../pool/sqlite/committed-store.ts";
import { PadWitness } from "./pad-witness.ts";
import { padWord, wordHolds } from "./pad-word.ts";

const linkKey = new Uint8Array(32).fill(7);
const link = { linkId: "link", linkKey };
const secret = Uint8Array.from({ length: 32 + 2 * 4096 }, (_, index) => (index * 7) & 255);
const SITES = ["alice", "bob"] as const;
const otherOf = (site: SiteRole): SiteRole => (site === "alice" ? "bob" : "alice");

interface Sent {
  readonly from: SiteRole;
  readonly kind: number;
  readonly body: Uint8Array;
}

let folder: string;
let stores: Record<SiteRole, OpenKeyPool>;
let ends: Record<SiteRole, PadWitness>;
let said: Sent[];
let errors: QkdError[];
let resumed: string[];
let tamper: (sent: Sent) => Uint8Array | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qkdlink-witness-"));
  said = [];
  errors = [];
  resumed = [];
  tamper = ({ body }) => body;
  stores = {} as typeof stores;
  ends = {} as typeof ends;
  for (const site of SITES) open(site);
});

afterEach(async () => {
  for (const site of SITES) await close(site);
  rmSync(folder, { recursive: true });
});

function open(site: SiteRole, key = linkKey): void {
  const store = new CommittedStore(
    {
      path: join(folder, `${site}.db`),
      site,
      linkId: "link",
      redeliveryMs: 0,
      capacityBits: 2 ** 20,
      auditRows: 1000,
      linkSecret: secret.slice(),
      kek: new Uint8Array(32).fill(4),
    },
    1e6,
  );
  stores[site] = keyPoolOver(store.carry);
  ends[site] = new PadWitness({
    site,
    link: { linkId: "link", linkKey: key },
    auth: stores[site].auth,
    checkEveryMs: 1e6,
    resumed: (offset) => resumed.push(`${site} ${offset}`),
    send: async <T>({ kind, encode }: PeerMessage<T>, value: T) => {
      const sent = { from: site, kind, body: new Uint8Array(Buffer.concat(encode(value))) };
      said.push(sent);
      const body = tamper(sent);
      if (body !== null) await give({ ...sent, body });
    },
  });
}

async function close(site: SiteRole): Promise<void> {
  await ends[site].close();
  await stores[site].pool.close();
}

/** The site starts anew, without what told how far its pads are used. */
async function loseCount(site: SiteRole): Promise<void> {
  await close(site);
  rmSync(join(folder, `${site}.db.anchor`));
  open(site);
}

async function give({ from, kind, body }: Sent): Promise<void> {
  try {
    await ends[otherOf(from)].receive(kind, body);
  } catch (error) {
    if (!(error instanceof QkdError)) throw error;
    errors.push(error);
  }
}

/** A new connection, on which both have checked what is due and answered. */
async function connect(): Promise<void> {
  for (const site of SITES) ends[site].connected(1);
  await settle();
}

async function settle(): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    await Promise.all(SITES.map((site) => ends[site].check()));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A pad of `site` whose place the other site has read. */
async function usePad(site: SiteRole): Promise<number> {
  const { offset, material } = await stores[site].auth.reserve(32);
  const read = await stores[otherOf(site)].auth.reserveFromPeer(offset, 32);
  expect(read.reveal()).toEqual(material.reveal());
  return offset;
}

const heldBack = async (site: SiteRole) => (await stores[site].auth.witness()).heldBack;

describe.each(SITES)("own pads of %s that are held back", (site) => {
  const other = otherOf(site);
  const use = async () => {
    for (let times = 0; times < 5; times += 1) await usePad(site);
    for (let times = 0; times < 3; times += 1) await usePad(other);
  };

  it("come back behind what the other site has seen used; the other's go on where they were", async () => {
    await use();
    await loseCount(site);
    await expect(stores[site].auth.reserve(32)).rejects.toMatchObject({ code: "QKD_AUTH_EXHAUSTED" });
    expect(await ends[site].settled()).toBe(false);
    await connect();
    expect(errors).toEqual([]);
    expect(resumed).toEqual([`${site} ${160 + PADS_UNDER_WAY_BYTES}`]);
    expect(await ends[site].settled()).toBe(true);
    expect(await usePad(site)).toBe(160 + PADS_UNDER_WAY_BYTES);
    await expect(stores[site].auth.reserveFromPeer(64, 32)).rejects.toMatchObject({
      code: "QKD_KEYSTORE_CONFLICT",
    });
    expect(await usePad(other)).toBe(96);
  });

  it("make their owner a witness again: both directions are known", async () => {
    await use();
    await loseCount(site);
    await connect();
    await loseCount(other);
    await connect();
    expect(resumed).toEqual([
      `${site} ${160 + PADS_UNDER_WAY_BYTES}`,
      `${other} ${96 + PADS_UNDER_WAY_BYTES}`,
    ]);
  });

  it("stay held back where the other site has lost count, too, and both know that", async () => {
    await use();
    await loseCount(site);
    await loseCount(other);
    await connect();
    expect([errors, resumed]).toEqual([[], []]);
    for (const each of SITES) {
      expect(await heldBack(each)).toBe(true);
      expect(await ends[each].settled()).toBe(true);
    }
    // On the next connection the other one may have been given a fresh count.
    ends[site].connected(2);
    expect(await ends[site].settled()).toBe(false);
  });

  it("are asked about again until there is an answer, under one nonce a connection", async () => {
    await loseCount(site);
    tamper = () => null;
    await connect();
    const asked = said.filter(({ kind }) => kind === reserveUnsure.kind).length;
    expect(asked).toBeGreaterThan(1);
    tamper = ({ body }) => body;
    await settle();
    expect(resumed).toHaveLength(1);
    const nonces = new Set(
      said
        .filter(({ kind }) => kind === reserveUnsure.kind)
        .map(({ body }) => Buffer.from(body).toString("hex")),
    );
    expect(nonces.size).toBe(1);
    const before = said.length;
    await settle();
    expect(said).toHaveLength(before);
  });

  const word = (change: (told: ReturnType<typeof reserveSeen.decode>) => object) => (sent: Sent) => {
    if (sent.kind !== reserveSeen.kind) return sent.body;
    const told = reserveSeen.decode(sent.body);
    return new Uint8Array(Buffer.concat(reserveSeen.encode({ ...told, ...change(told) })));
  };

  it.each<[string, (told: ReturnType<typeof reserveSeen.decode>) => object]>([
    ["less seen than was", () => ({ seen: 0 })],
    ["more used than was", ({ used }) => ({ used: used + 32 })],
    ["that the other site is unsure", () => ({ sure: false })],
    ["another proof", ({ mac }) => ({ mac: mac.map((byte) => byte ^ 1) })],
    ["the own site's word", ({ mac: _, ...told }) => padWord(link, site, told)],
    [
      "a word under another key",
      ({ mac: _, ...told }) => padWord({ ...link, linkKey: secret.slice(0, 32) }, other, told),
    ],
    ["a word of another link", ({ mac: _, ...told }) => padWord({ ...link, linkId: "other" }, other, told)],
  ])("do not come back on a forgery that says %s; it is named", async (_, change) => {
    await use();
    await loseCount(site);
    tamper = word(change);
    await connect();
    expect(errors[0]).toMatchObject({ code: "QKD_PEER_LIED" });
    expect(await heldBack(site)).toBe(true);
    expect(await ends[site].settled()).toBe(false);
    tamper = ({ body }) => body;
    await settle();
    expect(resumed).toEqual([`${site} ${160 + PADS_UNDER_WAY_BYTES}`]);
  });

  it("do not come back on a word of an earlier connection, or one that nobody asked for", async () => {
    await loseCount(site);
    await connect();
    const old = said.find(({ kind }) => kind === reserveSeen.kind) as Sent;
    const nonce = new Uint8Array(16).fill(9);
    await use();
    await loseCount(site);
    tamper = ({ kind, body }) => (kind === reserveSeen.kind ? old.body : body);
    await connect();
    const told = { nonce, sure: true, seen: 0, used: 0 };
    await give({
      from: other,
      kind: reserveSeen.kind,
      body: Buffer.concat(reserveSeen.encode(padWord(link, other, told))),
    });
    expect(errors).toEqual([]);
    expect(await heldBack(site)).toBe(true);
  });
});

it("a site that knows its count asks nothing, and is moved by no word", async () => {
  await usePad("alice");
  await connect();
  expect(said).toEqual([]);
  const nonce = new Uint8Array(16);
  const told = padWord(link, "bob", { nonce, sure: true, seen: 2048, used: 2048 });
  await give({ from: "bob", kind: reserveSeen.kind, body: Buffer.concat(reserveSeen.encode(told)) });
  expect(await stores.alice.auth.witness()).toEqual({ heldBack: false, seen: 0, used: 32 });
});

it("nothing is said without a connection", async () => {
  await loseCount("alice");
  await settle();
  ends.alice.connected(1);
  ends.alice.connected(null);
  said = [];
  await settle();
  expect(said).toEqual([]);
});

it("passes over all other messages", async () => {
  for (const { kind } of PEER_MESSAGES)
    if (kind !== reserveSeen.kind && kind !== reserveUnsure.kind)
      expect(await ends.alice.receive(kind, new Uint8Array())).toBe(false);
});

it("the word is proved as the SPEC describes", () => {
  const told = { nonce: new Uint8Array(16).fill(0xab), sure: true, seen: 4096, used: 4064 };
  const key = Buffer.from(hkdfSync("sha256", linkKey, "link", "qkdlink reserve witness", 32));
  const text = `["bob","${"ab".repeat(16)}",true,4096,4064]`;
  const said = padWord(link, "bob", told);
  expect(Buffer.from(said.mac)).toEqual(createHmac("sha256", key).update(text).digest());
  expect(wordHolds(link, "bob", said)).toBe(true);
  expect(wordHolds(link, "alice", said)).toBe(false);
});
