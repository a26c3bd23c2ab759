/** Detections of a frame by how both sides compare; matched are those with equal bases, wrong of them those whose bits differ. */
export interface DetectionCounts {
  /** Receiver's basis 0. */
  readonly receiverZero: number;
  /** By basis. */
  readonly matched: readonly [number, number];
  readonly wrong: readonly [number, number];
  /** Matched of level 0, wrong of level 0, matched of level 2. */
  readonly lowest: number;
  readonly lowestWrong: number;
  readonly highest: number;
}

/** What one frame of the sampler holds: detections in gate order. */
export interface SampledFrame {
  readonly detections: number;
  /** Bit planes over the detections, back to back: sender basis, sender bit, level (low, high), receiver basis, receiver bit. */
  readonly planes: Uint8Array;
  readonly counts: DetectionCounts;
  /** Clicks of each detector. */
  readonly clicks: readonly [number, number];
  /**
   * LEB128 of the gaps: the first from the frame's first gate, the others from the detection before. Lent: valid until
   * the next frame begins.
   */
  readonly gapBytes: Uint8Array;
  /** Gates whose settings were looked at, by sender basis * 3 + level. */
  readonly seen: Float64Array;
  /** Gates of the frame in which a detector was blind. */
  readonly blindGates: number;
  /** Gates of the frame. */
  readonly gates: number;
}

/**
 * Event sampler on a grid of gates: candidates of a geometric process, thinned by tables, with blind time and delayed
 * after-events (layout and meaning of the tables: sampler-layout.ts). Same words in, same frames out, whatever the
 * implementation.
 */
export interface EventSampler {
  /** Offset in the window of the next gate to be looked at. */
  readonly position: number;
  /** Replaces the constants from `position` on. */
  load(tables: Uint32Array): void;
  /** Makes the window begin at gate `high` * 2^32 + `low`, `shift` gates after where it began. */
  enterWindow(high: number, low: number, shift: number): void;
  beginFrame(maxDetections: number): void;
  /**
   * Goes on until the frame has its detections or the gate at offset `until` is reached. True if the frame is full.
   * @throws ConfigError QKD_PHYSICS_OVERFLOW when more carriers wait for release than the sampler holds.
   */
  run(until: number): boolean;
  /**
   * Ends the frame at `position`; the arrays but the gaps are the caller's. The planes are written to the beginning of
   * `place`, or to memory of their own.
   */
  endFrame(place?: Uint8Array): SampledFrame;
}

/** Bit planes of a frame. */
export const SAMPLER_PLANES = 6;

/** Seed words: 16 of the four lanes (state word major), then 4 each for gaps, events and after-events. */
export const SAMPLER_SEED_WORDS = 28;
