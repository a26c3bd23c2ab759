import type { Scenario } from "../../../../emulator/index.ts";
import type { HonestyContext } from "../../suite/honesty-context.ts";
import { DriverLink } from "./driver-link.ts";
import { EVERY_GATE, fill, UNSEEN } from "./every-gate.ts";
import { codesOf } from "./user-frame.ts";

/** Settings of a long block of gates from the first one on, and of short stretches far behind it. */
export interface FarGates {
  readonly block: Uint8Array;
  readonly stretches: readonly { readonly firstGate: bigint; readonly codes: Uint8Array }[];
}

const FRAME_GATES = 256;
const STRETCH_FRAMES = 2;

/**
 * Gates of the kernel's light a block's length apart, dark in between, so that a period of up to `stretches` blocks shows:
 * the stretch that begins each later block lies a whole period behind some gate of the first one. Then every power of two
 * up to 2^36.
 */
export async function farGatesOfKernel(context: HonestyContext, stretches: number): Promise<FarGates> {
  const optics = await context.openOptics({ link: EVERY_GATE, seed: context.seedFor("far gates of kernel") });
  const block = new Uint8Array(2 ** 20).fill(UNSEEN);
  const limits = { maxDetections: FRAME_GATES, maxGates: BigInt(FRAME_GATES) };
  while (fill(block, optics.nextFrame(limits)) < block.length);
  const found: { firstGate: bigint; codes: Uint8Array }[] = [];
  const places = Array.from({ length: stretches }, (_, i) => BigInt(i + 1) * BigInt(block.length));
  const far = Array.from({ length: 37 }, (_, i) => 1n << BigInt(i));
  for (const place of [...places, ...far.filter((gate) => gate > places.at(-1)!)]) {
    optics.control({ type: "fibreCut", cut: true });
    while (optics.gate < place) {
      const left = place - optics.gate;
      optics.nextFrame({ maxDetections: 1, maxGates: left < 2n ** 34n ? left : 2n ** 34n });
    }
    optics.control({ type: "fibreCut", cut: false });
    for (let frame = 0; frame < STRETCH_FRAMES; frame++) {
      const seen = optics.nextFrame(limits);
      if (BigInt(seen.detections) === seen.gateCount)
        found.push({ firstGate: seen.firstGate, codes: codesOf(seen) });
    }
    if (found.length % 100 === 0) context.progress(`far gates of the kernel: ${found.length}`);
  }
  return { block, stretches: found };
}

/** Clock at which a second has 2^30 gates, so that a timeline in seconds darkens the fibre for powers of two. */
const CLOCK_HZ = 2 ** 30;
const BLOCK_MS = 0.5;
const STRETCH_MS = 0.01;
const POWERS = [1, 2, 4, 8, 16] as const;

/**
 * The same through drivers at a link that plays a timeline: light from the first gate on, and again half a block behind 2^30,
 * 2^31, ... 2^34 gates. The timeline stands still while no frames are made, so that its gates are those of the key.
 */
export async function farGatesOfDrivers(context: HonestyContext): Promise<FarGates> {
  const link = await DriverLink.open({ scenario: timeline(), seed: context.seedFor("far gates of drivers") });
  try {
    const block = new Uint8Array(Math.floor((BLOCK_MS / 1000) * CLOCK_HZ)).fill(UNSEEN);
    const stretches: { firstGate: bigint; codes: Uint8Array }[] = [];
    const last = BigInt(POWERS.at(-1)! * CLOCK_HZ);
    await link.start(FRAME_GATES);
    for (let gate = 0n, lit = false; gate < last || !lit; ) {
      const frame = await link.next();
      gate = frame.firstGate + frame.gateCount;
      lit = BigInt(frame.detections) === frame.gateCount;
      if (gate <= BigInt(block.length)) fill(block, frame);
      else if (lit) stretches.push({ firstGate: frame.firstGate, codes: codesOf(frame) });
    }
    return { block, stretches };
  } finally {
    await link.close();
  }
}

/** Gates of one key exchange, and of the next one at the same devices. */
export async function gatesOfTwoExchanges(
  context: HonestyContext,
  gates: number,
): Promise<readonly Uint8Array[]> {
  const link = await DriverLink.open({ link: EVERY_GATE, seed: context.seedFor("two key exchanges") });
  try {
    const exchanges: Uint8Array[] = [];
    for (let exchange = 0; exchange < 2; exchange++) {
      const codes = new Uint8Array(gates).fill(UNSEEN);
      await link.start(FRAME_GATES);
      for (let at = 0; at < gates; at += FRAME_GATES) {
        const frame = await link.next();
        if (BigInt(frame.detections) === frame.gateCount) codes.set(codesOf(frame), at);
      }
      await link.stop();
      exchanges.push(codes);
    }
    return exchanges;
  } finally {
    await link.close();
  }
}

function timeline(): Scenario {
  const lit = [0, ...POWERS.map((power) => 1000 * power + BLOCK_MS / 2)];
  const dark = lit.slice(0, -1).map((ms, index) => {
    const from = ms + (index === 0 ? BLOCK_MS : STRETCH_MS);
    return {
      at: `${from.toFixed(3)} ms`,
      event: "cut",
      for: `${(lit[index + 1]! - from).toFixed(3)} ms`,
    } as const;
  });
  return {
    name: "far-gates",
    title: "Light at gates far apart",
    description: "A link on which every gate clicks, dark for powers of two of gates.",
    preset: "t12",
    clockHz: CLOCK_HZ,
    duration: "20 s",
    longestFrame: "500 ms",
    drift: "none",
    protocol: {
      intensities: EVERY_GATE.intensities,
      intensityProbabilities: EVERY_GATE.intensityProbabilities,
      aliceZProbability: EVERY_GATE.aliceZProbability,
      bobZProbability: EVERY_GATE.bobZProbability,
    },
    fibre: { lengthKm: 0.001, attenuationDbPerKm: 0.2, kind: "buried" },
    devices: {
      bob: {
        receiverLossDb: 0,
        detectors: { efficiency: [1, 1], darkCountsPerGate: [0, 0], afterpulseProbability: 0 },
      },
    },
    initial: { visibility: { z: 1, x: 1 } },
    timeline: dark,
  };
}
