// node test/torture/site.ts FOLDER SITE: a key store under load, until it is killed.
import { createCipheriv, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenKeyPool, SiteRole } from "../../controller/pool/key-pool.ts";
import { PRE_PLACED_SECRET_BYTES } from "../../controller/pool/link-secret.ts";
import { readSecretFile } from "../../controller/pool/secret-file.ts";
import { openKeyPool } from "../../controller/pool/sqlite/open-key-pool.ts";
import { QkdError } from "../../errors/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import { BLOCK_BYTES, blockIdOf, type Digests, type Order, PAD_BYTES, type Said } from "./lines.ts";

const [folder = "", site = "alice"] = process.argv.slice(2);
const seed = readFileSync(join(folder, "..", "bits.seed"));
const audience = { master: "sae-a", slave: "sae-b" };
const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-12 };
/** Entries beyond this are not verified at every opening: the log grows all the time. */
const VERIFIED_EVERY = 16;

const say = (line: Said): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const codeOf = (error: unknown) => (error instanceof QkdError ? error.code : String(error));

function digests(secret: SecretBytes): Digests {
  const bytes = secret.reveal();
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, part) =>
    createHash("sha256")
      .update(seed)
      .update(bytes.subarray(16 * part, 16 * part + 16))
      .digest("hex")
      .slice(0, 32),
  );
}

function bitsOf(sequence: number): SecretBytes {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(sequence);
  const cipher = createCipheriv("aes-256-ctr", seed, iv);
  return new SecretBytes(new Uint8Array(cipher.update(new Uint8Array(BLOCK_BYTES))));
}

async function open(): Promise<OpenKeyPool> {
  const begun = performance.now();
  const store = await openKeyPool({
    path: join(folder, "keys.db"),
    keyFile: join(folder, "store.kek"),
    site: site as SiteRole,
    linkId: "torture",
    linkSecret: readSecretFile(join(folder, "link.secret"), PRE_PLACED_SECRET_BYTES),
    redeliveryMs: 0,
    capacityBits: 2 ** 25,
  });
  const openMs = Math.round(performance.now() - begun);
  const { kind, padsHeldBack, burntBits, generation } = await store.audit.opening();
  const auditWhole = generation % VERIFIED_EVERY > 0 || (await store.audit.verify()).brokenAt === null;
  say({ said: "ready", kind, padsHeldBack, burntBits, openMs, auditWhole });
  return store;
}

/** Keys of all sizes, as fast as the overseer can read. */
async function takeKeys({ pool }: OpenKeyPool): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    try {
      const bits = [256, 128, 512, 384][turn % 4] ?? 256;
      const keys = await pool.takeMany({ bits, count: 1 + (turn % 3), audience, origin: "qkd" });
      for (const { keyId, key, blockId } of keys)
        say({ said: "own", keyId, sequence: Number.parseInt(blockId, 16), digests: digests(key) });
    } catch (error) {
      if (codeOf(error) !== "QKD_KEYSTORE_EXHAUSTED") throw error;
    }
    await sleep(1);
  }
}

async function usePads({ auth }: OpenKeyPool): Promise<void> {
  for (;;) {
    try {
      const { offset, material } = await auth.reserve(PAD_BYTES);
      say({ said: "pad", offset, past: offset + PAD_BYTES, digests: digests(material) });
    } catch (error) {
      if (codeOf(error) !== "QKD_AUTH_EXHAUSTED") throw error;
    }
    await sleep(5);
  }
}

async function carryOut({ pool, auth }: OpenKeyPool, order: Order): Promise<void> {
  switch (order.ask) {
    case "hold": {
      const { sequence } = order;
      const block = { blockId: blockIdOf(sequence), sequence, origin: "qkd" as const, key: bitsOf(sequence) };
      // What is too much here is not held here: the other site is told so, as of any block.
      const tail = new SecretBytes(new Uint8Array(64));
      await pool.addPending({ ...block, tail, authBytes: 512, epsilon, createdAtMs: Date.now() });
      return say({ said: "held", sequence });
    }
    case "release":
      await pool.makeAvailable(blockIdOf(order.sequence), {
        boundaryBytes: Math.floor((bitsOf(order.sequence).length - 512) / 64) * 32,
        tag: "ab".repeat(16),
      });
      return say({ said: "released", sequence: order.sequence });
    case "discard":
      await pool.discard(blockIdOf(order.sequence));
      return say({ said: "discarded", sequence: order.sequence });
    case "states": {
      const states: Record<string, string> = {};
      for (const sequence of order.sequences) states[sequence] = await pool.blockState(blockIdOf(sequence));
      return say({ said: "states", states });
    }
    case "fetch":
      return fetchOne(pool, order.keyId);
    case "peerPad": {
      const material = await auth.reserveFromPeer(order.offset, PAD_BYTES).catch(() => null);
      return material === null
        ? undefined
        : say({ said: "peerPad", offset: order.offset, digests: digests(material) });
    }
    case "resume":
      await auth.resumeFrom(order.offset, order.peerUsed);
      return say({ said: "resumed" });
    case "close":
      await pool.close();
      say({ said: "closed" });
      process.exit(0);
  }
}

async function fetchOne(pool: OpenKeyPool["pool"], keyId: string): Promise<void> {
  try {
    const [key] = await pool.takeByIds([keyId], audience);
    if (key !== undefined) say({ said: "fetched", keyId, digests: digests(key.key) });
  } catch (error) {
    if (codeOf(error) !== "QKD_KEYSTORE_UNKNOWN_KEY") throw error;
    say({ said: "unknown", keyId });
  }
}

let closing = false;
try {
  const store = await open();
  const fault = (error: unknown) => {
    if (!closing) say({ said: "fault", what: codeOf(error) });
  };
  const orders = createInterface({ input: process.stdin });
  orders.on("line", (line) => {
    const order = JSON.parse(line) as Order;
    closing ||= order.ask === "close";
    carryOut(store, order).catch(fault);
  });
  // No site outlives its overseer.
  orders.on("close", () => process.exit(0));
  takeKeys(store).catch(fault);
  usePads(store).catch(fault);
} catch (error) {
  say({ said: "refused", code: codeOf(error) });
}
