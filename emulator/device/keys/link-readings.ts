import { GATE_VARIANCE_PS2, PULSE_VARIANCE_PS2 } from "../../../physics/index.ts";
import type { GapExcess } from "../../optics/frame/gap-excess.ts";
import type { LinkSums } from "./link-sums.ts";

/** The link as its own instruments see it; null is what too few counts tell nothing of. */
export interface LinkReadings {
  readonly countRateHz: readonly [number, number];
  readonly gain: number;
  /** Detections a pulse of intensity u, v, w. */
  readonly gains: readonly [number | null, number | null, number | null];
  readonly doubleClicksHz: number;
  readonly qberPpm: number | null;
  readonly qberZPpm: number | null;
  readonly qberXPpm: number | null;
  readonly visibility: number | null;
  /** Arrival of the pulses off the middle of the gates, and distance between the gates as the clicks show it. */
  readonly arrivalOffsetPs: number | null;
  readonly gateSkewPs: number | null;
  readonly afterpulsePpm: number | null;
  /** V sin(phase error), from -1 to 1. */
  readonly mismatchedCorrelation: number | null;
  readonly photocurrentsNa: readonly [number, number];
  readonly biasSagV: number;
}

/** A gain from fewer pulses tells nothing. */
const LEAST_PULSES = 1000;
/** Times of fewer clicks by light, or of clicks that light makes less than this share of, tell no arrival. */
const LEAST_TAGS = 1000;
const LEAST_LIGHT = 0.2;
/** Fewer gaps than this leave the share of afterpulses uncertain by more than a per cent. */
const LEAST_GAPS = 50_000;
/** Fewer detections in different bases than this leave their correlation uncertain by more than 3 %. */
const LEAST_MISMATCHED = 1000;

/** Detections a pulse, of each intensity. */
export function gains(sums: LinkSums): LinkReadings["gains"] {
  const of = (detected: number, sent: number) => (sent < LEAST_PULSES ? null : detected / sent);
  return [of(sums.detectedU, sums.sentU), of(sums.detectedV, sums.sentV), of(sums.detectedW, sums.sentW)];
}

/**
 * Arrival of the pulses off the middle of the gates from the clicks' mean times. Clicks by carriers come anywhere in the
 * gate and pull the mean to its middle: their share is what vacuum pulses show. A gate shows a pulse nearer to its middle
 * than it arrives, by the ratio of their widths.
 */
export function arrivals(sums: LinkSums): Pick<LinkReadings, "arrivalOffsetPs" | "gateSkewPs"> {
  const [, , vacuum] = gains(sums);
  const light = vacuum === null ? 1 : 1 - Math.min(1, (vacuum * sums.gates) / Math.max(1, sums.detections));
  const fewest = Math.min(sums.clicks0, sums.clicks1) * light;
  if (light < LEAST_LIGHT || fewest < LEAST_TAGS) return { arrivalOffsetPs: null, gateSkewPs: null };
  const scale = (GATE_VARIANCE_PS2 + PULSE_VARIANCE_PS2) / GATE_VARIANCE_PS2 / light;
  const zero = (scale * sums.arrival0) / sums.clicks0;
  const one = (scale * sums.arrival1) / sums.clicks1;
  return { arrivalOffsetPs: (zero + one) / 2, gateSkewPs: zero - one };
}

/** Share of clicks that another one follows because of them. */
export function afterpulsePpm({ gaps, excess }: GapExcess): number | null {
  return gaps < LEAST_GAPS ? null : Math.max(0, (1e6 * excess) / gaps);
}

/** Tilt of the bits in different bases: the visibility times the sine of the phase error. */
export function mismatchedCorrelation({ mismatched, mismatchedSigned }: LinkSums): number | null {
  return mismatched < LEAST_MISMATCHED ? null : mismatchedSigned / mismatched;
}
