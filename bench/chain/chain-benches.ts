import type { Bench, BenchContext } from "../bench.ts";
import {
  coreShare,
  cpuFigure,
  droppedFrames,
  finishedFactor,
  keyLatency,
  keyRate,
  realTimeFactor,
} from "./chain-figures.ts";
import { type ChainOutcome, type ProcessName, runChain } from "./chain-run.ts";
import { DeliveryLoad } from "./delivery-load.ts";
import { memoryFigures } from "./memory-figures.ts";

/** The reference point: the fastest published link, with blocks as its bound assumes. */
const POINT = { lossDb: 2, blockBits: 1e8 } as const;
const SECONDS = 40;

let reference: Promise<ChainOutcome> | null = null;

/** One run at real speed serves the chain's figures, each site's and memory's. */
function referenceRun({ seconds, progress }: BenchContext): Promise<ChainOutcome> {
  reference ??= runChain({ ...POINT, speed: "real", seconds: seconds(SECONDS) }, progress);
  return reference;
}

/** Secret keys from photons, three processes, durable pools. */
export const chain: Bench = {
  name: "chain",
  title: "the complete chain at 2 dB, --speed real and max",
  async run(context) {
    const real = await referenceRun(context);
    const max = await runChain(
      { ...POINT, speed: "max", seconds: context.seconds(SECONDS) },
      context.progress,
    );
    return [
      realTimeFactor("chain, real", real, { bound: "least", value: 0.99 }),
      droppedFrames("chain, real", real),
      ...keyRate("chain, real", real, POINT, { bound: "least", value: 13 }),
      // Two block lengths at 44.4 M detections a second.
      keyLatency("chain, real", real, { bound: "most", value: 5.1 }),
      realTimeFactor("chain, max", max, { bound: "least", value: 1.5 }),
      finishedFactor("chain, max", max),
      droppedFrames("chain, max", max),
      ...(["alice", "bob", "emulator"] as const).map((name) => cpuFigure("chain, max", name, max)),
    ];
  },
};

/** Five milliseconds more between the sites, as over some 500 km of fibre. */
export const chainRoundTrip: Bench = {
  name: "chain-rtt",
  title: "the chain at 2 dB with 5 ms added round trip",
  async run(context) {
    const wish = { ...POINT, speed: "real", seconds: context.seconds(30), addedRoundTripMs: 5 } as const;
    const outcome = await runChain(wish, context.progress);
    return [
      realTimeFactor("chain-rtt", outcome, { bound: "least", value: 0.99 }),
      droppedFrames("chain-rtt", outcome),
    ];
  },
};

/** Usual links, which should leave the machine to others; blocks of a few seconds, so that a short run finishes some. */
export const chainTenDecibels = usualLink({ lossDb: 10, blockBits: 3e7 }, 15);
export const chainSixteenDecibels = usualLink({ lossDb: 16, blockBits: 5e6 }, 15);

function usualLink(
  link: { readonly lossDb: number; readonly blockBits: number },
  mostPercent: number,
): Bench {
  const name = `chain-${link.lossDb}db`;
  return {
    name,
    title: `the chain at ${link.lossDb} dB`,
    async run(context) {
      const outcome = await runChain(
        { ...link, speed: "real", seconds: context.seconds(20) },
        context.progress,
      );
      return [
        coreShare(name, outcome, { bound: "most", value: mostPercent }),
        realTimeFactor(name, outcome, { bound: "least", value: 0.99 }),
        keyLatency(name, outcome),
        ...keyRate(name, outcome, link),
      ];
    },
  };
}

/** Keys are taken at Alice's site at a steady rate, three quarters of what the link gives her, while both sites distil. */
export const chainDelivery: Bench = {
  name: "chain-delivery",
  title: "keys delivered while distilling at 2 dB",
  async run(context) {
    const load = new DeliveryLoad(20_800);
    const wish = { ...POINT, speed: "real", seconds: context.seconds(30) } as const;
    const outcome = await runChain(
      { ...wish, beside: (chain, until) => load.run(chain, until) },
      context.progress,
    );
    return [
      ...load.figures("chain-delivery"),
      ...keyRate("chain-delivery", outcome, POINT, { bound: "least", value: 14 }),
      realTimeFactor("chain-delivery", outcome, { bound: "least", value: 0.99 }),
      droppedFrames("chain-delivery", outcome),
    ];
  },
};

function processBench(name: ProcessName, title: string): Bench {
  return {
    name,
    title,
    run: async (context) => [
      cpuFigure(name, name, await referenceRun(context), { bound: "most", value: 0.5 }),
    ],
  };
}

export const alice = processBench("alice", "Alice's site at 2 dB");
export const bob = processBench("bob", "Bob's site at 2 dB");
export const emulator = processBench("emulator", "the emulated pair at 2 dB");

/** Longer with --seconds: a leak shows as a slope. */
export const memory: Bench = {
  name: "memory",
  title: "resident memory of the chain at 2 dB",
  run: async (context) => memoryFigures("memory", await referenceRun(context)),
};
