import { choice, f64, messageCodec, text8, u8, u32 } from "../codec/kit.ts";
import { command, event } from "./declaration.ts";

/** Steps of calibration in the order of commissioning; `all` runs those that the device's role has. */
export const CALIBRATION_STEPS = {
  all: 0,
  init: 1,
  laser: 2,
  globalCounterSync: 3,
  attenuator: 4,
  modulatorBias: 5,
  receiverPolarisation: 6,
  photonsPerPulse: 7,
  detectorGates: 8,
  finePhaseShift: 9,
  coarseDelayModulo: 10,
  coarseDelayAbsolute: 11,
  zeroPosition: 12,
} as const;

/** First: from nothing. Full: search around the saved values. Fast: take the saved values and check them. */
export const CALIBRATION_VARIANTS = { first: 0, full: 1, fast: 2 } as const;

/** How a calibration step ended; a failed step ends the run. */
export const CALIBRATION_OUTCOMES = { passed: 0, failed: 1, aborted: 2 } as const;

const step = (meaning: string) => choice(CALIBRATION_STEPS, meaning);
const run = () => u32("number of the run, from the reply");

/** Starts one step, or all; progress and results come as events. Not idempotent: each start is a run of its own. */
export const startCalibration = command({
  opcode: 0x0040,
  meaning: "start one calibration step or all; only when idle",
  idempotent: false,
  writes: true,
  request: messageCodec({
    step: step("what to run"),
    variant: choice(CALIBRATION_VARIANTS, "how thoroughly"),
  }),
  reply: messageCodec({ run: u32("number of this run, rising"), steps: u8("steps that will run") }),
});

/** A step moves on. */
export const calibrationProgress = event({
  opcode: 0x8040,
  meaning: "a calibration step moves on",
  event: messageCodec({
    run: run(),
    step: step("the running step"),
    percent: u8("share done of this step, 0 to 100"),
    text: text8("sentence for a person"),
  }),
});

/** A step ended; a last one with step `all` ends the run. */
export const calibrationResult = event({
  opcode: 0x8041,
  meaning: "a calibration step ended; a last one with step all ends the run",
  event: messageCodec({
    run: run(),
    step: step("the step that ended"),
    outcome: choice(CALIBRATION_OUTCOMES, "how it ended"),
    value: f64("the value found, 0 where there is none"),
    unit: text8("its unit"),
    text: text8("sentence for a person; names the failed step"),
  }),
});
