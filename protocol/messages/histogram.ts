import { choice, count64, f64, list, messageCodec, text8, u8 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** What is counted: gates from one click of a detector to its next, or arrival times inside of the gate. */
export const HISTOGRAM_KINDS = { gap: 0, arrival: 1 } as const;

/** Reads a histogram of the clicks of the last measurement. Never of key: gaps of one detector would tell its bits. */
export const readHistogram = command({
  opcode: 0x0043,
  meaning:
    "histogram of one detector's clicks in the last measurement, or in the running one so far; receiver",
  idempotent: true,
  writes: false,
  request: messageCodec({
    kind: choice(HISTOGRAM_KINDS, "what is counted"),
    detector: u8("0 or 1, the detector of which bit"),
  }),
  reply: messageCodec({
    kind: choice(HISTOGRAM_KINDS, "what is counted"),
    detector: u8("the detector of which bit"),
    gates: count64("gates that were looked at; 0 before the first measurement"),
    unit: text8("unit of the bins: gates or ps"),
    firstBin: f64("lower edge of the first bin"),
    binWidth: f64("width of each bin"),
    below: count64("clicks below the first bin"),
    counts: list(count64("clicks"), "clicks in each bin"),
    beyond: count64("clicks beyond the last bin"),
  }),
});
