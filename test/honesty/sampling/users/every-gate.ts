import { type LinkParameters, linkPreset } from "../../../../physics/index.ts";
import type { HonestyContext } from "../../suite/honesty-context.ts";
import { codesOf, type UserFrame } from "./user-frame.ts";
import { type Path, userFrames } from "./user-frames.ts";

/**
 * A link so bright that all but one gate in 16,000 clicks: the planes of its frames then are the settings of Alice and Bob
 * gate by gate, and what no tap of truth tells anybody reads off the frames. All choices are even, so that they make fair
 * bits; nothing goes astray, so that Bob's bit is Alice's in matched bases and a double click's random bit in the others.
 */
export const EVERY_GATE: LinkParameters = {
  ...linkPreset("t12").link,
  intensities: [10, 9.9, 9.8],
  intensityProbabilities: [0.5, 0.25, 0.25],
  aliceZProbability: 0.5,
  bobZProbability: 0.5,
  channelLossDb: 0,
  receiverLossDb: 0,
  detectorEfficiency: [1, 1],
  darkCountsPerGate: [0, 0],
  afterpulseProbability: 0,
  misalignment: { z: 0, x: 0 },
};

/** Marks gates in whose frame a gate did not click, so that nobody knows which. */
export const UNSEEN = 0xff;

const FRAME_GATES = 1024;

/** Codes (see `codesOf`) of consecutive gates from the first one on. */
export function everyGate(context: HonestyContext, path: Path, gates: number): Promise<Uint8Array> {
  return context.sample(`${path} every gate`, async () => {
    const request = { name: "every gate", link: EVERY_GATE, detectionsPerFrame: FRAME_GATES };
    const codes = new Uint8Array(gates).fill(UNSEEN);
    for await (const frame of userFrames(context, path, request)) if (fill(codes, frame) >= gates) break;
    return codes;
  });
}

/** Enters a frame whose every gate clicked. Returns the gate after it. */
export function fill(codes: Uint8Array, frame: UserFrame): number {
  const first = Number(frame.firstGate);
  const end = first + Number(frame.gateCount);
  if (BigInt(frame.detections) === frame.gateCount && first < codes.length)
    codes.set(codesOf(frame).subarray(0, codes.length - first), first);
  return end;
}
