import { inspect } from "node:util";
import { filter, firstValueFrom, lastValueFrom, take, toArray } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import {
  createConnectedDistillation,
  createDistillation,
  type Distillation,
  type DistilledBlock,
} from "../../controller/index.ts";
import type { RawKeyFrame } from "../../drivers/index.ts";
import type { QkdError } from "../../errors/index.ts";
import { createKernels } from "../../kernels/index.ts";
import { distillationSiftReply, SecretBytes } from "../../protocol/index.ts";
import { type MemoryPeer, memoryPeers, memoryReserve, rawFrames } from "./distillation-memory-site.ts";
import { DistillationRig } from "./distillation-rig.ts";
import { frameSource, SMALL_SETTINGS } from "./distillation-source.ts";

const open: Distillation[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((site) => site.close()));
});

async function sites(peers: { alice: MemoryPeer; bob: MemoryPeer }, insecureSeed = "workers") {
  const make = (role: "alice" | "bob") =>
    createDistillation({
      role,
      settings: SMALL_SETTINGS,
      peer: peers[role],
      auth: memoryReserve(role),
      firstSequence: 7,
      insecureSeed,
    });
  const [alice, bob] = await Promise.all([make("alice"), make("bob")]);
  open.push(alice, bob);
  const failures: QkdError[] = [];
  for (const site of [alice, bob]) site.failures$.subscribe((error) => failures.push(error));
  return { alice, bob, failures };
}

function feed(alice: Distillation, bob: Distillation, frames: number, source = frameSource()): void {
  for (let i = 0; i < frames; i++) {
    const { qtx, qrx } = rawFrames(source());
    alice.offer(qtx);
    bob.offer(qrx);
  }
}

const blocksOf = (site: Distillation, count: number): Promise<DistilledBlock[]> =>
  firstValueFrom(site.blocks$.pipe(take(count), toArray()));

const shown = (blocks: readonly DistilledBlock[]) =>
  blocks.map(
    ({ block }) => `${block.sequence} ${block.blockId} ${Buffer.from(block.key.reveal()).toString("hex")}`,
  );

