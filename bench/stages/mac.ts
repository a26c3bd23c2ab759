import { createHmac, randomBytes } from "node:crypto";
import { createKernels } from "../../kernels/index.ts";
import { referenceHash } from "../../test/reference/index.ts";
import type { Bench } from "../bench.ts";
import { ratePerCpuSecond, singleRate } from "../measure/cpu-time.ts";

const BYTES = 4 << 20;

/** The polynomial hash of authentication and verification. */
export const mac: Bench = {
  name: "mac",
  title: "polynomial message authentication",
  async run({ seconds }) {
    const { hash } = await createKernels();
    const message = new Uint8Array(randomBytes(BYTES));
    const key = new Uint8Array(randomBytes(hash.keyBytes));
    const rate = ratePerCpuSecond(BYTES / 1e6, () => hash.polynomial(key, message), { seconds: seconds(1) });
    const piece = message.subarray(0, 1 << 15);
    referenceHash.polynomial(key, piece.subarray(0, 1 << 12));
    const slow = singleRate(piece.length / 1e6, () => referenceHash.polynomial(key, piece));
    const hmac = ratePerCpuSecond(BYTES / 1e6, () => createHmac("sha256", key).update(message).digest(), {
      seconds: seconds(0.5),
    });
    return [
      {
        bench: "mac",
        what: "GF(2^128) polynomial over 4 MiB",
        unit: "MB/s",
        ...rate,
        baseline: { what: "plain TypeScript", value: slow },
        note: `HMAC-SHA-256 of the same bytes: ${hmac.median.toFixed(0)} MB/s`,
      },
    ];
  },
};
