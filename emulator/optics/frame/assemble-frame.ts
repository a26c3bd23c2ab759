import { createHash } from "node:crypto";
import type { SampledFrame } from "../../../kernels/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { photocurrentNa } from "../effects/detector.ts";
import type { OpticsFrame } from "../optics.ts";
import type { Uniform } from "../random/binomial.ts";
import { bitPlane } from "./bit-planes.ts";
import { sentCounts } from "./sent-counts.ts";

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
  const { codes } = sampled;
  const clicks: [number, number] = [0, 0];
  let doubleClicks = 0;
  for (const code of codes) {
    clicks[0] += (code >>> 6) & 1;
    clicks[1] += code >>> 7;
    if (code >= 0xc0) doubleClicks++;
  }
  return {
    frameId,
    firstGate,
    gateCount: BigInt(sampled.gates),
    detections: sampled.detections,
    gateDigest: new Uint8Array(createHash("sha256").update(sampled.gapBytes).digest()),
    qtx: {
      basis: bitPlane(codes, 0),
      bit: bitPlane(codes, 1),
      intensityLow: bitPlane(codes, 2),
      intensityHigh: bitPlane(codes, 3),
      sent: sentCounts(conditions.link, sampled.gates, sampled.seen, uniform),
    },
    qrx: {
      basis: bitPlane(codes, 4),
      bit: bitPlane(codes, 5),
      clicksPerDetector: clicks,
      doubleClicks,
      deadGates: sampled.blindGates,
      photocurrentNa: photocurrentNa(conditions, clicks[0] + clicks[1], sampled.gates),
    },
  };
}
