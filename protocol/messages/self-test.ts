import { choice, f64, list, messageCodec, record, text8 } from "../codec/kit.ts";
import { command } from "./declaration.ts";

/** Outcome of one test of a self-test. */
export const TEST_OUTCOMES = { passed: 0, failed: 1, notRun: 2 } as const;

/** Tests the device's own parts; the device must be idle. */
export const selfTest = command({
  opcode: 0x0032,
  meaning: "test the device's own parts; only when idle",
  idempotent: false,
  writes: true,
  request: messageCodec({}),
  reply: messageCodec({
    results: list(
      record({
        name: text8("what was tested"),
        outcome: choice(TEST_OUTCOMES, "outcome"),
        value: f64("the measured value"),
        unit: text8("its unit"),
        text: text8("sentence for a person"),
      }),
      "in the order they ran",
    ),
  }),
});
