import { count64, u32 } from "../../codec/kit.ts";

/** Number of the block that a message belongs to. */
export const sequence = () => count64("number of the block");

/** What every message under the block's tag begins with. */
export const inTranscript = () => ({
  sequence: sequence(),
  heard: u32(
    "messages of the receiver in this block's transcript that the sender had heard when it sent this one",
  ),
});

/** Number of a cohort in its block. */
export const cohort = () => u32("number of the cohort in the block");

/** The order of six counts. */
export const BY_SETTING =
  "index = basis * 3 + intensity (basis 0 Z, 1 X; intensity 0 signal, 1 decoy, 2 vacuum)";
