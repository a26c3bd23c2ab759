import type { Look } from "./observables.ts";

/** Frames of which both halves came: those that list the same gates at both ends, and those that do not. */
export interface FrameAgreement {
  readonly paired: number;
  readonly unlike: number;
}

/** How often both ends speak of different gates. */
export function lookAtFrames({ paired, unlike }: FrameAgreement): Look {
  const all = paired + unlike;
  if (all === 0) return {};
  return { unlikeFrames: { value: unlike / all, u: Math.sqrt(unlike + 0.25) / all } };
}
