import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { KeyManagerClient } from "../../client/index.ts";
import {
  createDeliveryServer,
  createKeyFile,
  type OpenKeyPool,
  openKeyPool,
  PRE_PLACED_SECRET_BYTES,
  type SiteRole,
} from "../../controller/index.ts";
import { SecretBytes } from "../../protocol/index.ts";
import type { Bench } from "../bench.ts";
import { quantile, summarise } from "../measure/median.ts";

const CALLERS = 16;
const BLOCK_BYTES = 4_600_000;
const BLOCKS = 6;

/** A key requested at one site and fetched at the other, one by one; both sites and both clients share this process. */
export const client: Bench = {
  name: "client",
  title: "requestKey at one site, fetchKey at the other",
  async run({ seconds }) {
    const folder = mkdtempSync(join(tmpdir(), "qkdlink-bench-"));
    const secret = new Uint8Array(randomBytes(PRE_PLACED_SECRET_BYTES));
    const open = (site: SiteRole): Promise<OpenKeyPool> => {
      const keyFile = join(folder, `${site}.kek`);
      createKeyFile(keyFile);
      return openKeyPool({
        path: join(folder, `${site}.db`),
        keyFile,
        site,
        linkId: "bench",
        linkSecret: new SecretBytes(secret.slice()),
        capacityBits: 2 ** 34,
      });
    };
    const stores = [await open("alice"), await open("bob")] as const;
    for (let sequence = 0; sequence < BLOCKS; sequence += 1) await addBlock(stores, sequence);
    const authority = await DevelopmentAuthority.create();
    const ca = authority.certificate;
    const serve = async ({ pool }: OpenKeyPool, name: string, other: string) => {
      const { certificate: cert, privateKey: key } = await authority.issue(name, ["127.0.0.1"]);
      return createDeliveryServer({
        keys: { pool, fallback: () => ({ engaged: false, reason: null }) },
        tls: { cert, key, ca },
        listen: { host: "127.0.0.1", port: 0 },
        ids: { sourceKmeId: name, targetKmeId: other },
      });
    };
    const servers = [
      await serve(stores[0], "kme-alice", "kme-bob"),
      await serve(stores[1], "kme-bob", "kme-alice"),
    ] as const;
    const ask = async (url: string, sae: string) => {
      const { certificate: cert, privateKey: key } = await authority.issue(sae);
      return new KeyManagerClient({ endpoints: [url], tls: { cert, key, ca }, connections: CALLERS });
    };
    const alice = await ask(servers[0].url, "sae-alice");
    const bob = await ask(servers[1].url, "sae-bob");
    try {
      const latenciesMs: number[] = [];
      const perSecond: number[] = [];
      const one = async (): Promise<void> => {
        const begunMs = performance.now();
        const taken = await alice.requestKey({ destinationSae: "sae-bob", keySizeBits: 256 });
        if (taken.status !== "available") throw new Error(`no key: ${taken.reason}`);
        const fetched = await bob.fetchKey(taken.keyId, { from: "sae-alice" });
        if (fetched.status !== "available") throw new Error(`no key: ${fetched.reason}`);
        if (Buffer.compare(taken.keyMaterial.reveal(), fetched.keyMaterial.reveal()) !== 0)
          throw new Error("the keys differ");
        latenciesMs.push(performance.now() - begunMs);
      };
      await one();
      const endMs = performance.now() + 1000 * seconds(5);
      const caller = async (): Promise<void> => {
        while (performance.now() < endMs) await one();
      };
      const counting = (async () => {
        for (let before = latenciesMs.length; performance.now() < endMs; before = latenciesMs.length) {
          const begunMs = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 500));
          perSecond.push((latenciesMs.length - before) / ((performance.now() - begunMs) / 1000));
        }
      })();
      await Promise.all([counting, ...Array.from({ length: CALLERS }, caller)]);
      const sorted = latenciesMs.sort((a, b) => a - b);
      return [
        {
          bench: "client",
          what: `requestKey and fetchKey, ${CALLERS} callers, 256 bits`,
          unit: "keys/s",
          ...summarise(perSecond),
          target: { bound: "least", value: 1000 },
        },
        {
          bench: "client",
          what: `99 % of ${sorted.length} pairs of calls within`,
          unit: "ms",
          median: quantile(sorted, 0.99),
          spread: null,
          runs: 1,
        },
      ];
    } finally {
      alice.close();
      bob.close();
      for (const server of servers) await server.close();
      for (const { pool } of stores) await pool.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** The same block at both sites, released as the agreement does. */
async function addBlock(stores: readonly OpenKeyPool[], sequence: number): Promise<void> {
  const material = new Uint8Array(randomBytes(BLOCK_BYTES));
  const blockId = randomBytes(16).toString("hex");
  const epsilon = { secrecy: 1e-10, correctness: 1e-15, authentication: 1e-30 };
  const facts = { blockId, sequence, origin: "qkd" as const, epsilon, createdAtMs: Date.now() };
  for (const { pool } of stores) {
    await pool.addPending({
      ...facts,
      key: new SecretBytes(material.slice()),
      tail: new SecretBytes(new Uint8Array(64)),
    });
    await pool.makeAvailable(blockId, {
      boundaryBytes: Math.floor(BLOCK_BYTES / 64) * 32,
      tag: "00".repeat(16),
    });
  }
}
