import { choice, f64, messageCodec, text8, u16, u32 } from "../codec/kit.ts";
import { command, event } from "./declaration.ts";

/** What can be adjusted: gateDelayPs, phaseOffsetRad, modulatorBiasOffsetV, the bias trims. */
export const TUNE_TARGETS = { delay: 0, phase: 1, modulator: 2, bias: 3 } as const;
/** Off: no more by itself. Once: now. Auto: now and again at an interval. */
export const TUNE_MODES = { off: 0, once: 1, auto: 2 } as const;
/** What came of an adjustment. */
export const TUNE_OUTCOMES = { adjusted: 0, unchanged: 1, failed: 2 } as const;

/** Adjusts one setting to its best by small steps on gates that never become key. Each adjustment ends with an event. */
export const tune = command({
  opcode: 0x0044,
  meaning: "adjust one setting in service, once or at an interval",
  idempotent: false,
  writes: true,
  request: messageCodec({
    what: choice(TUNE_TARGETS, "what to adjust"),
    mode: choice(TUNE_MODES, "how often"),
    intervalS: u16("seconds between two adjustments in mode auto, from 10 on; else 0"),
  }),
  reply: messageCodec({ run: u32("number of this run, rising; 0 for mode off") }),
});

/** An adjustment ended. */
export const tuned = event({
  opcode: 0x8044,
  meaning: "an adjustment ended",
  event: messageCodec({
    run: u32("number of the run, from the reply"),
    what: choice(TUNE_TARGETS, "what was adjusted"),
    outcome: choice(TUNE_OUTCOMES, "what came of it"),
    from: f64("the setting before"),
    to: f64("the setting now"),
    unit: text8("its unit"),
    text: text8("sentence for a person"),
  }),
});
