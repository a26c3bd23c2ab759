import { Agent } from "node:https";
import { DevelopmentAuthority } from "../../cli/index.ts";
import { createDeliveryServer } from "../../controller/index.ts";
import type { Bench } from "../bench.ts";
import { quantile, summarise } from "../measure/median.ts";
import { timedRequest } from "../measure/timed-request.ts";
import { BenchPool } from "./filled-pool.ts";

const KEYS_A_REQUEST = 50;
const CONNECTIONS = 2;

/** ETSI GS QKD 014 over keep-alive connections with mutual TLS; server and clients share this process. */
export const delivery: Bench = {
  name: "delivery",
  title: "keys delivered over mutual TLS",
  async run({ seconds }) {
    const bench = await BenchPool.open();
    const authority = await DevelopmentAuthority.create();
    const kme = await authority.issue("kme-alice", ["127.0.0.1"]);
    const sae = await authority.issue("sae-alice");
    const ca = authority.certificate;
    const server = await createDeliveryServer({
      keys: { pool: bench.store.pool, fallback: () => ({ engaged: false, reason: null }) },
      tls: { cert: kme.certificate, key: kme.privateKey, ca },
      listen: { host: "127.0.0.1", port: 0 },
      ids: { sourceKmeId: "kme-alice", targetKmeId: "kme-bob" },
    });
    const agent = new Agent({
      keepAlive: true,
      maxSockets: CONNECTIONS,
      ca,
      cert: sae.certificate,
      key: sae.privateKey,
    });
    const url = `${server.url}/api/v1/keys/sae-bob/enc_keys?number=${KEYS_A_REQUEST}`;
    try {
      for (let block = 0; block < 40; block++) await bench.add(4_600_000);
      const latenciesMs: number[] = [];
      const perSecond: number[] = [];
      const endMs = performance.now() + 1000 * seconds(5);
      const client = async () => {
        while (performance.now() < endMs) latenciesMs.push(await timed(url, agent));
      };
      await timed(url, agent);
      const counting = (async () => {
        for (let before = latenciesMs.length; performance.now() < endMs; before = latenciesMs.length) {
          const begun = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 500));
          perSecond.push(
            ((latenciesMs.length - before) * KEYS_A_REQUEST) / ((performance.now() - begun) / 1000),
          );
        }
      })();
      await Promise.all([counting, ...Array.from({ length: CONNECTIONS }, client)]);
      const sorted = latenciesMs.sort((a, b) => a - b);
      const what = `${CONNECTIONS} connections, ${KEYS_A_REQUEST} keys a request`;
      return [
        {
          bench: "delivery",
          what,
          unit: "keys/s",
          ...summarise(perSecond),
          target: { bound: "least", value: 5000 },
        },
        {
          bench: "delivery",
          what: `99 % of ${sorted.length} requests within`,
          unit: "ms",
          median: quantile(sorted, 0.99),
          spread: null,
          runs: 1,
          target: { bound: "most", value: 20 },
        },
      ];
    } finally {
      agent.destroy();
      await server.close();
      await bench.close();
    }
  },
};

async function timed(url: string, agent: Agent): Promise<number> {
  const { status, ms } = await timedRequest(url, agent);
  if (status !== 200) throw new Error(`status ${status}`);
  return ms;
}
