import { randomBytes } from "node:crypto";
import { PeerError } from "../../errors/index.ts";
import type { Kernels } from "../../kernels/index.ts";
import {
  agreementGone,
  agreementGoneHeard,
  distillationDisclose,
  distillationRefuse,
  distillationTag,
  type PeerMessage,
  pqcRefuse,
  SecretBytes,
} from "../../protocol/index.ts";
import type { Deviation, DeviationClass } from "./deviation.ts";
import { Liar } from "./liar.ts";
import type { Side } from "./memory-connection.ts";
import { type Clock, VirtualLink } from "./virtual-link.ts";
import { statesOf, type VirtualSite } from "./virtual-site.ts";

/** One liar, one message, one way to break the rules. */
export interface Case {
  readonly message: PeerMessage<unknown>;
  readonly liar: Side;
  readonly deviation: Deviation;
}

/** What became of it. */
export interface Verdict {
  readonly message: string;
  readonly liar: Side | "device" | "slave";
  readonly deviation: string;
  readonly of: DeviationClass;
  /** How often the liar deviated; 0 where the message gives no occasion. */
  readonly lies: number;
  /** Codes under which the honest site, and the liar's own, named failures. */
  readonly named: readonly string[];
  /** Blocks lost at both sites. */
  readonly lost: number;
  /** What no liar may do; empty when the honest site held out. */
  readonly traces: readonly string[];
}

/** Longest limit of a wait of the engine, and two rechecks of the agreement. */
const LIMIT_MS = 70_000;
const FOR_EVER_MS = 120_000;
const HOPELESS = { z: 0.25, x: 0.25 };
/** A number that no honest link reaches: what is accepted as lead, and some blocks. */
const MOST_SEQUENCE = 2 ** 16 + 2 ** 12;
const MOST_EXCHANGED_SEQUENCE = 2 ** 24 + 2 ** 12;
/** Pads that may lie ready besides those that tags were made with: one for each block that may be open, and one ahead. */
const READY_PADS = 8;
const MOST_HELD_BYTES = 1 << 20;

/** Plays one case on a fresh link: a block, the lie, two minutes at most, good behaviour, and the account. */
export async function playCase(kernels: Kernels, clock: Clock, seed: number, one: Case): Promise<Verdict> {
  const link = await VirtualLink.start(kernels, clock, seed);
  try {
    const liar = new Liar(link, one.liar, one.message, one.deviation);
    await link.block();
    await renew(link);
    for (const site of link.sites) site.failures.length = 0;
    liar.lie();
    await evening(link, one);
    liar.behave();
    await link.pass(LIMIT_MS);
    const traces = [...(await keyFlows(link)), ...(await traceless(link))];
    return {
      message: one.message.name,
      liar: one.liar,
      deviation: one.deviation.name,
      of: one.deviation.of,
      lies: liar.lies,
      named: [...new Set(link.sites.flatMap(({ failures }) => failures.map(({ code }) => code)))].sort(),
      lost: link.alice.dropped + link.bob.dropped,
      traces: [...traces, ...unnamed(link)],
    };
  } finally {
    await link.close();
  }
}

/** The connection ends and is made again, so that everything that opens one is said. */
async function renew(link: VirtualLink): Promise<void> {
  link.connection.end(
    new PeerError("QKD_PEER_UNREACHABLE", "the line broke", { retryable: true }),
    link.nowMs,
  );
  await link.settle();
}

/** What happens while the liar lies: a new connection, both kinds of blocks, and what provokes the seldom messages. */
async function evening(link: VirtualLink, { message, liar, deviation }: Case): Promise<void> {
  if (message.kind === distillationRefuse.kind) link[liar].conflicts = 1;
  if (message.kind === pqcRefuse.kind) await runAhead(link.bob);
  await link.pass(6000);
  if (message.kind === agreementGone.kind) await ageOut(link, link[liar]);
  if (message.kind === agreementGoneHeard.kind) await ageOut(link, link[liar === "alice" ? "bob" : "alice"]);
  await useExchanged(link);
  const qber = message.kind === distillationDisclose.kind ? HOPELESS : undefined;
  await link.block(qber);
  await link.pass(1000);
  await link.block();
  await link.pass(2000);
  if (deviation.always !== true) return;
  for (const begin = link.nowMs; link.nowMs - begin < FOR_EVER_MS && !link.restless; ) {
    await link.block(qber);
    await link.pass(20_000);
  }
}

/** A site destroys what it holds, and tells the other. */
async function ageOut(link: VirtualLink, site: VirtualSite): Promise<void> {
  site.maxKeyAgeMs = 1;
  await link.pass(1000);
  site.maxKeyAgeMs = undefined;
}

/** Bob has used a number that Alice does not know. */
async function runAhead({ store: { pool } }: VirtualSite): Promise<void> {
  const blockId = randomBytes(16).toString("hex");
  await pool.addPending({
    blockId,
    sequence: (await pool.highestSequence("pqc")) + 3,
    origin: "pqc",
    key: new SecretBytes(new Uint8Array(64).fill(1)),
    tail: new SecretBytes(new Uint8Array(64).fill(2)),
    epsilon: { secrecy: 1, correctness: 0, authentication: 0 },
    createdAtMs: 0,
  });
  await pool.discard(blockId);
}

const AUDIENCE = { master: "sae-a", slave: "sae-b" };

