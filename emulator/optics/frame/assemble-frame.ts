import { createHash } from "node:crypto";
import type { SampledFrame } from "../../../kernels/index.ts";
import { planeBytes } from "../../../protocol/index.ts";
import type { OpticsConditions } from "../conditions.ts";
import { photocurrentsNa } from "../effects/detector.ts";
import type { Uniform } from "../random/binomial.ts";
import { arrivalSumsPs, arrivalTags, sumOfTagsPs } from "./arrival-times.ts";
import { gapExcess } from "./gap-excess.ts";
import type { OpticsFrame } from "./optics-frame.ts";
import { sentCounts } from "./sent-counts.ts";

/** Relative noise of a current meter. */
const METER_NOISE = 0.01;

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
  withTags = false,
): OpticsFrame {
  const { clicks, counts, planes } = sampled;
  const bytes = planeBytes(sampled.detections);
  const sent = sentCounts(conditions.link, sampled.gates, sampled.seen, uniform);
  const currents = metered(photocurrentsNa(conditions, clicks, sampled.gates), conditions, uniform);
  const liveGates = sampled.gates - sampled.blindGates;
  const tags = withTags ? arrivalTags(conditions, clicks, liveGates, uniform) : undefined;
  const arrivals: readonly [number, number] =
    tags === undefined
      ? arrivalSumsPs(conditions, clicks, liveGates, uniform)
      : [sumOfTagsPs(tags[0]), sumOfTagsPs(tags[1])];
  const gateDigest = new Uint8Array(createHash("sha256").update(sampled.gapBytes).digest());
  const plane = (index: number) => planes.subarray(index * bytes, (index + 1) * bytes);
  return {
    frameId,
    firstGate,
    gateCount: BigInt(sampled.gates),
    detections: sampled.detections,
    counts,
    gateDigest,
    gaps: sampled.gapBytes,
    qtx: {
      basis: plane(0),
      bit: plane(1),
      intensityLow: plane(2),
      intensityHigh: plane(3),
      sent,
    },
    qrx: {
      basis: plane(4),
      bit: plane(5),
      gateDigest,
      clicksPerDetector: clicks,
      doubleClicks: clicks[0] + clicks[1] - sampled.detections,
      deadGates: sampled.blindGates,
      photocurrentNa: currents[0] + currents[1],
      photocurrentsNa: currents,
      biasSagV: conditions.biasSagV,
      arrivalSumsPs: arrivals,
      ...(tags === undefined ? {} : { arrivalTags: tags }),
      gaps: gapExcess(sampled.gapBytes, conditions.link.deadGates),
    },
  };
}

/** Currents as meters with noise of their own read them; exact on a link without drift. */
function metered(
  [zero, one]: readonly [number, number],
  { drift }: OpticsConditions,
  uniform: Uniform,
): readonly [number, number] {
  if (drift === undefined) return [zero, one];
  const noise = () =>
    1 + METER_NOISE * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return [zero * noise(), one * noise()];
}
