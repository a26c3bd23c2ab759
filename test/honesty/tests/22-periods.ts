import { everyGate } from "../sampling/users/every-gate.ts";
import {
  type FarGates,
  farGatesOfDrivers,
  farGatesOfKernel,
  gatesOfTwoExchanges,
} from "../sampling/users/far-gates.ts";
import { settingBits } from "../sampling/users/setting-bits.ts";
import type { BitStream } from "../statistics/parity.ts";
import { RUN_BITS, RunIndex } from "../statistics/run-index.ts";
import { exactly, type Finding, type HonestyTest } from "../suite/honesty-test.ts";

/** Alice's basis, bit, signal or not; Bob's basis. */
const LOOKED_AT = [0, 1, 2, 4] as const;

/** No setting comes again: not after any number of gates, in no other key exchange, under no other seed, at no other site. */
export const periods: HonestyTest = {
  number: 22,
  title: "periods and seeds of the settings",
  catches: "settings that repeat, however late; counters that wrap; sites or seeds that share a generator",
  limits: {
    repeats: {
      statistic: `runs of ${RUN_BITS} bits of a setting, plain or inverted, that stand elsewhere in any setting of either site`,
      alpha: 0,
      checks: 5,
    },
    reach: { statistic: "periods up to this many gates were looked for", alpha: 0, checks: 1 },
  },
  async run(context) {
    const blocks = context.sized({ fast: 1100, full: 8200 });
    const kernel = await farGatesOfKernel(context, blocks);
    const drivers = await farGatesOfDrivers(context);
    const [first, second] = await gatesOfTwoExchanges(context, 2 ** 15);
    let uses = 0;
    const looked = (codes: Uint8Array) => {
      // Tosses for unseen gates must not come again either.
      const bits = settingBits(codes, context.seedFor(`coins of periods ${uses++}`));
      return LOOKED_AT.map((index) => bits[index]!);
    };
    const ofKernel = looked(kernel.block);
    const index = indexed(ofKernel);
    const other = looked(await everyGate(context, "kernel", 2 ** 17));
    const reach = BigInt(blocks) * BigInt(kernel.block.length);
    return {
      findings: [
        repeats("kernel, within the first block", looksWithin(ofKernel, index)),
        repeats("kernel, far gates", looksFar(kernel, index, looked)),
        repeats("drivers, far gates", ofDrivers(drivers, looked)),
        repeats(
          "drivers, the next key exchange",
          looksFor(looked(second!), indexed(looked(first!)), () => -1),
        ),
        repeats(
          "kernel, another seed",
          looksFor(other, index, () => -1),
        ),
        exactly("reach", "kernel", reach > 2n ** 30n, `${reach} gates`, `above ${2n ** 30n}`),
      ],
    };
  },
};

const indexed = (streams: readonly BitStream[]) => streams.map((stream) => new RunIndex(stream));

interface Looks {
  readonly looked: number;
  readonly found: readonly string[];
}

function repeats(what: string, { looked, found }: Looks): Finding {
  const observed = found.length === 0 ? `none of ${looked}` : `${found.length} of ${looked}: ${found[0]!}`;
  return exactly("repeats", what, found.length === 0 && looked > 0, observed, "none");
}

/** Every run of streams, one behind the other, in every index. `self` is where a stream of the index may find itself. */
function looksFor(
  streams: readonly BitStream[],
  index: readonly RunIndex[],
  self: (stream: number, at: number) => number,
  from = 0n,
): Looks {
  const found: string[] = [];
  let looked = 0;
  for (const [which, stream] of streams.entries())
    for (let at = 0; at + RUN_BITS < stream.words.length << 5; at += RUN_BITS)
      for (const [target, runs] of index.entries()) {
        looked++;
        const place = runs.find(stream.words, at, target === which ? self(which, at) : -1);
        if (place !== undefined)
          found.push(
            `${stream.name} of gate ${from + BigInt(at)} again at ${place}, ${streams[target]!.name}`,
          );
      }
  return { looked, found };
}

const looksWithin = (streams: readonly BitStream[], index: readonly RunIndex[]) =>
  looksFor(streams, index, (_, at) => at);

function looksFar(
  { stretches }: FarGates,
  index: readonly RunIndex[],
  looked: (codes: Uint8Array) => readonly BitStream[],
): Looks {
  const all = stretches.map(({ firstGate, codes }) => looksFor(looked(codes), index, () => -1, firstGate));
  return {
    looked: all.reduce((sum, one) => sum + one.looked, 0),
    found: all.flatMap(({ found }) => found),
  };
}

function ofDrivers(far: FarGates, looked: (codes: Uint8Array) => readonly BitStream[]): Looks {
  return looksFar(far, indexed(looked(far.block)), looked);
}