describe("distillation in worker threads", () => {
  it("hands out equal blocks at both sites, acknowledges every frame and shows no key", async () => {
    const peers = memoryPeers();
    const { alice, bob, failures } = await sites(peers);
    const acknowledged: number[] = [];
    bob.consumed$.subscribe((frameId) => acknowledged.push(frameId));
    const results = Promise.all([blocksOf(alice, 2), blocksOf(bob, 2)]);
    peers.alice.set(true);
    peers.bob.set(true);
    feed(alice, bob, 36);
    const [a, b] = await results;
    expect(shown(a)).toEqual(shown(b));
    expect(a.map(({ block }) => block.sequence)).toEqual([7, 8]);
    expect(acknowledged.slice(0, 34)).toEqual(Array.from({ length: 34 }, (_, i) => i));
    expect(failures).toEqual([]);
    const text = inspect(a, { depth: 9 }) + JSON.stringify(a, (_, v) => (typeof v === "bigint" ? `${v}` : v));
    const hex = Buffer.from(a[0]?.block.key.reveal() ?? []).toString("hex");
    expect(text).not.toContain(hex.slice(0, 12));
    expect(text).toContain("secret bytes");
  });

  it("gives the same keys from the same seed as one thread does, whatever the pace of messages", async () => {
    const rig = new DistillationRig({ kernels: await createKernels(), seed: "workers", firstSequence: 7 });
    rig.connect();
    const next = frameSource();
    for (let i = 0; i < 36; i++) rig.frame(next()).settle();
    const inOneThread = rig.log.alice.blocks.map(({ block }) => Buffer.from(block.key).toString("hex"));
    expect(inOneThread).toHaveLength(2);

    const peers = memoryPeers(3);
    const { alice, bob } = await sites(peers);
    const results = blocksOf(alice, 2);
    peers.alice.set(true);
    peers.bob.set(true);
    feed(alice, bob, 36);
    expect(shown(await results).map((line) => line.split(" ")[2])).toEqual(inOneThread);
  });

  it("loses no frame where the channel breaks while frames are collected", async () => {
    const peers = memoryPeers();
    const { alice, bob, failures } = await sites(peers);
    const dropped: number[] = [];
    bob.dropped$.subscribe(({ sequence }) => dropped.push(sequence));
    const results = Promise.all([blocksOf(alice, 1), blocksOf(bob, 1)]);
    peers.alice.set(true);
    peers.bob.set(true);
    const source = frameSource();
    const consumed = firstValueFrom(bob.consumed$.pipe(take(5), toArray()));
    feed(alice, bob, 5, source);
    await consumed;
    peers.alice.set(false);
    peers.bob.set(false);
    peers.alice.set(true);
    peers.bob.set(true);
    feed(alice, bob, 12, source);
    const [a, b] = await results;
    expect(shown(a)).toEqual(shown(b));
    expect([a[0]?.block.sequence, a[0]?.report.frames, a[0]?.report.detections]).toEqual([7, 17, 17 * 4096]);
    expect([dropped, failures]).toEqual([[], []]);
  });

  it("goes on with a fresh block after the channel broke in the middle of one", async () => {
    const peers = memoryPeers(1);
    const { alice, bob } = await sites(peers);
    const dropped = firstValueFrom(bob.dropped$);
    const results = Promise.all([blocksOf(alice, 1), blocksOf(bob, 1)]);
    peers.alice.set(true);
    peers.bob.set(true);
    const source = frameSource();
    const announced = firstValueFrom(
      peers.bob.messages$.pipe(filter(({ kind }) => kind === distillationSiftReply.kind)),
    );
    feed(alice, bob, 18, source);
    await announced;
    peers.alice.set(false);
    peers.bob.set(false);
    expect((await dropped).sequence).toBe(7);
    peers.alice.set(true);
    peers.bob.set(true);
    feed(alice, bob, 20, source);
    const [a, b] = await results;
    expect(shown(a)).toEqual(shown(b));
    expect(a[0]?.block.sequence).toBe(8);
  });

  it("keeps the block when a device counts its frames anew", async () => {
    const peers = memoryPeers();
    const { alice, bob, failures } = await sites(peers);
    const results = Promise.all([blocksOf(alice, 1), blocksOf(bob, 1)]);
    peers.alice.set(true);
    peers.bob.set(true);
    feed(alice, bob, 6);
    const again = frameSource({ seed: 8 });
    for (let i = 0; i < 11; i++) {
      const { qtx, qrx } = rawFrames(again(), 2);
      alice.offer(qtx);
      bob.offer(qrx);
    }
    const [a, b] = await results;
    expect(shown(a)).toEqual(shown(b));
    expect(a[0]?.report.frames).toBe(17);
    expect(failures).toEqual([]);
  });

  it("keeps apart the planes of frames of the same number while those of an earlier key exchange wait", async () => {
    const peers = memoryPeers();
    const { alice, bob, failures } = await sites(peers);
    const results = Promise.all([blocksOf(alice, 1), blocksOf(bob, 1)]);
    peers.alice.set(true);
    peers.bob.set(true);
    const [before, after] = [frameSource({ seed: 1 }), frameSource({ seed: 8 })];
    const old = Array.from({ length: 4 }, () => rawFrames(before()));
    const anew = Array.from({ length: 13 }, () => rawFrames(after(), 2));
    // Alice has both and waits for Bob, who has the old ones: their places are free then, and no others.
    for (const { qtx } of [...old, ...anew.slice(0, 4)]) alice.offer(qtx);
    const consumed = firstValueFrom(alice.consumed$.pipe(take(4), toArray()));
    for (const { qrx } of old) bob.offer(qrx);
    expect(await consumed).toEqual([0, 1, 2, 3]);
    for (const { qtx } of anew.slice(4)) alice.offer(qtx);
    for (const { qrx } of anew) bob.offer(qrx);
    const [a, b] = await results;
    expect(shown(a)).toEqual(shown(b));
    expect(a[0]?.report.frames).toBe(17);
    expect(a[0]?.report.qber.z).toBeLessThan(0.05);
    expect(failures).toEqual([]);
  });

  it("names a block as under way until it has handed it out, so that none is missed in between", async () => {
    const peers = memoryPeers();
    const { alice, bob } = await sites(peers);
    const [own, others]: [string[], string[]] = [[], []];
    alice.blocks$.subscribe(({ block }) => own.push(block.blockId));
    bob.blocks$.subscribe(({ block }) => others.push(block.blockId));
    expect(await alice.holdings()).toEqual({ blockIds: [], newest: 6 });
    peers.alice.set(true);
    peers.bob.set(true);
    feed(alice, bob, 36);
    const underWay = new Set<string>();
    let newest = 6;
    while (own.length < 2) {
      const known = [...others];
      const holdings = await alice.holdings();
      for (const blockId of holdings.blockIds) underWay.add(blockId);
      newest = Math.max(newest, holdings.newest);
      // Bob hands a block out first: then Alice has it under way, or has handed it out.
      for (const blockId of known) expect([...holdings.blockIds, ...own]).toContain(blockId);
    }
    for (const blockId of own) expect(underWay).toContain(blockId);
    expect(newest).toBeGreaterThanOrEqual(8);
    // A question that is under way when the site closes must not wait for ever.
    const asked = expect(alice.holdings()).rejects.toMatchObject({ code: "QKD_DISTILLATION_WORKER" });
    await alice.close();
    await asked;
    await expect(alice.holdings()).rejects.toMatchObject({ code: "QKD_DISTILLATION_WORKER" });
  });

  it("reports the death of its thread once, with a code, and ends its streams", async () => {
    const peers = memoryPeers();
    const { bob } = await sites(peers);
    const ended = lastValueFrom(bob.failures$);
    peers.alice.set(true);
    peers.bob.set(true);
    const { qrx } = rawFrames(frameSource()());
    // No type checker lets this through: it stands for a fault of the program itself.
    bob.offer({ ...qrx, gateCount: 1e6 } as unknown as RawKeyFrame);
    await expect(ended).resolves.toMatchObject({ code: "QKD_DISTILLATION_WORKER" });
    await bob.close();
  });

  it("refuses impossible settings before any thread starts", async () => {
    const { alice } = memoryPeers();
    const bad = { ...SMALL_SETTINGS, maxLeakFraction: 0 };
    await expect(
      createDistillation({
        role: "alice",
        settings: bad,
        peer: alice,
        auth: memoryReserve("alice"),
        firstSequence: 1,
      }),
    ).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID", context: { field: "maxLeakFraction" } });
  });

  it("leaves nothing open that would keep the process alive when a connected site cannot start", async () => {
    const ports = () => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;
    const before = ports();
    const secret = new SecretBytes(new Uint8Array(64).fill(1));
    await expect(
      createConnectedDistillation({
        role: "alice",
        settings: { ...SMALL_SETTINGS, maxLeakFraction: 0 },
        connection: {
          introduction: { site: "alice", linkId: "link" },
          credentials: { certificate: "", privateKey: "", authority: "" },
          secret,
          listen: "tls://127.0.0.1:0",
        },
        auth: memoryReserve("alice"),
        firstSequence: 1,
      }),
    ).rejects.toMatchObject({ code: "QKD_CONFIG_INVALID" });
    expect(ports()).toBe(before);
    expect(secret.reveal()[0]).toBe(1);
  });
});
