import {
  addCounts,
  type EndCounts,
  type FrameAgreement,
  joinSifted,
  type LinkCounters,
  type LinkReadings,
  type Look,
  lookAtCounters,
  lookAtFrames,
  lookAtOneEnd,
  lookAtReadings,
  lookAtSifted,
  NO_COUNTS,
  type SiftedCounts,
} from "../../../diagnosis/index.ts";
import type { RawKeyFrame } from "../../../drivers/index.ts";
import type { RegisterValues } from "../../../protocol/index.ts";
import type { BlockReport, DistillationProgress } from "../../sources/distillation/index.ts";
import { linkCounters } from "./link-counters.ts";
import { linkReadings } from "./link-readings.ts";

/** What a site saw of its link in one look. */
export interface SeenLook {
  readonly look: Look;
  /** Counts of the blocks that ended meanwhile, or null where none did. */
  readonly sifted: SiftedCounts | null;
  readonly reports: readonly BlockReport[];
  readonly frames: FrameAgreement | null;
}

/** What a frame says of itself without a bit of it. */
export type FrameHead =
  | Pick<Extract<RawKeyFrame, { role: "qtx" }>, "role" | "gateCount" | "detections">
  | Pick<
      Extract<RawKeyFrame, { role: "qrx" }>,
      | "role"
      | "gateCount"
      | "detections"
      | "clicksPerDetector"
      | "doubleClicks"
      | "deadGates"
      | "photocurrentNa"
    >;

/** Blocks and readings that a look holds at most: a fast link ends several blocks a second. */
const MOST_BLOCKS = 256;
const MOST_READINGS = 512;
/** A block that ended in an earlier look says something of now for so many times the span between two blocks. */
const FRESH_SPANS = 1.5;

/**
 * Collects what one site sees of its link: heads of frames as running sums, blocks, registers of its own unit. It holds
 * counts alone and nothing of planes. Pure but for what it holds; times in seconds of any steady clock.
 */
export class SiteLook {
  readonly #clockHz: number;
  readonly #role: "qtx" | "qrx";
  #open: EndCounts = NO_COUNTS;
  #slices: EndCounts[] = [];
  #blocks: BlockReport[] = [];
  #readings: LinkReadings[] = [];
  #counters: LinkCounters[] = [];
  #biasSetV: number | null = null;
  #frames: FrameAgreement | null = null;
  #before: FrameAgreement | null = null;
  #last: { readonly atS: number; readonly spanS: number; readonly blocks: readonly BlockReport[] } | null =
    null;

  constructor(clockHz: number, role: "qtx" | "qrx") {
    this.#clockHz = clockHz;
    this.#role = role;
  }

  /** Adds a frame to the running sums: the whole cost of a frame. */
  frame(frame: FrameHead): void {
    this.#open = addCounts(this.#open, countsOf(frame));
  }

  /** Closes a slice of time, so that unrest shows. */
  slice(): void {
    if (this.#open.gates > 0) this.#slices.push(this.#open);
    this.#open = NO_COUNTS;
  }

  block(report: BlockReport): void {
    this.#blocks.push(report);
    if (this.#blocks.length > MOST_BLOCKS) this.#blocks.shift();
  }

  /** Running totals of the frames that both sites compared. */
  progress({ frames, digestMismatches }: Pick<DistillationProgress, "frames" | "digestMismatches">): void {
    const total = { paired: frames, unlike: digestMismatches };
    this.#before ??= total;
    this.#frames = total;
  }

  /** What the receiver's bias is set to. */
  biasSet(volts: number | null): void {
    this.#biasSetV = volts;
  }

  registers(values: RegisterValues): void {
    if (this.#readings.length >= MOST_READINGS) return;
    const [alice, bob] = this.#role === "qtx" ? [values, undefined] : [undefined, values];
    this.#readings.push(linkReadings({ alice, bob, biasSetV: this.#biasSetV }));
    this.#counters.push(linkCounters([values]));
  }

  /** Everything since the last time, as observables; what is fresher counts where two tell the same. */
  take(atS: number): SeenLook {
    this.slice();
    const fresh = this.#blocks;
    const older = fresh.length > 0 ? [] : this.#stillFresh(atS);
    const frames = this.#agreement();
    const look: Look = {
      ...this.#lookAt(older),
      ...lookAtCounters(this.#counters, this.#clockHz),
      ...lookAtOneEnd(this.#slices, this.#clockHz),
      ...this.#lookAt(fresh),
      ...lookAtReadings(this.#readings),
      ...(frames === null ? {} : lookAtFrames(frames)),
    };
    if (fresh.length > 0) this.#last = { atS, spanS: atS - (this.#last?.atS ?? atS), blocks: fresh };
    this.#slices = [];
    this.#blocks = [];
    this.#readings = [];
    this.#counters = [];
    const reports = fresh.length > 0 ? fresh : older;
    return { look, sifted: reports.length === 0 ? null : joinSifted(reports.map(siftedOf)), reports, frames };
  }

  #lookAt(blocks: readonly BlockReport[]): Look {
    return blocks.length === 0 ? {} : lookAtSifted(blocks.map(siftedOf), this.#clockHz);
  }

  #stillFresh(atS: number): readonly BlockReport[] {
    if (this.#last === null) return [];
    return atS - this.#last.atS <= FRESH_SPANS * this.#last.spanS ? this.#last.blocks : [];
  }

  #agreement(): FrameAgreement | null {
    if (this.#frames === null || this.#before === null) return null;
    const paired = this.#frames.paired - this.#before.paired;
    const unlike = this.#frames.unlike - this.#before.unlike;
    this.#before = this.#frames;
    return { paired: Math.max(0, paired), unlike: Math.max(0, unlike) };
  }
}

function countsOf(frame: FrameHead): EndCounts {
  const { gateCount, detections } = frame;
  const gates = Number(gateCount);
  if (frame.role === "qtx") return { gates, detections, receiver: null };
  const { clicksPerDetector: clicks, doubleClicks, deadGates, photocurrentNa } = frame;
  return { gates, detections, receiver: { clicks, doubleClicks, deadGates, photocurrentNa } };
}

function siftedOf(report: BlockReport): SiftedCounts {
  const { gates, detections, counts, doubleClicks, photocurrentNa, ones } = report;
  return {
    gates: Number(gates),
    detections,
    ...counts,
    doubleClicks,
    photocurrentNa,
    ones: [ones.z, ones.x],
  };
}
