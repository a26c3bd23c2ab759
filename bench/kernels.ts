// Medians of the kernels on one thread, with the plain TypeScript references in the same run: node bench/kernels.ts
import { randomBytes } from "node:crypto";
import { createKernels } from "../kernels/index.ts";
import type { CascadeSetup, Kernels } from "../kernels/kernels.ts";
import {
  referenceAmplification,
  referenceBits,
  referenceCascade,
  referenceHash,
} from "../test/reference/index.ts";

/** CPU seconds of `work`, median of `runs` after one warm-up: other processes disturb it less than wall time. */
function cpuSeconds(work: () => void, runs: number): number {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const before = process.cpuUsage();
    work();
    const spent = process.cpuUsage(before);
    if (run > 0 || runs === 1) times.push((spent.user + spent.system) / 1e6);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

function withErrors(key: Uint8Array, bits: number, qber: number): { key: Uint8Array; errors: number } {
  const wrong = Uint8Array.from(key);
  let errors = 0;
  const gap = () => 1 + Math.floor(Math.log(1 - Math.random()) / Math.log(1 - qber));
  for (let at = gap() - 1; at < bits; at += gap(), errors++) wrong[at >> 3]! ^= 1 << (at & 7);
  return { key: wrong, errors };
}

function reconcile(make: Kernels["cascade"], frames: number, qber: number) {
  const keyBits = frames * 65536;
  const key = randomBytes(keyBits / 8);
  const bob = withErrors(key, keyBits, qber);
  const setup: Omit<CascadeSetup, "role" | "key"> = { qber, seed: randomBytes(32), keyBits };
  const seconds = cpuSeconds(
    () => {
      const a = make({ ...setup, role: "alice", key });
      const b = make({ ...setup, role: "bob", key: bob.key });
      while (!a.done) {
        const [fromA, fromB] = [a.emit(), b.emit()];
        a.absorb(fromB);
        b.absorb(fromA);
      }
      leak = a.disclosedBits;
      rounds = a.rounds;
      if (Buffer.compare(b.result(), key) !== 0) failed = true;
      a.free();
      b.free();
    },
    frames > 2 ? 5 : 1,
  );
  const rate = bob.errors / keyBits;
  const entropy = -rate * Math.log2(rate) - (1 - rate) * Math.log2(1 - rate);
  return { mbps: keyBits / 1e6 / seconds, f: leak / keyBits / entropy };
}
let leak = 0;
let rounds = 0;
let failed = false;

const kernels = await createKernels();
const rows: Record<string, string | number>[] = [];
const row = (what: string, unit: string, fast: number, slow: number, note = "") =>
  rows.push({ what, unit, kernel: Number(fast.toPrecision(3)), ratio: Math.round(fast / slow), note });

{
  const bits = 2 ** 23;
  const small = 2 ** 17;
  const [mask, a, b] = [randomBytes(bits / 8), randomBytes(bits / 8), randomBytes(bits / 8)] as const;
  const per = (n: number, seconds: number) => n / 1e9 / seconds;
  row(
    "compact, 2 planes",
    "Gb/s a plane",
    per(
      2 * bits,
      cpuSeconds(() => kernels.bits.compact(mask, [a, b], bits), 9),
    ),
    per(
      2 * small,
      cpuSeconds(() => referenceBits.compact(mask, [a, b], small), 3),
    ),
  );
  row(
    "agree",
    "Gb/s",
    per(
      bits,
      cpuSeconds(() => kernels.bits.agree(a, b, bits), 9),
    ),
    per(
      small,
      cpuSeconds(() => referenceBits.agree(a, b, small), 3),
    ),
  );
}
{
  const message = randomBytes(4 << 20);
  const key = randomBytes(16);
  const piece = message.subarray(0, 1 << 14);
  const per = (n: number, seconds: number) => n / 1e6 / seconds;
  row(
    "polynomial hash",
    "MB/s",
    per(
      message.length,
      cpuSeconds(() => kernels.hash.polynomial(key, message), 9),
    ),
    per(
      piece.length,
      cpuSeconds(() => referenceHash.polynomial(key, piece), 3),
    ),
  );
}
{
  const slow = reconcile(referenceCascade, 1, 0.023).mbps;
  for (const qber of [0.01, 0.023, 0.05, 0.08]) {
    const { mbps, f } = reconcile(kernels.cascade, 32, qber);
    row(
      `Cascade, both sides, QBER ${qber * 100} %`,
      "Mb/s",
      mbps,
      slow,
      `f ${f.toFixed(4)}, ${rounds} rounds${failed ? ", FAILED" : ""}`,
    );
  }
}
{
  const amplify = (kernel: Kernels["privacyAmplification"], bits: number, runs: number) => {
    const out = Math.floor(0.35 * bits);
    const key = randomBytes(bits / 8);
    const seed = randomBytes(kernel.seedBytes(bits, out));
    return bits / 1e6 / cpuSeconds(() => kernel.hash(key, bits, out, seed), runs);
  };
  const slow = amplify(referenceAmplification, 1e6, 1);
  row("amplification, 12 Mbit to 4.2", "Mb/s of input", amplify(kernels.privacyAmplification, 12e6, 7), slow);
  row("amplification, 100 Mbit to 35", "Mb/s of input", amplify(kernels.privacyAmplification, 1e8, 3), slow);
}
console.table(rows);
