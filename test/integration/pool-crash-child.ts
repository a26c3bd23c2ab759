import { randomBytes } from "node:crypto";
import { openKeyPool, PRE_PLACED_SECRET_BYTES, readSecretFile } from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";

/**
 * Works on a pool until it is killed: adds blocks, takes keys, fetches, reserves, and prints each result only after
 * the pool acknowledged it.
 */
const [folder = "", first = "0"] = process.argv.slice(2);
const { pool, auth } = await openKeyPool({
  path: `${folder}/alice.db`,
  keyFile: `${folder}/alice.key`,
  site: "alice",
  linkId: "test-link",
  linkSecret: readSecretFile(`${folder}/secret`, PRE_PLACED_SECRET_BYTES),
  redeliveryMs: 0,
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function addBlocks(): Promise<void> {
  for (let sequence = Number(first); ; sequence += 1) {
    const blockId = randomBytes(16).toString("hex");
    const bytes = sequence % 5 === 0 ? 900_000 : 2048;
    const key = new SecretBytes(new Uint8Array(randomBytes(bytes)));
    const epsilon = { secrecy: 0, correctness: 0, authentication: 0 };
    const tail = new SecretBytes(new Uint8Array(64));
    await pool.addPending({ blockId, sequence, origin: "qkd", key, tail, epsilon, createdAtMs: 1 });
    say(`added ${blockId}`);
    await pool.makeAvailable(blockId, { boundaryBytes: 1024, tag: "ab".repeat(16) });
    say(`available ${blockId}`);
  }
}

async function takeKeys(): Promise<void> {
  for (;;) {
    try {
      const audience = { master: "a", slave: "b" };
      const keys = await pool.takeMany({ bits: 256, count: 3, audience, origin: "qkd" });
      for (const { keyId, key } of keys) say(`key ${keyId} ${Buffer.from(key.reveal()).toString("hex")}`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

async function reserve(): Promise<void> {
  for (;;) say(`pad ${(await auth.reserve(4)).offset}`);
}

say("ready");
await Promise.race([addBlocks(), takeKeys(), takeKeys(), reserve()]);