/** Uses the post-quantum key of both sites up, so that more of it is made. */
async function useExchanged(link: VirtualLink): Promise<void> {
  for (const { store } of link.sites)
    for (const count of [16, 1])
      for (let more = true; more; )
        more = await store.pool.takeMany({ bits: 1024, count, audience: AUDIENCE, origin: "pqc" }).then(
          () => true,
          () => false,
        );
  await link.pass(1000);
}

/** Key of both kinds comes within two blocks, and is the same at both sites. */
async function keyFlows(link: VirtualLink): Promise<string[]> {
  const traces: string[] = [];
  const before = link.shared;
  await useExchanged(link);
  await link.block();
  await link.pass(1000);
  await link.block();
  await link.pass(10_000);
  if (link.shared.distilled <= before.distilled) traces.push("no key within two blocks");
  if (link.shared.exchanged <= before.exchanged) traces.push("no post-quantum key");
  for (const [from, to] of [
    [link.alice, link.bob],
    [link.bob, link.alice],
  ] as const)
    for (const origin of ["qkd", "pqc"] as const)
      if (!(await sameKeys(from, to, origin))) traces.push(`${origin} keys of ${from.side} are not the same`);
  return traces;
}

/** Takes keys of every block at one site and fetches them at the other. */
async function sameKeys(from: VirtualSite, to: VirtualSite, origin: "qkd" | "pqc"): Promise<boolean> {
  const { availableBits } = await from.store.pool.status(origin);
  const count = Math.min(64, Math.floor(availableBits / 4096));
  if (count === 0) return true;
  const taken = await from.store.pool
    .takeMany({ bits: 1024, count, audience: AUDIENCE, origin })
    .catch(() => []);
  const ids = taken.map(({ keyId }) => keyId);
  const fetched = await to.store.pool.takeByIds(ids, AUDIENCE).catch(() => []);
  return (
    fetched.length === taken.length &&
    taken.every(({ key }, at) => Buffer.compare(key.reveal(), fetched[at]?.key.reveal() ?? Buffer.of()) === 0)
  );
}

/** Sizes that empty a half to its last byte, and the most keys of a call. */
const EMPTYING = [
  { bits: 1024, count: 64 },
  { bits: 1024, count: 1 },
  { bits: 8, count: 1 },
] as const;

/** Takes all that a site hands out; how many keys were of blocks that have ended at the other site. */
async function takenFrom(site: VirtualSite, orphans: ReadonlyMap<string, VirtualSite>): Promise<number> {
  if (![...orphans.values()].includes(site)) return 0;
  let given = 0;
  for (const origin of ["qkd", "pqc"] as const)
    for (const size of EMPTYING)
      for (;;) {
        const keys = await site.store.pool.takeMany({ ...size, audience: AUDIENCE, origin }).catch(() => []);
        if (keys.length === 0) break;
        given += keys.filter(({ blockId }) => orphans.has(blockId)).length;
      }
  return given;
}

/** What the lie left behind. */
async function traceless(link: VirtualLink): Promise<string[]> {
  const traces: string[] = [];
  const { alice, bob, connection } = link;
  const ids = new Set([...alice.blocks, ...bob.blocks]);
  const orphans = new Map<string, VirtualSite>();
  const [atAlice, atBob] = [await statesOf(alice.store.pool, ids), await statesOf(bob.store.pool, ids)];
  for (const id of ids) {
    const [one, other] = [atAlice.get(id), atBob.get(id)];
    if (one === "pending" || other === "pending") traces.push("a block is pending for ever");
    if ((one === "available") === (other === "available")) continue;
    const halves = one === "available" ? { live: alice, ended: other } : { live: bob, ended: one };
    // What ended at one site stays at the other for keys already handed out, and gives no more of its own.
    if (halves.ended !== "spent") traces.push(`a block is ${one} at alice and ${other} at bob`);
    else orphans.set(id, halves.live);
  }
  for (const site of link.sites) {
    const given = await takenFrom(site, orphans);
    if (given > 0) traces.push(`${site.side} hands out ${given} keys of blocks that ended at the other site`);
  }
  if (link.restless) traces.push("the sites never come to rest");
  if (connection.waiting > 0) traces.push("messages wait for ever");
  for (const { side, engine, crashes, store, padsDrawn } of link.sites) {
    for (const crash of crashes) traces.push(`${side} throws ${String(crash).slice(0, 200)}`);
    const { cohortsInFlight, heldBytes } = engine.progress;
    if (cohortsInFlight > 0) traces.push(`${side} keeps ${cohortsInFlight} cohorts`);
    if (heldBytes > MOST_HELD_BYTES) traces.push(`${side} keeps ${heldBytes} bytes of planes`);
    const tags = connection.said.get(`${side}/${distillationTag.kind}`) ?? 0;
    if (padsDrawn > tags + READY_PADS) traces.push(`${side} drew ${padsDrawn} pads for ${tags} tags`);
    if ((await store.pool.highestSequence("qkd")) > MOST_SEQUENCE) traces.push(`${side} numbers run away`);
    if ((await store.pool.highestSequence("pqc")) > MOST_EXCHANGED_SEQUENCE)
      traces.push(`${side} post-quantum numbers run away`);
  }
  return [...new Set(traces)];
}

/** Sessions that broke without a named failure. */
function unnamed(link: VirtualLink): string[] {
  const broken = link.sites.reduce((sum, { engine }) => sum + engine.progress.brokenSessions, 0);
  const named = link.sites.reduce((sum, { failures }) => sum + failures.length, 0);
  return broken > 0 && named === 0 ? ["a session broke without a name"] : [];
}
