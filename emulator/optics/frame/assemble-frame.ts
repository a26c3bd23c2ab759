import { createHash } from "node:crypto";
import type { SampledFrame } from "../../../kernels/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { photocurrentNa } from "../effects/detector.ts";
import type { OpticsFrame } from "../optics.ts";
import type { Uniform } from "../random/binomial.ts";
import { countOnes } from "./bit-planes.ts";
import { sentCounts } from "./sent-counts.ts";

type Plane = Uint8Array;
type EightPlanes = [Plane, Plane, Plane, Plane, Plane, Plane, Plane, Plane];

/**
 * Splits sampled detections into what each transceiver knows. The digest that both halves carry is SHA-256 over the
 * gaps in gate order, each as unsigned LEB128: the first gap counts from the frame's first gate (0 = that gate itself),
 * every other one from the detection before (at least 1).
 */
export function assembleFrame(
  sampled: SampledFrame,
  frameId: number,
  firstGate: bigint,
  conditions: OpticsConditions,
  uniform: Uniform,
): OpticsFrame {
  const [basis, bit, intensityLow, intensityHigh, bobBasis, bobBit, zero, one] =
    sampled.planes as EightPlanes;
  const clicks: [number, number] = [countOnes(zero), countOnes(one)];
  return {
    frameId,
    firstGate,
    gateCount: BigInt(sampled.gates),
    detections: sampled.detections,
    gateDigest: new Uint8Array(createHash("sha256").update(sampled.gapBytes).digest()),
    qtx: {
      basis,
      bit,
      intensityLow,
      intensityHigh,
      sent: sentCounts(conditions.link, sampled.gates, sampled.seen, uniform),
    },
    qrx: {
      basis: bobBasis,
      bit: bobBit,
      clicksPerDetector: clicks,
      doubleClicks: clicks[0] + clicks[1] - sampled.detections,
      deadGates: sampled.blindGates,
      photocurrentNa: photocurrentNa(conditions, clicks[0] + clicks[1], sampled.gates),
    },
  };
}
