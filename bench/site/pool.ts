import type { Bench } from "../bench.ts";
import { summarise } from "../measure/median.ts";
import { BenchPool } from "./filled-pool.ts";

/** A block of 10^8 sifted bits at 2 dB gives about so much key. */
const BLOCK_BYTES = 4_600_000;

/** Durable writes of whole blocks, one commit each. */
export const pool: Bench = {
  name: "pool",
  title: "durable writes of key blocks",
  async run({ seconds }) {
    const bench = await BenchPool.open();
    const rates: number[] = [];
    try {
      await bench.add(BLOCK_BYTES);
      const end = performance.now() + 1000 * seconds(3);
      while (performance.now() < end && rates.length < 40) {
        const begun = performance.now();
        await bench.add(BLOCK_BYTES);
        rates.push((8 * BLOCK_BYTES) / 1e6 / ((performance.now() - begun) / 1000));
      }
    } finally {
      await bench.close();
    }
    return [
      {
        bench: "pool",
        what: "blocks of 4.6 MB, sealed and durable",
        unit: "Mb/s",
        ...summarise(rates),
        target: { bound: "least", value: 14 },
        note: "wall time",
      },
    ];
  },
};
